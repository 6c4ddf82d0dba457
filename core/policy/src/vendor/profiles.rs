//! The permission profiles that every client of the vendor's has, and what a profile allows.

/// A preset profile.
pub(super) struct Preset {
    /// Its id in the guide's `removed` lines.
    pub(super) removal: &'static str,
    /// Its id in the vendor's command line reference, and in clients' files.
    pub(super) id: &'static str,
    words: &'static str,
}

const fn preset(removal: &'static str, id: &'static str, words: &'static str) -> Preset {
    Preset { removal, id, words }
}

/// In the order of the guide. It writes the last one with a space and without its underscore,
/// the vendor's command line reference the other way; the lines are the guide's.
pub(super) static PRESETS: [Preset; 4] = [
    preset("_default", "_default", "default"),
    preset("_screen_sharing", "_screen_sharing", "screen sharing"),
    preset("_full_access", "_full_access", "full access"),
    preset(
        "unattended access",
        "_unattended_access",
        "unattended access",
    ),
];

/// The permissions of a profile, as the vendor's command line reference names them; clients'
/// files write `vpn` small.
const PERMISSIONS: [&str; 16] = [
    "audio",
    "block_input",
    "clipboard",
    "clipboard_files",
    "file_manager",
    "input",
    "lock_desk",
    "privacy_feature",
    "record_session",
    "restart",
    "sas",
    "sysinfo",
    "tcp_tunnel",
    "user_pointer",
    "vpn",
    "whiteboard",
];

impl Preset {
    /// The preset that a policy means: `_full_access`, `full access` and `Full-Access` are one.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        let name = name.to_lowercase();
        let words = name.split(['_', '-', ' ']).filter(|word| !word.is_empty());
        let words = words.collect::<Vec<_>>().join(" ");
        PRESETS.iter().find(|preset| preset.words == words)
    }
}

/// The permission's name in a client's files, and whether the vendor lists it.
pub(super) fn permission(name: &str) -> (String, Option<&'static str>) {
    let known = PERMISSIONS
        .iter()
        .find(|known| known.eq_ignore_ascii_case(name));
    match known {
        Some(known) => ((*known).to_owned(), Some(known)),
        None => (name.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_is_known_in_every_spelling() {
        for name in [
            "unattended access",
            "_unattended_access",
            "Unattended-Access",
        ] {
            let found = Preset::named(name).expect("it is a preset");
            assert_eq!(found.removal, "unattended access");
        }
        assert_eq!(
            Preset::named("default").map(|p| p.removal),
            Some("_default")
        );
        assert!(Preset::named("support").is_none());
    }
}

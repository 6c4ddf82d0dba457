use serde_json::{Map, Value};

use crate::AnyDeskClient;
use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::{Anchor, View, client_key};
use crate::audit::{Basis, Level, Rule};

pub(super) static RULES: [Rule; 2] = [
    Rule {
        id: "preset-profiles",
        level: Level::Warning,
        basis: Basis::Guide("Permissions for the connection"),
        title: "The vendor's permission profiles are taken out",
        says: "The profiles that the client comes with are deleted: they grant far more than support \
               needs. The guide's use case takes out all four.",
        advice: "list all four under Client.RemovePresetProfiles",
        check: Check::Policy(presets),
    },
    Rule {
        id: "profile-missing",
        level: Level::Warning,
        basis: Basis::Guide("Permissions for the connection"),
        title: "The organisation has a permission profile of its own",
        says: "In place of the vendor's profiles there is one of the organisation's that grants what \
               its supporters need.",
        advice: "describe a profile under Client.PermissionProfiles, each permission by name",
        check: Check::Policy(missing),
    },
];

/// The vendor's profiles: `_default`, `_screen_sharing`, `_full_access`, `_unattended_access`. The
/// guide writes the last one `unattended access`, the vendor's command-line page as here.
const PRESETS: [&str; 4] = [
    "default",
    "screen_sharing",
    "full_access",
    "unattended_access",
];

/// The permissions that the vendor's client knows, and whether a profile for plain support has them.
const PLAIN: [(&str, bool); 16] = [
    ("input", true),
    ("user_pointer", true),
    ("audio", false),
    ("block_input", false),
    ("clipboard", false),
    ("clipboard_files", false),
    ("file_manager", false),
    ("lock_desk", false),
    ("privacy_feature", false),
    ("record_session", false),
    ("restart", false),
    ("sas", false),
    ("sysinfo", false),
    ("tcp_tunnel", false),
    ("vpn", false),
    ("whiteboard", false),
];

/// A preset profile's name, whichever way it is written.
fn preset(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    let name = name.trim_start_matches('_');
    PRESETS.into_iter().find(|preset| *preset == name)
}

/// The names of the organisation's own profiles.
pub(super) fn own(client: &AnyDeskClient) -> impl Iterator<Item = &String> {
    client
        .permission_profiles
        .keys()
        .filter(|name| preset(name).is_none())
}

const VENDORS: &str = "ad.security.permission_profiles.";

/// The presets that one of the vendor's own keys puts back, with the key: it holds before the list.
fn put_back<'r>(view: &View<'r>) -> Vec<(&'static str, &'r str)> {
    let keys = view.advanced_off(VENDORS);
    keys.filter_map(|(rest, name)| Some((preset(rest.strip_suffix(".removed")?)?, name)))
        .collect()
}

/// The presets that are taken out, by list or by the vendor's own keys.
fn taken_out(view: &View<'_>, client: &AnyDeskClient) -> Vec<&'static str> {
    let listed = client
        .remove_preset_profiles
        .iter()
        .filter_map(|name| preset(name));
    let keys = view.advanced_on(VENDORS);
    let keys = keys.filter_map(|(rest, _)| preset(rest.strip_suffix(".removed")?));
    listed.chain(keys).collect()
}

/// The presets that are left in.
pub(super) fn left(view: &View<'_>, client: &AnyDeskClient) -> Vec<&'static str> {
    let (gone, back) = (taken_out(view, client), put_back(view));
    let stays = |name: &&str| !gone.contains(name) || back.iter().any(|(preset, _)| preset == name);
    PRESETS.into_iter().filter(stays).collect()
}

fn presets(view: &View<'_>) -> Vec<Deviation> {
    let Some(client) = view.receiving() else {
        return vec![];
    };
    let left = left(view, client);
    if left.is_empty() {
        return vec![];
    }
    let names: Vec<String> = left.iter().map(|name| format!("_{name}")).collect();
    let message = format!(
        "the vendor's permission profiles stay in the client: {}",
        names.join(", ")
    );
    let (gone, back) = (taken_out(view, client), put_back(view));
    let unlisted = left.iter().filter(|name| !gone.contains(name));
    let unlisted: Vec<String> = unlisted.map(|name| format!("_{name}")).collect();
    let key = match back.first() {
        Some((_, name)) if unlisted.is_empty() => format!("Advanced.{name}"),
        _ => "RemovePresetProfiles".to_owned(),
    };
    let found = view.deviation(&key, Anchor::Client, message);
    let fixed = found.map(|mut found| {
        if !unlisted.is_empty() {
            let listed = client.remove_preset_profiles.iter().cloned();
            let all: Vec<String> = listed.chain(unlisted).collect();
            found = found.set(client_key("RemovePresetProfiles"), all);
        }
        back.iter().fold(found, |found, (_, name)| {
            found.set(client_key(&format!("Advanced.{name}")), 1)
        })
    });
    fixed.into_iter().collect()
}

fn missing(view: &View<'_>) -> Vec<Deviation> {
    let bare = view
        .receiving()
        .filter(|client| left(view, client).is_empty() && own(client).next().is_none());
    let found = bare.and_then(|_| {
        let message = "the vendor's permission profiles are gone and there is no other";
        let found = view.deviation("PermissionProfiles", Anchor::Client, message)?;
        let permissions = PLAIN.map(|(name, on)| (name.to_owned(), Value::Bool(on)));
        let permissions: Map<String, Value> = permissions.into_iter().collect();
        Some(found.set(client_key("PermissionProfiles.Support"), permissions))
    });
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_is_known_in_every_spelling() {
        for name in [
            "unattended access",
            "_unattended_access",
            "Unattended_Access",
            " _unattended access",
        ] {
            assert_eq!(preset(name), Some("unattended_access"), "{name}");
        }
        assert_eq!(preset("_default"), Some("default"));
        for name in ["", "support", "defaults"] {
            assert_eq!(preset(name), None, "{name}");
        }
    }
}

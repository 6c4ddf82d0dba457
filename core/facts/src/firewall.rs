//! Whether a firewall guards what comes in.

use std::path::Path;

use crate::catalogue::Protection;
use crate::{bounded, processes};

/// On when one is set to run or does; off only where that can be seen; else nothing.
pub(crate) fn state(root: &Path) -> Option<Protection> {
    if cfg!(windows) {
        return windows();
    }
    if cfg!(target_os = "macos") {
        let told = bounded::answer(
            "/usr/libexec/ApplicationFirewall/socketfilterfw",
            &["--getglobalstate"],
        )?;
        return Some(if told.contains("enabled") {
            Protection::On
        } else {
            Protection::Off
        });
    }
    let ufw = bounded::text(root.join("etc/ufw/ufw.conf"));
    let ufw_is = |word: &str| ufw.as_ref().is_some_and(|text| has_line(text, word));
    if ufw_is("enabled=yes") || processes::runs(root, "firewalld") == Some(true) {
        return Some(Protection::On);
    }
    match rules(root) {
        Some(state) => Some(state),
        // Rules of another making cannot be seen without rights.
        None if ufw_is("enabled=no") && !has_nftables(root) => Some(Protection::Off),
        None => None,
    }
}

fn has_line(text: &str, wanted: &str) -> bool {
    text.lines()
        .any(|line| line.trim().eq_ignore_ascii_case(wanted))
}

/// Whether the machine loads rules of its own when it starts.
fn has_nftables(root: &Path) -> bool {
    let wanted = root.join("etc/systemd/system/sysinit.target.wants/nftables.service");
    wanted.symlink_metadata().is_ok()
}

/// The kernel's rules, for an account that may see them.
fn rules(root: &Path) -> Option<Protection> {
    if root != Path::new("/") {
        return None;
    }
    let program = ["/usr/sbin/nft", "/sbin/nft"]
        .into_iter()
        .find(|path| Path::new(path).exists())?;
    let told = bounded::answer(program, &["list", "ruleset"])?;
    Some(judge(&told))
}

/// A chain on the way in that drops or rejects something.
fn judge(ruleset: &str) -> Protection {
    let mut is_input = false;
    for line in ruleset.lines().map(str::trim) {
        if line.starts_with("chain ") {
            is_input = false;
        }
        is_input |= line.contains("hook input");
        let closes =
            line.contains("policy drop") || line.ends_with("drop") || line.contains("reject");
        if is_input && closes {
            return Protection::On;
        }
    }
    Protection::Off
}

fn windows() -> Option<Protection> {
    let netsh = r"C:\Windows\System32\netsh.exe";
    let told = bounded::answer(netsh, &["advfirewall", "show", "currentprofile", "state"])?;
    let words: Vec<&str> = told.split_ascii_whitespace().collect();
    if words.contains(&"ON") {
        Some(Protection::On)
    } else if words.contains(&"OFF") {
        Some(Protection::Off)
    } else {
        // The words are the system's language's.
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_on_the_way_in_that_closes_something_is_a_firewall() {
        let open = "table inet filter {\n chain input {\n type filter hook input priority 0; policy accept;\n }\n chain forward {\n type filter hook forward priority 0; policy drop;\n }\n}";
        assert_eq!(judge(open), Protection::Off);
        assert_eq!(judge(""), Protection::Off);
        let closed = open.replace(
            "input priority 0; policy accept",
            "input priority 0; policy drop",
        );
        assert_eq!(judge(&closed), Protection::On);
        let rejecting = open.replace(
            "policy accept;\n",
            "policy accept;\n tcp dport 22 accept\n reject\n",
        );
        assert_eq!(judge(&rejecting), Protection::On);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn ufw_says_on_or_off_in_its_settings() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("etc/ufw")).unwrap();
        let with = |text: &str| {
            std::fs::write(root.path().join("etc/ufw/ufw.conf"), text).unwrap();
            state(root.path())
        };
        assert_eq!(
            with("# settings\nENABLED=yes\nLOGLEVEL=low\n"),
            Some(Protection::On)
        );
        assert_eq!(with("ENABLED=no\n"), Some(Protection::Off));
        assert_eq!(with("# nothing\n"), None);
    }
}

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{disk, firewall, identity, power, processes, screen, updates};

/// What the device says of itself, looked up when it is asked for.
#[derive(Clone, Debug)]
pub struct Facts {
    root: PathBuf,
    home: PathBuf,
}

impl Facts {
    /// Every fact's name. A value is text, a number, true or false; `"unknown"` where it cannot
    /// be known.
    pub const NAMES: &[&str] = &[
        "antivirus",
        "disk-encryption",
        "display-server",
        "firewall",
        "free-disk",
        "hostname",
        "os",
        "os_version",
        "power",
        "session-locked",
        "updates",
        "uptime",
        "user",
    ];

    /// Facts of this device, for the account that runs this process.
    pub fn of_device() -> Self {
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
        Self {
            root: PathBuf::from("/"),
            home: home.map_or_else(std::env::temp_dir, PathBuf::from),
        }
    }

    /// Facts read below another root folder (`etc`, `proc`, `sys`, `var`), with `home` as the
    /// person's own: for tests, and for a system that is mounted somewhere.
    pub fn below(root: &Path, home: &Path) -> Self {
        Self {
            root: root.to_owned(),
            home: home.to_owned(),
        }
    }

    /// One fact:
    ///
    /// * `os` (`linux`, `windows`, `macos`), `os_version`, `hostname`, `user`
    /// * `free-disk`: MiB that this account may still write to its home
    /// * `power`: `battery`, `mains`
    /// * `disk-encryption`: `on` when the disks of the system and of the home are, else `off`
    /// * `firewall`: `on`, `off`
    /// * `updates`: days since the system last looked for or took updates
    /// * `antivirus`: the names of those that run, else `none`
    /// * `uptime`: seconds
    /// * `display-server`: `wayland`, `x11`, `none`
    /// * `session-locked`: true, false
    ///
    /// Null when there is no fact of that name.
    pub fn get(&self, name: &str) -> Value {
        let found = match name {
            "antivirus" => processes::antivirus(&self.root).map(Value::from),
            "disk-encryption" => disk::encryption(&self.root, &self.home).map(on_or_off),
            "display-server" => screen::server().map(Value::from),
            "firewall" => firewall::state(&self.root).map(on_or_off),
            "free-disk" => disk::free_mib(&self.home).map(Value::from),
            "hostname" => identity::hostname(&self.root).map(Value::from),
            "os" => Some(json!(std::env::consts::OS)),
            "os_version" => identity::os_version(&self.root).map(Value::from),
            "power" => power::source(&self.root).map(Value::from),
            "session-locked" => screen::is_locked().map(Value::from),
            "updates" => updates::days(&self.root).map(Value::from),
            "uptime" => identity::uptime(&self.root).map(Value::from),
            "user" => identity::user(&self.root).map(Value::from),
            _ => return Value::Null,
        };
        found.unwrap_or_else(|| json!("unknown"))
    }

    /// All of them.
    pub fn collect(&self) -> BTreeMap<&'static str, Value> {
        Self::NAMES
            .iter()
            .map(|name| (*name, self.get(name)))
            .collect()
    }
}

/// Whether a protection is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protection {
    On,
    Off,
}

fn on_or_off(protection: Protection) -> Value {
    match protection {
        Protection::On => json!("on"),
        Protection::Off => json!("off"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_of_this_device_is_a_plain_value() {
        let facts = Facts::of_device().collect();
        assert_eq!(facts.len(), Facts::NAMES.len());
        for (name, value) in &facts {
            assert!(
                value.is_string() || value.is_number() || value.is_boolean(),
                "{name}: {value}"
            );
        }
        assert_eq!(facts["os"], std::env::consts::OS);
    }

    #[test]
    fn nothing_is_known_of_an_empty_system() {
        let empty = tempfile::tempdir().unwrap();
        let facts = Facts::below(empty.path(), &empty.path().join("nowhere"));
        for name in [
            "power",
            "disk-encryption",
            "antivirus",
            "updates",
            "free-disk",
            "uptime",
        ] {
            assert_eq!(facts.get(name), "unknown", "{name}");
        }
        assert_eq!(facts.get("no-such-fact"), Value::Null);
    }
}

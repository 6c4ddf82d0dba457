//! Where the device gets its power from.

use std::path::Path;

use crate::bounded;

/// `battery` or `mains`. A device that names its supplies and has no battery runs from the mains.
/// Files as in Documentation/ABI/testing/sysfs-class-power of the Linux kernel.
pub(crate) fn source(root: &Path) -> Option<&'static str> {
    if cfg!(target_os = "macos") {
        let told = bounded::answer("/usr/bin/pmset", &["-g", "batt"])?;
        return Some(if told.contains("Battery Power") {
            "battery"
        } else {
            "mains"
        });
    }
    let supplies = std::fs::read_dir(root.join("sys/class/power_supply")).ok()?;
    let mut discharging = false;
    let mut battery_unclear = false;
    for supply in supplies.flatten().take(64) {
        let read = |name: &str| bounded::text(supply.path().join(name)).unwrap_or_default();
        // The battery of a mouse or a headset.
        if read("scope") == "Device" {
            continue;
        }
        match (read("type").as_str(), read("status").as_str()) {
            ("Mains" | "USB" | "Wireless", _) if read("online") == "1" => return Some("mains"),
            ("Battery", "Discharging") => discharging = true,
            ("Battery", "Unknown" | "") => battery_unclear = true,
            _ => {}
        }
    }
    match (discharging, battery_unclear) {
        (true, _) => Some("battery"),
        (false, true) => None,
        (false, false) => Some("mains"),
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    fn with(supplies: &[(&str, &[(&str, &str)])]) -> Option<&'static str> {
        let root = tempfile::tempdir().unwrap();
        let class = root.path().join("sys/class/power_supply");
        std::fs::create_dir_all(&class).unwrap();
        for (name, files) in supplies {
            std::fs::create_dir(class.join(name)).unwrap();
            for (file, text) in *files {
                std::fs::write(class.join(name).join(file), format!("{text}\n")).unwrap();
            }
        }
        source(root.path())
    }

    #[test]
    fn a_laptop_runs_from_its_battery_when_the_plug_is_out() {
        let plug = |online| ("AC", [("type", "Mains"), ("online", online)]);
        let battery = |status| ("BAT0", [("type", "Battery"), ("status", status)]);
        let state = |online, status| {
            let ((ac, plug), (bat, battery)) = (plug(online), battery(status));
            with(&[(ac, &plug), (bat, &battery)])
        };
        assert_eq!(state("0", "Discharging"), Some("battery"));
        assert_eq!(state("1", "Charging"), Some("mains"));
        assert_eq!(state("1", "Discharging"), Some("mains"));
        assert_eq!(state("0", "Unknown"), None);
    }

    #[test]
    fn the_battery_of_a_mouse_does_not_count() {
        let mouse = [
            ("type", "Battery"),
            ("scope", "Device"),
            ("status", "Discharging"),
        ];
        assert_eq!(with(&[("hid", &mouse)]), Some("mains"));
        assert_eq!(with(&[]), Some("mains"));
    }
}

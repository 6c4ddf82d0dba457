use std::fs;

use deskhook_hooks::{Device, Person};
use deskhook_policy::Language;
use deskhook_wire::{DeviceAbout, PersonShape};

/// What this device is, as hooks and portal are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AboutDevice {
    /// The portal's name of the device; empty before enrolment.
    pub id: String,
    /// The host name.
    pub name: String,
    /// `linux`, `windows`, `macos`.
    pub os: String,
    /// The operating system's own version text.
    pub os_version: String,
    /// The groups that policy is resolved for.
    pub groups: Vec<String>,
}

/// Who is at the device. What the operating system says is not proof: `verified` only where
/// enrolment bound the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AboutPerson {
    /// The account's name.
    pub name: String,
    /// The name that people read.
    pub display_name: String,
    /// The person's language.
    pub language: Language,
    /// Whether enrolment bound this account.
    pub verified: bool,
}

impl AboutDevice {
    /// What the operating system says.
    pub fn here() -> Self {
        let name = rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned();
        Self {
            id: String::new(),
            name,
            os: std::env::consts::OS.to_owned(),
            os_version: os_version(),
            groups: vec![],
        }
    }

    pub(crate) fn input(&self) -> Device {
        Device {
            id: self.id.clone(),
            name: self.name.clone(),
            os: self.os.clone(),
            os_version: self.os_version.clone(),
            groups: self.groups.clone(),
        }
    }

    /// The shape for the portal.
    pub fn shape(&self) -> DeviceAbout {
        DeviceAbout {
            name: self.name.chars().take(64).collect(),
            os: self.os.clone(),
            os_version: self.os_version.clone(),
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl AboutPerson {
    /// What the operating system says of the account that runs this process.
    pub fn here() -> Self {
        let uid = rustix::process::getuid().as_raw();
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let line = passwd
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>());
        let found = line
            .into_iter()
            .find(|parts| parts.get(2).and_then(|id| id.parse().ok()) == Some(uid));
        let name = found
            .as_ref()
            .map(|parts| parts[0].to_owned())
            .unwrap_or_else(|| uid.to_string());
        let full = found.and_then(|parts| {
            parts
                .get(4)
                .map(|text| text.split(',').next().unwrap_or_default().to_owned())
        });
        let display_name = full
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| name.clone());
        Self {
            name,
            display_name,
            language: language(),
            verified: false,
        }
    }

    pub(crate) fn input(&self) -> Person {
        Person {
            name: self.name.clone(),
            display_name: self.display_name.clone(),
            language: self.language.as_str().to_owned(),
            verified: self.verified,
        }
    }

    /// The shape for the portal.
    pub fn shape(&self) -> PersonShape {
        PersonShape {
            name: self.name.clone(),
            display_name: self.display_name.clone(),
            language: self.language.as_str().to_owned(),
        }
    }
}

/// The first of the POSIX locale variables that is set.
fn language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok());
    Language::parse(
        &set.into_iter()
            .find(|value| !value.is_empty())
            .unwrap_or_default(),
    )
}

fn os_version() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let named = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let named = named.map(|value| value.trim_matches('"').to_owned());
    named.unwrap_or_else(|| {
        rustix::system::uname()
            .release()
            .to_string_lossy()
            .into_owned()
    })
}

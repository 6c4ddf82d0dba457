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
        let name = whoami::hostname().unwrap_or_default();
        Self {
            id: String::new(),
            name,
            os: std::env::consts::OS.to_owned(),
            os_version: whoami::distro().unwrap_or_default(),
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
        let name = whoami::username().unwrap_or_else(|_| "unknown".to_owned());
        let display_name = whoami::realname().ok().filter(|text| !text.is_empty());
        let display_name = display_name.unwrap_or_else(|| name.clone());
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

/// The first of the POSIX locale variables that is set; without any, what the system is set to.
fn language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let mut set = set.iter().filter_map(|name| std::env::var(name).ok());
    let set = set.find(|value| !value.is_empty());
    Language::parse(&set.or_else(of_system).unwrap_or_default())
}

fn of_system() -> Option<String> {
    let preferred = whoami::lang_prefs().ok()?;
    let first = preferred.message_langs().next()?;
    Some(first.to_string().replace('/', "-"))
}

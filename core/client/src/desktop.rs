use std::collections::BTreeMap;

use crate::locate::PROGRAM_FOLDERS;

/// What a client is told of the person's desktop: the small environment that it gets beside
/// what its description adds. Nothing else of the agent's environment reaches it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desktop {
    /// `DISPLAY`, and `{display}`.
    pub display: Option<String>,
    /// Other variables, by name: see [`Desktop::NAMES`].
    pub variables: BTreeMap<String, String>,
}

impl Desktop {
    /// The variables that are passed on beside `DISPLAY` and a fixed `PATH`.
    pub const NAMES: &[&str] = &[
        "DBUS_SESSION_BUS_ADDRESS",
        "HOME",
        "LANG",
        "LOGNAME",
        "USER",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "XDG_RUNTIME_DIR",
        "XDG_SESSION_TYPE",
        // Without these a Windows program finds neither its libraries nor its folders.
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "SYSTEMROOT",
        "TEMP",
        "USERNAME",
        "USERPROFILE",
    ];

    /// The desktop that this process runs in.
    pub fn of_environment() -> Self {
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let variable = |name: &&str| Some(((*name).to_owned(), read(name)?));
        Self {
            display: read("DISPLAY"),
            variables: Self::NAMES.iter().filter_map(variable).collect(),
        }
    }

    /// The same desktop with another X display.
    #[must_use]
    pub fn with_display(mut self, display: &str) -> Self {
        self.display = Some(display.to_owned());
        self
    }

    /// The whole environment: these variables, `DISPLAY` and the fixed `PATH`.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let mut all = self.variables.clone();
        let separator = if cfg!(windows) { ";" } else { ":" };
        all.insert("PATH".to_owned(), PROGRAM_FOLDERS.join(separator));
        if let Some(display) = &self.display {
            all.insert("DISPLAY".to_owned(), display.clone());
        }
        all
    }
}

//! Where things lie on this machine when nobody says otherwise.

use std::path::PathBuf;

#[cfg(target_os = "macos")]
use macos as system;
#[cfg(all(unix, not(target_os = "macos")))]
use unix as system;
#[cfg(windows)]
use windows as system;

pub(crate) use system::{packages, plugins, socket, state};

/// The policy folder, which administrators alone write.
pub(crate) fn policy() -> Vec<PathBuf> {
    vec![system::organisation().join("policy.d")]
}

/// The trust file, which administrators alone write, where it is there: then only signed policy
/// counts. One that cannot be looked at counts as there.
pub(crate) fn trust() -> Option<PathBuf> {
    let path = system::organisation().join("policy-trust.json");
    path.try_exists().unwrap_or(true).then_some(path)
}

/// Settings of a program: the person's own over the machine's.
pub(crate) fn settings(file: &str) -> Option<PathBuf> {
    let all = system::organisation().join(file);
    let own = system::own_settings().map(|folder| folder.join(file));
    own.into_iter().chain([all]).find(|path| path.exists())
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// By the XDG base directory specification and the file system hierarchy standard.
#[cfg(all(unix, not(target_os = "macos")))]
mod unix {
    use super::{PathBuf, variable};

    pub(super) fn organisation() -> PathBuf {
        "/etc/deskhook".into()
    }

    /// `$XDG_CONFIG_HOME/deskhook`, else `~/.config/deskhook`.
    pub(super) fn own_settings() -> Option<PathBuf> {
        let home = variable("HOME").map(|home| home.join(".config"));
        let own = variable("XDG_CONFIG_HOME").or(home);
        own.map(|folder| folder.join("deskhook"))
    }

    /// `$XDG_STATE_HOME/deskhook`, else `~/.local/state/deskhook`.
    pub(crate) fn state() -> PathBuf {
        let home = || variable("HOME").unwrap_or_else(|| PathBuf::from("/"));
        variable("XDG_STATE_HOME")
            .unwrap_or_else(|| home().join(".local/state"))
            .join("deskhook")
    }

    /// `$XDG_RUNTIME_DIR/deskhook/agent.sock`, else beside the state.
    pub(crate) fn socket() -> PathBuf {
        variable("XDG_RUNTIME_DIR")
            .map_or_else(state, |folder| folder.join("deskhook"))
            .join("agent.sock")
    }

    /// The folders of hook packages.
    pub(crate) fn packages() -> Vec<PathBuf> {
        ["/usr/share/deskhook/packages", "/etc/deskhook/packages"]
            .map(PathBuf::from)
            .into()
    }

    /// The folder of native plugins.
    pub(crate) fn plugins() -> Vec<PathBuf> {
        vec![PathBuf::from("/usr/lib/deskhook/plugins")]
    }
}

/// By Apple's *File System Programming Guide*: `Application Support` of the machine and of the person.
#[cfg(target_os = "macos")]
mod macos {
    use super::{PathBuf, variable};

    pub(super) fn organisation() -> PathBuf {
        "/Library/Application Support/Deskhook".into()
    }

    pub(super) fn own_settings() -> Option<PathBuf> {
        let home = variable("HOME")?;
        Some(home.join("Library/Application Support/Deskhook"))
    }

    /// `~/Library/Application Support/Deskhook/State`.
    pub(crate) fn state() -> PathBuf {
        own_settings().unwrap_or_else(organisation).join("State")
    }

    /// Beside the state.
    pub(crate) fn socket() -> PathBuf {
        state().join("agent.sock")
    }

    /// The folder of hook packages.
    pub(crate) fn packages() -> Vec<PathBuf> {
        vec![organisation().join("packages")]
    }

    /// The folder of native plugins.
    pub(crate) fn plugins() -> Vec<PathBuf> {
        vec![organisation().join("plugins")]
    }
}

/// By Microsoft's *Known Folders*: `ProgramData` for what an organisation says, `LocalAppData` for what
/// belongs to a person at this machine, `ProgramFiles` for code.
#[cfg(windows)]
mod windows {
    use super::{PathBuf, variable};

    pub(super) fn organisation() -> PathBuf {
        known("ProgramData", r"C:\ProgramData")
    }

    /// `%APPDATA%\Deskhook`.
    pub(super) fn own_settings() -> Option<PathBuf> {
        variable("APPDATA").map(|folder| folder.join("Deskhook"))
    }

    /// `%LOCALAPPDATA%\Deskhook`.
    pub(crate) fn state() -> PathBuf {
        known("LOCALAPPDATA", r"C:\ProgramData")
    }

    /// The name of the control pipe is made from this path: see `core/agent`.
    pub(crate) fn socket() -> PathBuf {
        state().join("agent.sock")
    }

    /// The folders of hook packages.
    pub(crate) fn packages() -> Vec<PathBuf> {
        let shipped = known("ProgramFiles", r"C:\Program Files");
        [shipped, organisation()]
            .map(|folder| folder.join("packages"))
            .into()
    }

    /// The folder of native plugins.
    pub(crate) fn plugins() -> Vec<PathBuf> {
        vec![known("ProgramFiles", r"C:\Program Files").join("plugins")]
    }

    fn known(name: &str, usual: &str) -> PathBuf {
        variable(name)
            .unwrap_or_else(|| usual.into())
            .join("Deskhook")
    }
}

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;

/// A person's home on a machine of its own: every folder that a program keeps things in lies in a
/// temporary one, and nothing of the surrounding environment shines through.
pub struct Home {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// Folders of the base-directory specification, by variable.
const FOLDERS: &[(&str, &str)] = &[
    ("HOME", "home"),
    ("XDG_STATE_HOME", "state"),
    ("XDG_RUNTIME_DIR", "runtime"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_CACHE_HOME", "cache"),
];

impl Home {
    /// A new, empty one.
    ///
    /// # Errors
    /// When the temporary folder cannot be written.
    pub fn new() -> Result<Self> {
        // Short, because a socket's path may have 107 bytes at most.
        let folder = tempfile::Builder::new().prefix("dh-").tempdir()?;
        let mut environment = Vec::new();
        for (variable, name) in FOLDERS {
            let path = folder.path().join(name);
            fs::create_dir(&path)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
            environment.push(((*variable).to_owned(), path.display().to_string()));
        }
        environment.push(("LANG".to_owned(), "C.UTF-8".to_owned()));
        // Without this, the machine's own bus would say whether its person is there.
        let no_bus = format!("unix:path={}", folder.path().join("system-bus").display());
        environment.push(("DBUS_SYSTEM_BUS_ADDRESS".to_owned(), no_bus));
        Ok(Self {
            folder,
            environment,
        })
    }

    /// Its top folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The control socket of an agent that lives here.
    pub fn socket(&self) -> PathBuf {
        self.path().join("runtime/deskhook/agent.sock")
    }

    /// Sets a variable for everything started from here on.
    pub fn set(&mut self, variable: &str, value: &str) {
        self.environment.retain(|(name, _)| name != variable);
        self.environment
            .push((variable.to_owned(), value.to_owned()));
    }

    /// Writes a file below its top folder, and the folders on the way there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path().join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, content)?;
        Ok(path)
    }

    /// A command that lives here: this environment, `PATH`, and nothing else.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// `deskhook`, living here.
    pub fn deskhook(&self) -> Command {
        self.command(&crate::artifacts().deskhook)
    }
}

//! The child processes in which extensions run.

use std::path::PathBuf;

use deskhook_hooks::{About, ExtensionKind, Grants};
use deskhook_isolate::{Isolated, Printed, Process, Program};
use deskhook_native::{Manifest, Verified};
use deskhook_wire::{Confinement, NativeReach, Opening};

use super::reach;
use crate::extension_host;

/// All data of a child together; each package has its own limit beside that.
pub(super) const CHILD_MEMORY_MIB: u32 = 1024;

/// The program that a child is.
pub(super) fn extension_host() -> Program {
    Program {
        path: own_program(),
        arguments: vec![extension_host::NAME.to_owned()],
    }
}

/// This very program, also after its file was replaced.
fn own_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        std::env::current_exe().unwrap_or_default()
    }
}

/// A child that one plugin has for itself, and what is made in it.
pub(crate) struct OwnChild {
    about: About,
    opening: Opening,
    reach: NativeReach,
}

impl OwnChild {
    /// A child for that plugin, with the folder `own` and what both its manifest asks for and `granted`
    /// names. Nothing is started yet.
    pub(crate) fn of(
        verified: &Verified,
        own: PathBuf,
        granted: &[String],
    ) -> anyhow::Result<Self> {
        let Manifest {
            id, capabilities, ..
        } = verified.manifest();
        let grants = Grants::new(capabilities, granted);
        let reach = reach::reach(&grants, verified.library(), own);
        let opening = Opening {
            name: id.clone(),
            kind: ExtensionKind::Plugin,
            granted: granted.to_vec(),
            parcel: serde_json::to_string(verified)?,
        };
        Ok(Self {
            about: verified.about(),
            opening,
            reach,
        })
    }

    /// The plugin in its child; what it prints goes into the log.
    pub(super) fn open(self) -> anyhow::Result<Isolated> {
        let process = Process::new(&self.about.name, extension_host(), self.confinement());
        Ok(process.open(self.about, self.opening)?)
    }

    /// A process for the plugin whose words go into `printed`, and what to give it.
    pub(crate) fn heard(self, printed: &Printed) -> (Process, About, Opening) {
        let (program, confinement) = (extension_host(), self.confinement());
        let process = Process::heard(&self.about.name, program, confinement, printed);
        (process, self.about, self.opening)
    }

    fn confinement(&self) -> Confinement {
        Confinement {
            memory_mib: CHILD_MEMORY_MIB,
            native: Some(self.reach.clone()),
        }
    }
}

use std::error::Error as _;
use std::path::{Path, PathBuf};

use deskhook_policy::ElevationMethod;
use deskhook_session::Reason;

use super::trust::{Distrust, Ground};

/// The operating system's own ways to elevated rights, and the installed Deskhook that they start.
#[derive(Clone, Debug)]
pub struct Ways {
    pub(crate) ground: Ground,
    pub(crate) running: PathBuf,
    pub(crate) deskhook: PathBuf,
    pub(crate) pkexec: PathBuf,
    pub(crate) sudo: PathBuf,
}

/// One way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// polkit: its dialog, or a rule of the administrator's.
    Pkexec,
    /// sudo without a question: a rule of the administrator's.
    Sudo,
}

impl Ways {
    /// What an installed Deskhook uses: `/usr/bin/pkexec` or `/usr/bin/sudo`, to start
    /// `/usr/bin/deskhook`, as the polkit action and the sudo rule say.
    pub fn installed() -> Self {
        Self {
            ground: Ground::of_root(),
            running: std::env::current_exe().unwrap_or_default(),
            deskhook: PathBuf::from("/usr/bin/deskhook"),
            pkexec: PathBuf::from("/usr/bin/pkexec"),
            sudo: PathBuf::from("/usr/bin/sudo"),
        }
    }

    /// What stands in the way before anybody is asked: for `doctor`, for a demonstration from a
    /// build folder, and for [`elevate`](crate::elevate) itself.
    pub fn obstacle(&self) -> Option<Reason> {
        let running = self.ground.program(&self.running);
        let installed = self.ground.program(&self.deskhook);
        if let Err(distrust) = running.and(installed) {
            return Some(self.not_installed(&distrust));
        }
        self.present(ElevationMethod::LocalApproval)
            .is_empty()
            .then(|| self.none_here())
    }

    /// The ways that are here, in the order in which they are tried. Who asks for a local approval
    /// wants the system's dialog; who asks for a brokered action wants none.
    pub(crate) fn present(&self, method: ElevationMethod) -> Vec<Way> {
        let mut ways = match method {
            ElevationMethod::LocalApproval => vec![Way::Pkexec, Way::Sudo],
            ElevationMethod::BrokeredAction => vec![Way::Sudo, Way::Pkexec],
            ElevationMethod::TransmittedCredentials => vec![],
        };
        ways.retain(|way| self.ground.program(self.program(*way)).is_ok());
        ways
    }

    pub(crate) fn program(&self, way: Way) -> &Path {
        match way {
            Way::Pkexec => &self.pkexec,
            Way::Sudo => &self.sudo,
        }
    }

    fn not_installed(&self, distrust: &Distrust) -> Reason {
        let cause = distrust.source().map(|cause| format!(": {cause}"));
        let message = format!(
            "Elevated rights need an installed Deskhook that root alone can change, and {distrust}{}. \
             An administrator installs it as {} and sets up elevation.",
            cause.unwrap_or_default(),
            self.deskhook.display()
        );
        Reason::own("helper-not-installed", message)
    }

    fn none_here(&self) -> Reason {
        let message = format!(
            "This machine has neither polkit ({}) nor sudo ({}), so nobody can be asked for \
             elevated rights. An administrator installs one of them.",
            self.pkexec.display(),
            self.sudo.display()
        );
        Reason::own("no-elevation", message)
    }
}

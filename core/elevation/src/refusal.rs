use std::error::Error;
use std::io;
use std::path::PathBuf;

use deskhook_policy::ElevationMethod;
use deskhook_session::Reason;
use deskhook_wire::OrderError;

#[cfg(target_os = "linux")]
use crate::Distrust;

/// Why `deskhook elevate` does not run the program. The variants stand in the order in which
/// they are looked for.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Not one order.
    #[error("`deskhook elevate` takes one signed order and nothing else")]
    Usage,
    /// Not an operating system that this version knows a way for.
    #[error("this version of Deskhook knows no way to elevated rights on this operating system")]
    Platform,
    /// Started without rights.
    #[error("`deskhook elevate` was not started as root")]
    NotRoot,
    /// Its own file, or a folder above it.
    #[cfg(target_os = "linux")]
    #[error("the installed Deskhook is not safe to run as root")]
    OwnFile(#[source] Distrust),
    /// Not the file that the polkit action and the sudo rule name.
    #[error("`{}` is not the installed Deskhook", .0.display())]
    Elsewhere(PathBuf),
    /// An open file came with it.
    #[error("the open file {0} was passed on to `deskhook elevate`")]
    Handle(u32),
    /// It would share a terminal with whoever started it.
    #[error(
        "`deskhook elevate` leads the terminal session that it was started in: the agent starts it"
    )]
    Terminal,
    /// The portal's public key.
    #[cfg(target_os = "linux")]
    #[error("the portal's key cannot be trusted")]
    KeyFile(#[source] Distrust),
    /// That file holds something else.
    #[error("{} holds no Ed25519 public key in base64", .0.display())]
    KeyContent(PathBuf),
    /// The order itself.
    #[error("the order is not believed")]
    Order(#[source] OrderError),
    /// The device's own name.
    #[cfg(target_os = "linux")]
    #[error("the device's own name cannot be trusted")]
    DeviceFile(#[source] Distrust),
    /// The file of accounts.
    #[cfg(target_os = "linux")]
    #[error("the machine's accounts cannot be trusted")]
    Accounts(#[source] Distrust),
    /// For another device.
    #[error("the order is for the device `{order}`, and this is `{device}`")]
    OtherDevice {
        /// Which device it names.
        order: String,
        /// Which device this is.
        device: String,
    },
    /// Too late.
    #[error("the order expired {seconds} s ago")]
    Expired {
        /// How long ago.
        seconds: u64,
    },
    /// The policy's files.
    #[cfg(target_os = "linux")]
    #[error("the device's policy cannot be trusted")]
    PolicyFile(#[source] Distrust),
    /// They do not make a policy.
    #[error("the device's policy cannot be read: {0}")]
    PolicyContent(String),
    /// `Elevation.Enabled` is not true.
    #[error("the device's policy does not allow elevated rights (`Elevation.Enabled`)")]
    Off,
    /// Not in `Elevation.Methods`, or not a method of this program.
    #[error("the device's policy does not allow the method `{}` (`Elevation.Methods`)", .0.word())]
    Method(ElevationMethod),
    /// Valid for longer than `Elevation.MaxMinutes`.
    #[error(
        "the order holds for {minutes} minutes, and the device's policy allows {most} (`Elevation.MaxMinutes`)"
    )]
    TooLong {
        /// How long it holds from here.
        minutes: u64,
        /// How long the policy allows.
        most: u32,
    },
    /// Not in `Elevation.Programs`.
    #[error("the device's policy does not name the program `{0}` (`Elevation.Programs`)")]
    Unlisted(String),
    /// The program's file.
    #[cfg(target_os = "linux")]
    #[error("the program is not safe to run as root")]
    Program(#[source] Distrust),
    /// The place of the marks.
    #[cfg(target_os = "linux")]
    #[error("the place where used orders are marked cannot be trusted")]
    MarkFolder(#[source] Distrust),
    /// Used before.
    #[error("the order `{0}` was used before")]
    Used(String),
    /// It could not be marked.
    #[error("the order cannot be marked as used")]
    Mark(#[source] io::Error),
    /// The program could not be started.
    #[error("`{program}` cannot be started")]
    Start {
        /// Which.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The operating system did not do what every Linux does.
    #[error("the operating system cannot {0}")]
    System(&'static str, #[source] io::Error),
}

impl Refusal {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Platform => "no-elevation",
            Self::NotRoot => "not-root",
            Self::Elsewhere(_) => "helper-not-installed",
            Self::Handle(_) => "inherited-file",
            Self::Terminal => "terminal",
            Self::KeyContent(_) => "portal-key",
            Self::Order(_) => "order-not-believed",
            Self::OtherDevice { .. } => "other-device",
            Self::Expired { .. } => "order-expired",
            Self::PolicyContent(_) => "policy-unreadable",
            Self::Off => "elevation-off",
            Self::Method(_) => "method-not-allowed",
            Self::TooLong { .. } => "too-long",
            Self::Unlisted(_) => "program-not-allowed",
            Self::Used(_) => "order-used",
            Self::Mark(_) => "order-not-marked",
            Self::Start { .. } => "program-not-started",
            Self::System(..) => "system",
            #[cfg(target_os = "linux")]
            Self::OwnFile(_) => "helper-not-installed",
            #[cfg(target_os = "linux")]
            Self::KeyFile(_) => "portal-key",
            #[cfg(target_os = "linux")]
            Self::DeviceFile(_) => "device-name",
            #[cfg(target_os = "linux")]
            Self::Accounts(_) => "accounts",
            #[cfg(target_os = "linux")]
            Self::PolicyFile(_) => "policy-not-trusted",
            #[cfg(target_os = "linux")]
            Self::Program(_) => "program-not-trusted",
            #[cfg(target_os = "linux")]
            Self::MarkFolder(_) => "marks-not-trusted",
        }
    }

    /// The sentence that people read, with what is behind it.
    pub fn reason(&self) -> Reason {
        let mut told = self.to_string();
        let mut source = self.source();
        while let Some(cause) = source {
            told = format!("{told}: {cause}");
            source = cause.source();
        }
        Reason::own(self.code(), sentence(&told))
    }

    /// Which of `denied`, `expired` and `failed` it is.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "expired",
            Self::Mark(_) | Self::Start { .. } | Self::System(..) => "failed",
            _ => "denied",
        }
    }
}

/// `the order is ...` -> `The order is ....`
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_sentence_with_its_cause() {
        let refusal = Refusal::Order(OrderError::Signature);
        let Reason { code, message, by } = refusal.reason();
        assert_eq!(
            (code.as_str(), by.as_str()),
            ("order-not-believed", "deskhook")
        );
        assert_eq!(
            message,
            "The order is not believed: the elevation order is not signed by this portal."
        );
    }
}

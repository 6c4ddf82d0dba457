use std::error::Error;
use std::path::PathBuf;

use deskhook_policy::AddressError;
use deskhook_session::{ClientFailure, Reason};

use crate::{Exit, FetchError, fetch::pin_line};

/// Why there is no running client with an address.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// It is nowhere, and nothing says where to get it.
    #[error("the client {client} is not on this machine and has no download")]
    Missing {
        /// The name that people read.
        client: String,
    },
    /// It could not be fetched, or is not what the policy says.
    #[error("the client {client} could not be had")]
    Fetch {
        /// The name that people read.
        client: String,
        /// The name in policy keys.
        name: String,
        /// Why.
        #[source]
        source: FetchError,
    },
    /// The program is none, or not to be trusted.
    #[error("the program {} is not started: {why}", program.display())]
    Program {
        /// Which program.
        program: PathBuf,
        /// Why.
        why: &'static str,
    },
    /// The arguments or the environment are not those that the description allows.
    #[error("the arguments or the environment do not fit the description of {0}")]
    Plan(String),
    /// It needs an X display and there is none.
    #[error("the client {0} needs a display and there is none")]
    NoDisplay(String),
    /// Its folder, its port or its password file could not be made.
    #[error("preparing {} failed", folder.display())]
    Prepare {
        /// The client's private folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The operating system did not start it.
    #[error("starting {} failed", program.display())]
    Start {
        /// Which program.
        program: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It ended before it had an address.
    #[error("the client {client} ended before it had an address, {}", told(*.exit))]
    Exited {
        /// The name that people read.
        client: String,
        /// How.
        exit: Exit,
        /// Its last lines.
        output: String,
    },
    /// Who was asked for its address said something that is none.
    #[error("{by} says {said:?} for the address of the client {client}")]
    BadAddress {
        /// The name that people read.
        client: String,
        /// Who: a package or plugin.
        by: String,
        /// What it said.
        said: String,
        /// Why that is none.
        #[source]
        source: AddressError,
    },
    /// It gave no address in time.
    #[error("the client {client} gave no address within {seconds} s")]
    NoAddress {
        /// The name that people read.
        client: String,
        /// How long it was asked.
        seconds: u64,
        /// What its sources said last.
        words: String,
    },
}

impl LaunchError {
    /// What the person and the portal are told, with a stable code, and what an administrator
    /// needs besides.
    pub fn failure(&self) -> ClientFailure {
        let (code, message) = self.told();
        let mut reason = Reason::own(code, message);
        if let Self::BadAddress { by, .. } = self {
            reason.by.clone_from(by);
        }
        ClientFailure {
            reason,
            detail: Some(self.detail()),
        }
    }

    fn told(&self) -> (&'static str, String) {
        match self {
            Self::Missing { client } => (
                "client-missing",
                format!("{client} is not installed on this device, and your organisation's policy does not say where to get it."),
            ),
            Self::Fetch { client, source, .. } => fetch_told(client, source),
            Self::Program { .. } => (
                "client-untrusted",
                "The remote support program on this device cannot be trusted, so it was not started.".to_owned(),
            ),
            Self::Plan(client) => (
                "client-arguments",
                format!("{client} was not started: an extension asked for something that your organisation's policy does not allow."),
            ),
            Self::NoDisplay(client) => (
                "no-display",
                format!("{client} needs a screen, and nobody is signed in to one on this device."),
            ),
            Self::Prepare { .. } | Self::Start { .. } => (
                "client-start",
                "The remote support program could not be started on this device.".to_owned(),
            ),
            Self::Exited { client, .. } => (
                "client-exited",
                format!("{client} ended before a supporter could reach it."),
            ),
            Self::BadAddress { client, .. } => (
                "no-address",
                format!("{client} gave no usable address."),
            ),
            Self::NoAddress { client, .. } => (
                "no-address",
                format!("{client} was started but got no address, so no supporter can reach it. Check the network connection and try again."),
            ),
        }
    }

    fn detail(&self) -> String {
        let mut detail = chain(self);
        match self {
            Self::Fetch {
                name,
                source: FetchError::NotPinned { sha256, .. },
                ..
            } => {
                detail.insert_str(0, "bootstrapper not pinned: ");
                detail.push_str("\nif this is the right file, add this line to the settings of a policy layer:\n  ");
                detail.push_str(&pin_line(name, sha256));
            }
            Self::Exited { output: more, .. } | Self::NoAddress { words: more, .. }
                if !more.is_empty() =>
            {
                detail.push('\n');
                detail.push_str(more);
            }
            _ => {}
        }
        detail
    }
}

fn fetch_told(client: &str, error: &FetchError) -> (&'static str, String) {
    match error {
        FetchError::NotPinned { .. } => (
            "bootstrapper-not-pinned",
            format!(
                "{client} was not started: your organisation's policy does not say which download is the right one."
            ),
        ),
        FetchError::Hash { .. } => (
            "bootstrapper-hash",
            format!(
                "The download of {client} is not the one that your organisation expects, so it was not started."
            ),
        ),
        FetchError::Url { .. } | FetchError::Redirect { .. } => (
            "bootstrapper-url",
            format!(
                "{client} was not downloaded: the place that your organisation's policy names is not a safe one."
            ),
        ),
        FetchError::TooLarge { .. } => (
            "bootstrapper-size",
            format!(
                "The download of {client} is larger than your organisation expects, so it was given up."
            ),
        ),
        FetchError::Disk { .. } => (
            "bootstrapper-disk",
            format!("{client} could not be saved on this device. Is there enough free disk space?"),
        ),
        FetchError::Network { .. }
        | FetchError::Status { .. }
        | FetchError::Stalled { .. }
        | FetchError::Late { .. } => (
            "bootstrapper-download",
            format!(
                "{client} could not be downloaded. Check the network connection and try again."
            ),
        ),
    }
}

fn told(exit: Exit) -> String {
    match (exit.code, exit.signal) {
        (Some(code), _) => format!("with exit code {code}"),
        (None, Some(signal)) => format!("by signal {signal}"),
        (None, None) => "in an unknown way".to_owned(),
    }
}

/// The error and everything below it, one after the other.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(cause) = below {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        below = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unpinned_download_comes_with_the_line_to_paste() {
        let error = LaunchError::Fetch {
            client: "AnyDesk".into(),
            name: "anydesk".into(),
            source: FetchError::NotPinned {
                url: "https://x.example/a.exe".into(),
                sha256: "ab".repeat(32),
                bytes: 7,
            },
        };
        let failure = error.failure();
        assert_eq!(failure.reason.code, "bootstrapper-not-pinned");
        assert!(
            failure
                .reason
                .message
                .starts_with("AnyDesk was not started")
        );
        let line = format!(
            "\"Integration.AnyDesk.BootstrapperSha256\": \"{}\"",
            "ab".repeat(32)
        );
        let detail = failure.detail.unwrap();
        assert!(detail.starts_with("bootstrapper not pinned: "), "{detail}");
        assert!(detail.contains(&line), "{detail}");
    }

    #[test]
    fn an_early_end_tells_the_administrator_the_last_lines() {
        let error = LaunchError::Exited {
            client: "VNC".into(),
            exit: Exit {
                code: Some(3),
                signal: None,
            },
            output: "cannot open display".into(),
        };
        let detail = error.failure().detail.unwrap();
        assert!(
            detail.contains("exit code 3") && detail.ends_with("cannot open display"),
            "{detail}"
        );
    }
}

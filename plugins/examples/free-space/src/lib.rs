//! No session starts while the disk of the person's own folder is nearly full: a client that
//! cannot write its settings or a file transfer fails in ways that nobody understands.
//!
//! Policy: `FreeSpace.MinimumMiB` (500) is the least that must be free; `FreeSpace.Path` is the
//! folder whose disk counts, else the person's home.

use std::path::{Path, PathBuf};

use deskhook_sdk::{Failure, Hook, Host, Plugin, SessionRequest, Verdict, export_plugin};

/// The least that must be free where the policy is silent, in MiB.
const DEFAULT_MINIMUM: u64 = 500;

/// The check.
pub struct FreeSpace;

impl Plugin for FreeSpace {
    const ID: &'static str = "org.deskhook.free-space";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const HOOKS: &'static [Hook] = &[Hook::SessionRequest];

    fn new(_: Host) -> Result<Self, Failure> {
        Ok(Self)
    }

    fn session_request(
        &mut self,
        asked: &SessionRequest<'_>,
        host: Host,
    ) -> Result<Verdict, Failure> {
        let minimum = match host.policy("FreeSpace.MinimumMiB")? {
            Some(value) => value.as_u64().ok_or_else(|| no_number(value.as_text()))?,
            None => DEFAULT_MINIMUM,
        };
        let named = host
            .policy("FreeSpace.Path")?
            .and_then(|value| value.as_string());
        let folder = named.map(PathBuf::from).or_else(std::env::home_dir);
        let folder = folder.unwrap_or_else(|| PathBuf::from("/"));
        let free = free_mib(&folder)?;
        Ok(judge(free, minimum, asked.context.person.language))
    }
}

export_plugin!(FreeSpace);

fn judge(free: u64, minimum: u64, language: &str) -> Verdict {
    if free >= minimum {
        return Verdict::Allow;
    }
    let message = if language.starts_with("de") {
        format!(
            "Auf Ihrer Festplatte sind nur noch {free} MiB frei, gebraucht werden {minimum} MiB. \
                 Bitte leeren Sie den Papierkorb oder löschen Sie, was Sie nicht mehr brauchen."
        )
    } else {
        format!(
            "Only {free} MiB are free on your disk, and {minimum} MiB are needed. \
                 Please empty the bin, or delete what you no longer need."
        )
    };
    Verdict::deny("disk-full", message)
}

fn no_number(found: &str) -> Failure {
    Failure::new(format!(
        "the policy's FreeSpace.MinimumMiB must be a whole number of MiB, found {found}"
    ))
}

/// What the person may still write to the disk of `folder`, in MiB.
fn free_mib(folder: &Path) -> Result<u64, Failure> {
    let failed = |error| {
        Failure::new(format!(
            "cannot tell the free space of {}: {error}",
            folder.display()
        ))
    };
    Ok(fs4::available_space(folder).map_err(failed)? >> 20)
}

#[cfg(test)]
mod tests {
    use deskhook_sdk::Json;
    use deskhook_sdk::testing::Trial;

    use super::*;

    fn trial() -> Trial<FreeSpace> {
        let here = std::env::temp_dir().display().to_string();
        Trial::new().policy("FreeSpace.Path", Json::new(format!("{here:?}")))
    }

    fn asked() -> SessionRequest<'static> {
        SessionRequest::default()
    }

    #[test]
    fn a_disk_with_room_is_no_objection() {
        let check = trial().policy("FreeSpace.MinimumMiB", Json::new("0"));
        assert_eq!(check.session_request(&asked()), Ok(Verdict::Allow));
    }

    #[test]
    fn a_full_disk_denies_and_says_what_to_do() {
        let check = trial().policy("FreeSpace.MinimumMiB", Json::new("999999999"));
        let Ok(Verdict::Deny { code, message }) = check.session_request(&asked()) else {
            panic!("it must deny")
        };
        assert_eq!(code, "disk-full");
        assert!(message.contains("999999999 MiB are needed"), "{message}");
    }

    #[test]
    fn a_german_reads_german() {
        let Verdict::Deny { message, .. } = judge(1, DEFAULT_MINIMUM, "de-at") else {
            panic!("it must deny")
        };
        assert!(message.contains("nur noch 1 MiB frei"), "{message}");
    }

    #[test]
    fn a_policy_that_is_no_number_and_a_folder_that_is_not_there_fail() {
        let check = trial().policy("FreeSpace.MinimumMiB", Json::new("\"much\""));
        assert!(
            check
                .session_request(&asked())
                .unwrap_err()
                .message()
                .contains("\"much\"")
        );
        let check = Trial::<FreeSpace>::new().policy("FreeSpace.Path", Json::new("\"/no/such\""));
        assert!(
            check
                .session_request(&asked())
                .unwrap_err()
                .message()
                .contains("/no/such")
        );
    }

    #[test]
    fn without_the_grant_it_fails_instead_of_guessing() {
        let check = Trial::<FreeSpace>::new().without_policy();
        assert!(check.session_request(&asked()).is_err());
    }
}

//! `deskhook elevate ORDER`: runs as root for one order, started by the operating system's own
//! elevation. Call [`run`] before any runtime or thread.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use deskhook_elevation::PolicyFiles;
use deskhook_policy::{Policy, Problem, Severity, Subject};
use deskhook_source::{Signing, load, load_signed};

/// Carries the order out, and tells what became of it in one line of JSON.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let answer = deskhook_elevation::serve(arguments, policy);
    // Whoever asked may be gone; what was done stays done.
    let _ = writeln!(std::io::stdout(), "{}", answer.line());
    ExitCode::from(answer.exit_code())
}

/// The policy as it stands, and not as it last was good: where a file or a key of elevation is
/// refused, what it was meant to forbid is not known, and so nothing is allowed.
///
/// Where policy is signed the last good bundle holds, and so does this: one that is refused might
/// have forbidden something. Layer files that are not signed never counted, and forbid nothing.
fn policy(files: &PolicyFiles, subject: &Subject) -> Result<Policy, String> {
    let folder = [files.folder.clone()];
    let loaded = match files.signing.clone() {
        None => load(&folder, subject, None),
        Some((trust, memory)) => {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            let signing = Signing {
                trust,
                memory: Some(memory),
                now: since.map_err(|error| error.to_string())?.as_secs(),
            };
            load_signed(&folder, subject, &signing)
        }
    };
    match loaded
        .problems
        .iter()
        .find(|problem| stands_in_the_way(problem))
    {
        Some(problem) => Err(format!("{}: {}", problem.place, problem.message)),
        None => Ok(loaded.resolved.policy),
    }
}

fn stands_in_the_way(problem: &Problem) -> bool {
    let key = problem.key.as_ref().map(|key| key.to_lowercase());
    let about_elevation = key.is_none_or(|key| key == "elevation" || key.starts_with("elevation."));
    let counts = problem.code != "unsigned";
    problem.severity == Severity::Error && about_elevation && counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(layers: &[(&str, &str)]) -> Result<Policy, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in layers {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let files = PolicyFiles {
            folder: folder.path().to_owned(),
            signing: None,
        };
        policy(&files, &Subject::everyone())
    }

    const ON: &str = r#"{"scope": "tenant", "settings": {"Elevation.Enabled": true}}"#;

    #[test]
    fn a_policy_without_problems_is_the_one_that_holds() {
        assert!(read(&[("1.json", ON)]).unwrap().elevation.enabled);
    }

    #[test]
    fn a_file_that_cannot_be_read_forbids_everything() {
        let told = read(&[("1.json", ON), ("2.json", "{\"scope\": ")]).unwrap_err();
        assert!(told.contains("2.json:1"), "{told}");
    }

    #[test]
    fn a_bad_key_counts_where_it_is_about_elevation() {
        let layer = |key: &str| {
            format!(r#"{{"scope": "device", "name": "d", "settings": {{"{key}": []}}}}"#)
        };
        let told = read(&[("1.json", ON), ("2.json", &layer("elevation.enabled"))]).unwrap_err();
        assert!(told.contains("2.json"), "{told}");
        assert!(read(&[("1.json", ON), ("2.json", &layer("Tray.Quit"))]).is_ok());
    }
}

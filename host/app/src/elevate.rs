//! `deskhook elevate ORDER`: runs as root for one order, started by the operating system's own
//! elevation. Call [`run`] before any runtime or thread.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use deskhook_policy::{Policy, Problem, Severity, Subject};
use deskhook_source::load;

/// Carries the order out, and tells what became of it in one line of JSON.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let answer = deskhook_elevation::serve(arguments, policy);
    // Whoever asked may be gone; what was done stays done.
    let _ = writeln!(std::io::stdout(), "{}", answer.line());
    ExitCode::from(answer.exit_code())
}

/// The policy as it stands, and not as it last was good: where a file or a key of elevation is
/// refused, what it was meant to forbid is not known, and so nothing is allowed.
fn policy(folder: &Path, subject: &Subject) -> Result<Policy, String> {
    let loaded = load(&[folder.to_owned()], subject, None);
    let mut errors = loaded
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error);
    // A file that is refused whole may have said something of elevation, whichever of its keys is
    // the wrong one.
    let obstacle = match loaded.refused {
        0 => errors.find(|problem| is_about_elevation(problem)),
        _ => errors.next(),
    };
    match obstacle {
        Some(problem) => Err(format!("{}: {}", problem.place, problem.message)),
        None if loaded.refused > 0 => Err("a policy file is refused".to_owned()),
        None => Ok(loaded.resolved.policy),
    }
}

fn is_about_elevation(problem: &Problem) -> bool {
    let key = problem.key.as_ref().map(|key| key.to_lowercase());
    key.is_none_or(|key| key == "elevation" || key.starts_with("elevation."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(layers: &[(&str, &str)]) -> Result<Policy, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in layers {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        policy(folder.path(), &Subject::everyone())
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
    fn a_file_that_is_refused_whole_forbids_everything_whichever_key_is_the_wrong_one() {
        let off = r#""Elevation.Enabled": false"#;
        let device = |more: &str, settings: &str| {
            format!(r#"{{"scope": "device", "name": "d"{more}, "settings": {{{off}{settings}}}}}"#)
        };
        let twice = device("", r#", "Tray.Quit": true, "Tray.Quit": true"#);
        let inside = device("", r#", "Own": 1, "Own.Key": 2"#);
        let filter = device(r#", "filters": {"only-on": ["nowhere"]}"#, "");
        for refused in [twice, inside, filter] {
            let told = read(&[("1.json", ON), ("2.json", &refused)]).unwrap_err();
            assert!(told.contains("2.json:1"), "{told}");
        }
        let pairs = "Key = Elevation.Enabled\nValue = false\nKey = Tray.Quit\nKey = Tray.Icon\n";
        let told = read(&[("1.json", ON), ("2.kv", pairs)]).unwrap_err();
        assert!(told.contains("2.kv"), "{told}");
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

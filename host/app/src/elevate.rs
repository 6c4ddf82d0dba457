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
/// have forbidden something. What never counts, unsigned layers there and bundles elsewhere,
/// forbids nothing.
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
    let errors = loaded
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error && counts(problem));
    // A file that is refused whole may have said something of elevation, whichever of its keys is
    // the wrong one.
    let is_whole = loaded.refused > 0;
    let mut obstacles = errors.filter(|problem| is_whole || is_about_elevation(problem));
    match obstacles.next() {
        Some(problem) => Err(format!("{}: {}", problem.place, problem.message)),
        None if is_whole && files.signing.is_none() => Err("a policy file is refused".to_owned()),
        None => Ok(loaded.resolved.policy),
    }
}

/// Whether the file that it is about could have said anything here.
fn counts(problem: &Problem) -> bool {
    !matches!(problem.code, "unsigned" | "no-trust")
}

fn is_about_elevation(problem: &Problem) -> bool {
    let key = problem.key.as_ref().map(|key| key.to_lowercase());
    key.is_none_or(|key| key == "elevation" || key.starts_with("elevation."))
}

#[cfg(test)]
mod tests {
    use deskhook_wire::{BundledLayer, PolicyBundle, PolicySigner, Role};

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

    /// The policy of a folder with this file and a bundle of this role, and a trust file.
    fn read_signed(name: &str, text: &[u8], role: Role) -> Result<Policy, String> {
        let folder = tempfile::tempdir().unwrap();
        let policy_folder = folder.path().join("policy.d");
        std::fs::create_dir(&policy_folder).unwrap();
        let signer = PolicySigner::new(role, &[1; 32]);
        let trust = folder.path().join("trust.json");
        std::fs::write(&trust, signer.public().line()).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let layer = BundledLayer {
            file: "1.json".to_owned(),
            text: ON.to_owned(),
        };
        let bundle = PolicyBundle {
            version: PolicyBundle::VERSION,
            role,
            serial: 1,
            issued: now.as_secs(),
            expires: now.as_secs() + 60,
            layers: vec![layer],
            next: None,
        };
        let bytes = bundle.sign(&[signer]).unwrap();
        std::fs::write(policy_folder.join("a.bundle"), bytes).unwrap();
        std::fs::write(policy_folder.join(name), text).unwrap();
        let files = PolicyFiles {
            folder: policy_folder,
            signing: Some((trust, folder.path().join("memory"))),
        };
        policy(&files, &Subject::everyone())
    }

    #[test]
    fn where_policy_is_signed_only_a_critical_bundle_gives_rights() {
        let off = ON.replace("true", "false");
        let loose = read_signed("2.json", off.as_bytes(), Role::Critical);
        assert!(loose.unwrap().elevation.enabled);
        let told = read_signed("2.json", b"", Role::Routine).unwrap_err();
        assert!(told.contains("a.bundle!/1.json:1:"), "{told}");
        let told = read_signed("2.bundle", b"deskhook-bundle/1", Role::Critical).unwrap_err();
        assert!(told.contains("2.bundle"), "{told}");
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

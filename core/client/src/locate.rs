use std::path::{Path, PathBuf};

use deskhook_policy::{ClientSpec, Executable};

/// The folders of the agent that a client needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The agent's state folder. Fetched clients lie in `fetched/<sha256>/`, a client's own
    /// `{state}` is `clients/<name>/`; both are private to the account.
    pub state: PathBuf,
    /// The running deskhook binary: `{self}`.
    pub own_program: PathBuf,
}

impl Places {
    /// Where fetched clients are kept.
    pub fn fetched(&self) -> PathBuf {
        self.state.join("fetched")
    }

    /// The private folder of the client `name`: its `{state}` and its working directory.
    pub fn client(&self, name: &str) -> PathBuf {
        self.state.join("clients").join(file_name(name))
    }
}

/// Where a bare program name is looked for: never the person's own `PATH`, which their other
/// programs may have changed.
#[cfg(unix)]
pub(crate) const PROGRAM_FOLDERS: &[&str] = &[
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/usr/local/sbin",
    "/usr/sbin",
    "/sbin",
    "/snap/bin",
];
/// Where a bare program name is looked for.
#[cfg(not(unix))]
pub(crate) const PROGRAM_FOLDERS: &[&str] = &[r"C:\Windows\System32", r"C:\Windows"];

/// Where the client's program is on this machine, if it is anywhere that its description names.
pub fn locate(spec: &ClientSpec, places: &Places) -> Option<PathBuf> {
    spec.executables
        .iter()
        .filter(|executable| fits_here(executable))
        .find_map(|executable| find(&executable.path, places))
}

fn fits_here(executable: &Executable) -> bool {
    executable.platform.is_empty() || executable.platform == std::env::consts::OS
}

fn find(path: &str, places: &Places) -> Option<PathBuf> {
    let whole = PathBuf::from(path.replace("{self}", &places.own_program.to_string_lossy()));
    if whole.is_absolute() {
        return is_program(&whole).then_some(whole);
    }
    let bare = whole.components().count() == 1 && !path.contains("..");
    let in_folder = |folder: &&str| Path::new(folder).join(&whole);
    PROGRAM_FOLDERS
        .iter()
        .map(in_folder)
        .find(|candidate| bare && is_program(candidate))
}

/// Whether `path` is a file that can be run.
pub(crate) fn is_program(path: &Path) -> bool {
    let Ok(about) = std::fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    about.is_file() && may_run
}

/// A name that is one plain file name, whatever `name` is.
pub(crate) fn file_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "._-".contains(c) {
            c
        } else {
            '_'
        }
    };
    let made: String = name.chars().take(100).map(plain).collect();
    let made = made.trim_start_matches('.');
    if made.is_empty() {
        "client".to_owned()
    } else {
        made.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(paths: &[(&str, &str)]) -> ClientSpec {
        let executable = |(platform, path): &(&str, &str)| Executable {
            platform: (*platform).to_owned(),
            path: (*path).to_owned(),
        };
        ClientSpec {
            executables: paths.iter().map(executable).collect(),
            ..ClientSpec::default()
        }
    }

    fn places() -> Places {
        Places {
            state: "/nowhere".into(),
            own_program: std::env::current_exe().unwrap(),
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_first_program_that_is_there_and_fits_the_platform_is_taken() {
        let wanted = [
            ("windows", "/bin/sh"),
            ("", "/nowhere/at-all"),
            (std::env::consts::OS, "sh"),
        ];
        let found = locate(&spec(&wanted), &places()).unwrap();
        assert!(found.ends_with("sh") && found.is_absolute());
    }

    #[test]
    fn the_own_program_is_found_and_a_relative_path_is_not() {
        let places = places();
        assert_eq!(
            locate(&spec(&[("", "{self}")]), &places),
            Some(places.own_program.clone())
        );
        for path in ["", "bin/sh", "../bin/sh", "..", "/etc/passwd", "/etc"] {
            assert_eq!(locate(&spec(&[("", path)]), &places), None, "{path}");
        }
    }

    #[test]
    fn a_name_is_never_a_path() {
        assert_eq!(file_name("../../etc/x"), "_.._etc_x");
        assert_eq!(file_name("..."), "client");
        assert_eq!(file_name("AnyDesk-1.exe"), "AnyDesk-1.exe");
    }
}

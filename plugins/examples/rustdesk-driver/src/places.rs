use std::path::Path;

/// Where RustDesk's own packages put it, by operating system: deb and rpm (with a link in `/usr/bin`,
/// before 1.3 below `/usr/lib`), Arch and tarballs, Flatpak; the installers of macOS and Windows.
const USUAL: [(&str, &[&str]); 3] = [
    (
        "linux",
        &[
            "/usr/bin/rustdesk",
            "/usr/local/bin/rustdesk",
            "/usr/share/rustdesk/rustdesk",
            "/usr/lib/rustdesk/rustdesk",
            "/opt/rustdesk/rustdesk",
            "/var/lib/flatpak/exports/bin/com.rustdesk.RustDesk",
        ],
    ),
    (
        "macos",
        &["/Applications/RustDesk.app/Contents/MacOS/RustDesk"],
    ),
    ("windows", &[r"C:\Program Files\RustDesk\rustdesk.exe"]),
];

/// The usual places on that operating system.
pub(crate) fn usual(os: &str) -> Vec<String> {
    let of_os = USUAL.iter().find(|(name, _)| *name == os);
    let paths = of_os.map(|(_, paths)| *paths).unwrap_or_default();
    paths.iter().map(ToString::to_string).collect()
}

/// The first of these that is a program.
pub(crate) fn first(paths: &[String]) -> Option<String> {
    paths
        .iter()
        .find(|path| is_program(Path::new(path)))
        .cloned()
}

fn is_program(path: &Path) -> bool {
    let Ok(about) = std::fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    about.is_file() && may_run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_nobody_knows_has_no_usual_place() {
        assert!(usual("linux").contains(&"/usr/bin/rustdesk".to_owned()));
        assert_eq!(usual("windows").len(), 1);
        assert!(usual("plan9").is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn only_a_file_that_can_be_run_is_a_program() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::create_dir(at("folder")).unwrap();
        for (name, mode) in [("plain", 0o644), ("program", 0o755)] {
            std::fs::write(at(name), "").unwrap();
            std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let all = [at("missing"), at("folder"), at("plain"), at("program")];
        assert_eq!(first(&all), Some(at("program")));
        assert_eq!(first(&all[..3]), None);
    }
}

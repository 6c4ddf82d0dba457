//! The device's and the account's names.

use std::path::Path;

use crate::bounded;

pub(crate) fn os_version(root: &Path) -> Option<String> {
    if cfg!(target_os = "macos") {
        return bounded::answer("/usr/bin/sw_vers", &["-productVersion"]);
    }
    if cfg!(windows) {
        return bounded::answer(r"C:\Windows\System32\cmd.exe", &["/C", "ver"]);
    }
    let release = bounded::text(root.join("etc/os-release"))?;
    let line = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

pub(crate) fn hostname(root: &Path) -> Option<String> {
    let known = ["proc/sys/kernel/hostname", "etc/hostname"];
    let read = known.iter().find_map(|path| bounded::text(root.join(path)));
    let asked = || {
        if cfg!(target_os = "macos") {
            bounded::answer("/bin/hostname", &[])
        } else {
            std::env::var("COMPUTERNAME").ok()
        }
    };
    read.or_else(asked).filter(|name| !name.is_empty())
}

/// The account's name; from the account database where there is one, as the environment says
/// whatever it was told.
pub(crate) fn user(root: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        let own = rustix::process::geteuid().as_raw().to_string();
        let accounts = bounded::text(root.join("etc/passwd")).unwrap_or_default();
        let named = accounts.lines().find_map(|line| {
            let mut columns = line.split(':');
            let name = columns.next()?;
            (columns.nth(1)? == own).then(|| name.to_owned())
        });
        if named.is_some() {
            return named;
        }
    }
    #[cfg(not(unix))]
    let _ = root;
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()))
}

/// Seconds since the system started.
pub(crate) fn uptime(root: &Path) -> Option<u64> {
    let text = bounded::text(root.join("proc/uptime"))?;
    text.split(['.', ' ']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn names_are_read_from_the_system_files() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["etc", "proc/sys/kernel"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let write = |path: &str, text: &str| std::fs::write(root.path().join(path), text).unwrap();
        write(
            "etc/os-release",
            "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n",
        );
        write("proc/sys/kernel/hostname", "desk-7\n");
        write("proc/uptime", "371.29 1200.01\n");
        let own = rustix::process::geteuid().as_raw();
        write(
            "etc/passwd",
            &format!("other:x:99999:1::/:/bin/sh\njo:x:{own}:1::/:/bin/sh\n"),
        );
        assert_eq!(
            os_version(root.path()).as_deref(),
            Some("Debian GNU/Linux 12")
        );
        assert_eq!(hostname(root.path()).as_deref(), Some("desk-7"));
        assert_eq!(user(root.path()).as_deref(), Some("jo"));
        assert_eq!(uptime(root.path()), Some(371));
    }
}

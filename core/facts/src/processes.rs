//! Which programs run, by the names that the kernel keeps.

use std::path::Path;

use crate::bounded;

/// How many processes are looked at.
const MOST: usize = 8192;

/// The kernel's names (at most 15 bytes) of malware protection, with the name that people know.
const PROTECTION: &[(&str, &str)] = &[
    ("clamd", "ClamAV"),
    ("clamonacc", "ClamAV"),
    ("wdavdaemon", "Microsoft Defender"),
    ("falcon-sensor", "CrowdStrike Falcon"),
    ("falcon-sensor-b", "CrowdStrike Falcon"),
    ("sophos-spl", "Sophos"),
    ("sophosd", "Sophos"),
    ("sophos_watchdog", "Sophos"),
    ("savd", "Sophos"),
    ("s1-agent", "SentinelOne"),
    ("sentinelone-age", "SentinelOne"),
    ("ds_agent", "Trend Micro"),
    ("kesl", "Kaspersky"),
    ("bdsecd", "Bitdefender"),
    ("oaeventd", "ESET"),
    ("esets_daemon", "ESET"),
    ("eea", "ESET"),
    ("cbagentd", "Carbon Black"),
    ("xagt", "Trellix"),
    ("mfetpd", "Trellix"),
];

/// The names of the malware protection that runs, `none`, or nothing where other accounts'
/// processes cannot be seen.
pub(crate) fn antivirus(root: &Path) -> Option<String> {
    let running = names(root)?;
    let mut found: Vec<&str> = PROTECTION
        .iter()
        .filter(|(name, _)| running.iter().any(|one| one == name))
        .map(|(_, shown)| *shown)
        .collect();
    found.dedup();
    Some(if found.is_empty() {
        "none".to_owned()
    } else {
        found.join(", ")
    })
}

/// Whether a program of that name runs; nothing where it cannot be known.
pub(crate) fn runs(root: &Path, name: &str) -> Option<bool> {
    names(root).map(|running| running.iter().any(|one| one == name))
}

/// Every process's name. Nothing where the first process is hidden (the mount option `hidepid`):
/// then those of other accounts are too.
fn names(root: &Path) -> Option<Vec<String>> {
    let processes = root.join("proc");
    let first = bounded::text(processes.join("1/comm"))?;
    let found = std::fs::read_dir(&processes).ok()?.flatten().take(MOST);
    let numbered = found.filter(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .bytes()
            .all(|byte| byte.is_ascii_digit())
    });
    let mut names: Vec<String> = numbered
        .filter_map(|entry| bounded::text(entry.path().join("comm")))
        .collect();
    names.push(first);
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(names: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (number, name) in names.iter().enumerate() {
            let folder = root.path().join(format!("proc/{}", number + 1));
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("comm"), format!("{name}\n")).unwrap();
        }
        root
    }

    #[test]
    fn protection_is_known_by_its_running_program() {
        let antivirus = |names| antivirus(running(names).path());
        assert_eq!(
            antivirus(&["systemd", "clamd", "clamonacc"]).as_deref(),
            Some("ClamAV")
        );
        assert_eq!(antivirus(&["systemd", "bash"]).as_deref(), Some("none"));
        assert_eq!(antivirus(&[]), None);
    }
}

use deskhook_sdk::{Failure, Host, Json};

/// What happens when the disk is not known to be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Require {
    /// Nothing: it is only told.
    Off,
    /// The person is asked.
    Warn,
    /// No session starts.
    Deny,
}

/// `DiskEncryption.Require`; off where the policy is silent.
pub(crate) fn require(host: Host) -> Result<Require, Failure> {
    let Some(value) = host.policy("DiskEncryption.Require")? else {
        return Ok(Require::Off);
    };
    match value.as_string().as_deref() {
        Some("off") => Ok(Require::Off),
        Some("warn") => Ok(Require::Warn),
        Some("deny") => Ok(Require::Deny),
        _ => Err(wrong("Require", r#""off", "warn" or "deny""#, &value)),
    }
}

/// `DiskEncryption.Paths`: whose disks count on Linux; `/` where the policy is silent.
pub(crate) fn paths(host: Host) -> Result<Vec<String>, Failure> {
    let Some(value) = host.policy("DiskEncryption.Paths")? else {
        return Ok(vec!["/".to_owned()]);
    };
    let listed: Option<Vec<String>> = serde_json::from_str(value.as_text()).ok();
    let is_path = |path: &String| path.starts_with('/');
    listed
        .filter(|paths| !paths.is_empty() && paths.iter().all(is_path))
        .ok_or_else(|| {
            wrong(
                "Paths",
                r#"a list of absolute paths, as ["/", "/home"]"#,
                &value,
            )
        })
}

fn wrong(key: &str, wanted: &str, found: &Json) -> Failure {
    let found = found.as_text();
    Failure::new(format!(
        "the policy's DiskEncryption.{key} must be {wanted}, found {found}"
    ))
}

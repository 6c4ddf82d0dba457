use std::collections::BTreeMap;

use deskhook_sdk::{Failure, Host, Json};

use crate::places;
use crate::printed::Ids;

/// The clients that this is the driver of: `RustDeskDriver.Clients`.
pub(crate) fn clients(host: Host) -> Result<Vec<String>, Failure> {
    let listed = list(host, "Clients")?;
    Ok(listed.unwrap_or_else(|| vec!["rustdesk".to_owned()]))
}

/// Where it may be: `RustDeskDriver.Programs`, else the usual places on that operating system.
pub(crate) fn programs(host: Host, os: &str) -> Result<Vec<String>, Failure> {
    let listed = list(host, "Programs")?;
    Ok(listed.unwrap_or_else(|| places::usual(os)))
}

/// Arguments that it is started with beside its own: `RustDeskDriver.Arguments`.
pub(crate) fn arguments(host: Host) -> Result<Vec<String>, Failure> {
    Ok(list(host, "Arguments")?.unwrap_or_default())
}

/// Variables that it is started with: `RustDeskDriver.Environment`.
pub(crate) fn environment(host: Host) -> Result<BTreeMap<String, String>, Failure> {
    let Some(value) = host.policy("RustDeskDriver.Environment")? else {
        return Ok(BTreeMap::new());
    };
    let read = serde_json::from_str(value.as_text());
    read.map_err(|_| wrong("Environment", "an object of texts", &value))
}

/// Whether IDs are only numbers: `RustDeskDriver.ChosenIds`.
pub(crate) fn ids(host: Host) -> Result<Ids, Failure> {
    let Some(value) = host.policy("RustDeskDriver.ChosenIds")? else {
        return Ok(Ids::Numbers);
    };
    match value.as_bool() {
        Some(true) => Ok(Ids::Chosen),
        Some(false) => Ok(Ids::Numbers),
        None => Err(wrong("ChosenIds", "true or false", &value)),
    }
}

/// Its configuration: `RustDeskDriver.ConfigFile`, else the one of the person on Linux.
pub(crate) fn config_file(host: Host, os: &str) -> Result<Option<String>, Failure> {
    if let Some(value) = host.policy("RustDeskDriver.ConfigFile")? {
        let path = value.as_string();
        return path
            .map(Some)
            .ok_or_else(|| wrong("ConfigFile", "the path of a file", &value));
    }
    if os != "linux" {
        return Ok(None);
    }
    let home = Json::new(r#"{"call": "environment", "name": "HOME"}"#);
    // Without the grant there is no fallback, which is no reason to fail.
    let home = host.call(&home).ok().flatten();
    let home = home.and_then(|home| home.as_string());
    Ok(home.map(|home| format!("{home}/.config/rustdesk/RustDesk.toml")))
}

fn list(host: Host, key: &str) -> Result<Option<Vec<String>>, Failure> {
    let Some(value) = host.policy(&format!("RustDeskDriver.{key}"))? else {
        return Ok(None);
    };
    let listed = serde_json::from_str(value.as_text());
    listed
        .map(Some)
        .map_err(|_| wrong(key, "a list of texts", &value))
}

fn wrong(key: &str, wanted: &str, found: &Json) -> Failure {
    let found = found.as_text();
    Failure::new(format!(
        "the policy's RustDeskDriver.{key} must be {wanted}, found {found}"
    ))
}

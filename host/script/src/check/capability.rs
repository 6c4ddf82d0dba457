use std::collections::BTreeMap;

use deskhook_hooks::{Grants, HostCall};

use super::scope::Value;
use super::walk::Said;
use super::{Finding, Severity, manifest};
use crate::Package;
use crate::package::MANIFEST;

/// The capability that a call needs, as far as its first argument says.
pub(super) fn wanted(kind: &str, first: &Value) -> Option<String> {
    match first {
        Value::Text(text) => capability(kind, text),
        // The host is known once something stands behind it.
        Value::Begins(text) if kind == "net" => {
            let (_, rest) = text.split_once("://")?;
            rest.contains(['/', '?', '#'])
                .then(|| capability(kind, text))?
        }
        _ => None,
    }
}

/// Asked the way that the host asks, so that both read the argument alike.
fn capability(kind: &str, argument: &str) -> Option<String> {
    let argument = argument.to_owned();
    let call = match kind {
        "facts" => HostCall::Fact { name: argument },
        "policy" => HostCall::Policy { key: argument },
        "fs.read" => HostCall::ReadFile { path: argument },
        "env" => HostCall::Environment { name: argument },
        "exec" => HostCall::Exec {
            path: argument,
            arguments: vec![],
            stdin: None,
            timeout: None,
        },
        _ => HostCall::Http {
            method: "GET".to_owned(),
            url: argument,
            headers: BTreeMap::default(),
            body: None,
            timeout: None,
        },
    };
    call.capability()
}

/// What to say of a use that the manifest does not ask for.
pub(super) fn missing(
    package: &Package,
    name: &str,
    (kind, wanted): &(&'static str, Option<String>),
) -> Option<Said> {
    let asked = &package.manifest().capabilities;
    let grants = Grants::new(asked, asked);
    let there = match wanted {
        Some(wanted) => grants.asks(wanted),
        None => grants.asks_any(kind),
    };
    let wanted = wanted.clone().unwrap_or_else(|| format!("{kind}:..."));
    let message =
        format!("{name} needs the capability {wanted:?}, and {MANIFEST} does not name it");
    let help = format!("\"capabilities\": [{wanted:?}]");
    (!there).then(|| Said::new(message, help))
}

/// Capabilities that no file uses: every one is something that the organisation has to trust.
pub(super) fn unused(package: &Package, uses: &[(&'static str, Option<String>)]) -> Vec<Finding> {
    let idle = |capability: &&String| {
        let one = std::slice::from_ref(*capability);
        let grants = Grants::new(one, one);
        !uses.iter().any(|(kind, wanted)| match wanted {
            Some(wanted) => grants.asks(wanted),
            None => grants.asks_any(kind),
        })
    };
    let asked = package.manifest().capabilities.iter();
    asked
        .filter(idle)
        .map(|capability| {
            let message = format!("nothing uses the capability {capability:?}");
            let help = "take it out of \"capabilities\": what is not asked for need not be trusted";
            Finding::new(Severity::Warning, "capability-unused", message)
                .at(&manifest::place(package, capability))
                .help(help)
        })
        .collect()
}

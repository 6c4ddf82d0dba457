//! What a plugin in a child may touch by itself: what its manifest asks for and policy grants.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use deskhook_hooks::Grants;
use deskhook_wire::{Connect, NativeReach};

/// The reach of a plugin with these grants that is loaded from `library` and has the folder `own`.
/// Programs, and hosts that are named, it reaches through the agent alone.
pub(super) fn reach(grants: &Grants, library: &Path, own: PathBuf) -> NativeReach {
    // Links above the agent's own state are the machine's own.
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut reach = NativeReach {
        read: vec![real(library)],
        own: Some(real(&own)),
        connect: Connect::Nowhere,
        environment: BTreeMap::new(),
    };
    for capability in grants.both() {
        match capability.split_once(':') {
            Some(("fs.read", path)) => reach.read.push(PathBuf::from(path)),
            Some(("net", host)) => reach.connect = wider(reach.connect, host),
            Some(("env", name)) => {
                let value = std::env::var(name).ok();
                reach
                    .environment
                    .extend(value.map(|value| (name.to_owned(), value)));
            }
            _ => {}
        }
    }
    reach
}

/// A kernel knows ports and no names: only a grant for every host opens any.
fn wider(connect: Connect, host: &str) -> Connect {
    let port = match host.split_once(':') {
        _ if host == "*" => return Connect::Anywhere,
        Some(("*", "*")) => return Connect::Anywhere,
        Some(("*", port)) => port.parse::<u16>().ok(),
        _ => None,
    };
    match (connect, port) {
        (Connect::Ports(ports), Some(port)) => Connect::Ports(&ports | &BTreeSet::from([port])),
        (Connect::Nowhere, Some(port)) => Connect::Ports(BTreeSet::from([port])),
        (connect, _) => connect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(capabilities: &[&str]) -> NativeReach {
        let capabilities: Vec<String> = capabilities.iter().map(|it| (*it).to_owned()).collect();
        let grants = Grants::new(&capabilities, &capabilities);
        reach(&grants, Path::new("/l.so"), PathBuf::from("/own"))
    }

    #[test]
    fn a_host_that_is_named_is_reached_through_the_agent_alone() {
        for (capabilities, connect) in [
            (
                &["net:a.example", "net:*.example:443"][..],
                Connect::Nowhere,
            ),
            (
                &["net:*:443", "net:*:80", "net:a"],
                Connect::Ports(BTreeSet::from([80, 443])),
            ),
            (&["net:*:443", "net:*"], Connect::Anywhere),
            (&["net:*:*"], Connect::Anywhere),
        ] {
            assert_eq!(of(capabilities).connect, connect, "{capabilities:?}");
        }
    }

    #[test]
    fn files_and_variables_are_those_that_are_granted() {
        let reach = of(&[
            "fs.read:/sys/block/",
            "exec:/bin/true",
            "env:PATH",
            "env:NO_SUCH",
        ]);
        let read = ["/l.so", "/sys/block/"].map(PathBuf::from);
        assert_eq!(reach.read, read);
        assert!(reach.environment.contains_key("PATH"));
        assert_eq!(reach.environment.len(), 1);
    }
}

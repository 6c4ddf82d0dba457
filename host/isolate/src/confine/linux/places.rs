//! Files and ports, held by Landlock.

use std::path::{Path, PathBuf};

use deskhook_wire::{Connect, NativeReach};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, NetPort, PathBeneath, PathFd, Ruleset, RulesetAttr as _,
    RulesetCreated, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
};

/// The newest Landlock that this program knows to ask for; older kernels give what they have.
const LANDLOCK: ABI = ABI::V6;
/// What a library of the system's needs before it does anything: other libraries, and what it asks of
/// the machine. That of it which is not there is left out.
const SYSTEM: [&str; 14] = [
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
    "/proc/self",
    "/sys/devices/system/cpu",
];
/// What it needs beside that to find a host by its name and to trust it.
const NETWORK: [&str; 8] = [
    "/etc/resolv.conf",
    "/run/systemd/resolve",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/ssl",
    "/usr/share/ca-certificates",
];

/// Whether the kernel has Landlock; this process then opens what `reach` names and nothing else.
pub(super) fn confine(reach: Option<&NativeReach>) -> Result<bool, String> {
    let ruleset = rules(reach).map_err(|error| format!("no Landlock rules: {error}"))?;
    let status = ruleset.restrict_self();
    let status = status.map_err(|error| format!("Landlock refused: {error}"))?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

fn rules(reach: Option<&NativeReach>) -> Result<RulesetCreated, RulesetError> {
    let connect = reach.map_or(&Connect::Nowhere, |reach| &reach.connect);
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(LANDLOCK))?
        .scope(Scope::from_all(LANDLOCK))?;
    if *connect != Connect::Anywhere {
        ruleset = ruleset.handle_access(AccessNet::from_all(LANDLOCK))?;
    }
    let mut ruleset = ruleset.create()?;
    if let Connect::Ports(ports) = connect {
        for port in ports {
            ruleset = ruleset.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
        }
    }
    let Some(reach) = reach else {
        return Ok(ruleset);
    };
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let system = SYSTEM.iter().map(PathBuf::from);
    let network = (*connect != Connect::Nowhere).then_some(NETWORK);
    let network = network.into_iter().flatten().map(PathBuf::from);
    for path in system.chain(network) {
        ruleset = allow(ruleset, &path, read)?;
    }
    for path in reach.read.iter().filter(|path| is_meant(path)) {
        ruleset = allow(ruleset, path, read)?;
    }
    match &reach.own {
        Some(own) => allow(
            ruleset,
            own,
            AccessFs::from_all(LANDLOCK) & !AccessFs::Execute & !special(),
        ),
        None => Ok(ruleset),
    }
}

/// Devices, pipes and sockets are no files of anybody's.
fn special() -> landlock::BitFlags<AccessFs> {
    AccessFs::MakeChar
        | AccessFs::MakeBlock
        | AccessFs::MakeFifo
        | AccessFs::MakeSock
        | AccessFs::MakeSym
        | AccessFs::IoctlDev
}

/// A folder is granted by its name with a `/` behind it, as to packages; without one it is a file. A path
/// that leads elsewhere by a link is not what somebody granted.
fn is_meant(path: &Path) -> bool {
    let is_itself = path.canonicalize().is_ok_and(|real| real == *path);
    let names_folder = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    is_itself && (names_folder || !path.is_dir())
}

/// What is not there needs no rule.
fn allow(
    ruleset: RulesetCreated,
    path: &Path,
    access: landlock::BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    let Ok(handle) = PathFd::new(path) else {
        return Ok(ruleset);
    };
    let access = if path.is_dir() {
        access
    } else {
        access & AccessFs::from_file(LANDLOCK)
    };
    ruleset.add_rule(PathBeneath::new(handle, access))
}

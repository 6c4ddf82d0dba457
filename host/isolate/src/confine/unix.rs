use deskhook_wire::Confinement;
use rustix::process::{Resource, Rlimit, setrlimit};

/// The largest file that native code may write in its own folder.
const LARGEST_FILE: u64 = 64 << 20;

/// No core files with people's data in them, no written files, few handles, bounded memory.
pub(super) fn limit(confinement: &Confinement) -> Result<Vec<String>, String> {
    let native = confinement.native.as_ref();
    let writes = native.is_some_and(|reach| reach.own.is_some());
    let mut limits = vec![
        (Resource::Core, 0),
        (Resource::Fsize, if writes { LARGEST_FILE } else { 0 }),
        (Resource::Nofile, 256),
    ];
    if confinement.memory_mib > 0 {
        limits.push((Resource::Data, u64::from(confinement.memory_mib) << 20));
    }
    for (resource, most) in limits {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit).map_err(|error| format!("no limit of {resource:?}: {error}"))?;
    }
    Ok(vec!["rlimits".to_owned()])
}

use deskhook_wire::Confinement;
use rustix::process::{Resource, Rlimit, setrlimit};

/// The largest file that native code may write in its own folder.
const LARGEST_FILE: u64 = 64 << 20;

/// How many addresses there may be for each byte of data: libraries and the stacks of threads reserve
/// more than they use.
#[cfg(target_os = "linux")]
const ADDRESSES: u64 = 16;

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
        let most = u64::from(confinement.memory_mib) << 20;
        limits.push((Resource::Data, most));
        // Addresses cost memory of the kernel's, which nothing else counts.
        #[cfg(target_os = "linux")]
        limits.push((Resource::As, most * ADDRESSES));
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

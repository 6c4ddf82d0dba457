use deskhook_wire::Confinement;

#[cfg(target_os = "linux")]
mod linux;

/// Closes every handle but the three standard ones: what the parent forgot is not the child's.
pub(crate) fn leave_handles() {
    #[cfg(target_os = "linux")]
    linux::leave_handles();
}

/// Ends this process when its parent ends, where the system can do that. Elsewhere the parent's
/// end shows on the socket.
pub(crate) fn die_with_parent() {
    #[cfg(target_os = "linux")]
    linux::die_with_parent();
}

/// Gives up for good whatever `confinement` does not name: what holds this process from now on, in
/// words, or why it is not held. On Linux that is resource limits, Landlock where the kernel has
/// it, and seccomp; elsewhere resource limits.
pub(crate) fn confine(confinement: &Confinement) -> Result<Vec<String>, String> {
    let mut held = limit(confinement)?;
    #[cfg(target_os = "linux")]
    held.extend(linux::confine(confinement)?);
    Ok(held)
}

/// Gives up loading code, once a native library and what it needs are there.
pub(crate) fn seal() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    linux::seal()?;
    Ok(())
}

/// The largest file that native code may write in its own folder.
const LARGEST_FILE: u64 = 64 << 20;

/// No core files with people's data in them, no written files, few handles, bounded memory.
fn limit(confinement: &Confinement) -> Result<Vec<String>, String> {
    use rustix::process::{Resource, Rlimit, setrlimit};
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

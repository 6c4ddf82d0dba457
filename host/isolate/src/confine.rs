use deskhook_wire::Confinement;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

/// Closes every handle but the three standard ones: what the parent forgot is not the child's.
/// Elsewhere than on Linux nothing is inherited that is not named.
pub(crate) fn leave_handles() {
    #[cfg(target_os = "linux")]
    linux::leave_handles();
}

/// Ends this process when its parent ends, where the system can do that. On Windows the job object
/// does it; elsewhere the parent's end shows on the connection.
pub(crate) fn die_with_parent() {
    #[cfg(target_os = "linux")]
    linux::die_with_parent();
}

/// Gives up for good whatever `confinement` does not name: what holds this process from now on, in
/// words, or why it is not held. On Linux that is resource limits, Landlock where the kernel has
/// it, and seccomp; on Windows a token without privileges and of low integrity, and mitigation
/// policies; elsewhere resource limits.
pub(crate) fn confine(confinement: &Confinement) -> Result<Vec<String>, String> {
    #[cfg(unix)]
    #[cfg_attr(not(target_os = "linux"), expect(unused_mut, reason = "limits alone"))]
    let mut held = unix::limit(confinement)?;
    #[cfg(target_os = "linux")]
    held.extend(linux::confine(confinement)?);
    #[cfg(windows)]
    let held = windows::confine(confinement)?;
    Ok(held)
}

/// Gives up loading code, once a native library and what it needs are there.
pub(crate) fn seal() -> Result<(), String> {
    #[cfg(target_os = "linux")]
    linux::seal()?;
    #[cfg(windows)]
    windows::seal()?;
    Ok(())
}

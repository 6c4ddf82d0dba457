mod calls;
mod places;

use deskhook_wire::Confinement;
use rustix::process::{Signal, set_parent_process_death_signal};

/// Handles that a process may usually have.
const MOST_HANDLES: libc::c_int = 1 << 16;

pub(super) fn leave_handles() {
    // SAFETY: nothing in this process owns a handle above 2 yet: this runs first in `main`.
    let closed = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    if closed == 0 {
        return;
    }
    // A kernel before 5.9: one by one, as far as a process usually has any.
    for number in 3..MOST_HANDLES {
        // SAFETY: as above.
        unsafe { libc::close(number) };
    }
}

pub(super) fn die_with_parent() {
    // For whoever lists processes; decoration.
    let _ = rustix::thread::set_name(c"deskhook-ext");
    // A kernel that refuses leaves the socket, which ends this process as well.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}

pub(super) fn seal() -> Result<(), String> {
    calls::seal().map_err(|error| format!("no seccomp filter: {error}"))
}

pub(super) fn confine(confinement: &Confinement) -> Result<Vec<String>, String> {
    let mut held = vec![];
    let is_held = places::confine(confinement.native.as_ref())?;
    if is_held {
        held.push("landlock".to_owned());
    }
    let may = match &confinement.native {
        None => calls::May::Compute,
        Some(reach) => calls::May::Load {
            connect: reach.connect != deskhook_wire::Connect::Nowhere,
            // Where no rules for paths hold, nothing is written at all.
            write: is_held && reach.own.is_some(),
        },
    };
    calls::confine(may).map_err(|error| format!("no seccomp filter: {error}"))?;
    held.push("seccomp".to_owned());
    Ok(held)
}

use std::collections::BTreeMap;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetStatus, Scope,
};
use rustix::process::{Signal, set_parent_process_death_signal};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// The newest Landlock that this program knows to ask for; older kernels give what they have.
const LANDLOCK: ABI = ABI::V6;
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

pub(super) fn confine() -> Result<Vec<String>, String> {
    let mut held = vec![];
    if landlock()? {
        held.push("landlock".to_owned());
    }
    seccomp().map_err(|error| format!("no seccomp filter: {error}"))?;
    held.push("seccomp".to_owned());
    Ok(held)
}

/// Whether the kernel has Landlock; it then opens no file and no network.
fn landlock() -> Result<bool, String> {
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(LANDLOCK))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(LANDLOCK)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(LANDLOCK)))
        .and_then(Ruleset::create)
        .map_err(|error| format!("no Landlock rules: {error}"))?;
    let status = ruleset.restrict_self();
    let status = status.map_err(|error| format!("Landlock refused: {error}"))?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// Only what a script's computing needs of the kernel; all else fails as not permitted.
fn seccomp() -> seccompiler::Result<()> {
    let arch: TargetArch = std::env::consts::ARCH.try_into()?;
    let refuse = |number: libc::c_int| SeccompAction::Errno(number.unsigned_abs());
    // The flags of clone3 lie in memory, where no filter sees them; without it clone is taken.
    let clone3 = BTreeMap::from([(libc::SYS_clone3, vec![])]);
    let no_clone3 = SeccompFilter::new(clone3, SeccompAction::Allow, refuse(libc::ENOSYS), arch)?;
    let few = SeccompFilter::new(rules()?, refuse(libc::EPERM), SeccompAction::Allow, arch)?;
    for filter in [no_clone3, few] {
        let program: BpfProgram = filter.try_into()?;
        seccompiler::apply_filter(&program)?;
    }
    Ok(())
}

/// Calls that are allowed whatever their arguments.
const FREE: &[libc::c_long] = &[
    libc::SYS_brk,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_clone3,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getcpu,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_ppoll,
    libc::SYS_read,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sendmsg,
    libc::SYS_sendto,
    libc::SYS_set_robust_list,
    libc::SYS_shutdown,
    libc::SYS_sigaltstack,
    libc::SYS_write,
    libc::SYS_writev,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
];

fn rules() -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        FREE.iter().map(|call| (*call, vec![])).collect();
    let only = |argument: u8, operator: SeccompCmpOp, value: u64| {
        let length = SeccompCmpArgLen::Dword;
        let condition = SeccompCondition::new(argument, length, operator, value)?;
        SeccompRule::new(vec![condition]).map(|rule| vec![rule])
    };
    // Threads of this process, and no process.
    let thread = libc::CLONE_THREAD as u64;
    let clone = only(0, SeccompCmpOp::MaskedEq(thread), thread)?;
    rules.insert(libc::SYS_clone, clone);
    // Memory that is written and then run is how a hole becomes a program.
    let run = libc::PROT_EXEC as u64;
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, only(2, SeccompCmpOp::MaskedEq(run), 0)?);
    }
    // Asking about handles and copying them, and not who gets a signal when something comes in.
    let asked = [
        libc::F_GETFD,
        libc::F_SETFD,
        libc::F_GETFL,
        libc::F_DUPFD_CLOEXEC,
    ];
    let asked = asked.map(|what| only(1, SeccompCmpOp::Eq, u64::from(what.unsigned_abs())));
    let asked: Result<Vec<_>, _> = asked.into_iter().collect();
    rules.insert(libc::SYS_fcntl, asked?.into_iter().flatten().collect());
    // Ending itself, and nobody else.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, only(0, SeccompCmpOp::Eq, own)?);
    // Threads have names.
    let name = only(0, SeccompCmpOp::Eq, libc::PR_SET_NAME as u64)?;
    rules.insert(libc::SYS_prctl, name);
    Ok(rules)
}

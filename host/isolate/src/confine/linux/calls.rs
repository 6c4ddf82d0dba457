//! Calls to the kernel, held by seccomp: what is not named here fails as not permitted.

mod names;

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

use names::{FREE, LOADING, TALKING, WRITING};

/// What a process is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum May {
    /// Scripts: computing, and talking over the handles that are open.
    Compute,
    /// Native libraries: what a library of the system's needs beside that. No program, no process,
    /// nobody else's signals.
    Load {
        /// Sockets of TCP and UDP.
        connect: bool,
        /// Files that are written; which, Landlock says.
        write: bool,
    },
}

/// From here on no thread of this process maps code any more: what a library needs it has loaded, and
/// what it wrote since is not run, wherever that lies.
pub(super) fn seal() -> seccompiler::Result<()> {
    let arch: TargetArch = std::env::consts::ARCH.try_into()?;
    let run = libc::PROT_EXEC as u64;
    let maps = BTreeMap::from([(libc::SYS_mmap, vec![masked(2, run, run)?])]);
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(maps, SeccompAction::Allow, refuse, arch)?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter_all_threads(&program)
}

pub(super) fn confine(may: May) -> seccompiler::Result<()> {
    let arch: TargetArch = std::env::consts::ARCH.try_into()?;
    let refuse = |number: libc::c_int| SeccompAction::Errno(number.unsigned_abs());
    // The flags of clone3 lie in memory, where no filter sees them; without it clone is taken.
    let clone3 = BTreeMap::from([(libc::SYS_clone3, vec![])]);
    let no_clone3 = SeccompFilter::new(clone3, SeccompAction::Allow, refuse(libc::ENOSYS), arch)?;
    let few = SeccompFilter::new(rules(may)?, refuse(libc::EPERM), SeccompAction::Allow, arch)?;
    for filter in [no_clone3, few] {
        let program: BpfProgram = filter.try_into()?;
        seccompiler::apply_filter(&program)?;
    }
    Ok(())
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;
type Built<T> = Result<T, seccompiler::BackendError>;

fn rules(may: May) -> Built<Rules> {
    let mut rules = Rules::new();
    allow(&mut rules, FREE);
    threads(&mut rules)?;
    match may {
        May::Compute => {
            allow(&mut rules, &[libc::SYS_sendmsg, libc::SYS_sendto]);
            computing(&mut rules)?;
        }
        May::Load { connect, write } => {
            allow(&mut rules, LOADING);
            loading(&mut rules)?;
            sending(&mut rules)?;
            if write {
                allow(&mut rules, WRITING);
                writing(&mut rules)?;
            } else {
                reading(&mut rules)?;
            }
            if connect {
                allow(&mut rules, TALKING);
                talking(&mut rules)?;
            }
        }
    }
    Ok(rules)
}

fn allow(rules: &mut Rules, calls: &[libc::c_long]) {
    rules.extend(calls.iter().map(|call| (*call, vec![])));
}

fn threads(rules: &mut Rules) -> Built<()> {
    // Threads of this process, and no process.
    let thread = libc::CLONE_THREAD as u64;
    rules.insert(libc::SYS_clone, vec![masked(0, thread, thread)?]);
    // Ending itself, and nobody else.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![equal(0, own)?]);
    // Threads have names; the signal at the parent's end stays.
    rules.insert(libc::SYS_prctl, vec![equal(0, libc::PR_SET_NAME as u64)?]);
    Ok(())
}

/// Memory that is written and then run is how a hole becomes a program.
fn computing(rules: &mut Rules) -> Built<()> {
    let run = libc::PROT_EXEC as u64;
    rules.insert(libc::SYS_mprotect, vec![masked(2, run, 0)?]);
    rules.insert(libc::SYS_mmap, counted(&[(run, 0)])?);
    // Asking about handles and copying them, and not who gets a signal when something comes in.
    let asked = [
        libc::F_GETFD,
        libc::F_SETFD,
        libc::F_GETFL,
        libc::F_DUPFD_CLOEXEC,
    ];
    rules.insert(libc::SYS_fcntl, any_of(1, &asked)?);
    Ok(())
}

/// Maps that are protected in one of these ways (mask and value) and that the limit of memory counts:
/// not what is shared and of no file, and not what grows as a stack.
fn counted(ways: &[(u64, u64)]) -> Built<Vec<SeccompRule>> {
    let (shared, nameless) = (libc::MAP_SHARED as u64, libc::MAP_ANONYMOUS as u64);
    let stack = libc::MAP_GROWSDOWN as u64;
    let mut maps = vec![];
    for (mask, value) in ways {
        for absent in [shared | stack, nameless | stack] {
            let how = condition(2, SeccompCmpOp::MaskedEq(*mask), *value)?;
            let what = condition(3, SeccompCmpOp::MaskedEq(absent), 0)?;
            maps.push(both(how, what)?);
        }
    }
    Ok(maps)
}

/// A library's code is mapped from its file, and what was written is not run.
fn loading(rules: &mut Rules) -> Built<()> {
    let (run, write) = (libc::PROT_EXEC as u64, libc::PROT_WRITE as u64);
    rules.insert(libc::SYS_mmap, counted(&[(run, 0), (run | write, run)])?);
    rules.insert(libc::SYS_mprotect, vec![masked(2, run, 0)?]);
    let asked = [
        libc::F_GETFD,
        libc::F_SETFD,
        libc::F_GETFL,
        libc::F_SETFL,
        libc::F_DUPFD,
        libc::F_DUPFD_CLOEXEC,
        libc::F_GETLK,
        libc::F_SETLK,
        libc::F_SETLKW,
        libc::F_OFD_GETLK,
        libc::F_OFD_SETLK,
        libc::F_OFD_SETLKW,
    ];
    rules.insert(libc::SYS_fcntl, any_of(1, &asked)?);
    let controls = [libc::TCGETS, libc::FIONREAD, libc::FIONBIO];
    let controls: Built<_> = controls
        .iter()
        .map(|what| equal(1, what & 0xffff_ffff))
        .collect();
    rules.insert(libc::SYS_ioctl, controls?);
    // One more filter, which can only take away: `seal` makes it.
    let filter = libc::SECCOMP_SET_MODE_FILTER.into();
    rules.insert(libc::SYS_seccomp, vec![equal(0, filter)?]);
    let named = [libc::PR_SET_NAME, libc::PR_SET_NO_NEW_PRIVS];
    rules.insert(libc::SYS_prctl, any_of(0, &named)?);
    // Its own limits, to be read.
    let limits = both(equal_to(0, 0)?, zero_pointer(2)?)?;
    rules.insert(libc::SYS_prlimit64, vec![limits]);
    Ok(())
}

/// Sending without a connection being made by it, which nothing but the call that connects is asked
/// for; and pairs of sockets that lead nowhere else.
fn sending(rules: &mut Rules) -> Built<()> {
    let fast_open = libc::MSG_FASTOPEN as u64;
    for (call, flags) in [
        (libc::SYS_sendto, 3),
        (libc::SYS_sendmsg, 2),
        (libc::SYS_sendmmsg, 3),
    ] {
        rules.insert(call, vec![masked(flags, fast_open, 0)?]);
    }
    let family = equal_to(0, libc::AF_UNIX.unsigned_abs().into())?;
    let stream = libc::SOCK_STREAM.unsigned_abs().into();
    let kind = condition(1, SeccompCmpOp::MaskedEq(0xf), stream)?;
    rules.insert(libc::SYS_socketpair, vec![both(family, kind)?]);
    Ok(())
}

/// Making files that are files: none that runs as somebody else, and no device in the place of one
/// that was renamed.
fn writing(rules: &mut Rules) -> Built<()> {
    let makes = (libc::O_CREAT | libc::O_TMPFILE & !libc::O_DIRECTORY).unsigned_abs();
    let rights = libc::S_ISUID | libc::S_ISGID;
    let opens = |flags: u8| -> Built<Vec<SeccompRule>> {
        let plain = masked(flags, makes.into(), 0)?;
        let made = masked(flags + 1, rights.into(), 0)?;
        Ok(vec![plain, made])
    };
    rules.insert(libc::SYS_openat, opens(2)?);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, opens(1)?);
    let whiteout = u64::from(libc::RENAME_WHITEOUT);
    rules.insert(libc::SYS_renameat2, vec![masked(4, whiteout, 0)?]);
    Ok(())
}

/// Opening files for reading alone; which, Landlock says.
fn reading(rules: &mut Rules) -> Built<()> {
    let changes = (libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC).unsigned_abs();
    let only_read = |argument: u8| masked(argument, changes.into(), 0);
    rules.insert(libc::SYS_openat, vec![only_read(2)?]);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, vec![only_read(1)?]);
    Ok(())
}

/// The network, and no socket of this machine's: behind those sit programs that do what they are told.
fn talking(rules: &mut Rules) -> Built<()> {
    let mut sockets = vec![];
    // Of the protocols those that Landlock knows, and UDP.
    let kinds = [
        (libc::SOCK_STREAM, 0),
        (libc::SOCK_STREAM, libc::IPPROTO_TCP),
        (libc::SOCK_DGRAM, 0),
        (libc::SOCK_DGRAM, libc::IPPROTO_UDP),
    ];
    for family in [libc::AF_INET, libc::AF_INET6] {
        for (kind, protocol) in kinds {
            let family = equal_to(0, family.unsigned_abs().into())?;
            let kind = condition(1, SeccompCmpOp::MaskedEq(0xf), kind.unsigned_abs().into())?;
            let protocol = equal_to(2, protocol.unsigned_abs().into())?;
            sockets.push(SeccompRule::new(vec![family, kind, protocol])?);
        }
    }
    rules.insert(libc::SYS_socket, sockets);
    // Neither another protocol over TCP nor a connection that is made later.
    let options = [libc::TCP_ULP, libc::TCP_FASTOPEN_CONNECT];
    let [one, other] = options.map(|option| u64::from(option.unsigned_abs()));
    let tcp = libc::IPPROTO_TCP.unsigned_abs().into();
    let elsewhere = SeccompRule::new(vec![condition(1, SeccompCmpOp::Ne, tcp)?])?;
    let harmless = both(
        condition(2, SeccompCmpOp::Ne, one)?,
        condition(2, SeccompCmpOp::Ne, other)?,
    )?;
    rules.insert(libc::SYS_setsockopt, vec![elsewhere, harmless]);
    Ok(())
}

fn condition(argument: u8, operator: SeccompCmpOp, value: u64) -> Built<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
}

fn equal_to(argument: u8, value: u64) -> Built<SeccompCondition> {
    condition(argument, SeccompCmpOp::Eq, value)
}

fn zero_pointer(argument: u8) -> Built<SeccompCondition> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)
}

fn both(one: SeccompCondition, other: SeccompCondition) -> Built<SeccompRule> {
    SeccompRule::new(vec![one, other])
}

fn equal(argument: u8, value: u64) -> Built<SeccompRule> {
    SeccompRule::new(vec![equal_to(argument, value)?])
}

fn masked(argument: u8, mask: u64, value: u64) -> Built<SeccompRule> {
    SeccompRule::new(vec![condition(
        argument,
        SeccompCmpOp::MaskedEq(mask),
        value,
    )?])
}

fn any_of(argument: u8, values: &[libc::c_int]) -> Built<Vec<SeccompRule>> {
    let values = values.iter();
    values
        .map(|value| equal(argument, value.unsigned_abs().into()))
        .collect()
}

//! Kernels that have less than this machine's.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// Makes the kernel answer as one does that was built without these: `landlock`, `seccomp`.
pub(crate) fn take_away(parts: impl Iterator<Item = String>) {
    let calls: BTreeMap<_, _> = parts.flat_map(|part| calls(&part)).collect();
    let arch = TargetArch::try_from(std::env::consts::ARCH).expect("an architecture with filters");
    let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let filter = SeccompFilter::new(calls, SeccompAction::Allow, missing, arch);
    let program: BpfProgram = filter.and_then(BpfProgram::try_from).expect("a filter");
    seccompiler::apply_filter(&program).expect("this kernel has filters");
}

fn calls(part: &str) -> Vec<(i64, Vec<SeccompRule>)> {
    match part {
        "landlock" => vec![
            (libc::SYS_landlock_create_ruleset, vec![]),
            (libc::SYS_landlock_add_rule, vec![]),
            (libc::SYS_landlock_restrict_self, vec![]),
        ],
        // The older way to a filter leads through prctl, which is there for more than that.
        "seccomp" => vec![
            (libc::SYS_seccomp, vec![]),
            (libc::SYS_prctl, vec![first(libc::PR_SET_SECCOMP)]),
        ],
        other => panic!("there is no part {other:?}"),
    }
}

/// A call whose first argument is this.
fn first(value: libc::c_int) -> SeccompRule {
    let value = value.unsigned_abs().into();
    let condition = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value);
    let rule = condition.and_then(|condition| SeccompRule::new(vec![condition]));
    rule.expect("a rule")
}

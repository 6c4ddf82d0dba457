use core::ffi::c_void;

use crate::{Status, Text};

/// No opinion; the same as giving no verdict. It never counts as `DESKHOOK_VERDICT_ALLOW`.
pub const VERDICT_ABSTAIN: u32 = 0;
/// Nothing against it.
pub const VERDICT_ALLOW: u32 = 1;
/// No: `code` and `message` say why.
pub const VERDICT_DENY: u32 = 2;
/// Ask the person first: `title` and `message` are the question.
pub const VERDICT_ASK: u32 = 3;

/// What a hook that decides says.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// Size of this struct in bytes, as the plugin knows it.
    pub struct_size: u32,
    /// One of `DESKHOOK_VERDICT_`. Another number is a failure, and so a denial.
    pub kind: u32,
    /// Of a question: seconds until silence is a no, 5 to 600; 0 is the host's own choice.
    pub timeout_seconds: u32,
    /// Zero.
    pub reserved: u32,
    /// Of a denial: a stable word for programs, `outside-hours`.
    pub code: Text,
    /// The sentence that the person reads.
    pub message: Text,
    /// Of a question: its first line.
    pub title: Text,
}

/// Where a verdict is given to. It belongs to the host, and is used only until the call that it
/// was passed to returns, on that call's thread.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct VerdictSink {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// The host's own.
    pub context: *mut c_void,
    /// [hook-thread] Gives the verdict, whose texts are copied before this returns. Once a call:
    /// a second one is `DESKHOOK_INVALID` and spoils the answer.
    pub give:
        Option<unsafe extern "C" fn(sink: *const VerdictSink, verdict: *const Verdict) -> Status>,
}

use crate::{
    ElevationRequest, Instance, SessionJoin, SessionRequest, Sink, Status, Text, VerdictSink,
};

/// `deskhook.session.request/1`: a check before anything starts.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SessionRequestHook {
    /// Size of this struct in bytes, as the plugin knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [hook-thread] Gives at most one verdict to `answer`; none abstains. Anything but
    /// `DESKHOOK_OK` is a failure, with a sentence in `error`: the host then denies, whatever
    /// was given, unless the organisation bound the plugin as optional.
    pub decide: Option<
        unsafe extern "C" fn(
            instance: *const Instance,
            input: *const SessionRequest,
            answer: *const VerdictSink,
            error: *const Sink,
        ) -> Status,
    >,
}

/// `deskhook.session.join/1`: a supporter wants to join; heard before the person is asked.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct SessionJoinHook {
    /// Size of this struct in bytes, as the plugin knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [hook-thread] As `deskhook_session_request_hook.decide`.
    pub decide: Option<
        unsafe extern "C" fn(
            instance: *const Instance,
            input: *const SessionJoin,
            answer: *const VerdictSink,
            error: *const Sink,
        ) -> Status,
    >,
}

/// `deskhook.elevation.request/1`: elevated rights are wanted; heard before the person is asked.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElevationRequestHook {
    /// Size of this struct in bytes, as the plugin knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [hook-thread] As `deskhook_session_request_hook.decide`.
    pub decide: Option<
        unsafe extern "C" fn(
            instance: *const Instance,
            input: *const ElevationRequest,
            answer: *const VerdictSink,
            error: *const Sink,
        ) -> Status,
    >,
}

/// Every hook that does not decide: `deskhook.tray.menu/1`, `deskhook.session.ended/1`, ...
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct JsonHook {
    /// Size of this struct in bytes, as the plugin knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [hook-thread] `input` is one JSON object, the same that a Lua package is given: `hook`,
    /// `now`, `device`, `person`, `policy_version` and the hook's own fields. Unknown fields are
    /// to be ignored. What is written to `answer` is one JSON value, at most 256 KiB; nothing
    /// written is no answer. Anything but `DESKHOOK_OK` is a failure, with a sentence in `error`:
    /// the host then goes on as if the plugin had said nothing.
    pub call: Option<
        unsafe extern "C" fn(
            instance: *const Instance,
            input: Text,
            answer: *const Sink,
            error: *const Sink,
        ) -> Status,
    >,
}

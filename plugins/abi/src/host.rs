use crate::{Host, Sink, Status, Text};

/// For the author.
pub const LOG_DEBUG: u32 = 0;
/// Worth knowing.
pub const LOG_INFO: u32 = 1;
/// Worth a look.
pub const LOG_WARN: u32 = 2;
/// Broken.
pub const LOG_ERROR: u32 = 3;

/// `deskhook.host.log/1`: lines for the agent's log.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Log {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] Writes one line, cut at 4 KiB; `level` is one of `DESKHOOK_LOG_`. Lines from
    /// before the first hook are kept, at most 64 of them, and written then.
    pub write: Option<unsafe extern "C" fn(host: *const Host, level: u32, line: Text) -> Status>,
}

/// `deskhook.host.facts/1`: what the device says of itself. Needs the capability `facts:NAME`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] Writes the fact to `value` as JSON. `error` may be null.
    pub get: Option<
        unsafe extern "C" fn(
            host: *const Host,
            name: Text,
            value: *const Sink,
            error: *const Sink,
        ) -> Status,
    >,
}

/// `deskhook.host.policy/1`: the organisation's effective policy. Needs `policy:KEY`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] Writes the value of `key` to `value` as JSON; `DESKHOOK_NOT_FOUND` where the
    /// policy says nothing about it. `error` may be null.
    pub get: Option<
        unsafe extern "C" fn(
            host: *const Host,
            key: Text,
            value: *const Sink,
            error: *const Sink,
        ) -> Status,
    >,
}

/// `deskhook.host.store/1`: what this plugin keeps from one run to the next; its only memory
/// that outlives an update of it. 64 KiB a value, 1 MiB in all.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] Writes the value of `key` to `value` as JSON, or is `DESKHOOK_NOT_FOUND`.
    /// `error` may be null.
    pub get: Option<
        unsafe extern "C" fn(
            host: *const Host,
            key: Text,
            value: *const Sink,
            error: *const Sink,
        ) -> Status,
    >,
    /// [any-thread] Keeps `value`, which is JSON; `null` forgets the key. `error` may be null.
    pub set: Option<
        unsafe extern "C" fn(
            host: *const Host,
            key: Text,
            value: Text,
            error: *const Sink,
        ) -> Status,
    >,
}

/// `deskhook.host.request/1`: asks the agent to do something; the agent decides.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Requests {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] `request` is JSON: `{"request": "start_session", "reason": ..., "ticket": ...}`,
    /// `{"request": "stop_session"}`, `{"request": "notify", "title": ..., "message": ...}` or
    /// `{"request": "refresh_tray"}`. `error` may be null.
    pub send: Option<
        unsafe extern "C" fn(host: *const Host, request: Text, error: *const Sink) -> Status,
    >,
}

/// What the host's clock shows.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Size of this struct in bytes, as the plugin knows it: set it before asking.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Milliseconds since 1970 in UTC, without leap seconds; may jump.
    pub unix_millis: i64,
    /// Nanoseconds since some moment before the plugin was loaded; never goes back.
    pub monotonic_nanos: u64,
}

/// `deskhook.host.clock/1`: the time. Local time is `now` in a hook's input.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] Fills what fits into `time`.
    pub now: Option<unsafe extern "C" fn(host: *const Host, time: *mut Time) -> Status>,
}

/// `deskhook.host.cancel/1`: whether anybody still waits for the call that runs. A hook that
/// takes longer than a moment looks here, and returns when nobody does.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Cancel {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] 1 where the call that runs is past its limit, or none runs; else 0.
    pub is_cancelled: Option<unsafe extern "C" fn(host: *const Host) -> u32>,
    /// [any-thread] Milliseconds until then; 0 where it is past.
    pub remaining_millis: Option<unsafe extern "C" fn(host: *const Host) -> u64>,
}

/// `deskhook.host.call/1`, since 1.1: what the agent does for a plugin after it looked at the grant.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] `request` is JSON, and so is what is written to `answer`:
    /// `{"call": "http", "method": "GET", "url": ..., "headers": {...}, "body": ..., "timeout": 5}`
    /// (needs `net:HOST`) is answered `{"status": 200, "headers": {...}, "body": ...}`;
    /// `{"call": "exec", "path": ..., "arguments": [...], "stdin": ..., "timeout": 5}` (`exec:PATH`)
    /// `{"code": 0, "stdout": ..., "stderr": ...}`; `{"call": "read-file", "path": ...}`
    /// (`fs.read:PATH`) and `{"call": "environment", "name": ...}` (`env:NAME`) a text, the latter
    /// `DESKHOOK_NOT_FOUND` where there is none. `error` may be null.
    pub send: Option<
        unsafe extern "C" fn(
            host: *const Host,
            request: Text,
            answer: *const Sink,
            error: *const Sink,
        ) -> Status,
    >,
}

/// `deskhook.host.text/1`, since 1.1: the manifest's `texts` in the person's language.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Translations {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] Writes the text of `key` to `value`, in the language of the person whose call runs
    /// or ran last; `{name}` in it is replaced by the value of that name in `values`, a JSON object or
    /// no text. `DESKHOOK_NOT_FOUND` where the manifest has no such text. `error` may be null.
    pub get: Option<
        unsafe extern "C" fn(
            host: *const Host,
            key: Text,
            values: Text,
            value: *const Sink,
            error: *const Sink,
        ) -> Status,
    >,
}

/// `deskhook.host.folder/1`, since 1.1: a folder of this plugin's own, for files.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Folder {
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// [any-thread] Writes the absolute path of the folder to `value`. It is there, of the person's
    /// account alone, and outlives updates; a file in it has at most 64 MiB. `DESKHOOK_NOT_FOUND`
    /// where this host has none for it.
    pub path: Option<unsafe extern "C" fn(host: *const Host, value: *const Sink) -> Status>,
}

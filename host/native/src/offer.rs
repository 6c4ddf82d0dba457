mod since_1_1;

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use deskhook_abi::host::{
    Cancel, Clock, Facts, LOG_DEBUG, LOG_ERROR, LOG_INFO, LOG_WARN, Log, Policy, Requests, Store,
    Time,
};
use deskhook_abi::{
    ABI_MAJOR, ABI_MINOR, FAILED, Host, INVALID, MAGIC, NO_ANSWER, NOT_FOUND, NOT_GRANTED, OK,
    Sink, Status, Text,
};
use deskhook_hooks::{HostCall, HostError, HostReply, LogLevel};
use serde_json::Value;

use crate::port::Port;

static LOG: Log = Log {
    struct_size: size_of::<Log>() as u32,
    reserved: 0,
    write: Some(log_write),
};
static FACTS: Facts = Facts {
    struct_size: size_of::<Facts>() as u32,
    reserved: 0,
    get: Some(fact_get),
};
static POLICY: Policy = Policy {
    struct_size: size_of::<Policy>() as u32,
    reserved: 0,
    get: Some(policy_get),
};
static STORE: Store = Store {
    struct_size: size_of::<Store>() as u32,
    reserved: 0,
    get: Some(store_get),
    set: Some(store_set),
};
static REQUESTS: Requests = Requests {
    struct_size: size_of::<Requests>() as u32,
    reserved: 0,
    send: Some(request_send),
};
static CLOCK: Clock = Clock {
    struct_size: size_of::<Clock>() as u32,
    reserved: 0,
    now: Some(clock_now),
};
static CANCEL: Cancel = Cancel {
    struct_size: size_of::<Cancel>() as u32,
    reserved: 0,
    is_cancelled: Some(is_cancelled),
    remaining_millis: Some(remaining_millis),
};

/// A host for one plugin. Both it and its port live for the rest of the process, so that a thread
/// that a plugin forgot to end finds nobody there instead of nothing.
pub(crate) fn host_of(port: &'static Port) -> &'static Host {
    Box::leak(Box::new(Host {
        magic: MAGIC,
        struct_size: size_of::<Host>() as u32,
        abi_major: ABI_MAJOR,
        abi_minor: ABI_MINOR,
        name: Text::new("deskhook"),
        version: Text::new(env!("CARGO_PKG_VERSION")),
        context: std::ptr::from_ref(port).cast_mut().cast(),
        get_extension: Some(get_extension),
    }))
}

pub(crate) unsafe extern "C" fn get_extension(_: *const Host, id: Text) -> *const c_void {
    // SAFETY: the plugin passes a text that lives during the call.
    match unsafe { id.read() } {
        Ok(Some("deskhook.host.log/1")) => (&raw const LOG).cast(),
        Ok(Some("deskhook.host.facts/1")) => (&raw const FACTS).cast(),
        Ok(Some("deskhook.host.policy/1")) => (&raw const POLICY).cast(),
        Ok(Some("deskhook.host.store/1")) => (&raw const STORE).cast(),
        Ok(Some("deskhook.host.request/1")) => (&raw const REQUESTS).cast(),
        Ok(Some("deskhook.host.clock/1")) => (&raw const CLOCK).cast(),
        Ok(Some("deskhook.host.cancel/1")) => (&raw const CANCEL).cast(),
        Ok(Some(other)) => since_1_1::extension(other),
        _ => std::ptr::null(),
    }
}

unsafe extern "C" fn log_write(host: *const Host, level: u32, line: Text) -> Status {
    let level = match level {
        LOG_DEBUG => LogLevel::Debug,
        LOG_INFO => LogLevel::Info,
        LOG_WARN => LogLevel::Warn,
        LOG_ERROR => LogLevel::Error,
        _ => return INVALID,
    };
    guarded(|| match (port_of(host), read(line)) {
        (Some(port), Some(line)) => status(&port.log(level, line)),
        _ => INVALID,
    })
}

unsafe extern "C" fn fact_get(
    host: *const Host,
    name: Text,
    value: *const Sink,
    error: *const Sink,
) -> Status {
    guarded(|| match (port_of(host), read(name)) {
        (Some(port), Some(name)) => told(
            port.ask(HostCall::Fact {
                name: name.to_owned(),
            }),
            value,
            error,
        ),
        _ => INVALID,
    })
}

unsafe extern "C" fn policy_get(
    host: *const Host,
    key: Text,
    value: *const Sink,
    error: *const Sink,
) -> Status {
    guarded(|| match (port_of(host), read(key)) {
        (Some(port), Some(key)) => told(
            port.ask(HostCall::Policy {
                key: key.to_owned(),
            }),
            value,
            error,
        ),
        _ => INVALID,
    })
}

unsafe extern "C" fn store_get(
    host: *const Host,
    key: Text,
    value: *const Sink,
    error: *const Sink,
) -> Status {
    guarded(|| match (port_of(host), read(key)) {
        (Some(port), Some(key)) => told(
            port.ask(HostCall::StoreGet {
                key: key.to_owned(),
            }),
            value,
            error,
        ),
        _ => INVALID,
    })
}

unsafe extern "C" fn store_set(
    host: *const Host,
    key: Text,
    value: Text,
    error: *const Sink,
) -> Status {
    guarded(|| {
        let (Some(port), Some(key), Some(value)) = (port_of(host), read(key), read(value)) else {
            return INVALID;
        };
        match serde_json::from_str(value) {
            Ok(value) => done(
                port.ask(HostCall::StoreSet {
                    key: key.to_owned(),
                    value,
                }),
                error,
            ),
            Err(wrong) => refused(INVALID, &format!("the value is not JSON: {wrong}"), error),
        }
    })
}

unsafe extern "C" fn request_send(host: *const Host, request: Text, error: *const Sink) -> Status {
    guarded(|| {
        let (Some(port), Some(request)) = (port_of(host), read(request)) else {
            return INVALID;
        };
        match serde_json::from_str(request) {
            Ok(request) => done(port.ask(HostCall::Request(request)), error),
            Err(wrong) => refused(INVALID, &format!("this is no request: {wrong}"), error),
        }
    })
}

unsafe extern "C" fn clock_now(_: *const Host, time: *mut Time) -> Status {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let now = Time {
        struct_size: size_of::<Time>() as u32,
        reserved: 0,
        unix_millis: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        monotonic_nanos: u64::try_from(BEGAN.elapsed().as_nanos()).unwrap_or(u64::MAX),
    };
    // SAFETY: the plugin passes null or a struct that says its size.
    match unsafe { deskhook_abi::read(time.cast_const()) } {
        Ok(asked) => {
            let now = Time {
                struct_size: asked.struct_size,
                ..now
            };
            // SAFETY: the plugin's struct is at least as large as ours, which is the first.
            unsafe { time.write_unaligned(now) };
            OK
        }
        Err(_) => INVALID,
    }
}

unsafe extern "C" fn is_cancelled(host: *const Host) -> u32 {
    // SAFETY: as for that function.
    u32::from(unsafe { remaining_millis(host) } == 0)
}

unsafe extern "C" fn remaining_millis(host: *const Host) -> u64 {
    let remaining = port_of(host).and_then(Port::remaining).unwrap_or_default();
    u64::try_from(remaining.as_millis()).unwrap_or(u64::MAX)
}

/// Nothing unwinds into a plugin.
fn guarded(act: impl FnOnce() -> Status) -> Status {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or(FAILED)
}

fn port_of(host: *const Host) -> Option<&'static Port> {
    // SAFETY: a plugin passes null or the host that it was given, which lives for ever.
    let host = unsafe { host.as_ref() }?;
    // SAFETY: the context of a host of ours is a port that lives for ever.
    unsafe { host.context.cast::<Port>().as_ref() }
}

fn read<'a>(text: Text) -> Option<&'a str> {
    // SAFETY: a plugin passes texts that live during the call; none is kept longer.
    unsafe { text.read() }.ok().flatten()
}

fn told(reply: HostReply, value: *const Sink, error: *const Sink) -> Status {
    match reply {
        Ok(Value::Null) => refused(NOT_FOUND, "there is no such value", error),
        Ok(found) => crate::sink::write(value, &found.to_string()),
        Err(_) => done(reply, error),
    }
}

fn done(reply: HostReply, error: *const Sink) -> Status {
    match &reply {
        Ok(_) => OK,
        Err(HostError::NoAnswer) => refused(NO_ANSWER, SILENCE, error),
        Err(why) => refused(status(&reply), &why.to_string(), error),
    }
}

/// Why the host does not answer: nobody does while a plugin is made, however long it waits.
const SILENCE: &str = "the host did not answer in time; before the first hook only the log, the clock, the cancel token and the folder answer";

fn status(reply: &HostReply) -> Status {
    match reply {
        Ok(_) => OK,
        Err(HostError::NotGranted { .. }) => NOT_GRANTED,
        Err(HostError::NoAnswer) => NO_ANSWER,
        Err(HostError::Failed { .. }) => FAILED,
    }
}

fn refused(status: Status, why: &str, error: *const Sink) -> Status {
    if !error.is_null() {
        // Why it failed is a courtesy; that it failed is in the status.
        let _ = crate::sink::write(error, why);
    }
    status
}

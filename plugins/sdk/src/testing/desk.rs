use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use deskhook_abi::host::{
    Calls, Cancel, Facts, Folder, Log, Policy, Requests, Store, Translations,
};
use deskhook_abi::{
    ABI_MAJOR, ABI_MINOR, Host, INVALID, MAGIC, NO_ANSWER, NOT_FOUND, NOT_GRANTED, OK, Sink,
    Status, Text,
};

use crate::{Json, sink};

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
static CANCEL: Cancel = Cancel {
    struct_size: size_of::<Cancel>() as u32,
    reserved: 0,
    is_cancelled: Some(is_cancelled),
    remaining_millis: Some(remaining_millis),
};

static CALLS: Calls = Calls {
    struct_size: size_of::<Calls>() as u32,
    reserved: 0,
    send: Some(call_send),
};
static TRANSLATIONS: Translations = Translations {
    struct_size: size_of::<Translations>() as u32,
    reserved: 0,
    get: Some(text_get),
};
static FOLDER: Folder = Folder {
    struct_size: size_of::<Folder>() as u32,
    reserved: 0,
    path: Some(folder_path),
};

type Values = BTreeMap<String, Json>;

/// What the host of a test answers, and what it heard.
#[derive(Default)]
pub(super) struct Desk {
    facts: Mutex<Values>,
    policy: Mutex<Values>,
    store: Mutex<Values>,
    lines: Mutex<Vec<String>>,
    requests: Mutex<Vec<String>>,
    answers: Mutex<Values>,
    texts: Mutex<Values>,
    folder: Mutex<Option<String>>,
    is_open: AtomicBool,
    policy_is_forbidden: AtomicBool,
    is_cancelled: AtomicBool,
}

impl Desk {
    pub(super) fn host(&'static self) -> Host {
        Host {
            magic: MAGIC,
            struct_size: size_of::<Host>() as u32,
            abi_major: ABI_MAJOR,
            abi_minor: ABI_MINOR,
            name: Text::new("trial"),
            version: Text::new(env!("CARGO_PKG_VERSION")),
            context: std::ptr::from_ref(self).cast_mut().cast(),
            get_extension: Some(get_extension),
        }
    }

    pub(super) fn facts(&self) -> MutexGuard<'_, Values> {
        locked(&self.facts)
    }

    pub(super) fn policy(&self) -> MutexGuard<'_, Values> {
        locked(&self.policy)
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Values> {
        locked(&self.store)
    }

    pub(super) fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        locked(&self.lines)
    }

    pub(super) fn requests(&self) -> MutexGuard<'_, Vec<String>> {
        locked(&self.requests)
    }

    /// What calls are answered, by what they are about: an address, a path, a name.
    pub(super) fn answers(&self) -> MutexGuard<'_, Values> {
        locked(&self.answers)
    }

    pub(super) fn texts(&self) -> MutexGuard<'_, Values> {
        locked(&self.texts)
    }

    pub(super) fn folder(&self) -> MutexGuard<'_, Option<String>> {
        locked(&self.folder)
    }

    /// From the first hook on the host answers.
    pub(super) fn open(&self) {
        self.is_open.store(true, Ordering::Relaxed);
    }

    fn is_closed(&self) -> bool {
        !self.is_open.load(Ordering::Relaxed)
    }

    pub(super) fn forbid_policy(&self) {
        self.policy_is_forbidden.store(true, Ordering::Relaxed);
    }

    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn desk_of(host: *const Host) -> Option<&'static Desk> {
    // SAFETY: a plugin passes null or the host that it was given, which lives for ever.
    let host = unsafe { host.as_ref() }?;
    // SAFETY: the context of a host of ours is a desk that lives for ever.
    unsafe { host.context.cast::<Desk>().as_ref() }
}

fn read<'a>(text: Text) -> Option<&'a str> {
    // SAFETY: a plugin passes texts that live during the call; none is kept longer.
    unsafe { text.read() }.ok().flatten()
}

fn told(values: &Values, name: &str, otherwise: Status, value: *const Sink) -> Status {
    values
        .get(name)
        .map_or(otherwise, |found| sink::write(value, found.as_text()))
}

unsafe extern "C" fn get_extension(_: *const Host, id: Text) -> *const c_void {
    match read(id) {
        Some("deskhook.host.log/1") => (&raw const LOG).cast(),
        Some("deskhook.host.facts/1") => (&raw const FACTS).cast(),
        Some("deskhook.host.policy/1") => (&raw const POLICY).cast(),
        Some("deskhook.host.store/1") => (&raw const STORE).cast(),
        Some("deskhook.host.request/1") => (&raw const REQUESTS).cast(),
        Some("deskhook.host.cancel/1") => (&raw const CANCEL).cast(),
        Some("deskhook.host.call/1") => (&raw const CALLS).cast(),
        Some("deskhook.host.text/1") => (&raw const TRANSLATIONS).cast(),
        Some("deskhook.host.folder/1") => (&raw const FOLDER).cast(),
        _ => std::ptr::null(),
    }
}

unsafe extern "C" fn log_write(host: *const Host, _: u32, line: Text) -> Status {
    let (Some(desk), Some(line)) = (desk_of(host), read(line)) else {
        return INVALID;
    };
    desk.lines().push(line.to_owned());
    OK
}

unsafe extern "C" fn fact_get(
    host: *const Host,
    name: Text,
    value: *const Sink,
    error: *const Sink,
) -> Status {
    let (Some(desk), Some(name)) = (desk_of(host), read(name)) else {
        return INVALID;
    };
    if desk.is_closed() {
        return NO_ANSWER;
    }
    let status = told(&desk.facts(), name, NOT_GRANTED, value);
    if status == NOT_GRANTED {
        sink::write(
            error,
            &format!("the capability \"facts:{name}\" is not granted"),
        );
    }
    status
}

unsafe extern "C" fn policy_get(
    host: *const Host,
    key: Text,
    value: *const Sink,
    error: *const Sink,
) -> Status {
    let (Some(desk), Some(key)) = (desk_of(host), read(key)) else {
        return INVALID;
    };
    if desk.is_closed() {
        return NO_ANSWER;
    }
    if desk.policy_is_forbidden.load(Ordering::Relaxed) {
        sink::write(
            error,
            &format!("the capability \"policy:{key}\" is not granted"),
        );
        return NOT_GRANTED;
    }
    told(&desk.policy(), key, NOT_FOUND, value)
}

unsafe extern "C" fn store_get(
    host: *const Host,
    key: Text,
    value: *const Sink,
    _: *const Sink,
) -> Status {
    let (Some(desk), Some(key)) = (desk_of(host), read(key)) else {
        return INVALID;
    };
    if desk.is_closed() {
        return NO_ANSWER;
    }
    told(&desk.store(), key, NOT_FOUND, value)
}

unsafe extern "C" fn store_set(
    host: *const Host,
    key: Text,
    value: Text,
    _: *const Sink,
) -> Status {
    let (Some(desk), Some(key), Some(value)) = (desk_of(host), read(key), read(value)) else {
        return INVALID;
    };
    if desk.is_closed() {
        return NO_ANSWER;
    }
    if value.trim() == "null" {
        desk.store().remove(key);
    } else {
        desk.store().insert(key.to_owned(), Json::new(value));
    }
    OK
}

unsafe extern "C" fn request_send(host: *const Host, request: Text, _: *const Sink) -> Status {
    let (Some(desk), Some(request)) = (desk_of(host), read(request)) else {
        return INVALID;
    };
    if desk.is_closed() {
        return NO_ANSWER;
    }
    desk.requests().push(request.to_owned());
    OK
}

unsafe extern "C" fn call_send(
    host: *const Host,
    request: Text,
    answer: *const Sink,
    error: *const Sink,
) -> Status {
    let (Some(desk), Some(request)) = (desk_of(host), read(request)) else {
        return INVALID;
    };
    if desk.is_closed() {
        return NO_ANSWER;
    }
    let request = Json::new(request);
    let about = ["url", "path", "name"].into_iter();
    let mut about = about.filter_map(|field| request.field(field)?.as_string());
    let about = about.next_back().unwrap_or_default();
    let status = told(&desk.answers(), &about, NOT_GRANTED, answer);
    if status == NOT_GRANTED {
        let why = format!("the test says nothing of {about:?}: Trial::answer");
        sink::write(error, &why);
    }
    status
}

unsafe extern "C" fn text_get(
    host: *const Host,
    key: Text,
    values: Text,
    value: *const Sink,
    _: *const Sink,
) -> Status {
    let (Some(desk), Some(key)) = (desk_of(host), read(key)) else {
        return INVALID;
    };
    let text = desk.texts().get(key).and_then(Json::as_string);
    let Some(mut text) = text else {
        return NOT_FOUND;
    };
    let values = read(values).map(serde_json::from_str::<serde_json::Value>);
    let values = values.and_then(Result::ok).unwrap_or_default();
    for (name, value) in values.as_object().into_iter().flatten() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("{{{name}}}"), &value);
    }
    sink::write(value, &text)
}

unsafe extern "C" fn folder_path(host: *const Host, value: *const Sink) -> Status {
    let Some(desk) = desk_of(host) else {
        return INVALID;
    };
    let folder = desk.folder().clone();
    folder.map_or(NOT_FOUND, |path| sink::write(value, &path))
}

unsafe extern "C" fn is_cancelled(host: *const Host) -> u32 {
    u32::from(desk_of(host).is_none_or(|desk| desk.is_cancelled.load(Ordering::Relaxed)))
}

unsafe extern "C" fn remaining_millis(host: *const Host) -> u64 {
    // SAFETY: as for that function.
    if unsafe { is_cancelled(host) } == 1 {
        0
    } else {
        60_000
    }
}

//! What a host offers since version 1.1 of the interface.

use std::ffi::c_void;

use deskhook_abi::host::{Calls, Folder, Translations};
use deskhook_abi::{Host, INVALID, NOT_FOUND, Sink, Status, Text};
use deskhook_hooks::HostCall;
use serde_json::{Map, Value};

use super::{done, guarded, port_of, read, refused};

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

pub(super) fn extension(id: &str) -> *const c_void {
    match id {
        "deskhook.host.call/1" => (&raw const CALLS).cast(),
        "deskhook.host.text/1" => (&raw const TRANSLATIONS).cast(),
        "deskhook.host.folder/1" => (&raw const FOLDER).cast(),
        _ => std::ptr::null(),
    }
}

unsafe extern "C" fn call_send(
    host: *const Host,
    request: Text,
    answer: *const Sink,
    error: *const Sink,
) -> Status {
    guarded(|| {
        let (Some(port), Some(request)) = (port_of(host), read(request)) else {
            return INVALID;
        };
        let call = match serde_json::from_str::<HostCall>(request) {
            Ok(call) => call,
            Err(wrong) => return refused(INVALID, &format!("this is no call: {wrong}"), error),
        };
        match port.ask(call) {
            Ok(Value::Null) => refused(NOT_FOUND, "there is no such value", error),
            Ok(found) => crate::sink::write(answer, &found.to_string()),
            failed => done(failed, error),
        }
    })
}

unsafe extern "C" fn text_get(
    host: *const Host,
    key: Text,
    values: Text,
    value: *const Sink,
    error: *const Sink,
) -> Status {
    guarded(|| {
        let (Some(port), Some(key)) = (port_of(host), read(key)) else {
            return INVALID;
        };
        let values = match read(values).map(serde_json::from_str::<Map<String, Value>>) {
            None => Map::new(),
            Some(Ok(values)) => values,
            Some(Err(wrong)) => {
                let why = format!("the values are no JSON object: {wrong}");
                return refused(INVALID, &why, error);
            }
        };
        match port.text(key) {
            Some(text) => crate::sink::write(value, &filled(&text, &values)),
            None => refused(
                NOT_FOUND,
                &format!("the manifest has no text {key:?}"),
                error,
            ),
        }
    })
}

unsafe extern "C" fn folder_path(host: *const Host, value: *const Sink) -> Status {
    guarded(|| match port_of(host).map(|port| port.folder()) {
        None => INVALID,
        Some(None) => NOT_FOUND,
        Some(Some(path)) => crate::sink::write(value, path),
    })
}

/// The text with `{name}` replaced by the value of that name; a name without one stays.
fn filled(text: &str, values: &Map<String, Value>) -> String {
    let (mut made, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, from)) = rest.split_once('{') {
        made.push_str(before);
        let name = from.split(['{', '}']).next().unwrap_or_default();
        let is_whole = from[name.len()..].starts_with('}');
        match values.get(name).filter(|_| is_whole) {
            Some(value) => {
                let text = value.as_str().map(str::to_owned);
                made.push_str(&text.unwrap_or_else(|| value.to_string()));
                rest = &from[name.len() + 1..];
            }
            None => {
                made.push('{');
                rest = from;
            }
        }
    }
    made + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_place_of_their_names_and_nothing_else_changes() {
        let values = serde_json::json!({"free": 12, "name": "Ada", "odd": "{free}"});
        let values = values.as_object().cloned().unwrap_or_default();
        for (text, made) in [
            ("{free} MB, {name}", "12 MB, Ada"),
            ("{nobody} {", "{nobody} {"),
            ("{{free}}", "{12}"),
            ("{odd}{free", "{free}{free"),
            ("", ""),
        ] {
            assert_eq!(filled(text, &values), made);
        }
    }
}

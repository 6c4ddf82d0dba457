use deskhook_hooks::Hook;

use crate::REFERENCE;

mod declaration;
mod dialect;
mod luau;

pub(crate) use declaration::{Declaration, declarations, optional, spelt};
use dialect::{Dialect, Field};

/// Types that no schema has: what the API's own functions give back.
pub(crate) const OWN: [(&str, &str, &[Field<'static>]); 3] = [
    (
        "Time",
        "A time, as `deskhook.time` gives it.",
        &[
            ("year", "integer", "2026"),
            ("month", "integer", "1 to 12"),
            ("day", "integer", "1 to 31"),
            ("hour", "integer", "0 to 23"),
            ("minute", "integer", "0 to 59"),
            ("second", "integer", "0 to 59"),
            ("weekday", "integer", "1 is Monday, 7 is Sunday"),
            ("yearday", "integer", "1 to 366"),
            ("unix", "integer", "seconds since 1970"),
            ("offset", "integer", "seconds east of UTC"),
            ("zone", "string", "`Europe/Berlin`, or the offset"),
            ("date", "string", "`2026-11-22`"),
            ("text", "string", "RFC 3339"),
        ],
    ),
    (
        "Response",
        "What a server answered.",
        &[
            ("status", "integer", "100 to 599"),
            ("headers", "table<string, string>", "names in lower case"),
            ("body", "string", "at most 1 MiB"),
        ],
    ),
    (
        "Output",
        "What a program did.",
        &[
            (
                "code",
                "integer",
                "its exit code; -1 where a signal ended it",
            ),
            ("stdout", "string", "at most 256 KiB"),
            ("stderr", "string", "at most 256 KiB"),
        ],
    ),
];
pub(crate) const TEST_API: &[Field<'static>] = &[
    ("clock", "fun(now: string)", "sets the time"),
    (
        "advance",
        "fun(seconds: number)",
        "moves the time on; it stands still otherwise",
    ),
    ("policy", "fun(values: table)", "sets policy values"),
    ("facts", "fun(values: table)", "sets facts of the device"),
    ("env", "fun(values: table)", "sets the agent's environment"),
    ("files", "fun(texts: table)", "sets files by path"),
    ("store", "fun(values: table)", "sets what the package kept"),
    ("person", "fun(fields: table)", "sets who is at the device"),
    ("device", "fun(fields: table)", "sets the device"),
    (
        "grants",
        "fun(capabilities: string[])",
        "sets what the policy grants",
    ),
    (
        "http",
        "fun(url: string, answer: table)",
        "sets what answers there",
    ),
    (
        "exec",
        "fun(path: string, answer: table)",
        "sets what a program does",
    ),
    (
        "run",
        "fun(hook: deskhook.Hook, input: table?): table",
        "calls the package",
    ),
    ("allowed", "fun(result: table)", "the result is an allow"),
    (
        "denied",
        "fun(result: table, code: string?)",
        "the result is a deny",
    ),
    (
        "asked",
        "fun(result: table, title: string?)",
        "the result is an ask",
    ),
    ("abstained", "fun(result: table)", "the result is nothing"),
    (
        "failed",
        "fun(result: table, text: string?)",
        "the call failed",
    ),
    (
        "patch",
        "fun(result: table, expected: any)",
        "the patch has these fields",
    ),
    (
        "value",
        "fun(result: table, expected: any)",
        "the value is this",
    ),
    (
        "equal",
        "fun(actual: any, expected: any)",
        "both are the same",
    ),
    (
        "requests",
        "fun(): table",
        "what the package asked the agent to do",
    ),
    ("logs", "fun(): string[]", "what it logged"),
    ("http_calls", "fun(): table", "its HTTP requests"),
    ("exec_calls", "fun(): table", "its programs"),
    (
        "stored",
        "fun(key: string): any",
        "what it kept under the key",
    ),
];

/// Editor stubs for LuaLS: the API, every hook's input and answer, what tests have.
pub fn luals_stubs() -> String {
    stubs(Dialect::LuaLs)
}

/// The same as Luau definitions, for luau-lsp and luau-analyze.
pub fn luau_definitions() -> String {
    stubs(Dialect::Luau)
}

fn stubs(dialect: Dialect) -> String {
    let mut text = dialect.head();
    for (name, doc, fields) in OWN {
        text += &dialect.class((name, doc), fields);
    }
    text += &dialect.class(("Test", "What every test is given."), TEST_API);
    for declaration in declarations() {
        text += &dialect.declared(&declaration);
    }
    text + &dialect.api(REFERENCE, &Hook::ALL.map(handler))
}

/// A hook, and the types of what a function that hears it is given and gives back.
pub(crate) type Hearing = (Hook, String, String);

pub(crate) fn handler(hook: Hook) -> Hearing {
    let answer = hook.answer_shape().map(|shape| optional(&spelt(&shape)));
    let input = format!("deskhook.{}", hook.input_name());
    (hook, input, answer.unwrap_or_default())
}

#[cfg(test)]
mod tests;

//! Values across the boundary. JSON comes back from Lua as it was, or is refused by name; what a
//! program makes in Lua leaves as JSON that comes back the same, or is refused by name.

use std::fmt::Write as _;
use std::sync::LazyLock;

use deskhook_hooks::Fault;
use deskhook_script::Script;
use serde_json::{Number, Value};

use crate::package;

const ECHO: &str = "return function() deskhook.store.set('k', deskhook.store.get('k')) end";
const RECODE: &str = "return function()
  deskhook.store.set('k', deskhook.json.decode(deskhook.json.encode(deskhook.store.get('k'))))
end";
/// Why a value may be refused.
const REFUSALS: [&str; 8] = [
    "levels",
    "more than",
    "not UTF-8",
    "no plain value",
    "not finite",
    "neither a list",
    "memory",
    "no answer within",
];

static ECHOES: LazyLock<[Script; 2]> =
    LazyLock::new(|| [ECHO, RECODE].map(|source| package::load(source).expect("an echo loads")));

/// JSON where it is some, else a program for [`program`].
pub(crate) fn check(data: &[u8]) {
    match serde_json::from_slice::<Value>(data) {
        Ok(value) => ECHOES.iter().for_each(|script| comes_back(script, &value)),
        Err(_) => leaves(&program(data)),
    }
}

fn comes_back(script: &Script, value: &Value) {
    let (ended, kept) = package::call(script, value);
    match (ended, kept) {
        (Ok(_), Some(kept)) => assert!(same(value, &kept), "{value} became {kept}"),
        (ended, kept) => {
            assert_eq!(kept, None);
            refused(&ended.expect_err("it was not kept"));
        }
    }
}

fn leaves(program: &str) {
    let source = format!("{program}\nreturn function() deskhook.store.set('k', r[1]) end");
    let script = package::load(&source).expect("a program of the generator loads");
    match package::call(&script, &Value::Null) {
        (Ok(_), Some(kept)) => comes_back(&ECHOES[0], &kept),
        (ended, _) => refused(&ended.expect_err("it was not kept")),
    }
    // As an answer, which is no verdict most of the time.
    let answers = package::load(&format!("{program}\nreturn function() return r[1] end"));
    let _ = package::call(&answers.expect("the same program loads"), &Value::Null);
}

fn refused(fault: &Fault) {
    let said = fault.to_string();
    let named = REFUSALS.iter().any(|reason| said.contains(reason));
    assert!(named, "refused without a reason that is known: {said}");
}

/// Null is nil, which no table holds; all numbers are double.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let fields = one.iter().filter(|(_, value)| !value.is_null());
            fields.clone().count() == other.len()
                && fields
                    .into_iter()
                    .all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Array(one), Value::Array(other)) => {
            let whole = one.iter().rposition(|value| !value.is_null());
            let one = &one[..whole.map_or(0, |last| last + 1)];
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Number(one), Value::Number(other)) => near(one, other),
        (one, other) => one == other,
    }
}

/// JSON's reader may be wrong in the last bit of a number with many digits.
fn near(one: &Number, other: &Number) -> bool {
    let (Some(one), Some(other)) = (one.as_f64(), other.as_f64()) else {
        return false;
    };
    (one - other).abs() <= one.abs() * f64::EPSILON
}

/// Lua that fills eight registers as the bytes say: two of them an instruction.
fn program(data: &[u8]) -> String {
    let mut text = "local r = {}\n".to_owned();
    for pair in data.chunks_exact(2).take(256) {
        let (what, to, from) = (pair[0], pair[1] % 8 + 1, pair[1] / 8 % 8 + 1);
        let literal = LITERALS.get(usize::from(what));
        let made = match (literal, what % 8) {
            (Some(literal), _) => format!("r[{to}] = {literal}"),
            (_, 0 | 1) => format!("r[{to}] = {what}"),
            (_, 2) => format!("r[{to}] = '\\{what:03}{}'", pair[1] % 10),
            (_, 3) => format!("pcall(rawset, r[{to}], {}, r[{from}])", what % 16),
            (_, 4) => format!("pcall(rawset, r[{to}], r[{from}], r[{}])", what / 32 + 1),
            (_, 5) => format!("pcall(table.insert, r[{to}], r[{from}])"),
            (_, 6) => format!("pcall(setmetatable, r[{to}], r[{from}])"),
            (_, _) => format!("r[{to}] = r[{from}]"),
        };
        // Writing to a text does not fail.
        let _ = writeln!(text, "{made}");
    }
    text
}

const LITERALS: [&str; 32] = [
    "{}",
    "nil",
    "true",
    "false",
    "0 / 0",
    "1 / 0",
    "-1 / 0",
    "-0",
    "2 ^ 53",
    "2 ^ 53 + 2",
    "-(2 ^ 63)",
    "1e308",
    "5e-324",
    "0.1",
    "''",
    "'\\u{20AC}'",
    "'\\255'",
    "string.rep('x', 100000)",
    "function() end",
    "print",
    "coroutine.create(print)",
    "buffer.create(3)",
    "vector.create(1, 2, 3)",
    "deskhook",
    "deskhook.json.decode('[]')",
    "deskhook.json.decode('{\"a\": [1, null, 2]}')",
    "table.create(10)",
    "table.create(1000, 1)",
    "table.freeze({})",
    "setmetatable({}, { __index = print, __len = print, __iter = print, __metatable = 1 })",
    "{ 1, 2, [4] = 4 }",
    "{ a = 1, 2 }",
];

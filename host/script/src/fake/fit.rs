//! Whether what is faked is something that a host may answer.

use deskhook_hooks::check_capability;
use serde_json::Value;

use super::{FakesError, MONDAY};
use crate::misfit::misfits;
use crate::shape::{Shape, spelt};

/// What stands under a name of these, by the field: one answer, or a list of them.
const SERVERS: [(&str, &str); 2] = [
    (
        "http",
        "{status?: integer, headers?: table<string, string>, body?: any, error?: string}",
    ),
    (
        "exec",
        "{code?: integer, stdout?: string, stderr?: string, error?: string}",
    ),
];

/// Refuses a name that nobody reads and a value of another type, with its place.
pub(super) fn check(field: &str, value: &Value) -> Result<(), FakesError> {
    match (field, value) {
        ("clock", Value::String(clock)) => match crate::api::later(clock, 0.0) {
            Ok(_) => Ok(()),
            Err(_) => Err(FakesError::Misfit(format!(
                "clock: {clock:?} is no time with its offset, as {MONDAY} is"
            ))),
        },
        ("clock", _) => fits(value, &Shape::Text, field),
        ("grants", Value::Array(grants)) => check_grants(grants),
        ("grants", Value::Object(grants)) if grants.is_empty() => Ok(()),
        ("grants", _) => fits(value, &Shape::List(Box::new(Shape::Text)), field),
        ("http" | "exec", Value::Object(answers)) => {
            let known = SERVERS.iter().find(|(name, _)| *name == field);
            let answer = known.map_or(Shape::Any, |(_, kind)| spelt(kind).shape);
            let each = answers.iter();
            let mut each = each.map(|(key, answers)| check_server(&answer, (field, key), answers));
            each.try_for_each(|checked| checked)
        }
        ("person", _) => fits(value, &Shape::Named("Person".to_owned()), field),
        ("device", _) => fits(value, &Shape::Named("Device".to_owned()), field),
        ("env" | "files", _) => fits(value, &Shape::Map(Box::new(Shape::Text)), field),
        _ => fits(value, &Shape::Map(Box::new(Shape::Any)), field),
    }
}

fn check_server(
    answer: &Shape,
    (field, key): (&str, &str),
    given: &Value,
) -> Result<(), FakesError> {
    let path = format!("{field}[{key:?}]");
    match given {
        Value::Array(_) => fits(given, &Shape::List(Box::new(answer.clone())), &path),
        _ => fits(given, answer, &path),
    }
}

fn check_grants(grants: &[Value]) -> Result<(), FakesError> {
    for (index, grant) in grants.iter().enumerate() {
        let place = format!("grants[{}]", index + 1);
        let why = match grant {
            Value::String(text) => check_capability(text).err(),
            _ => {
                fits(grant, &Shape::Text, &place)?;
                None
            }
        };
        if let Some(why) = why {
            return Err(FakesError::Misfit(format!("{place}: {why}")));
        }
    }
    Ok(())
}

fn fits(value: &Value, shape: &Shape, path: &str) -> Result<(), FakesError> {
    match misfits(value, shape, path).first() {
        Some(misfit) => Err(FakesError::Misfit(misfit.text().to_owned())),
        None => Ok(()),
    }
}

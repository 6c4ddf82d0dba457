use deskhook_hooks::{Hook, definitions};
use serde_json::Value;

/// A type of the stubs, types as LuaLS writes them.
pub(crate) enum Declaration {
    /// A table with these fields: name, type, meaning.
    Class {
        /// Its name, without a prefix.
        name: String,
        /// What it is.
        doc: String,
        /// In the order of their names.
        fields: Vec<(String, String, String)>,
    },
    /// One of several types.
    Choice {
        /// Its name, without a prefix.
        name: String,
        /// What it is.
        doc: String,
        /// Type and meaning of each.
        of: Vec<(String, String)>,
    },
}

/// Every type that hooks are given or may answer, and the names of the hooks.
pub(crate) fn declarations() -> Vec<Declaration> {
    let named = |hook: Hook| (format!("\"{hook}\""), hook.when().to_owned());
    let mut all = vec![Declaration::Choice {
        name: "Hook".to_owned(),
        doc: "The name of a hook.".to_owned(),
        of: Hook::ALL.map(named).to_vec(),
    }];
    for (name, shape) in definitions() {
        declare(&mut all, (name, &shape));
    }
    all
}

fn declare(all: &mut Vec<Declaration>, (name, shape): (String, &Value)) {
    let doc = sentence(shape);
    let Some(variants) = shape["oneOf"].as_array() else {
        let fields = fields(shape);
        return all.push(Declaration::Class { name, doc, fields });
    };
    let mut of = vec![];
    for variant in variants {
        let doc = sentence(variant);
        let kind = match tag(variant) {
            // A table of its own, as `VerdictDeny`.
            Some(tag) => {
                let inner = format!("{name}{}", pascal(tag));
                declare(all, (inner.clone(), variant));
                format!("deskhook.{inner}")
            }
            None => spelt(variant),
        };
        of.push((kind, doc));
    }
    all.push(Declaration::Choice { name, doc, of });
}

fn sentence(shape: &Value) -> String {
    shape["description"].as_str().unwrap_or_default().to_owned()
}

/// The word by which a table is known among others.
fn tag(variant: &Value) -> Option<&str> {
    let fields = variant["properties"].as_object()?;
    fields.values().find_map(|field| field["const"].as_str())
}

/// `start_session` is `StartSession`.
fn pascal(word: &str) -> String {
    let part = |part: &str| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_uppercase() + rest
    };
    word.split('_').map(part).collect()
}

fn fields(shape: &Value) -> Vec<(String, String, String)> {
    let required = shape["required"].as_array();
    let required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let properties = shape["properties"].as_object().into_iter().flatten();
    let field = |(name, field): (&String, &Value)| {
        let kind = spelt(field);
        let kind = match kind.ends_with('?') || required(name) {
            true => kind,
            false => optional(&kind),
        };
        let doc = match field["const"].as_str() {
            Some(_) if field["description"].is_null() => "Which of them it is.".to_owned(),
            _ => sentence(field),
        };
        (name.clone(), kind, doc)
    };
    properties.map(field).collect()
}

/// A type, or nil.
pub(crate) fn optional(kind: &str) -> String {
    match is_choice(kind) {
        true => format!("({kind})?"),
        false => format!("{kind}?"),
    }
}

/// A type from its JSON Schema, as LuaLS writes it.
pub(crate) fn spelt(shape: &Value) -> String {
    if let Some(word) = shape["const"].as_str() {
        return format!("\"{word}\"");
    }
    if let Some(words) = shape["enum"].as_array() {
        let words = words.iter().filter_map(Value::as_str);
        return words
            .map(|word| format!("\"{word}\""))
            .collect::<Vec<_>>()
            .join("|");
    }
    if let Some(name) = shape["$ref"].as_str() {
        return format!("deskhook.{}", name.rsplit('/').next().unwrap_or_default());
    }
    if let Some(parts) = shape["anyOf"].as_array().or(shape["oneOf"].as_array()) {
        return choice(
            parts
                .iter()
                .map(|part| (part["type"] == "null", spelt(part))),
        );
    }
    if let Some(kinds) = shape["type"].as_array() {
        let one = |kind: &Value| {
            let mut one = shape.clone();
            one["type"] = kind.clone();
            (kind == "null", spelt(&one))
        };
        return choice(kinds.iter().map(one));
    }
    match shape["type"].as_str().unwrap_or_default() {
        kind @ ("string" | "boolean" | "integer" | "number") => kind.to_owned(),
        "array" => list(&spelt(&shape["items"])),
        "object" => format!("table<string, {}>", spelt(&shape["additionalProperties"])),
        _ => "any".to_owned(),
    }
}

fn list(of: &str) -> String {
    match is_choice(of) {
        true => format!("({of})[]"),
        false => format!("{of}[]"),
    }
}

/// One of several types; of each whether it is nothing.
fn choice(parts: impl Iterator<Item = (bool, String)>) -> String {
    let (nothing, some): (Vec<_>, Vec<_>) = parts.partition(|(is_nothing, _)| *is_nothing);
    let some: Vec<String> = some.into_iter().map(|(_, kind)| kind).collect();
    let kind = some.join("|");
    match nothing.is_empty() {
        true => kind,
        false => optional(&kind),
    }
}

/// Whether a type is one of several, and not what is inside of something.
fn is_choice(kind: &str) -> bool {
    let mut depth = 0;
    kind.chars().any(|c| {
        depth += i32::from("<({".contains(c)) - i32::from(">)}".contains(c));
        c == '|' && depth == 0
    })
}

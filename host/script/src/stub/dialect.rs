use deskhook_hooks::Hook;
use serde_json::Value;

use crate::Entry;

/// Name, type as LuaLS writes it, meaning.
pub(super) type Field<'a> = (&'a str, &'a str, &'a str);

/// For which tool stubs are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// lua-language-server: comments before Lua functions.
    LuaLs,
    /// luau-lsp and luau-analyze: a definition file.
    Luau,
}

const HEAD: &str =
    "Made by `deskhook schema` from the hook catalogue and the Lua API. Do not edit.";

impl Dialect {
    pub(super) fn head(self) -> String {
        match self {
            Self::LuaLs => format!("---@meta deskhook\n-- {HEAD}\n"),
            Self::Luau => format!("-- {HEAD}\n"),
        }
    }

    /// The name of a class, as other types refer to it.
    pub(super) fn named(self, class: &str) -> String {
        match self {
            Self::LuaLs => format!("deskhook.{class}"),
            Self::Luau => format!("Deskhook{class}"),
        }
    }

    pub(super) fn class(self, (name, doc): (&str, &str), fields: &[Field<'_>]) -> String {
        let (name, doc) = (self.named(name), doc.replace('\n', " "));
        let field = |(name, kind, doc): &Field<'_>| match self {
            Self::LuaLs => format!("---@field {name} {kind} {doc}\n"),
            Self::Luau => format!("  -- {doc}\n  {name}: {},\n", luau_type(kind)),
        };
        let fields: String = fields.iter().map(field).collect();
        match self {
            Self::LuaLs => format!("\n---{doc}\n---@class {name}\n{fields}"),
            Self::Luau => format!("\n-- {doc}\nexport type {name} = {{\n{fields}}}\n"),
        }
    }

    pub(super) fn verdict(self) -> String {
        let doc = ("Verdict", "What deskhook.allow, deny and ask give back.");
        let fields = [
            ("verdict", "string", "`allow`, `deny`, `ask`"),
            ("code", "string?", "of a denial: a stable word for programs"),
            ("title", "string?", "of a question: its first line"),
            ("message", "string?", "what the person reads"),
            (
                "timeout",
                "integer?",
                "of a question: seconds until silence is a no",
            ),
        ];
        self.class(doc, &fields)
    }

    /// The functions, and `deskhook.on` once for each hook.
    pub(super) fn api(self, entries: &[Entry], handlers: &[(Hook, String, String)]) -> String {
        match self {
            Self::LuaLs => luals_api(entries, handlers),
            Self::Luau => luau_api(entries, handlers),
        }
    }
}

/// The type of a field, from its JSON Schema, as LuaLS writes it.
pub(super) fn schema_type(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return reference(name);
    }
    if let Some(parts) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let one = parts.iter().find(|part| part["type"] != "null");
        let optional = parts.iter().any(|part| part["type"] == "null");
        let one = schema_type(one.unwrap_or(&Value::Null));
        let optional = optional && !one.ends_with('?');
        return one + if optional { "?" } else { "" };
    }
    if let Some(types) = schema["type"].as_array() {
        let first = types.iter().find(|kind| *kind != "null");
        let mut one = schema.clone();
        one["type"] = first.cloned().unwrap_or_default();
        return schema_type(&one) + "?";
    }
    match schema["type"].as_str().unwrap_or_default() {
        kind @ ("string" | "boolean" | "integer" | "number") => kind.to_owned(),
        "array" => schema_type(&schema["items"]) + "[]",
        "object" => format!(
            "table<string, {}>",
            schema_type(&schema["additionalProperties"])
        ),
        _ => "any".to_owned(),
    }
}

/// Names of small sets of words (`ItemKind`) are texts in Lua.
fn reference(name: &str) -> String {
    match name.rsplit('/').next().unwrap_or_default() {
        "ItemKind" => "string".to_owned(),
        name => Dialect::LuaLs.named(name),
    }
}

fn luals_api(entries: &[Entry], handlers: &[(Hook, String, String)]) -> String {
    let mut text = "\ndeskhook = {}\n".to_owned();
    let mut rooms = vec![];
    for entry in entries {
        let (room, _) = entry.name.rsplit_once('.').unwrap_or_default();
        if room.contains('.') && !rooms.contains(&room) {
            rooms.push(room);
            text += &format!("\n{room} = {{}}\n");
        }
        text += &luals_function(entry, handlers);
    }
    text + "\n---A test of this package.\n---@param name string\n---@param fn fun(t: deskhook.Test)\nfunction test(name, fn) end\n"
}

fn luals_function(entry: &Entry, handlers: &[(Hook, String, String)]) -> String {
    let mut text = format!("\n---{}\n", entry.doc);
    if !entry.capability.is_empty() {
        text += &format!("---Needs the capability `{}`.\n", entry.capability);
    }
    for (name, kind, doc) in entry.parameters {
        text += &format!("---@param {name} {kind} {doc}\n");
    }
    if !entry.returns.is_empty() {
        text += &format!("---@return {}\n", entry.returns);
    }
    if entry.name == "deskhook.on" {
        for (hook, input, answer) in handlers {
            let answer = if answer.is_empty() {
                String::new()
            } else {
                format!(": {answer}")
            };
            text += &format!("---@overload fun(hook: \"{hook}\", fn: fun(ctx: {input}){answer})\n");
        }
    }
    let names: Vec<&str> = entry
        .parameters
        .iter()
        .map(|parameter| parameter.0)
        .collect();
    text + &format!("function {}({}) end\n", entry.name, names.join(", "))
}

fn luau_api(entries: &[Entry], handlers: &[(Hook, String, String)]) -> String {
    let mut text = "\ndeclare deskhook: {\n".to_owned();
    let mut room = "";
    for entry in entries {
        let inside = entry.name.trim_start_matches("deskhook.");
        let (here, name) = inside.split_once('.').unwrap_or(("", inside));
        if here != room {
            text += if room.is_empty() { "" } else { "  },\n" };
            text += &if here.is_empty() {
                String::new()
            } else {
                format!("  {here}: {{\n")
            };
            room = here;
        }
        let kind = match name {
            "on" => luau_on(handlers),
            _ => luau_function(entry),
        };
        text += &format!("  -- {}\n  {name}: {kind},\n", entry.doc);
    }
    text += if room.is_empty() { "" } else { "  },\n" };
    text + "}\n\n-- A test of this package.\ndeclare function test(name: string, fn: (t: DeskhookTest) -> ()): ()\n"
}

fn luau_on(handlers: &[(Hook, String, String)]) -> String {
    let one = |(hook, input, answer): &(Hook, String, String)| {
        let answer = if answer.is_empty() { "()" } else { answer };
        format!("((hook: \"{hook}\", fn: (ctx: {input}) -> {answer}) -> ())")
    };
    let all: Vec<String> = handlers.iter().map(one).collect();
    all.join("\n    & ")
}

fn luau_function(entry: &Entry) -> String {
    let parameters = entry.parameters.iter().map(|(name, kind, _)| match *name {
        "..." => "...any".to_owned(),
        name => format!("{name}: {}", luau_type(kind)),
    });
    let parameters: Vec<String> = parameters.collect();
    let returns = if entry.returns.is_empty() {
        "()".to_owned()
    } else {
        luau_type(entry.returns)
    };
    format!("({}) -> {returns}", parameters.join(", "))
}

/// A type as LuaLS writes it, in Luau.
fn luau_type(kind: &str) -> String {
    if let Some(inner) = kind.strip_suffix('?') {
        return luau_type(inner) + "?";
    }
    if let Some((left, right)) = kind.split_once('|') {
        return format!("{} | {}", luau_type(left), luau_type(right));
    }
    if let Some(item) = kind.strip_suffix("[]") {
        return format!("{{ {} }}", luau_type(item));
    }
    if let Some(function) = kind.strip_prefix("fun(") {
        let (parameters, returns) = function.rsplit_once(')').unwrap_or((function, ""));
        let returns = returns
            .strip_prefix(": ")
            .map_or("()".to_owned(), luau_type);
        return format!("({}) -> {returns}", luau_named(parameters));
    }
    if let Some(fields) = kind
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        return format!("{{ {} }}", luau_named(fields));
    }
    if let Some(values) = kind.strip_prefix("table<string, ") {
        return format!(
            "{{ [string]: {} }}",
            luau_type(values.trim_end_matches('>'))
        );
    }
    if let Some(class) = kind.strip_prefix("deskhook.") {
        return format!("Deskhook{class}");
    }
    match kind {
        "integer" => "number".to_owned(),
        "table" => "{ [any]: any }".to_owned(),
        other => other.to_owned(),
    }
}

/// `a: integer, b?: table<string, string>`, as far as the reference uses it.
fn luau_named(list: &str) -> String {
    let whole = list.replace("table<string, string>", "StringMap");
    let parts = whole
        .split(", ")
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, kind) = part.split_once(": ").unwrap_or((part, "any"));
            let kind = kind.replace("StringMap", "table<string, string>");
            match name.strip_suffix('?') {
                Some(name) => format!("{name}: {}?", luau_type(&kind)),
                None => format!("{name}: {}", luau_type(&kind)),
            }
        });
    parts.collect::<Vec<_>>().join(", ")
}

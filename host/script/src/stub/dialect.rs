use super::luau::{parameter, translated};
use super::{Declaration, Hearing};
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
            // By itself, or it belongs to the comment below and is not seen.
            Self::LuaLs => format!("---@meta\n\n-- {HEAD}\n"),
            Self::Luau => format!("-- {HEAD}\n"),
        }
    }

    pub(super) fn declared(self, declaration: &Declaration) -> String {
        match declaration {
            Declaration::Class { name, doc, fields } => {
                let fields = fields.iter();
                let fields: Vec<Field<'_>> = fields.map(|(a, b, c)| (&**a, &**b, &**c)).collect();
                self.class((name, doc), &fields)
            }
            Declaration::Choice { name, doc, of } => self.choice((name, doc), of),
        }
    }

    pub(super) fn class(self, (name, doc): (&str, &str), fields: &[Field<'_>]) -> String {
        let field = |(name, kind, doc): &Field<'_>| match self {
            Self::LuaLs => format!("---@field {name} {kind} {doc}\n"),
            Self::Luau => format!("  -- {doc}\n  {name}: {},\n", translated(kind)),
        };
        let fields: String = fields.iter().map(field).collect();
        match self {
            Self::LuaLs => format!("\n---{doc}\n---@class deskhook.{name}\n{fields}"),
            Self::Luau => format!("\n-- {doc}\nexport type Deskhook{name} = {{\n{fields}}}\n"),
        }
    }

    fn choice(self, (name, doc): (&str, &str), of: &[(String, String)]) -> String {
        let one = |(kind, doc): &(String, String)| match self {
            Self::LuaLs => format!("---| {kind} # {doc}\n"),
            Self::Luau => format!("  -- {doc}\n  | {}\n", translated(kind)),
        };
        let of: String = of.iter().map(one).collect();
        match self {
            Self::LuaLs => format!("\n---{doc}\n---@alias deskhook.{name}\n{of}"),
            Self::Luau => format!("\n-- {doc}\nexport type Deskhook{name} =\n{of}"),
        }
    }

    /// The functions, and `deskhook.on` once for each hook.
    pub(super) fn api(self, entries: &[Entry], handlers: &[Hearing]) -> String {
        match self {
            Self::LuaLs => luals_api(entries, handlers),
            Self::Luau => luau_api(entries, handlers),
        }
    }
}

fn luals_api(entries: &[Entry], handlers: &[Hearing]) -> String {
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

fn luals_function(entry: &Entry, handlers: &[Hearing]) -> String {
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
            let answer = match answer.as_str() {
                "" => String::new(),
                answer => format!(": {answer}"),
            };
            text += &format!("---@overload fun(hook: \"{hook}\", fn: fun(ctx: {input}){answer})\n");
        }
    }
    let parameters = entry.parameters.iter();
    let names: Vec<&str> = parameters.map(|parameter| parameter.0).collect();
    text + &format!("function {}({}) end\n", entry.name, names.join(", "))
}

fn luau_api(entries: &[Entry], handlers: &[Hearing]) -> String {
    let mut text = "\ndeclare deskhook: {\n".to_owned();
    let mut room = "";
    for entry in entries {
        let inside = entry.name.trim_start_matches("deskhook.");
        let (here, name) = inside.split_once('.').unwrap_or(("", inside));
        if here != room {
            text += if room.is_empty() { "" } else { "  },\n" };
            text += &match here {
                "" => String::new(),
                here => format!("  {here}: {{\n"),
            };
            room = here;
        }
        text += &luau_entry(name, entry, handlers);
    }
    text += if room.is_empty() { "" } else { "  },\n" };
    text + "}\n\n-- A test of this package.\ndeclare function test(name: string, fn: (t: DeskhookTest) -> ()): ()\n"
}

fn luau_entry(name: &str, entry: &Entry, handlers: &[Hearing]) -> String {
    let kind = match name {
        "on" => luau_on(handlers),
        _ => luau_function(entry),
    };
    let mut text = format!("  -- {}\n", entry.doc);
    if !entry.capability.is_empty() {
        text += &format!("  -- Needs the capability `{}`.\n", entry.capability);
    }
    for (name, _, doc) in entry.parameters {
        text += &format!("  -- {name}: {doc}\n");
    }
    text + &format!("  {name}: {kind},\n")
}

fn luau_on(handlers: &[Hearing]) -> String {
    let one = |(hook, input, answer): &Hearing| {
        let answer = match answer.as_str() {
            "" => "()".to_owned(),
            answer => translated(answer),
        };
        let input = translated(input);
        format!("((hook: \"{hook}\", fn: (ctx: {input}) -> {answer}) -> ())")
    };
    let all: Vec<String> = handlers.iter().map(one).collect();
    all.join("\n    & ")
}

fn luau_function(entry: &Entry) -> String {
    let parameters = entry.parameters.iter();
    let parameters = parameters.map(|(name, kind, _)| parameter(name, kind));
    let parameters: Vec<String> = parameters.collect();
    let returns = match entry.returns {
        "" => "()".to_owned(),
        kind => translated(kind),
    };
    format!("({}) -> {returns}", parameters.join(", "))
}

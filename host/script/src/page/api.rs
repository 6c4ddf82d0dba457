use super::{HEAD, code, fields};
use crate::stub::{OWN, TEST_API};
use crate::{Entry, REFERENCE};

/// The page of the Lua API: every function with its parameters and what it needs, the types that
/// it gives back, what tests have.
pub fn api_page() -> String {
    let mut page = format!("{HEAD}# The Lua API\n\n{INTRODUCTION}\n\n");
    let mut room = "";
    for entry in REFERENCE {
        let here = room_of(entry);
        if here != room {
            page += &format!("## `{here}`\n\n");
            room = here;
        }
        page += &function(entry);
    }
    page += "## Types\n\n";
    for (name, doc, rows) in OWN {
        page += &format!(
            "### {name}\n\n{doc}\n\n{}",
            fields(rows.iter().copied(), code)
        );
    }
    page += "## Tests\n\nA file of `tests/` calls `test(name, function(t) ... end)`; `t` has these functions:\n\n";
    page += &fields(TEST_API.iter().copied(), code);
    page.trim_end().to_owned() + "\n"
}

const INTRODUCTION: &str = "\
What a package has beside the language: Luau, without what reaches outside. A function that needs a capability is there only\n\
where the manifest asks for it and the policy grants it. What hooks are given and may answer stands in [the hooks](hooks.md),\n\
how a package is made in [the guide](../README.md).";

/// `deskhook.http` of `deskhook.http.get`; a function that is a room of its own has its own heading.
fn room_of(entry: &Entry) -> &'static str {
    match entry.name.rsplit_once('.') {
        Some(("deskhook", _)) if !entry.capability.is_empty() => entry.name,
        Some((room, _)) => room,
        None => entry.name,
    }
}

fn function(entry: &Entry) -> String {
    let names: Vec<&str> = entry.parameters.iter().map(|(name, _, _)| *name).collect();
    let mut text = format!(
        "### `{}({})`\n\n{}",
        entry.name,
        names.join(", "),
        entry.doc
    );
    if !entry.returns.is_empty() {
        text += &format!(" Gives back {}.", returned(entry.returns));
    }
    if !entry.capability.is_empty() {
        text += &format!(" Needs the capability `{}`.", entry.capability);
    }
    text += "\n\n";
    match entry.parameters {
        [] => text,
        parameters => text + &fields(parameters.iter().copied(), code),
    }
}

/// A type, with a link where it is described: here, or among the hooks.
fn returned(kind: &str) -> String {
    let Some(name) = kind.strip_prefix("deskhook.") else {
        return code(kind);
    };
    let page = match OWN.iter().any(|(known, _, _)| *known == name) {
        true => "",
        false => "hooks.md",
    };
    format!("[`{kind}`]({page}#{})", name.to_lowercase())
}

use std::time::Duration;

use deskhook_hooks::{Hook, Kind, Limit};

use super::example::EXAMPLES;
use super::{HEAD, fields, linked, table};
use crate::stub::{Declaration, declarations, handler};

const KINDS: [Kind; 4] = [Kind::Decide, Kind::Transform, Kind::Provide, Kind::Observe];
/// What every hook is given.
const COMMON: [&str; 5] = ["hook", "now", "device", "person", "policy_version"];

/// The page of all hooks: when each is called, what it is given, what it may answer, how long it
/// may take, and an example that runs.
pub fn hooks_page() -> String {
    let types = declarations();
    let mut page = format!("{HEAD}# Hooks\n\n{INTRODUCTION}\n\n");
    let listed = |hook: Hook| {
        let name = format!("[`{hook}`](#{})", anchor(hook));
        vec![name, hook.kind().word().to_owned(), hook.when().to_owned()]
    };
    page += &table(
        &["hook", "kind", "when it is called"],
        Hook::ALL.map(listed),
    );
    page += "## Kinds\n\n";
    page += &table(
        &[
            "kind",
            "computing",
            "in all",
            "at most by policy",
            "when it fails",
        ],
        KINDS.map(budget),
    );
    page += "`computing` does not count what a call waits for the host; `in all` does. The policy widens the latter with\n`Extensions.Packages.<name>.Budget`, in milliseconds.\n\n## What every hook is given\n\n";
    let (_, common) = given(&types, Hook::Timer);
    let common = common.into_iter().map(|(name, kind, doc)| match name {
        "hook" => (name, "string", "The name of the hook."),
        _ => (name, kind, doc),
    });
    page += &fields(common, linked);
    for hook in Hook::ALL {
        page += &section(&types, hook);
    }
    page += "## Types\n\n";
    let inputs = Hook::ALL.map(Hook::input_name);
    let is_own = |name: &str| name != "Hook" && !inputs.iter().any(|input| input == name);
    for declaration in &types {
        page += &described(declaration, is_own);
    }
    page.trim_end().to_owned() + "\n"
}

const INTRODUCTION: &str = "\
What happens on a device, as a package of Lua or a native plugin hears it. How a package is made stands in\n\
[the guide](../README.md), what Lua has in [the API](api.md). Editors know all of this from [the stubs](../types);\n\
`deskhook hooks explain HOOK` says who hears a hook on a device.";

fn anchor(hook: Hook) -> String {
    hook.name().replace('.', "")
}

/// A time in the unit that reads best.
fn told(time: Duration) -> String {
    match time.as_millis() {
        millis if millis % 1000 == 0 => format!("{} s", millis / 1000),
        millis => format!("{millis} ms"),
    }
}

fn budget(kind: Kind) -> Vec<String> {
    vec![
        kind.word().to_owned(),
        told(kind.cpu()),
        told(kind.wall()),
        told(kind.longest()),
        kind.when_it_fails().to_owned(),
    ]
}

type Rows<'a> = Vec<(&'a str, &'a str, &'a str)>;

/// The fields of a hook's own, and those of every hook.
fn given(types: &[Declaration], hook: Hook) -> (Rows<'_>, Rows<'_>) {
    let name = hook.input_name();
    let rows = types.iter().find_map(|declaration| match declaration {
        Declaration::Class {
            name: known,
            fields,
            ..
        } if *known == name => Some(fields),
        _ => None,
    });
    let rows = rows.into_iter().flatten();
    let rows = rows.map(|(name, kind, doc)| (&**name, &**kind, &**doc));
    rows.partition(|(name, _, _)| !COMMON.contains(name))
}

fn section(types: &[Declaration], hook: Hook) -> String {
    let (own, _) = given(types, hook);
    let limit = Limit::of(hook, 0);
    let mut text = format!(
        "## `{hook}`\n\n{} Kind: {}, ",
        hook.when(),
        hook.kind().word()
    );
    text += &format!(
        "{} computing, {} in all.\n\n",
        told(limit.cpu),
        told(limit.wall)
    );
    text += &match own.is_empty() {
        true => "Given nothing besides what every hook is given.\n\n".to_owned(),
        false => fields(own, linked),
    };
    let (_, _, answer) = handler(hook);
    text += &match answer.as_str() {
        "" => "Answers nothing; it may ask the agent for something by `deskhook.request`.\n\n"
            .to_owned(),
        kind => format!("Answers {}.\n\n", linked(kind)),
    };
    let example = EXAMPLES.iter().find(|example| example.hook == hook);
    let example = example.map(|example| {
        let capabilities: Vec<String> = example
            .capabilities
            .iter()
            .map(|one| format!("`{one}`"))
            .collect();
        let needs = match capabilities.is_empty() {
            true => String::new(),
            false => format!("Needs {}. ", capabilities.join(", ")),
        };
        let (lua, input, outcome) = (example.lua, example.input, example.outcome);
        format!("```lua\n{lua}```\n\n{needs}Given `{input}` it comes to `{outcome}`.\n\n")
    });
    text + &example.unwrap_or_default()
}

fn described(declaration: &Declaration, is_own: impl Fn(&str) -> bool) -> String {
    match declaration {
        Declaration::Class {
            name,
            doc,
            fields: rows,
        } if is_own(name) => {
            let rows = rows
                .iter()
                .map(|(name, kind, doc)| (&**name, &**kind, &**doc));
            format!("### {name}\n\n{doc}\n\n{}", fields(rows, linked))
        }
        Declaration::Choice { name, doc, of } if is_own(name) => {
            let row = |(kind, doc): &(String, String)| vec![linked(kind), doc.clone()];
            let rows = of.iter().map(row);
            format!(
                "### {name}\n\n{doc}\n\n{}",
                table(&["one of", "meaning"], rows)
            )
        }
        _ => String::new(),
    }
}

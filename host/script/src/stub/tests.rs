use std::collections::BTreeSet;

use deskhook_hooks::definitions;

use super::*;

/// What stands in a stub behind the line that begins a type, up to the empty line.
fn block<'a>(text: &'a str, begin: &str) -> &'a str {
    let (_, rest) = text
        .split_once(begin)
        .unwrap_or_else(|| panic!("{begin:?} is not in the stubs"));
    rest.split("\n\n").next().unwrap_or_default()
}

#[test]
fn every_field_of_every_hook_is_in_both_stubs_with_its_type_and_sentence() {
    let (luals, luau) = (luals_stubs(), luau_definitions());
    let mut count = 0;
    for (name, shape) in definitions() {
        for (field, shape) in shape["properties"].as_object().into_iter().flatten() {
            let doc = shape["description"].as_str().unwrap();
            let here = block(&luals, &format!("---@class deskhook.{name}\n"));
            let line = here
                .lines()
                .find(|line| line.starts_with(&format!("---@field {field} ")));
            let line = line.unwrap_or_else(|| panic!("{name}.{field} is not in {here}"));
            let kind = line.split(' ').nth(2).unwrap();
            assert!(kind != "any" && line.ends_with(doc), "{line}");
            let here = block(&luau, &format!("export type Deskhook{name} = {{\n"));
            assert!(
                here.contains(&format!("  -- {doc}\n  {field}: ")),
                "{name}.{field}: {here}"
            );
            count += 1;
        }
    }
    assert!(count > 150, "{count} fields");
}

/// A class, a field of it in LuaLS, the same in Luau.
const TYPES: &[(&str, &str, &str)] = &[
    ("SessionRequestInput", "reason string?", "reason: string?"),
    (
        "SessionRequestInput",
        "hook \"session.request\"",
        "hook: \"session.request\"",
    ),
    (
        "SessionRequestInput",
        "origin \"person\"|\"portal\"|\"url\"|\"extension\"",
        "origin: \"person\" | \"portal\" | \"url\" | \"extension\"",
    ),
    (
        "SessionRequestInput",
        "device deskhook.Device",
        "device: DeskhookDevice",
    ),
    ("Device", "groups string[]", "groups: { string }"),
    ("Person", "verified boolean", "verified: boolean"),
    ("ClientExitedInput", "code integer?", "code: number?"),
    ("SessionEndedInput", "seconds integer", "seconds: number"),
    (
        "SessionEndedInput",
        "supporter deskhook.Supporter?",
        "supporter: DeskhookSupporter?",
    ),
    (
        "ClientLaunchInput",
        "environment table<string, string>",
        "environment: { [string]: string }",
    ),
    (
        "MenuItem",
        "kind deskhook.ItemKind",
        "kind: DeskhookItemKind",
    ),
    (
        "MenuItem",
        "items deskhook.MenuItem[]?",
        "items: { DeskhookMenuItem }?",
    ),
    (
        "AddedItem",
        "kind (\"item\"|\"link\"|\"separator\"|\"submenu\"|\"label\")?",
        "kind: (\"item\" | \"link\" | \"separator\" | \"submenu\" | \"label\")?",
    ),
    (
        "MenuPatch",
        "set table<string, deskhook.ItemPatch>?",
        "set: { [string]: DeskhookItemPatch }?",
    ),
    (
        "FieldsPatch",
        "fields table<string, string|number|boolean>?",
        "fields: { [string]: string | number | boolean }?",
    ),
    ("VerdictAsk", "timeout integer?", "timeout: number?"),
    ("VerdictDeny", "verdict \"deny\"", "verdict: \"deny\""),
];

#[test]
fn fields_have_the_types_that_the_agent_gives_and_reads() {
    let (luals, luau) = (luals_stubs(), luau_definitions());
    for (class, in_luals, in_luau) in TYPES {
        let here = block(&luals, &format!("---@class deskhook.{class}\n"));
        assert!(
            here.contains(&format!("---@field {in_luals} ")),
            "{in_luals}: {here}"
        );
        let here = block(&luau, &format!("export type Deskhook{class} = {{\n"));
        assert!(
            here.contains(&format!("  {in_luau},\n")),
            "{in_luau}: {here}"
        );
    }
}

#[test]
fn to_hear_a_hook_is_typed_for_each_hook() {
    let (luals, luau) = (luals_stubs(), luau_definitions());
    for (hook, in_luals, in_luau) in [
        (Hook::SessionJoin, ": deskhook.Verdict?", "DeskhookVerdict?"),
        (
            Hook::TrayMenu,
            ": deskhook.MenuPatch?",
            "DeskhookMenuPatch?",
        ),
        (Hook::ClientLocate, ": string?", "string?"),
        (
            Hook::MenuClick,
            ": (deskhook.ExtensionRequest|deskhook.ExtensionRequest[])?",
            "(DeskhookExtensionRequest | { DeskhookExtensionRequest })?",
        ),
        (Hook::SessionEnded, "", "()"),
    ] {
        let input = hook.input_name();
        let line = format!(
            "---@overload fun(hook: \"{hook}\", fn: fun(ctx: deskhook.{input}){in_luals})\n"
        );
        assert!(luals.contains(&line), "{line}");
        let line = format!("((hook: \"{hook}\", fn: (ctx: Deskhook{input}) -> {in_luau}) -> ())");
        assert!(luau.contains(&line), "{line}");
    }
    for hook in Hook::ALL {
        assert_eq!(
            luals.matches(&format!("fun(hook: \"{hook}\", fn:")).count(),
            1
        );
        assert_eq!(luau.matches(&format!("((hook: \"{hook}\", fn:")).count(), 1);
    }
}

#[test]
fn the_stubs_name_every_function_of_the_api() {
    for text in [luals_stubs(), luau_definitions()] {
        for entry in REFERENCE {
            let last = entry.name.rsplit('.').next().unwrap_or_default();
            assert!(
                text.contains(last) && text.contains(entry.doc),
                "{}",
                entry.name
            );
            for (_, _, doc) in entry.parameters {
                assert!(text.contains(doc), "{}: {doc}", entry.name);
            }
        }
    }
}

/// The names that stand behind `prefix`.
fn names<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let parts = text.split(prefix).skip(1);
    let word = |part: &'a str| {
        let end = part
            .find(|c: char| !c.is_alphanumeric())
            .unwrap_or(part.len());
        &part[..end]
    };
    let capital = |word: &&str| word.starts_with(|c: char| c.is_uppercase());
    parts.map(word).filter(capital).collect()
}

#[test]
fn every_type_that_is_named_is_declared() {
    let luals = luals_stubs();
    let classes = names(&luals, "---@class deskhook.");
    let aliases = names(&luals, "---@alias deskhook.");
    assert!(classes.is_disjoint(&aliases));
    let declared: BTreeSet<_> = classes.union(&aliases).copied().collect();
    assert_eq!(names(&luals, "deskhook."), declared);
    let luau = luau_definitions();
    assert_eq!(names(&luau, "export type Deskhook"), declared);
    let named = names(&luau, "Deskhook");
    assert!(named.is_subset(&declared), "{:?}", &named - &declared);
}

#[test]
fn the_stubs_compile() {
    let lua = mlua::Lua::new();
    lua.load(luals_stubs()).into_function().unwrap();
    // What only a definition file can say becomes a type, which the compiler reads as well.
    let types = luau_definitions().replace("declare deskhook: ", "export type Api = ");
    let types = types.replace("declare function test", "type Run = ");
    let types = types
        .replace("type Run = (", "type Run = ((")
        .replace("): ()\n", ") -> ())\n");
    lua.load(types).into_function().unwrap();
}

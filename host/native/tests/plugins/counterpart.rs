//! The catalogue and the C interface name the same things.

use deskhook_abi::{DECIDE_HOOKS, HEADER, JSON_HOOKS, hook_of};
use deskhook_hooks::{Hook, Kind, definitions};

#[test]
fn every_hook_of_the_catalogue_has_its_side_in_the_interface() {
    for hook in Hook::ALL {
        let id = format!("deskhook.{hook}/1");
        assert_eq!(hook_of(&id), Some(hook.name()));
        let decides = DECIDE_HOOKS.contains(&id.as_str());
        assert_eq!(decides, hook.kind() == Kind::Decide, "{hook}");
        let name = hook.name().replace('.', "_").to_uppercase();
        let line = format!("#define DESKHOOK_{name} \"{id}\"\n");
        assert!(HEADER.contains(&line), "{line}");
    }
    for id in DECIDE_HOOKS.iter().chain(&JSON_HOOKS) {
        let hook = Hook::parse(hook_of(id).unwrap_or_default());
        assert!(hook.is_ok(), "{id} is no hook's");
    }
}

/// What stands in a struct of the header.
fn fields(name: &str) -> &'static str {
    let begin = format!("typedef struct {name} {{\n");
    let (_, rest) = HEADER
        .split_once(&begin)
        .unwrap_or_else(|| panic!("{name} is not in the header"));
    rest.split(&format!("}} {name};"))
        .next()
        .unwrap_or_default()
}

#[test]
fn what_a_deciding_hook_is_given_stands_in_its_struct() {
    let all = definitions();
    let decide = Hook::ALL
        .into_iter()
        .filter(|hook| hook.kind() == Kind::Decide);
    let structs = decide.map(|hook| (hook.input_name(), hook.name().replace('.', "_")));
    let parts = [
        ("Device", "device"),
        ("Person", "person"),
        ("Supporter", "supporter"),
    ];
    let parts = parts.map(|(name, of)| (name.to_owned(), of.to_owned()));
    let context = fields("deskhook_context");
    for (name, of) in structs.chain(parts) {
        let own = fields(&format!("deskhook_{of}"));
        let given = all[&name]["properties"].as_object();
        // The name of the hook is the id that it was asked for by.
        let given = given
            .into_iter()
            .flatten()
            .filter(|(field, _)| *field != "hook");
        for (field, _) in given {
            let end = format!("{field};");
            let is_there = |line: &str| line.split([' ', '*']).any(|word| word == end);
            let found = own
                .lines()
                .chain(context.lines().filter(|_| own.contains(" *context;")));
            assert!(
                found.into_iter().any(is_there),
                "{name}.{field} is not in deskhook_{of}"
            );
        }
    }
}

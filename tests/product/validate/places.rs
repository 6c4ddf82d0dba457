//! What is told of a place that is no packed plugin.

use anyhow::Result;
use harness::TestAgent;

use super::with;

#[test]
fn a_place_that_is_no_plugin_is_told_with_what_to_do() -> Result<()> {
    let agent = TestAgent::new()?;
    let home = agent.home();
    with(&agent, "NONE")?;
    home.write("plugins/org.example.fragile/notes.txt", "mine")?;
    home.write("empty/notes.txt", "mine")?;
    home.write("lua/deskhook.json", "{}")?;
    home.write("lua/init.lua", "")?;
    let manifest = r#"{"id": "org.example.new", "version": "1", "abi": "1.0", "publisher": "Example", "hooks": []}"#;
    home.write("new/deskhook-plugin.json", manifest)?;
    home.write("broken/deskhook-plugin.json", "{\n\"id\": 1}")?;
    for (place, told) in [
        ("no-such", "help: there is no such file or folder"),
        ("empty", "help: name the folder that `deskhook plugin pack"),
        ("empty/notes.txt", "help: name the folder that"),
        (
            "lua",
            "help: it is a Lua package: deskhook script check lua",
        ),
        (
            "lua/init.lua",
            "help: it is a Lua package: deskhook script check lua",
        ),
        (
            "plugins",
            "help: there are plugins in it; name one, as plugins/org.example.fragile",
        ),
        (
            "plugins/org.example.fragile/notes.txt",
            "help: for the plugin beside it name the folder, plugins/org.example.fragile",
        ),
        (
            "new",
            "help: it is not packed yet: deskhook plugin pack new LIBRARY",
        ),
        ("broken", "line 2 column 7"),
    ] {
        for command in ["validate", "inspect"] {
            let said = agent.deskhook(&["plugin", command, place])?;
            let is_told = said.code == Some(3) && said.stderr.contains(told);
            assert!(is_told && said.stdout.is_empty(), "{place}: {said:?}");
        }
    }
    Ok(())
}

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
        (
            "no-such",
            "there is no no-such: a plugin's folder is wanted",
        ),
        ("empty", "help: what `deskhook plugin pack` makes is wanted"),
        ("empty/notes.txt", "help: what `deskhook plugin pack` makes"),
        (
            "lua",
            "help: this is a Lua package: `deskhook script check`",
        ),
        (
            "lua/init.lua",
            "help: this is a Lua package: `deskhook script check`",
        ),
        (
            "plugins",
            "help: there are plugins in it; name one, as plugins/org.example.fragile",
        ),
        (
            "plugins/org.example.fragile/notes.txt",
            "notes.txt is no part of the plugin org.example.fragile",
        ),
        ("new", "no library yet: `deskhook plugin pack`"),
        ("broken", "deskhook-plugin.json:2:7"),
    ] {
        for command in ["validate", "inspect"] {
            let said = agent.deskhook(&["plugin", command, place])?;
            let is_told = said.code == Some(3) && said.stderr.contains(told);
            assert!(is_told && said.stdout.is_empty(), "{place}: {said:?}");
        }
    }
    Ok(())
}

//! What is generated from the code, and whether copies of it are current.

use std::path::Path;

use anyhow::Result;
use harness::{Finished, Home, run};
use serde_json::Value;

const KINDS: [&str; 5] = ["lua", "luau", "c", "json", "docs"];

fn schema(home: &Home, folder: &Path, arguments: &[&str]) -> Result<Finished> {
    let mut command = home.deskhook();
    run(command.arg("schema").args(arguments).current_dir(folder))
}

#[test]
fn the_copies_of_the_source_tree_are_current() -> Result<()> {
    let home = Home::new()?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for kind in KINDS {
        let said = schema(&home, here, &[kind, "--check"])?;
        assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
        assert!(said.stdout.contains("is current"), "{}", said.stdout);
    }
    let printed = schema(&home, home.path(), &["lua"])?.stdout;
    let copy = std::fs::read_to_string(here.join("../scripts/types/deskhook.lua"))?;
    assert_eq!(printed, copy);
    Ok(())
}

#[test]
fn a_stale_copy_is_named_with_the_first_line_that_differs() -> Result<()> {
    let home = Home::new()?;
    for kind in KINDS {
        let outside = schema(&home, home.path(), &[kind, "--check"])?;
        assert_eq!((outside.code, &*outside.stdout), (Some(3), ""));
        assert!(
            outside.stderr.contains("in no source tree"),
            "{}",
            outside.stderr
        );
    }
    home.write("tree/core/hooks/src/catalogue.rs", "")?;
    let tree = home.path().join("tree");
    let missing = schema(&home, &tree, &["docs", "--check"])?;
    assert_eq!(missing.code, Some(1));
    for page in ["hooks.md", "api.md"] {
        let line = format!("scripts/reference/{page} is missing");
        assert!(missing.stderr.contains(&line), "{}", missing.stderr);
    }
    let inside = tree.join("core/hooks");
    assert_eq!(schema(&home, &inside, &["luau", "--write"])?.code, Some(0));
    assert_eq!(schema(&home, &inside, &["luau", "--check"])?.code, Some(0));
    let path = tree.join("scripts/types/deskhook.d.luau");
    let text = std::fs::read_to_string(&path)?;
    std::fs::write(&path, text.replacen("year: number", "year: string", 1))?;
    let number = text.lines().position(|line| line.contains("year: number"));
    let number = number.map_or(0, |at| at + 1);
    let stale = schema(&home, &inside, &["luau", "--check"])?;
    assert_eq!(stale.code, Some(1));
    for part in [
        format!("scripts/types/deskhook.d.luau:{number} is stale"),
        "year: string,".to_owned(),
        "year: number,".to_owned(),
        "deskhook schema luau --write".to_owned(),
    ] {
        assert!(stale.stderr.contains(&part), "{part}: {}", stale.stderr);
    }
    Ok(())
}

#[test]
fn the_schema_is_one_document_with_every_hook_and_both_manifests() -> Result<()> {
    let home = Home::new()?;
    let said = schema(&home, home.path(), &["json"])?;
    let document: Value = serde_json::from_str(&said.stdout)?;
    let listed = run(home.deskhook().args(["hooks", "list", "--json"]))?;
    let listed: Vec<Value> = serde_json::from_str(&listed.stdout)?;
    assert_eq!(listed.len(), 20);
    for hook in listed {
        let name = hook["name"].as_str().unwrap_or_default();
        let parts = &document["properties"]["hooks"]["properties"][name]["properties"];
        assert!(
            parts["input"].is_object() && parts["answer"].is_object(),
            "{name}"
        );
    }
    for manifest in ["deskhook.json", "deskhook-plugin.json"] {
        assert!(
            document["$defs"][manifest]["required"].is_array(),
            "{manifest}"
        );
        assert!(
            document["properties"][manifest]["$ref"].is_string(),
            "{manifest}"
        );
    }
    Ok(())
}

#[test]
fn what_cannot_be_generated_is_wrong_usage() -> Result<()> {
    let home = Home::new()?;
    for wrong in [&["rust"][..], &[], &["lua", "--check", "--write"]] {
        let said = schema(&home, home.path(), wrong)?;
        assert_eq!((said.code, &*said.stdout), (Some(2), ""), "{wrong:?}");
    }
    Ok(())
}

//! `schema`: what is generated from the code, and whether the checked-in copies are current.

mod tree;

use std::path::Path;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::{Value, json as value};

use crate::output::{Colour, Exit, Failure, Outcome, paint, remark, say};
use tree::Difference;

/// `schema`.
#[derive(Args)]
pub(crate) struct Schema {
    /// What to print
    #[arg(value_enum)]
    what: What,
    /// Compare with the files of the source tree instead; exit 1 where one is stale
    #[arg(long)]
    check: bool,
    /// Write the files of the source tree instead
    #[arg(long, conflicts_with = "check")]
    write: bool,
}

/// What can be generated.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// Editor stubs for lua-language-server
    Lua,
    /// Definitions for luau-lsp and luau-analyze
    Luau,
    /// The C header of native plugins
    C,
    /// JSON Schema of every hook's input and answer, and of both manifests
    Json,
    /// The reference of hooks and of the Lua API, in Markdown
    Docs,
}

/// A file of the source tree that is generated.
pub(crate) struct Generated {
    /// Where it lies in the tree.
    pub(crate) path: &'static str,
    /// What stands in it.
    pub(crate) text: String,
}

/// Does what the command says.
pub(crate) fn run(args: Schema) -> Outcome {
    let files = generated(args.what)?;
    if !args.check && !args.write {
        for file in &files {
            say(file.text.trim_end());
        }
        return Ok(Exit::Done);
    }
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    let root = tree::root(&here).ok_or_else(|| outside(&here))?;
    if args.write {
        for file in &files {
            tree::write(root, file)?;
            say(format!("wrote {}", file.path));
        }
        return Ok(Exit::Done);
    }
    check(root, &files, args.what)
}

fn outside(here: &Path) -> Failure {
    let error = anyhow::anyhow!("{} is in no source tree of Deskhook", here.display());
    let help = "run it in a checkout, or without --check to print what this program generates";
    Failure::Help(error, help.to_owned())
}

fn check(root: &Path, files: &[Generated], what: What) -> Outcome {
    let mut current = true;
    for file in files {
        match tree::difference(root, file)? {
            None => say(format!("{} is current", file.path)),
            Some(difference) => {
                current = false;
                tell(file.path, &difference);
            }
        }
    }
    if current {
        return Ok(Exit::Done);
    }
    let word = what.to_possible_value();
    let word = word.as_ref().map_or("", |word| word.get_name());
    let help = paint("help:", Colour::Cyan);
    remark(format!("{help} deskhook schema {word} --write"));
    Ok(Exit::No)
}

fn tell(path: &str, difference: &Difference) {
    let error = paint("error:", Colour::Red);
    match difference {
        Difference::Missing => remark(format!("{error} {path} is missing")),
        Difference::Line {
            number,
            there,
            wanted,
        } => {
            remark(format!("{error} {path}:{number} is stale"));
            let line =
                |line: &Option<String>| line.clone().unwrap_or_else(|| "(the end)".to_owned());
            remark(format!("  there   {}", line(there)));
            remark(format!("  wanted  {}", line(wanted)));
        }
    }
}

/// The files of a kind.
pub(crate) fn generated(what: What) -> Result<Vec<Generated>, serde_json::Error> {
    let file = |path, text| Generated { path, text };
    Ok(match what {
        What::Lua => vec![file(
            "scripts/types/deskhook.lua",
            deskhook_script::luals_stubs(),
        )],
        What::Luau => vec![file(
            "scripts/types/deskhook.d.luau",
            deskhook_script::luau_definitions(),
        )],
        What::C => vec![file(
            "plugins/abi/include/deskhook_plugin.h",
            deskhook_native::HEADER.to_owned(),
        )],
        What::Json => {
            let text = serde_json::to_string_pretty(&document())? + "\n";
            vec![file("scripts/types/deskhook.schema.json", text)]
        }
        What::Docs => vec![
            file("scripts/reference/hooks.md", deskhook_script::hooks_page()),
            file("scripts/reference/api.md", deskhook_script::api_page()),
        ],
    })
}

/// Every hook's input and answer, and both manifests, in one JSON Schema document.
fn document() -> Value {
    let mut document = deskhook_hooks::document();
    document["title"] = value!("Deskhook: hooks and manifests");
    for (name, schema) in [
        ("deskhook.json", deskhook_script::manifest_schema()),
        ("deskhook-plugin.json", deskhook_native::manifest_schema()),
    ] {
        document["$defs"][name] = schema;
        document["properties"][name] = value!({"$ref": format!("#/$defs/{name}")});
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_checked_in_is_what_is_generated() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = tree::root(root).expect("the tests run in the source tree");
        for what in What::value_variants() {
            for file in generated(*what).unwrap() {
                let difference = tree::difference(root, &file).unwrap();
                let name = what.to_possible_value().unwrap();
                assert_eq!(
                    difference,
                    None,
                    "{}: deskhook schema {} --write",
                    file.path,
                    name.get_name()
                );
            }
        }
    }

    #[test]
    fn the_manifests_that_ship_are_what_their_schema_says() {
        let document = document();
        assert!(jsonschema::meta::is_valid(&document));
        let root = tree::root(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let packages = std::fs::read_dir(root.join("scripts/packages")).unwrap();
        let packages = packages.map(|entry| entry.unwrap().path());
        let template = root.join("host/script/template");
        let mut seen = 0;
        for folder in packages.chain([template]) {
            let text = std::fs::read_to_string(folder.join("deskhook.json")).unwrap();
            let manifest: Value = serde_json::from_str(&text.replace("NAME", "first")).unwrap();
            let schema = &document["$defs"]["deskhook.json"];
            let told = jsonschema::draft202012::new(schema).unwrap();
            assert!(told.is_valid(&manifest), "{manifest}");
            seen += 1;
        }
        assert!(seen > 3);
    }
}

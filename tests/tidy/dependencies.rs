//! Dependencies that nothing uses.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use toml::{Table, Value};

use crate::manifests::{dependencies, line_of};
use crate::sources::{Breach, Rust, Text};

/// Dependencies that no code of their package names, and versions that no package asks for.
pub(crate) fn unused(texts: &[Text], files: &[Rust], workspace: &str) -> Vec<Breach> {
    let manifests = texts
        .iter()
        .filter(|text| text.path.ends_with("/Cargo.toml"));
    let mut found = Vec::new();
    let mut asked = BTreeSet::new();
    for manifest in manifests {
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        let own = files.iter().filter(|file| file.path.starts_with(folder));
        let mut words = BTreeSet::new();
        own.for_each(|file| collect(file.syntax.to_token_stream(), &mut words));
        let table: Table = manifest.text.parse().unwrap_or_default();
        for (name, _) in dependencies(&table) {
            if !words.contains(&name.replace('-', "_")) {
                let told = format!("nothing in {folder} names `{name}`: take it out");
                found.push(Breach::new(
                    &manifest.path,
                    line_of(&manifest.text, name),
                    told,
                ));
            }
            asked.insert(name.clone());
        }
    }
    found.extend(orphans(workspace, &asked));
    found
}

fn orphans(workspace: &str, asked: &BTreeSet<String>) -> Vec<Breach> {
    let table: Table = workspace.parse().unwrap_or_default();
    let versions = table
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"))
        .and_then(Value::as_table);
    let names = versions.into_iter().flat_map(Table::keys);
    names
        .filter(|name| !asked.contains(*name))
        .map(|name| {
            let told = format!("no package asks for `{name}`: take it out");
            Breach::new("Cargo.toml", line_of(workspace, name), told)
        })
        .collect()
}

/// Every word of the code; what stands in texts and comments is none.
fn collect(tokens: TokenStream, words: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Ident(word) => {
                words.insert(word.to_string());
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_is_used_where_its_name_is_a_word_of_the_code() {
        let manifest = Text {
            path: "core/a/Cargo.toml".to_owned(),
            text: "[dependencies]\nb-c.workspace = true\n[target.'cfg(unix)'.dev-dependencies]\nd.workspace = true"
                .to_owned(),
        };
        let workspace = "[workspace.dependencies]\nb-c = \"1\"\nd = \"1\"\ne = \"1\"";
        let told = |code: &str| {
            let file = Rust {
                path: "core/a/src/x.rs".to_owned(),
                syntax: syn::parse_file(code).expect("a proof is Rust"),
            };
            let found = unused(std::slice::from_ref(&manifest), &[file], workspace);
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            told("use b_c::B; // d\nfn f() { g(\"d\") }"),
            [
                "core/a/Cargo.toml:4: nothing in core/a/ names `d`: take it out",
                "Cargo.toml:4: no package asks for `e`: take it out",
            ]
        );
        assert_eq!(told("#[d::test] fn f() { m! { b_c::g() } }").len(), 1);
    }
}

//! What things may be called.

use syn::visit::{self, Visit};

use crate::sources::{Breach, Rust};

/// Words that say nothing about what is inside.
const EMPTY_WORDS: &[&str] = &[
    "common", "handler", "handlers", "helper", "helpers", "manager", "managers", "misc", "service",
    "services", "util", "utils",
];

/// A sentence has at least this many words.
const SENTENCE_WORDS: usize = 3;

/// Files, modules and types whose name says nothing.
pub(crate) fn empty_names(files: &[Rust]) -> Vec<Breach> {
    let mut found = Vec::new();
    for file in files {
        if file.path.ends_with("/mod.rs") {
            let told = "a module `foo` lives in `foo.rs`, its own modules in `foo/`; never mod.rs";
            found.push(Breach::new(&file.path, 1, told));
        }
        for part in file.path.trim_end_matches(".rs").split('/') {
            judge(&file.path, 1, part, &mut found);
        }
        Names {
            path: &file.path,
            found: &mut found,
        }
        .visit_file(&file.syntax);
    }
    found
}

/// Tests whose name is not a sentence.
pub(crate) fn terse_tests(files: &[Rust]) -> Vec<Breach> {
    let mut found = Vec::new();
    for file in files {
        Tests {
            path: &file.path,
            found: &mut found,
        }
        .visit_file(&file.syntax);
    }
    found
}

fn judge(path: &str, line: usize, name: &str, found: &mut Vec<Breach>) {
    if let Some(word) = words(name)
        .into_iter()
        .find(|word| EMPTY_WORDS.contains(&word.as_str()))
    {
        let told = format!("`{name}`: \"{word}\" says nothing; name the thing it holds or does");
        found.push(Breach::new(path, line, told));
    }
}

/// `SessionHandler`, `session_handler` and `session-handler` -> `session`, `handler`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in name.chars() {
        if matches!(character, '_' | '-' | '.') {
            words.push(String::new());
            continue;
        }
        if character.is_uppercase() {
            words.push(String::new());
        }
        let last = words.last_mut().expect("there is always a word");
        last.extend(character.to_lowercase());
    }
    words
}

struct Names<'a> {
    path: &'a str,
    found: &'a mut Vec<Breach>,
}

impl Names<'_> {
    fn check(&mut self, ident: &syn::Ident) {
        judge(
            self.path,
            ident.span().start().line,
            &ident.to_string(),
            self.found,
        );
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.check(&module.ident);
        visit::visit_item_mod(self, module);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.check(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.check(&item.ident);
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.check(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.check(&item.ident);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.check(&item.ident);
    }
}

struct Tests<'a> {
    path: &'a str,
    found: &'a mut Vec<Breach>,
}

impl<'ast> Visit<'ast> for Tests<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        let is_test = |attribute: &syn::Attribute| {
            attribute
                .path()
                .segments
                .last()
                .is_some_and(|segment| segment.ident == "test")
        };
        let name = function.sig.ident.to_string();
        if function.attrs.iter().any(is_test) && name.split('_').count() < SENTENCE_WORDS {
            let told = format!(
                "test `{name}`: say what holds, such as `a_denied_check_keeps_the_client_closed`"
            );
            self.found.push(Breach::new(
                self.path,
                function.sig.ident.span().start().line,
                told,
            ));
        }
        visit::visit_item_fn(self, function);
    }
}

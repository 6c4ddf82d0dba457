//! How long things may be.

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::sources::{Breach, Rust, Text};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

/// Files that are not written by hand or not read as code, each with the reason.
const LONG_BY_NATURE: &[(&str, &str)] = &[
    (
        "plugins/abi/include/",
        "the C header is what cbindgen makes of the ABI",
    ),
    (
        "plugins/abi/tests/first/",
        "the C header as it was at first is never changed",
    ),
    ("scripts/types/", "editor stubs are made from the catalogue"),
    ("tests/fixtures/", "inputs are as long as they have to be"),
];

/// Examples are read from top to bottom, in one file.
const WHOLE_IN_ONE_FILE: &str = "plugins/examples/";

/// Files that are too long.
pub(crate) fn long_files(texts: &[Text]) -> Vec<Breach> {
    let code = ["rs", "lua", "luau", "c", "h", "html", "css", "js", "run"];
    let texts = texts.iter().filter(|text| {
        let kind = text.path.rsplit(['.', '/']).next().unwrap_or_default();
        code.contains(&kind)
            && !LONG_BY_NATURE
                .iter()
                .any(|(place, _)| text.path.starts_with(place))
    });
    let told = |text: &Text| {
        let lines = text.text.lines().count();
        let told = format!("{lines} lines, at most {FILE_LINES}: split it by the ideas in it");
        (lines > FILE_LINES).then(|| Breach::new(&text.path, FILE_LINES + 1, told))
    };
    texts.filter_map(told).collect()
}

/// Functions that are too long.
pub(crate) fn long_functions(files: &[Rust]) -> Vec<Breach> {
    let mut found = Vec::new();
    for file in files {
        Functions {
            path: &file.path,
            found: &mut found,
        }
        .visit_file(&file.syntax);
    }
    found
}

/// `lib.rs` files that hold more than docs, modules and uses.
pub(crate) fn full_lib_files(files: &[Rust]) -> Vec<Breach> {
    let libs = files
        .iter()
        .filter(|file| file.path.ends_with("/lib.rs") && !file.path.starts_with(WHOLE_IN_ONE_FILE));
    libs.flat_map(|file| {
        file.syntax
            .items
            .iter()
            .filter_map(|item| code_in_lib(&file.path, item))
    })
    .collect()
}

fn code_in_lib(path: &str, item: &syn::Item) -> Option<Breach> {
    let is_list = match item {
        syn::Item::Mod(module) => module.content.is_none(),
        syn::Item::Use(_) => true,
        _ => false,
    };
    let told = "lib.rs holds docs, `mod` and `pub use`: move this into a module";
    (!is_list).then(|| Breach::new(path, item.span().start().line, told))
}

struct Functions<'a> {
    path: &'a str,
    found: &'a mut Vec<Breach>,
}

impl Functions<'_> {
    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let from = signature.span().start().line;
        let lines = body.span().end().line + 1 - from;
        if lines > FUNCTION_LINES {
            let name = &signature.ident;
            let told =
                format!("`{name}` has {lines} lines, at most {FUNCTION_LINES}: name its steps");
            self.found.push(Breach::new(self.path, from, told));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

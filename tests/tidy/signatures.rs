//! What functions may take, and what may be open.

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::sources::{Breach, Rust};

const PARAMETERS: usize = 4;

/// Traits behind `dyn`: the one open trait of ours, and what the standard library hands out.
const OPEN: &[&str] = &["Extension", "Error", "Any", "Fn", "FnMut", "FnOnce"];

/// Functions with too many parameters, or with a `bool` that a reader cannot understand at the
/// call. A function that implements somebody else's trait, or the C ABI, has no choice.
pub(crate) fn wide_functions(files: &[Rust]) -> Vec<Breach> {
    visit_all(files, |path, found| Wide { path, found })
}

/// `dyn` of a trait that is not open by design.
pub(crate) fn open_types(files: &[Rust]) -> Vec<Breach> {
    visit_all(files, |path, found| Open { path, found })
}

fn visit_all<'a, V>(files: &'a [Rust], visitor: impl Fn(&'a str, Vec<Breach>) -> V) -> Vec<Breach>
where
    V: Visit<'a> + Into<Vec<Breach>>,
{
    let each = files.iter().map(|file| {
        let mut visitor = visitor(&file.path, Vec::new());
        visitor.visit_file(&file.syntax);
        visitor.into()
    });
    each.flatten().collect()
}

struct Wide<'a> {
    path: &'a str,
    found: Vec<Breach>,
}

impl Wide<'_> {
    fn check(&mut self, signature: &syn::Signature) {
        if signature.abi.is_some() {
            return;
        }
        let line = signature.span().start().line;
        let name = &signature.ident;
        let typed: Vec<&syn::PatType> = signature
            .inputs
            .iter()
            .filter_map(|input| match input {
                syn::FnArg::Typed(typed) => Some(typed),
                syn::FnArg::Receiver(_) => None,
            })
            .collect();
        if typed.len() > PARAMETERS {
            let told = format!(
                "`{name}` takes {}, at most {PARAMETERS}: take a struct",
                typed.len()
            );
            self.found.push(Breach::new(self.path, line, told));
        }
        if typed.iter().any(|typed| is_bool(&typed.ty)) {
            let told = format!("`{name}` takes a bool: take an enum that says what is meant");
            self.found.push(Breach::new(self.path, line, told));
        }
    }
}

fn is_bool(of: &syn::Type) -> bool {
    matches!(of, syn::Type::Path(path) if path.path.is_ident("bool"))
}

impl<'ast> Visit<'ast> for Wide<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.check(&function.sig);
        visit::visit_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, implementation: &'ast syn::ItemImpl) {
        if implementation.trait_.is_none() {
            visit::visit_item_impl(self, implementation);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.check(&function.sig);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        self.check(&function.sig);
        visit::visit_trait_item_fn(self, function);
    }
}

struct Open<'a> {
    path: &'a str,
    found: Vec<Breach>,
}

impl<'ast> Visit<'ast> for Open<'_> {
    /// Somebody else's trait says what its functions take and return.
    fn visit_item_impl(&mut self, implementation: &'ast syn::ItemImpl) {
        if implementation.trait_.is_none() {
            visit::visit_item_impl(self, implementation);
        }
    }

    fn visit_type_trait_object(&mut self, object: &'ast syn::TypeTraitObject) {
        for bound in &object.bounds {
            let syn::TypeParamBound::Trait(bound) = bound else {
                continue;
            };
            let Some(last) = bound.path.segments.last() else {
                continue;
            };
            let name = last.ident.to_string();
            let marker = matches!(name.as_str(), "Send" | "Sync" | "Unpin" | "UnwindSafe");
            if !marker && !OPEN.contains(&name.as_str()) {
                let told =
                    format!("`dyn {name}`: only an Extension is open; use an enum or a generic");
                self.found
                    .push(Breach::new(self.path, object.span().start().line, told));
            }
        }
        visit::visit_type_trait_object(self, object);
    }
}

impl From<Wide<'_>> for Vec<Breach> {
    fn from(wide: Wide<'_>) -> Self {
        wide.found
    }
}

impl From<Open<'_>> for Vec<Breach> {
    fn from(open: Open<'_>) -> Self {
        open.found
    }
}

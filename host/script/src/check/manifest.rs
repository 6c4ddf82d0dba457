//! The manifest held against what the files do.

use deskhook_hooks::Hook;

use super::tree::At;
use super::{Finding, Severity};
use crate::Package;
use crate::package::MANIFEST;

/// Where a text stands in the manifest, as `deskhook.json:line:column`.
pub(super) fn place(package: &Package, text: &str) -> String {
    let source = package.source(MANIFEST).unwrap_or_default();
    // In the form in which a manifest that was read holds it.
    let spelt = serde_json::to_string(text).unwrap_or_default();
    let Some(at) = source.find(&spelt) else {
        return MANIFEST.to_owned();
    };
    let before = &source[..at];
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    format!("{MANIFEST}:{line}:{}", last.chars().count() + 1)
}

/// Hooks that the manifest names and no file hears.
pub(super) fn unheard(package: &Package, heard: &[(Hook, String, At)]) -> Vec<Finding> {
    let named = package.manifest().hooks.iter();
    let deaf = named.filter(|hook| heard.iter().all(|(other, ..)| other != *hook));
    let finding = |hook: &Hook| {
        let message =
            format!("{MANIFEST} names the hook {hook}, but no deskhook.on(\"{hook}\", ...) runs");
        let help = "hear it at the top level of init.lua, or take it out of \"hooks\"";
        Finding::new(Severity::Error, "hook-unheard", message)
            .at(&place(package, hook.name()))
            .help(help)
    };
    deaf.map(finding).collect()
}

/// Hooks that are heard twice.
pub(super) fn twice(heard: &[(Hook, String, At)]) -> Vec<Finding> {
    let mut findings = vec![];
    for (index, (hook, path, at)) in heard.iter().enumerate() {
        let before = heard[..index].iter().find(|(other, ..)| other == hook);
        if let Some((_, first, place)) = before {
            let message = format!(
                "the hook {hook} is heard already, at {first}:{}",
                place.line
            );
            let here = format!("{path}:{}:{}", at.line, at.column);
            findings.push(Finding::new(Severity::Error, "hook-twice", message).at(&here));
        }
    }
    findings
}

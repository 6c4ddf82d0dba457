//! What shows of a plugin before anything of it runs.

use deskhook_hooks::{Findings, Hook};
use deskhook_native::{Check, Inspection, signature_of};

use super::report::Report;

const CHECK: Check = (
    "manifest",
    "says what the library is, before anything of it runs",
);

pub(super) fn report(inspection: &Inspection) -> Report {
    let mut findings = Findings::default();
    library(inspection, &mut findings);
    hooks(inspection, &mut findings);
    place(inspection, &mut findings);
    Report::of(CHECK, findings)
}

fn library(inspection: &Inspection, findings: &mut Findings) {
    if let Some(refusal) = inspection.refusal() {
        findings.problem(refusal);
    }
    if !inspection.names_entry {
        findings.problem("the library has no \"deskhook_plugin_entry\" in it: is it exported?");
    }
    if !inspection.matches() {
        let sha256 = &inspection.sha256;
        findings.problem(format!(
            "the manifest names another library, and no agent loads it; `deskhook plugin pack` writes \"sha256\": \"{sha256}\""
        ));
    }
}

fn hooks(inspection: &Inspection, findings: &mut Findings) {
    let manifest = &inspection.manifest;
    if manifest.hooks.is_empty() {
        findings.problem("the manifest lists no hook: the plugin is never called");
    }
    if manifest.hooks.contains(&Hook::Timer) != manifest.timer.is_some() {
        findings
            .problem("the hook `timer` and the manifest's `timer`, its seconds, need each other");
    }
}

/// What is right for a vendor, and has to be otherwise on a device.
fn place(inspection: &Inspection, findings: &mut Findings) {
    let folder = inspection.folder.canonicalize().unwrap_or_default();
    let id = &inspection.manifest.id;
    let name = folder.file_name();
    if name.is_none_or(|name| !name.eq_ignore_ascii_case(id)) {
        findings.note(format!("on a device its folder has to be called {id}"));
    }
    if !signature_of(&inspection.library).exists() {
        findings.note("it is not signed yet: deskhook plugin sign --key FILE");
    }
}

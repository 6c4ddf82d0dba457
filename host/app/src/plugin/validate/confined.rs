//! The plugin in the process that the agent would start for it, granted all that it asks for.

use std::path::Path;

use deskhook_hooks::{Answer, Call, Extension as _, Fault, Hook, HostError, HostPort, Limit};
use deskhook_native::{Inspection, Verified};

use super::Said;
use crate::extensions::in_child;

/// The check's name, and what is looked at.
pub(super) const NAME: (&str, &str) = (
    "confined",
    "loads and answers in the agent's child, granted what the manifest asks for and no more",
);

pub(super) fn check(inspection: &Inspection, library: &Path) -> Said {
    let mut said = Said::default();
    if let Err(error) = attempt(inspection, library, &mut said) {
        said.problems.push(format!("{error:#}"));
    }
    said
}

fn attempt(inspection: &Inspection, library: &Path, said: &mut Said) -> anyhow::Result<()> {
    let own = tempfile::tempdir()?;
    let manifest = &inspection.manifest;
    let verified = Verified::unjudged(manifest.clone(), library.to_owned());
    let verified = verified.with_folder(own.path().to_owned());
    let plugin = in_child(&verified, own.path().to_owned(), &manifest.capabilities)?;
    for hook in &manifest.hooks {
        let call = Call::read(Some(*hook), serde_json::json!({}))?;
        let nobody = HostPort::through(|_, _| Err(HostError::NoAnswer));
        let answer = plugin.call(&call, Limit::of(*hook, 0), &nobody);
        judge(*hook, answer, said);
    }
    Ok(())
}

fn judge(hook: Hook, answer: Result<Answer, Fault>, said: &mut Said) {
    match answer {
        Ok(_) => {}
        Err(Fault::Failed { message, .. }) => {
            said.notes
                .push(format!("{hook} fails there and says: {message}"));
        }
        Err(fault) => said.problems.push(format!("{hook}: {fault}")),
    }
}

//! `plugin inspect`.

use std::path::PathBuf;

use clap::Args;
use deskhook_native::{MANIFEST, inspect, signature_of};

use super::told::{failure, note};
use crate::output::{Colour, Exit, Outcome, json, paint, say};

/// `plugin inspect`.
#[derive(Args)]
pub(crate) struct Inspect {
    /// The plugin's folder, its manifest or its library
    path: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Does what the command says.
pub(super) fn run(args: &Inspect) -> Outcome {
    let inspection = inspect(&args.path).map_err(failure)?;
    let manifest = &inspection.manifest;
    let both = [&inspection.folder.join(MANIFEST), &inspection.library];
    let is_signed = both.iter().all(|file| signature_of(file).is_file());
    if args.json {
        json(&serde_json::json!({
            "manifest": serde_json::from_str::<serde_json::Value>(&manifest.to_json())?,
            "library": inspection.library,
            "sha256": inspection.sha256,
            "matches": inspection.matches(),
            "signed": is_signed,
            "refusal": inspection.refusal(),
            "notes": inspection.notes,
        }))?;
    } else {
        say(format!(
            "{} {}",
            paint(&manifest.id, Colour::Bold),
            manifest.version
        ));
        for line in manifest.to_json().lines() {
            say(format!("  {line}"));
        }
        let fits = if inspection.matches() {
            "the library is the one of the manifest"
        } else {
            "the library is NOT the one of the manifest"
        };
        say(format!("  {fits}"));
        say(match is_signed {
            true => "  both are signed; by whom, deskhook plugin verify says",
            false => "  they are not signed yet: deskhook plugin sign --key FILE",
        });
        if let Some(refusal) = inspection.refusal() {
            say(format!("  {}", paint(&refusal, Colour::Red)));
        }
        note(&inspection.notes);
    }
    Ok(if inspection.matches() && inspection.refusal().is_none() {
        Exit::Done
    } else {
        Exit::No
    })
}

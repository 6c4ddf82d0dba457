//! `plugin pack`.

use std::path::PathBuf;

use clap::Args;
use deskhook_native::{FileError, ManifestError, PackError, pack};

use super::told::note;
use crate::output::{Exit, Failure, Outcome, json, remark, say};

/// `plugin pack`.
#[derive(Args)]
pub(crate) struct Pack {
    /// The plugin's manifest, deskhook-plugin.json, or its folder; sha256 and library are filled in
    manifest: PathBuf,
    /// The library that was built
    library: PathBuf,
    /// The folder that the plugin's own folder is made in
    #[arg(long, value_name = "DIR", default_value = "dist")]
    out: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Does what the command says.
pub(super) fn run(args: &Pack) -> Outcome {
    let packed = pack(&args.manifest, &args.library, &args.out).map_err(failure)?;
    let (manifest, folder) = (&packed.manifest, packed.folder.display());
    if args.json {
        json(&serde_json::json!({
            "id": manifest.id,
            "version": manifest.version,
            "folder": packed.folder,
            "library": packed.library,
            "sha256": manifest.sha256,
            "notes": packed.notes,
        }))?;
    } else {
        say(format!(
            "packed {} {} into {folder}",
            manifest.id, manifest.version
        ));
        say(format!("  sha256 {}", manifest.sha256));
    }
    note(&packed.notes);
    remark(format!(
        "  nothing of it was run: deskhook plugin validate {folder} compares the library with the manifest, and calls it\n  sign it with: deskhook plugin sign --key FILE {folder}"
    ));
    Ok(Exit::Done)
}

fn failure(error: PackError) -> Failure {
    let help = match &error {
        PackError::Manifest(ManifestError::File(FileError::Missing(_))) => {
            "the first path is the manifest, deskhook-plugin.json, or its folder; the second is the library that was built"
        }
        PackError::Manifest(error) if is_no_text(error) => {
            "the manifest, deskhook-plugin.json, comes first, and the library behind it"
        }
        PackError::NoPlugin(_) => {
            "deskhook_plugin_entry has to be visible from outside: in C by DESKHOOK_EXPORT of the header, in Rust by export_plugin! in a cdylib"
        }
        PackError::Occupied { .. } => {
            "only a packed plugin is replaced: name another folder by --out"
        }
        PackError::Library {
            source: FileError::Missing(_),
            ..
        } => {
            "build it first: `make`, or `cargo build --release`, which puts it below CARGO_TARGET_DIR where that is set, and of a workspace below the workspace's own target/"
        }
        _ => return Failure::Could(error.into()),
    };
    Failure::Help(error.into(), help.to_owned())
}

/// Whether it is most likely the library that was named in the manifest's place.
fn is_no_text(error: &ManifestError) -> bool {
    match error {
        ManifestError::File(_) => true,
        ManifestError::Wrong(problem) => problem.code == "not-utf8",
        _ => false,
    }
}

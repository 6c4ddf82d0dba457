//! What is said of plugins that cannot be worked on, and of what their authors may not have meant.

use deskhook_native::{FileError, InspectError, ManifestError, discover};

use crate::output::{Colour, Failure, paint, remark};

const FOLDER: &str = "what `deskhook plugin pack` makes is wanted: a folder such as dist/org.example.zone, its deskhook-plugin.json, or the library in it";

/// The failure of a plugin that was named by a path, with what to do.
pub(super) fn failure(error: InspectError) -> Failure {
    let help = match &error {
        InspectError::Nowhere(_) | InspectError::Stranger { .. } => {
            return Failure::Could(error.into());
        }
        InspectError::Manifest { source, .. } => manifest_help(source),
        InspectError::Library { source, .. } => match source {
            FileError::Missing(_) => Some(
                "the library lies beside the manifest, under the name that \"library\" says"
                    .to_owned(),
            ),
            _ => None,
        },
    };
    match help {
        Some(help) => Failure::Help(error.into(), help),
        None => Failure::Could(error.into()),
    }
}

/// What helps where a manifest is wanted, if its own sentence does not say it.
fn manifest_help(error: &ManifestError) -> Option<String> {
    match error {
        ManifestError::None(folder) if folder.join("deskhook.json").is_file() => {
            Some("this is a Lua package: `deskhook script check` is for those".to_owned())
        }
        ManifestError::None(folder) => Some(match discover(folder).first() {
            Some(plugin) => format!("there are plugins in it; name one, as {}", plugin.display()),
            None => FOLDER.to_owned(),
        }),
        _ => None,
    }
}

/// Prints what the author of a plugin may not have meant.
pub(super) fn note(notes: &[String]) {
    for note in notes {
        remark(format!("{} {note}", paint("note:", Colour::Yellow)));
    }
}

//! The folder of a plugin, and what else a person may have named instead.

use std::io::ErrorKind;
use std::path::Path;

use deskhook_native::{
    InspectError, Inspection, MANIFEST, ManifestError, discover, inspect, signature_of,
};

use crate::output::Failure;

/// What makes a folder a Lua package.
const PACKAGE: [&str; 2] = ["deskhook.json", "init.lua"];

/// What is in the plugin that `path` names: its folder, its manifest or its library. Where it names
/// something else, says what to do.
pub(super) fn inspected(path: &Path) -> Result<Inspection, Failure> {
    let inspection = inspect(path).map_err(|error| failure(error, path))?;
    let is_part = [
        &inspection.folder.join(MANIFEST),
        &inspection.library,
        &signature_of(&inspection.library),
        &signature_of(&inspection.folder.join(MANIFEST)),
    ]
    .into_iter()
    .any(|part| part.file_name() == path.file_name());
    if path.is_file() && !is_part {
        let folder = inspection.folder.display();
        let error = anyhow::anyhow!(
            "{} is neither the manifest nor the library of the plugin that lies beside it",
            path.display()
        );
        let help = format!("for the plugin beside it name the folder, {folder}");
        return Err(Failure::Help(error, help));
    }
    Ok(inspection)
}

fn failure(error: InspectError, path: &Path) -> Failure {
    let help = match &error {
        InspectError::Manifest { source, .. } => advice(source, path),
        InspectError::Library { .. } => {
            Some("build it, and then: deskhook plugin pack MANIFEST LIBRARY".to_owned())
        }
    };
    match help {
        Some(help) => Failure::Help(error.into(), help),
        None => Failure::Could(error.into()),
    }
}

fn advice(error: &ManifestError, path: &Path) -> Option<String> {
    match error {
        ManifestError::Read { source, .. } if source.kind() == ErrorKind::NotFound => {
            Some(elsewhere(path))
        }
        ManifestError::Field {
            field: "sha256", ..
        } => Some(format!(
            "it is not packed yet: deskhook plugin pack {} LIBRARY",
            folder_of(path).display()
        )),
        _ => None,
    }
}

/// What to do where there is no manifest.
fn elsewhere(path: &Path) -> String {
    if !path.exists() {
        return "there is no such file or folder: name that of a plugin".to_owned();
    }
    let folder = folder_of(path);
    let shown = folder.display();
    if PACKAGE.iter().any(|name| folder.join(name).is_file()) {
        return format!(
            "it is a Lua package: deskhook script check {shown}, and deskhook script test {shown}"
        );
    }
    match discover(folder).first() {
        Some(plugin) => format!("there are plugins in it; name one, as {}", plugin.display()),
        None => format!(
            "name the folder that `deskhook plugin pack MANIFEST LIBRARY` made, as dist/ID; it has {MANIFEST} and the library in it"
        ),
    }
}

fn folder_of(path: &Path) -> &Path {
    let parent = path.parent().filter(|_| !path.is_dir());
    match parent {
        // A bare name lies in the folder that this process is in.
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

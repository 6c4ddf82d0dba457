use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use deskhook_wire::ElevationOrder;
use ed25519_dalek::VerifyingKey;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::places::Places;
use super::trust::Distrust;
use crate::Refusal;

/// Marks an order as used, durably, before anything is done with it. Of any number of processes
/// that try, one succeeds. A mark is never taken away again: it is a record of what was run.
pub(crate) fn mark(
    places: &Places,
    portal: &VerifyingKey,
    order: &ElevationOrder,
) -> Result<(), Refusal> {
    let folder = folder(places)?;
    let path = folder.join(name(portal, order));
    let mut file = match create(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Refusal::Used(order.order.clone()));
        }
        Err(error) => return Err(Refusal::Mark(error)),
    };
    write(&mut file, order)
        .and_then(|()| File::open(&folder)?.sync_all())
        .map_err(Refusal::Mark)
}

/// One order of one portal: another portal counts its orders anew.
fn name(portal: &VerifyingKey, order: &ElevationOrder) -> String {
    let mut hash = Sha256::new();
    hash.update(portal.as_bytes());
    for part in [&order.device, &order.order] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn write(file: &mut File, order: &ElevationOrder) -> io::Result<()> {
    let record = json!({
        "order": order.order,
        "supporter": order.supporter,
        "program": order.program,
        "arguments": order.arguments,
        "expires": order.expires,
    });
    writeln!(file, "{record}")?;
    file.sync_all()
}

/// The place of the marks, made where it is missing, and for root's eyes only.
fn folder(places: &Places) -> Result<PathBuf, Refusal> {
    if !places.used.exists() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&places.used)
            .map_err(Refusal::Mark)?;
    }
    let folder = places.ground.folder(&places.used);
    let folder = folder.map_err(Refusal::MarkFolder)?;
    let mode = folder.metadata().map_err(Refusal::Mark)?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        let path = folder;
        return Err(Refusal::MarkFolder(Distrust::Writable { path, mode }));
    }
    Ok(folder)
}

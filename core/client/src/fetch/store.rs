use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::{FetchError, Fetched, Origin, transfer::Summed};
use crate::folder;

/// How the name of a file begins that is still being fetched.
const UNFINISHED: &str = ".fetching-";

/// The private folder in which fetched programs lie, each under its own SHA-256.
pub(super) struct Store {
    root: PathBuf,
    file_name: String,
}

/// Which step failed, and on what.
type Failed = (&'static str, PathBuf, io::Error);

impl Store {
    /// Opens the folder, and takes away what downloads left there that were broken off by the
    /// agent's end: what is older than the `longest` that one takes.
    pub(super) async fn open(
        root: &Path,
        file_name: String,
        longest: Duration,
    ) -> Result<Self, FetchError> {
        let root = root.to_owned();
        away(move || {
            let failed = |source| ("making the folder", root.clone(), source);
            folder::make_private(&root).map_err(failed)?;
            forget_unfinished(&root, longest);
            Ok(Self { root, file_name })
        })
        .await
    }

    /// A program that was fetched before and still is one of `wanted`. One that no longer is, is
    /// taken away.
    pub(super) async fn kept(&self, wanted: &[String]) -> Result<Option<Fetched>, FetchError> {
        for sha256 in wanted.iter().filter(|sum| is_sum(sum)) {
            let path = self.root.join(sha256).join(&self.file_name);
            let sum = sha256.clone();
            if let Some(kept) = away(move || verified(path, sum, Origin::Kept)).await? {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }

    /// A new empty file of this account alone, on the same disk.
    pub(super) fn blank(&self) -> Result<NamedTempFile, FetchError> {
        let made = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&self.root);
        made.map_err(|source| FetchError::Disk {
            what: "making a file in",
            path: self.root.clone(),
            source,
        })
    }

    /// Puts what was fetched in its place, never over what is there.
    pub(super) async fn keep(
        &self,
        file: NamedTempFile,
        summed: Summed,
        origin: Origin,
    ) -> Result<Fetched, FetchError> {
        let folder = self.root.join(&summed.sha256);
        let path = folder.join(&self.file_name);
        let root = self.root.clone();
        away(move || {
            folder::make_private(&folder)
                .map_err(|source| ("making the folder", folder.clone(), source))?;
            let there = verified(path.clone(), summed.sha256.clone(), origin)?;
            if let Some(there) = there {
                return Ok(there);
            }
            let failed = |source| ("saving", path.clone(), source);
            make_runnable(file.path()).map_err(failed)?;
            // Closed before it gets its name: a file that is open for writing cannot be run.
            let (file, blank) = file.into_parts();
            file.sync_all().map_err(failed)?;
            drop(file);
            blank
                .persist_noclobber(&path)
                .map_err(|error| failed(error.error))?;
            folder::sync(&folder).map_err(failed)?;
            folder::sync(&root).map_err(failed)?;
            Ok(Fetched {
                path: path.clone(),
                sha256: summed.sha256,
                bytes: summed.bytes,
                origin,
            })
        })
        .await
    }
}

fn forget_unfinished(root: &Path, longest: Duration) {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with(UNFINISHED)
    }) {
        let written = entry.metadata().and_then(|about| about.modified());
        let age = written.ok().and_then(|written| written.elapsed().ok());
        if age.is_some_and(|age| age > longest) {
            // One that cannot be removed is tried again the next time.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The file at `path`, if it is there and its SHA-256 is `sha256`; another one is taken away.
fn verified(path: PathBuf, sha256: String, origin: Origin) -> Result<Option<Fetched>, Failed> {
    let is_file = std::fs::symlink_metadata(&path).is_ok_and(|about| about.is_file());
    match is_file.then(|| sum_of(&path)) {
        None => Ok(None),
        Some(Ok((sum, bytes))) if sum == sha256 => Ok(Some(Fetched {
            path,
            sha256,
            bytes,
            origin,
        })),
        Some(_) => {
            tracing::warn!(path = %path.display(), "a fetched client has changed; it is fetched again");
            std::fs::remove_file(&path).map_err(|source| ("removing", path.clone(), source))?;
            Ok(None)
        }
    }
}

fn sum_of(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut sum, mut bytes) = (Sha256::new(), 0);
    let mut chunk = vec![0; 128 * 1024];
    loop {
        let count = file.read(&mut chunk)?;
        if count == 0 {
            return Ok((hex::encode(sum.finalize()), bytes));
        }
        sum.update(&chunk[..count]);
        bytes += count as u64;
    }
}

fn is_sum(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(unix)]
fn make_runnable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o500))
}

#[cfg(not(unix))]
fn make_runnable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Does `work` away from the runtime's threads: a disk may be slow.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failed> + Send + 'static,
) -> Result<T, FetchError> {
    let ended = tokio::task::spawn_blocking(work).await;
    let ended = ended.unwrap_or_else(|error| {
        Err((
            "working on",
            PathBuf::from("the download"),
            io::Error::other(error),
        ))
    });
    ended.map_err(|(what, path, source)| FetchError::Disk { what, path, source })
}

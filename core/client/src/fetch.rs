//! Fetching a client's program: read from a safe place, hashed while it comes, kept only when it
//! is the right one.

mod error;
mod pin;
mod site;
mod store;
mod transfer;

use std::path::{Path, PathBuf};
use std::time::Duration;

use deskhook_policy::Download;

pub use error::FetchError;
pub use pin::{Pinned, pin, pin_line};
pub use site::install_crypto;

use site::Site;
use store::Store;

/// The most bytes that are read where the policy does not say: 128 MiB.
const MOST_BYTES: u64 = 128 * 1024 * 1024;

/// How long a download may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    /// From the first byte sent to the last one read.
    pub total: Duration,
    /// Without a single byte.
    pub idle: Duration,
}

impl Default for FetchLimits {
    /// Fifteen minutes in all, 30 seconds without a byte.
    fn default() -> Self {
        Self {
            total: Duration::from_secs(15 * 60),
            idle: Duration::from_secs(30),
        }
    }
}

/// A client's program, on this machine's disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The program, executable for this account alone.
    pub path: PathBuf,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a fetched program came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It lay in the folder already, and was verified again.
    Kept,
    /// It was fetched and is one of those that the policy names.
    Pinned,
    /// It was fetched and nothing says what it must be; the policy allows that.
    Unpinned,
}

/// Fetches and verifies a client's program, or verifies one again that was fetched before. It
/// lies in `folder`, which is made private, as `<sha256>/<file name of the URL>`.
///
/// `progress` is given the bytes so far and, where the server says so, in all. A download without
/// a SHA-256 is read and hashed but not kept, and fails with [`FetchError::NotPinned`], unless
/// the policy allows it.
pub async fn fetch(
    download: &Download,
    folder: &Path,
    progress: impl Fn(u64, Option<u64>) + Send + Sync,
) -> Result<Fetched, FetchError> {
    fetch_within(FetchLimits::default(), download, folder, progress).await
}

/// [`fetch`] within `limits`.
pub async fn fetch_within(
    limits: FetchLimits,
    download: &Download,
    folder: &Path,
    progress: impl Fn(u64, Option<u64>) + Send + Sync,
) -> Result<Fetched, FetchError> {
    let site = Site::of(&download.url)?;
    let store = Store::open(folder, site.file_name(), limits.total).await?;
    let wanted: Vec<String> = download
        .sha256
        .iter()
        .map(|sum| sum.trim().to_ascii_lowercase())
        .collect();
    if let Some(kept) = store.kept(&wanted).await? {
        return Ok(kept);
    }
    let most = if download.max_bytes == 0 {
        MOST_BYTES
    } else {
        download.max_bytes
    };
    let transfer = transfer::Transfer { site, most, limits };
    if wanted.is_empty() && !download.allow_unpinned {
        let summed = transfer.sum(&progress).await?;
        return Err(FetchError::NotPinned {
            url: download.url.clone(),
            sha256: summed.sha256,
            bytes: summed.bytes,
        });
    }
    let (file, summed) = transfer.save(store.blank()?, &progress).await?;
    let origin = if wanted.is_empty() {
        Origin::Unpinned
    } else {
        Origin::Pinned
    };
    if origin == Origin::Pinned && !wanted.contains(&summed.sha256) {
        return Err(FetchError::Hash {
            url: download.url.clone(),
            computed: summed.sha256,
            wanted,
        });
    }
    store.keep(file, summed, origin).await
}

#[cfg(unix)]
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use reqwest::{Response, StatusCode};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::{FetchError, FetchLimits, site::Site};

/// The shortest time between two reports of progress.
const REPORT: Duration = Duration::from_millis(50);

/// One download.
pub(super) struct Transfer {
    pub(super) site: Site,
    pub(super) most: u64,
    pub(super) limits: FetchLimits,
}

/// What came.
pub(super) struct Summed {
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

impl Transfer {
    /// Reads it and keeps nothing but its sum.
    pub(super) async fn sum(
        &self,
        progress: &(impl Fn(u64, Option<u64>) + Sync),
    ) -> Result<Summed, FetchError> {
        self.within(self.read(None, progress)).await
    }

    /// Reads it into `blank` and brings it to the disk.
    pub(super) async fn save(
        &self,
        blank: NamedTempFile,
        progress: &(impl Fn(u64, Option<u64>) + Sync),
    ) -> Result<(NamedTempFile, Summed), FetchError> {
        let (file, path) = blank.into_parts();
        let mut file = File::from_std(file);
        let summed = self.within(self.read(Some(&mut file), progress)).await?;
        let failed = |source| disk("writing", &path, source);
        file.sync_all().await.map_err(failed)?;
        let file = file.into_std().await;
        Ok((NamedTempFile::from_parts(file, path), summed))
    }

    async fn within(
        &self,
        reading: impl Future<Output = Result<Summed, FetchError>>,
    ) -> Result<Summed, FetchError> {
        let late = || FetchError::Late {
            url: self.url(),
            seconds: self.limits.total.as_secs(),
        };
        let ended = tokio::time::timeout(self.limits.total, reading).await;
        ended.unwrap_or_else(|_| Err(late()))
    }

    async fn read(
        &self,
        mut file: Option<&mut File>,
        progress: &(impl Fn(u64, Option<u64>) + Sync),
    ) -> Result<Summed, FetchError> {
        let mut response = self.open().await?;
        let total = response.content_length();
        if total.is_some_and(|total| total > self.most) {
            return Err(self.too_large());
        }
        let (mut sum, mut bytes, mut told) = (Sha256::new(), 0, Instant::now());
        progress(0, total);
        while let Some(chunk) = self.patiently(response.chunk()).await? {
            bytes += chunk.len() as u64;
            if bytes > self.most {
                return Err(self.too_large());
            }
            sum.update(&chunk);
            if let Some(file) = file.as_mut() {
                let failed =
                    |source| disk("writing the download of", self.site.url.as_str(), source);
                file.write_all(&chunk).await.map_err(failed)?;
            }
            if told.elapsed() >= REPORT {
                told = Instant::now();
                progress(bytes, total);
            }
        }
        progress(bytes, total);
        Ok(Summed {
            sha256: hex::encode(sum.finalize()),
            bytes,
        })
    }

    async fn open(&self) -> Result<Response, FetchError> {
        let client = self.site.client().map_err(|source| self.network(source))?;
        let response = self
            .patiently(client.get(self.site.url.clone()).send())
            .await?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(FetchError::Status {
                url: self.url(),
                status: status.as_u16(),
            }),
        }
    }

    async fn patiently<T>(
        &self,
        step: impl Future<Output = Result<T, reqwest::Error>>,
    ) -> Result<T, FetchError> {
        match tokio::time::timeout(self.limits.idle, step).await {
            Ok(done) => done.map_err(|source| self.network(source)),
            Err(_) => Err(FetchError::Stalled {
                url: self.url(),
                seconds: self.limits.idle.as_secs(),
            }),
        }
    }

    fn network(&self, source: reqwest::Error) -> FetchError {
        let (url, redirected) = (self.url(), source.is_redirect());
        let source = source.without_url();
        if redirected {
            FetchError::Redirect { url, source }
        } else {
            FetchError::Network { url, source }
        }
    }

    fn too_large(&self) -> FetchError {
        FetchError::TooLarge {
            url: self.url(),
            most: self.most,
        }
    }

    fn url(&self) -> String {
        self.site.url.to_string()
    }
}

fn disk(
    what: &'static str,
    path: impl AsRef<std::path::Path>,
    source: std::io::Error,
) -> FetchError {
    FetchError::Disk {
        what,
        path: path.as_ref().to_owned(),
        source,
    }
}

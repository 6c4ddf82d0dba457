use super::{FetchError, FetchLimits, MOST_BYTES, site::Site, transfer::Transfer};

/// What a download is at this moment: what a policy has to name so that it may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The address.
    pub url: String,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

impl Pinned {
    /// The line to paste into the settings of a layer, for the client `client`: `anydesk`, ...
    pub fn line(&self, client: &str) -> String {
        pin_line(client, &self.sha256)
    }
}

/// Reads `url` to its end, at most `max_bytes` (0: 128 MiB), keeps nothing, and says what it is.
pub async fn pin(
    url: &str,
    max_bytes: u64,
    progress: impl Fn(u64, Option<u64>) + Send + Sync,
) -> Result<Pinned, FetchError> {
    let transfer = Transfer {
        site: Site::of(url)?,
        most: if max_bytes == 0 {
            MOST_BYTES
        } else {
            max_bytes
        },
        limits: FetchLimits::default(),
    };
    let summed = transfer.sum(&progress).await?;
    Ok(Pinned {
        url: url.to_owned(),
        sha256: summed.sha256,
        bytes: summed.bytes,
    })
}

/// The line that names `sha256` as the right download of `client`, ready for the settings of a
/// policy layer.
pub fn pin_line(client: &str, sha256: &str) -> String {
    // Keys are compared without case.
    let key = match client.to_ascii_lowercase().as_str() {
        "anydesk" => "Integration.AnyDesk.BootstrapperSha256".to_owned(),
        "rustdesk" => "Integration.RustDesk.BootstrapperSha256".to_owned(),
        _ => return format!("\"Integration.Clients.{client}.Download.Sha256\": [\"{sha256}\"]"),
    };
    format!("\"{key}\": \"{sha256}\"")
}

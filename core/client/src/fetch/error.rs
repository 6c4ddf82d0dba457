use std::path::PathBuf;

/// Why a client's program could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not one that may be read.
    #[error("the address {url:?} is refused: {why}")]
    Url {
        /// The address.
        url: String,
        /// Why.
        why: &'static str,
    },
    /// The server sent us on to a place that may not be read, or too often.
    #[error("{url} sent us on to where we do not go")]
    Redirect {
        /// Where it began.
        url: String,
        /// Where it went.
        #[source]
        source: reqwest::Error,
    },
    /// The connection failed, or ended too early.
    #[error("reading {url} failed")]
    Network {
        /// The address.
        url: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The server did not give it.
    #[error("{url} answered with status {status}")]
    Status {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// More bytes than the policy allows.
    #[error("{url} has more than the {most} bytes that BootstrapperMaxBytes allows")]
    TooLarge {
        /// The address.
        url: String,
        /// The limit.
        most: u64,
    },
    /// Nothing came for too long.
    #[error("{url} sent nothing for {seconds} s")]
    Stalled {
        /// The address.
        url: String,
        /// The limit.
        seconds: u64,
    },
    /// It took too long in all.
    #[error("{url} was not read within {seconds} s")]
    Late {
        /// The address.
        url: String,
        /// The limit.
        seconds: u64,
    },
    /// It is not one of those that the policy names.
    #[error("{url} has the SHA-256 {computed}, the policy names {}", wanted.join(", "))]
    Hash {
        /// The address.
        url: String,
        /// Its SHA-256, in hex.
        computed: String,
        /// Those that the policy names.
        wanted: Vec<String>,
    },
    /// Nothing says what it must be; it was read to the end and thrown away.
    #[error("{url} has the SHA-256 {sha256} and {bytes} bytes, and the policy names none")]
    NotPinned {
        /// The address.
        url: String,
        /// Its SHA-256, in hex.
        sha256: String,
        /// Its size.
        bytes: u64,
    },
    /// It could not be written.
    #[error("{what} {} failed", path.display())]
    Disk {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

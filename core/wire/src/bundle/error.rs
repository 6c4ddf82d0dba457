use super::Role;

/// Why a bundle is not believed, whatever the time and whatever was there before.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// More than anybody reads.
    #[error("the bundle is larger than 8 MiB")]
    TooLarge,
    /// Another kind of file.
    #[error("this is no signed bundle: it does not begin with a line `deskhook-bundle/1`")]
    NoBundle,
    /// Copied as a text.
    #[error("the line ends of the bundle were changed, from LF to CRLF")]
    LineEnds,
    /// A line before the empty one is no signature.
    #[error("line {0} of the bundle is no signature")]
    Line(usize),
    /// It ends before the empty line.
    #[error("the bundle ends among its signatures")]
    Cut,
    /// No line of a signature.
    #[error("the bundle has no signature")]
    Unsigned,
    /// Signed by strangers.
    #[error("the bundle is signed by {0}, which is not trusted")]
    Untrusted(String),
    /// Trusted, but not for this.
    #[error("the key {id} is for {key} bundles, and this is a {bundle} one")]
    Role {
        /// Which key.
        id: String,
        /// What it is for.
        key: Role,
        /// What the bundle says that it is.
        bundle: Role,
    },
    /// Changed since it was signed.
    #[error("the bundle was changed: the signature of the key {0} does not fit its bytes")]
    Signature(String),
    /// Signed, and not the shape that this version knows.
    #[error("the bundle's content cannot be read")]
    Content(#[source] serde_json::Error),
    /// A newer form.
    #[error("the bundle has the form {0}, and this program reads form 1")]
    Version(u32),
    /// Expires before it begins, or too late.
    #[error("the bundle does not expire between one second and 400 days after it was issued")]
    Validity,
    /// Layers and a new key at once.
    #[error("the bundle names a new key and has layers as well: these are two bundles")]
    Both,
    /// A name that could lead elsewhere, or one that is there twice.
    #[error("the bundle has a layer file named \"{0}\": names are plain, and each there once")]
    FileName(String),
    /// A key takes over that did not sign.
    #[error("the new key {0} has not signed the bundle that names it")]
    NotAccepted(String),
}

impl BundleError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "bundle-too-large",
            Self::NoBundle | Self::LineEnds | Self::Line(_) | Self::Cut => "bundle-damaged",
            Self::Unsigned => "bundle-unsigned",
            Self::Untrusted(_) => "bundle-untrusted",
            Self::Role { .. } => "bundle-role",
            Self::Signature(_) => "bundle-changed",
            Self::Version(_) => "bundle-version",
            Self::Content(_)
            | Self::Validity
            | Self::Both
            | Self::FileName(_)
            | Self::NotAccepted(_) => "bundle-content",
        }
    }
}

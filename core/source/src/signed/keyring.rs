use std::path::{Path, PathBuf};

use deskhook_policy::{Problem, Severity};
use deskhook_wire::{BundleFrame, KeyError, PolicyKey};

use super::refusal::problem;

/// The keys that sign policy: those of the trust file, each replaced by the one that it handed
/// over to.
#[derive(Clone, Debug)]
pub struct Keyring {
    current: Vec<PolicyKey>,
    /// Those that handed over: what they signed before is still theirs.
    former: Vec<PolicyKey>,
}

/// Why a trust file is not used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// Not there, or not readable.
    #[error("the trust file {} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// Others could put their own keys there.
    #[error("{} can be changed by others (owner {owner}, mode {mode:04o})", .path.display())]
    Changeable {
        /// The file, or a folder above it.
        path: PathBuf,
        /// The number of the account that it belongs to.
        owner: u32,
        /// Its permission bits.
        mode: u32,
    },
    /// Something else stands in it.
    #[error("the trust file {} is none", .0.display())]
    Content(PathBuf, #[source] KeyError),
}

impl TrustError {
    /// What a device says that has no other policy than this.
    pub(super) fn problem(&self, trust: &Path) -> Problem {
        let source = std::error::Error::source(self).map(|source| format!(": {source}"));
        let message = format!(
            "no signed policy holds: {self}{}",
            source.unwrap_or_default()
        );
        let help = match self {
            Self::Unreadable(..) => "put the trust file there, or take the setting `trust` away",
            Self::Changeable { .. } => {
                "it has to belong to root (or to this account), and nobody else may write it"
            }
            Self::Content(..) => "put the lines there that `deskhook policy keygen` printed",
        };
        problem("trust-unusable", &trust.display().to_string(), message).with_help(help)
    }
}

impl Keyring {
    /// What is to be said of a trust file that can be read, but with which a device would use no
    /// policy, as others could change it there.
    pub fn caution(path: &Path) -> Option<Problem> {
        let error = Self::read(path).err()?;
        if !matches!(error, TrustError::Changeable { .. }) {
            return None;
        }
        let mut told = error.problem(path);
        told.severity = Severity::Warning;
        told.message = format!("with a trust file like this a device uses no policy: {error}");
        Some(told)
    }

    /// The keys of a trust file, where nobody but root and the account of this process can change
    /// it or a folder above it. A folder above it may be open to all where it is sticky (`/tmp`).
    ///
    /// # Errors
    /// Where it cannot be read, others can change it, or it is no list of keys.
    pub fn read(path: &Path) -> Result<Self, TrustError> {
        let failed = |error| TrustError::Unreadable(path.to_owned(), error);
        let real = path.canonicalize().map_err(failed)?;
        for place in real.ancestors() {
            let failed = |error| TrustError::Unreadable(place.to_owned(), error);
            guarded(place, &std::fs::symlink_metadata(place).map_err(failed)?)?;
        }
        Self::read_anyones(&real)
    }

    /// The same of a file that may be anybody's: for looking at bundles, not for using them.
    ///
    /// # Errors
    /// Where it cannot be read or is no list of keys.
    pub fn read_anyones(path: &Path) -> Result<Self, TrustError> {
        let failed = |error| TrustError::Unreadable(path.to_owned(), error);
        let text = crate::read_text(path).map_err(failed)?;
        let keys = PolicyKey::list(&text);
        keys.map(Self::of)
            .map_err(|error| TrustError::Content(path.to_owned(), error))
    }

    /// These keys.
    pub fn of(keys: Vec<PolicyKey>) -> Self {
        Self {
            current: keys,
            former: vec![],
        }
    }

    /// The keys that a new bundle may be signed by.
    pub fn current(&self) -> &[PolicyKey] {
        &self.current
    }

    /// Those, and the ones that handed over to them.
    pub(super) fn ever(&self) -> Vec<PolicyKey> {
        let all = self.current.iter().chain(&self.former);
        all.cloned().collect()
    }

    /// Follows a handing over that was accepted before. One by a key that is not trusted (any
    /// more) means nothing: so a new trust file outweighs what was handed over of an old one.
    pub(super) fn follow(&mut self, bytes: &[u8]) {
        let read = || BundleFrame::parse(bytes)?.verify(&self.current);
        let Ok(signed) = read() else {
            return;
        };
        if let Ok(Some(next)) = signed.read().map(|bundle| bundle.next) {
            let signers = signed.signers().to_vec();
            self.hand_over(&signers, next);
        }
    }

    /// Trusts `next` instead of `signers`.
    pub fn hand_over(&mut self, signers: &[PolicyKey], next: PolicyKey) {
        let hands_over = |key: &PolicyKey| key.id != next.id && signers.contains(key);
        let (former, current) = self.current.drain(..).partition(hands_over);
        self.current = current;
        self.former.extend::<Vec<_>>(former);
        if !self.current.contains(&next) {
            self.current.push(next);
        }
    }
}

/// A folder may be open to our own group, as many systems make folders so and give everybody a
/// group to themselves.
#[cfg(unix)]
fn guarded(path: &Path, metadata: &std::fs::Metadata) -> Result<(), TrustError> {
    use std::os::unix::fs::MetadataExt as _;
    let (owner, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    let own = owner == rustix::process::geteuid().as_raw();
    let own_group = own && metadata.gid() == rustix::process::getegid().as_raw();
    let closed = if metadata.is_dir() {
        let others = if own_group { 0o002 } else { 0o022 };
        mode & others == 0 || mode & 0o1000 != 0
    } else {
        mode & 0o022 == 0
    };
    if closed && (own || owner == 0) {
        return Ok(());
    }
    let path = path.to_owned();
    Err(TrustError::Changeable { path, owner, mode })
}

/// Elsewhere the system's own places are what protects the file.
#[cfg(not(unix))]
fn guarded(_: &Path, _: &std::fs::Metadata) -> Result<(), TrustError> {
    Ok(())
}

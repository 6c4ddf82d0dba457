//! Policy that has to be signed: bundles are verified, judged and kept, and nothing else counts.

mod bundle;
mod kept;
mod keyring;
mod reading;
mod refusal;
mod sealed;
mod vault;

use std::path::PathBuf;

use deskhook_policy::{Layer, Problem, Severity, Subject, resolve};

use crate::{Loaded, folder};
pub use bundle::{VerifiedBundle, read_bundle, verify};
pub use keyring::{Keyring, TrustError};
pub use refusal::BundleRefusal;

use reading::Reading;
use refusal::problem;
use vault::Vault;

/// What makes policy count that is signed, and no other.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The trust file: the public keys that sign policy.
    pub trust: PathBuf,
    /// The folder that remembers what was accepted, made when it is first needed; with none
    /// nothing is remembered, and each bundle counts by itself.
    pub memory: Option<PathBuf>,
    /// Seconds since 1970.
    pub now: u64,
}

/// Reads the bundles among `paths` (files, or folders of `.bundle` files) and resolves what is
/// signed for `subject`: of each role the newest bundle that was ever accepted.
///
/// What is refused changes nothing, and neither does a bundle that is taken away. A layer file
/// beside them counts for nothing. Once a bundle in use expires, its restrictions hold, and
/// neither a client nor elevated rights are there any more; [`Loaded::due`] says when that is.
/// Where the trust file, or what was remembered, cannot be used, no policy holds at all.
pub fn load_signed(paths: &[PathBuf], subject: &Subject, signing: &Signing) -> Loaded {
    let listing = folder::list(paths);
    let mut problems = listing.problems;
    let unlisted = problems.len();
    problems.extend(listing.files.iter().map(|path| unsigned(path)));
    let mut files: Vec<PathBuf> = listing.files.into_iter().collect();
    let loose = files.len();
    files.extend(listing.bundles.iter().cloned());
    let empty = |problem: Problem, mut problems: Vec<Problem>, files: Vec<PathBuf>| {
        problems.push(problem);
        let refused = files.len() + unlisted;
        loaded((vec![], problems), subject, (files, refused))
    };
    let keyring = match Keyring::read(&signing.trust) {
        Ok(keyring) => keyring,
        Err(error) => return empty(error.problem(&signing.trust), problems, files),
    };
    let vault = match signing.memory.as_deref().map(Vault::open).transpose() {
        Ok(vault) => vault,
        Err(error) => return empty(error.problem(), problems, files),
    };
    let mut reading = Reading::new(keyring, vault, signing.now);
    reading.bundles(&listing.bundles);
    let outcome = reading.finish();
    problems.extend(outcome.problems);
    if outcome.is_empty {
        let message = "only signed policy counts on this device, and it has not accepted any yet";
        let mut told = problem("no-bundle", &signing.trust.display().to_string(), message);
        told.severity = Severity::Warning;
        problems.push(told.with_help("put bundles that its keys signed into the policy folder"));
    }
    files.sort();
    let parts = (outcome.layers, problems);
    let mut loaded = loaded(parts, subject, (files, unlisted + loose + outcome.refused));
    if outcome.frozen {
        loaded.resolved.expire();
    }
    loaded.due = outcome.due;
    loaded
}

fn loaded(
    (layers, mut problems): (Vec<Layer>, Vec<Problem>),
    subject: &Subject,
    (files, refused): (Vec<PathBuf>, usize),
) -> Loaded {
    let resolved = resolve(&layers, subject);
    problems.extend(resolved.problems.iter().cloned());
    Loaded {
        resolved,
        layers,
        problems,
        files,
        refused,
        due: None,
    }
}

fn unsigned(path: &std::path::Path) -> Problem {
    let message = "this layer file is not signed, and only signed policy counts on this device";
    problem("unsigned", &path.display().to_string(), message)
        .with_help("deskhook policy sign --key KEY --out FILE.bundle makes a bundle of layer files")
}

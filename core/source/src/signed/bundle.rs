use std::path::Path;

use deskhook_policy::{Layer, Problem};
use deskhook_wire::{BundleFrame, LARGEST_BUNDLE, PolicyBundle, PolicyKey, Role};

use super::BundleRefusal;
use super::sealed::sha256;

/// How far a signer's clock may be ahead of a device's: a day, in seconds.
pub(super) const SKEW: u64 = 24 * 60 * 60;

/// A bundle that trusted keys signed as it is, and whose layers are what its role allows.
#[derive(Clone, Debug)]
pub struct VerifiedBundle {
    /// What it says.
    pub bundle: PolicyBundle,
    /// The trusted keys that signed it.
    pub signers: Vec<PolicyKey>,
    /// Its layers, in its order; places in them read `BUNDLE!/FILE:LINE:COLUMN`.
    pub layers: Vec<Layer>,
}

/// Verifies the bytes of a bundle with these keys, then reads what they hold. Time and serial are
/// not looked at; `name` is the file's, for the places of problems.
///
/// # Errors
/// Where a signature is missing or does not fit, what was signed is no bundle, a layer does not
/// parse, or a routine bundle touches a [critical key](Layer::critical_places).
pub fn verify(
    name: &str,
    bytes: &[u8],
    keys: &[PolicyKey],
) -> Result<VerifiedBundle, BundleRefusal> {
    let signed = BundleFrame::parse(bytes)?.verify(keys)?;
    let bundle = signed.read()?;
    let layers = layers(name, &bundle).map_err(BundleRefusal::Layers)?;
    Ok(VerifiedBundle {
        signers: signed.signers().to_vec(),
        bundle,
        layers,
    })
}

/// The bytes of a bundle's file, or a few more than a bundle may have.
///
/// # Errors
/// Where it cannot be read, or is no regular file.
pub fn read_bundle(path: &Path) -> std::io::Result<Vec<u8>> {
    crate::file::bytes(path, LARGEST_BUNDLE as u64 + 1)
}

impl VerifiedBundle {
    /// Whether it may be taken into use at `now`, in seconds since 1970. A day ahead is still now.
    ///
    /// # Errors
    /// Where it was issued later, or has expired.
    pub fn is_timely(&self, now: u64) -> Result<(), BundleRefusal> {
        let PolicyBundle {
            issued, expires, ..
        } = self.bundle;
        if issued > now.saturating_add(SKEW) {
            return Err(BundleRefusal::NotYet {
                ahead: issued - now,
            });
        }
        if expires <= now {
            return Err(BundleRefusal::Expired { ago: now - expires });
        }
        Ok(())
    }
}

/// The SHA-256 in hex of what the signatures of a bundle cover. The lines of signatures are not in
/// it, as whoever carries the file can change those of strangers, add one or take one away.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    let signed = BundleFrame::parse(bytes).map(|frame| frame.content());
    sha256(signed.unwrap_or(bytes))
}

/// The layers of a bundle, or what is wrong in them.
pub(crate) fn layers(name: &str, bundle: &PolicyBundle) -> Result<Vec<Layer>, Vec<Problem>> {
    let (mut layers, mut problems) = (vec![], vec![]);
    for layer in &bundle.layers {
        let parsed = Layer::parse(&format!("{name}!/{}", layer.file), &layer.text);
        problems.extend(parsed.problems);
        layers.extend(parsed.layer);
    }
    if bundle.role == Role::Routine {
        problems.extend(layers.iter().flat_map(Layer::critical_places));
    }
    if problems.is_empty() {
        Ok(layers)
    } else {
        Err(problems)
    }
}

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::Signature;

use super::{BundleError, PolicyBundle, PolicyKey, PolicySigner, Role};

/// The most bytes that a bundle may have: 8 MiB.
pub const LARGEST_BUNDLE: usize = 8 * 1024 * 1024;

/// The first line, and the beginning of what is signed: a signature is good for nothing else.
const MAGIC: &[u8] = b"deskhook-bundle/1\n";
/// The most signatures, and the most bytes of their lines; a line as written has at most 126.
const MOST_SIGNATURES: usize = 8;
const LONGEST_LINE: usize = 160;

/// The first line after something made its line ends those of Windows.
const CHANGED_MAGIC: &[u8] = b"deskhook-bundle/1\r\n";

/// Whether this is how a bundle begins, also one whose line ends were changed.
pub fn is_bundle(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) || bytes.starts_with(CHANGED_MAGIC)
}

/// A bundle whose signatures were told from what they sign; nothing is verified, and what is
/// signed is not looked into.
#[derive(Clone, Debug)]
pub struct BundleFrame<'a> {
    role: Role,
    signatures: Vec<(String, Signature)>,
    payload: &'a [u8],
}

/// A bundle that at least one trusted key signed as it is.
#[derive(Clone, Debug)]
pub struct Signed<'a> {
    frame: BundleFrame<'a>,
    signers: Vec<PolicyKey>,
}

impl<'a> BundleFrame<'a> {
    /// Reads the lines before the empty one. Total, and bounded by the lines, whatever follows.
    ///
    /// # Errors
    /// Where it is too large, or a line is no signature.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BundleError> {
        if bytes.len() > LARGEST_BUNDLE {
            return Err(BundleError::TooLarge);
        }
        if bytes.starts_with(CHANGED_MAGIC) {
            return Err(BundleError::LineEnds);
        }
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(BundleError::NoBundle)?;
        let mut found: Vec<(Role, String, Signature)> = vec![];
        loop {
            let number = found.len() + 2;
            let end = rest.iter().take(LONGEST_LINE).position(|b| *b == b'\n');
            let Some(end) = end else {
                return Err(if rest.len() < LONGEST_LINE {
                    BundleError::Cut
                } else {
                    BundleError::Line(number)
                });
            };
            let line = &rest[..end];
            rest = &rest[end + 1..];
            if line.is_empty() {
                break;
            }
            let (role, id, signature) = read(line).ok_or(BundleError::Line(number))?;
            let odd = |other: &(Role, String, Signature)| other.0 != role || other.1 == id;
            if found.len() == MOST_SIGNATURES || found.iter().any(odd) {
                return Err(BundleError::Line(number));
            }
            found.push((role, id, signature));
        }
        let role = found.first().ok_or(BundleError::Unsigned)?.0;
        let signatures = found.into_iter().map(|(_, id, signed)| (id, signed));
        Ok(Self {
            role,
            signatures: signatures.collect(),
            payload: rest,
        })
    }

    /// Believes it where at least one of `keys` signed it for its role, strictly (no malleable or
    /// small-order forms), and every signature of one of them fits. Signatures of other keys are
    /// passed over: so one bundle can be for devices that trust different keys.
    ///
    /// # Errors
    /// Where none of them signed it, one is for another role, or a signature does not fit.
    pub fn verify(self, keys: &[PolicyKey]) -> Result<Signed<'a>, BundleError> {
        let mut signers = vec![];
        for (id, signature) in &self.signatures {
            let mut named = keys.iter().filter(|key| key.id == *id).peekable();
            let Some(first) = named.peek().copied() else {
                continue;
            };
            let Some(key) = named.find(|key| key.role == self.role) else {
                return Err(BundleError::Role {
                    id: id.clone(),
                    key: first.role,
                    bundle: self.role,
                });
            };
            self.fits(key, signature)?;
            signers.push(key.clone());
        }
        if signers.is_empty() {
            let ids: Vec<&str> = self.signatures.iter().map(|(id, _)| id.as_str()).collect();
            return Err(BundleError::Untrusted(ids.join(", ")));
        }
        Ok(Signed {
            frame: self,
            signers,
        })
    }

    /// The bytes after the empty line: what is signed, together with the role.
    pub fn content(&self) -> &'a [u8] {
        self.payload
    }

    /// What it says, for people to look at: **nothing of it is proved**.
    ///
    /// # Errors
    /// Where that cannot be read.
    pub fn unproved(&self) -> Result<PolicyBundle, BundleError> {
        let bundle: PolicyBundle =
            serde_json::from_slice(self.payload).map_err(BundleError::Content)?;
        bundle.sound()?;
        if bundle.role != self.role {
            return Err(BundleError::Role {
                id: self.signatures[0].0.clone(),
                key: self.role,
                bundle: bundle.role,
            });
        }
        Ok(bundle)
    }

    fn fits(&self, key: &PolicyKey, signature: &Signature) -> Result<(), BundleError> {
        key.public
            .verify_strict(&signed_bytes(self.role, self.payload), signature)
            .map_err(|_| BundleError::Signature(key.id.clone()))
    }
}

impl Signed<'_> {
    /// The trusted keys that signed it.
    pub fn signers(&self) -> &[PolicyKey] {
        &self.signers
    }

    /// What was signed. A key that takes over has to have signed as well.
    ///
    /// # Errors
    /// Where it is not the shape of a bundle, or that key has not signed.
    pub fn read(&self) -> Result<PolicyBundle, BundleError> {
        let bundle = self.frame.unproved()?;
        if let Some(next) = &bundle.next {
            let mut signatures = self.frame.signatures.iter();
            let own = signatures.find(|(id, _)| *id == next.id);
            let (_, signature) = own.ok_or_else(|| BundleError::NotAccepted(next.id.clone()))?;
            self.frame.fits(next, signature)?;
        }
        Ok(bundle)
    }
}

/// A bundle's bytes.
pub(super) fn write(role: Role, signers: &[PolicySigner], payload: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for signer in signers {
        let signature = BASE64.encode(signer.sign(&signed_bytes(role, payload)).to_bytes());
        let line = format!("signature {role} {} {signature}\n", signer.public().id);
        bytes.extend(line.into_bytes());
    }
    bytes.push(b'\n');
    bytes.extend(payload);
    bytes
}

fn signed_bytes(role: Role, payload: &[u8]) -> Vec<u8> {
    [MAGIC, role.word().as_bytes(), b"\n", payload].concat()
}

/// `signature ROLE KEYID BASE64`, with single spaces.
fn read(line: &[u8]) -> Option<(Role, String, Signature)> {
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.strip_prefix("signature ")?.split(' ');
    let (role, id, signature) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() || !PolicyKey::is_id(id) {
        return None;
    }
    let bytes = BASE64.decode(signature).ok()?;
    let signature = Signature::from_slice(&bytes).ok()?;
    Some((Role::parse(role)?, id.to_owned(), signature))
}

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use blake2::digest::consts::{U32, U64};
use blake2::{Blake2b, Digest as _};
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use super::ED25519;
use super::strength::Strength;

/// A signature over a file's hash and not the file.
const PREHASHED: [u8; 2] = *b"ED";
/// How a secret key is encrypted: scrypt, or not at all.
const SCRYPT: [u8; 2] = *b"Sc";
const PLAIN: [u8; 2] = [0; 2];
/// The checksum's kind: BLAKE2b with 256 bits.
const BLAKE2B: [u8; 2] = *b"B2";
/// Bytes of key id, secret key, public key and checksum.
const SECRET: usize = 8 + 32 + 32 + 32;
const HEAD: usize = 6 + 32 + 8 + 8;

/// A publisher's secret key.
pub struct Signer {
    id: [u8; 8],
    key: SigningKey,
}

/// How a secret key lies in its file.
pub enum Protection<'a> {
    /// Whoever reads the file can sign.
    None,
    /// Encrypted with a password; 32 random bytes make it another text each time.
    Password {
        /// The password.
        password: &'a str,
        /// Random bytes.
        salt: [u8; 32],
    },
}

/// Why a text is no secret key that can sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// It is not in minisign's form.
    #[error(
        "this is no minisign secret key: it is a comment, and a line of 212 characters that begins with RW"
    )]
    Form,
    /// It is encrypted.
    #[error("the key is encrypted: its password is needed")]
    Locked,
    /// It is encrypted with another password, or damaged.
    #[error("the password is not the key's, or the key is damaged")]
    Password,
    /// Trying the password would take more memory than is allowed.
    #[error("the key wants more than 1 GiB of memory to be decrypted")]
    Strength,
}

impl Signer {
    /// A new key from 32 random bytes, called by 8 others.
    pub fn new(seed: &[u8; 32], id: [u8; 8]) -> Self {
        let key = SigningKey::from_bytes(seed);
        Self { id, key }
    }

    /// Reads the file of a secret key; `password` decrypts it where it is encrypted.
    pub fn read(text: &str, password: Option<&str>) -> Result<Self, SignerError> {
        let line = text.lines().nth(1).unwrap_or_default().trim();
        let bytes = BASE64_STANDARD.decode(line);
        let bytes = Zeroizing::new(bytes.map_err(|_| SignerError::Form)?);
        let (head, secret) = bytes.split_at_checked(HEAD).ok_or(SignerError::Form)?;
        let mut secret: Zeroizing<[u8; SECRET]> =
            Zeroizing::new(secret.try_into().map_err(|_| SignerError::Form)?);
        if head[..2] != ED25519 || head[4..6] != BLAKE2B {
            return Err(SignerError::Form);
        }
        let refusal = match [head[2], head[3]] {
            PLAIN => SignerError::Form,
            SCRYPT => {
                let password = password.ok_or(SignerError::Locked)?;
                mask(&mut secret, password, head)?;
                SignerError::Password
            }
            _ => return Err(SignerError::Form),
        };
        Self::of(&secret).ok_or(refusal)
    }

    fn of(secret: &[u8; SECRET]) -> Option<Self> {
        let (id, rest) = secret.split_first_chunk::<8>()?;
        let (seed, rest) = rest.split_first_chunk::<32>()?;
        let found = Self::new(seed, *id);
        let is_whole = rest[..32] == *found.key.verifying_key().as_bytes();
        // Of a key that is not encrypted, minisign -G -W writes no checksum.
        let is_sound = rest[32..] == found.checksum() || rest[32..] == [0; 32];
        (is_whole && is_sound).then_some(found)
    }

    /// The text of its file.
    pub fn to_text(&self, protection: &Protection<'_>) -> Result<Zeroizing<String>, SignerError> {
        let (kind, salt, strength) = match protection {
            Protection::None => (PLAIN, [0; 32], [0; 16]),
            Protection::Password { salt, .. } => {
                let Strength { operations, memory } = Strength::OURS;
                let both = [operations.to_le_bytes(), memory.to_le_bytes()].concat();
                (SCRYPT, *salt, both.try_into().unwrap_or_default())
            }
        };
        let head = [&ED25519[..], &kind, &BLAKE2B, &salt, &strength].concat();
        let mut secret = Zeroizing::new([0; SECRET]);
        secret[..8].copy_from_slice(&self.id);
        secret[8..40].copy_from_slice(self.key.as_bytes());
        secret[40..72].copy_from_slice(self.key.verifying_key().as_bytes());
        secret[72..].copy_from_slice(&self.checksum());
        if let Protection::Password { password, .. } = protection {
            mask(&mut secret, password, &head)?;
        }
        let bytes = Zeroizing::new([&head[..], &*secret].concat());
        let line = Zeroizing::new(BASE64_STANDARD.encode(&*bytes));
        let text = format!(
            "untrusted comment: a plugin publisher's secret key\n{}\n",
            &*line
        );
        Ok(Zeroizing::new(text))
    }

    /// The public key, as it stands in policy (`Extensions.Publishers`).
    pub fn public_line(&self) -> String {
        let key = self.key.verifying_key();
        BASE64_STANDARD.encode([&ED25519[..], &self.id, key.as_bytes()].concat())
    }

    /// The text of a `.minisig` file for `bytes`. The comment is signed as well; it is one line.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> String {
        let comment = comment.replace(['\r', '\n'], " ");
        let hash = Blake2b::<U64>::digest(bytes);
        let signature = self.key.sign(&hash).to_bytes();
        let signed = [&signature[..], comment.as_bytes()].concat();
        let whole = self.key.sign(&signed).to_bytes();
        let line = BASE64_STANDARD.encode([&PREHASHED[..], &self.id, &signature].concat());
        let whole = BASE64_STANDARD.encode(whole);
        format!(
            "untrusted comment: signature of a Deskhook plugin\n{line}\ntrusted comment: {comment}\n{whole}\n"
        )
    }

    fn checksum(&self) -> [u8; 32] {
        let mut hash = Blake2b::<U32>::new();
        hash.update(ED25519);
        hash.update(self.id);
        hash.update(self.key.as_bytes());
        hash.update(self.key.verifying_key().as_bytes());
        hash.finalize().into()
    }
}

/// Encrypts or decrypts, which is the same.
fn mask(secret: &mut [u8; SECRET], password: &str, head: &[u8]) -> Result<(), SignerError> {
    let number = |at: usize| {
        let bytes = head.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u64::from_le_bytes).unwrap_or_default()
    };
    let strength = Strength {
        operations: number(38),
        memory: number(46),
    };
    let parameters = strength.parameters().ok_or(SignerError::Strength)?;
    let mut stream = Zeroizing::new([0; SECRET]);
    scrypt::scrypt(password.as_bytes(), &head[6..38], &parameters, &mut *stream)
        .map_err(|_| SignerError::Strength)?;
    for (byte, mask) in secret.iter_mut().zip(stream.iter()) {
        *byte ^= mask;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use deskhook_policy::PublisherKeyError;

    use super::super::{PublisherKey, SignatureError};
    use super::*;

    fn signer() -> Signer {
        Signer::new(&[7; 32], *b"publish1")
    }

    fn key(signer: &Signer) -> PublisherKey {
        PublisherKey::read(&signer.public_line()).unwrap()
    }

    #[test]
    fn a_signature_holds_for_exactly_the_bytes_and_the_key_and_the_comment() {
        let (signer, other) = (signer(), Signer::new(&[8; 32], *b"publish2"));
        let signature = signer.sign(b"library", "id org.example 1.0.0\nforged: yes");
        let comment = key(&signer).check(b"library", &signature);
        assert_eq!(comment, Ok("id org.example 1.0.0 forged: yes"));
        let check =
            |key: &PublisherKey, bytes: &[u8], text: &str| key.check(bytes, text).unwrap_err();
        let own = key(&signer);
        assert_eq!(check(&own, b"librarY", &signature), SignatureError::Changed);
        assert_eq!(
            check(&key(&other), b"library", &signature),
            SignatureError::Key
        );
        let twin = Signer::new(&[8; 32], *b"publish1");
        assert_eq!(
            check(&key(&twin), b"library", &signature),
            SignatureError::Changed
        );
        let commented = signature.replace("org.example", "org.evil");
        assert_eq!(check(&own, b"library", &commented), SignatureError::Changed);
        let line = signature.lines().nth(1).unwrap();
        let mut bytes = BASE64_STANDARD.decode(line).unwrap();
        bytes[1] = b'd';
        let legacy = signature.replace(line, &BASE64_STANDARD.encode(bytes));
        assert_eq!(check(&own, b"library", &legacy), SignatureError::Legacy);
    }

    #[test]
    fn a_secret_key_comes_back_from_its_file() {
        let plain = signer().to_text(&Protection::None).unwrap();
        let back = Signer::read(&plain, None).unwrap();
        assert_eq!(back.public_line(), signer().public_line());
        let protection = Protection::Password {
            password: "correct horse",
            salt: [3; 32],
        };
        let locked = signer().to_text(&protection).unwrap();
        assert!(matches!(
            Signer::read(&locked, None),
            Err(SignerError::Locked)
        ));
        assert!(matches!(
            Signer::read(&locked, Some("wrong")),
            Err(SignerError::Password)
        ));
        let back = Signer::read(&locked, Some("correct horse")).unwrap();
        assert_eq!(back.public_line(), signer().public_line());
    }

    #[test]
    fn a_key_as_minisign_writes_it_without_a_password_signs() {
        let secret = "untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgfOvWTkHh6CnKeHMb3JwSyMtYN81fOlqhbkxAw4ZwT0DVjoCP/za4puMsgA1ukP44oRp9cp+tuuMvCMk6SjQCERdJIDHpnCzAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
";
        let public = "RWSB869ZOQeHoJuMsgA1ukP44oRp9cp+tuuMvCMk6SjQCERdJIDHpnCz";
        let signer = Signer::read(secret, None).unwrap();
        assert_eq!(signer.public_line(), public);
        let damaged = secret.replacen("gfOvWTkHh6Cn", "gfOvWTkHh6Co", 1);
        assert!(matches!(
            Signer::read(&damaged, None),
            Err(SignerError::Form)
        ));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let damaged = signer()
            .to_text(&Protection::None)
            .unwrap()
            .replace("RW", "RX");
        let public = format!("untrusted comment: x\n{}\n", signer().public_line());
        for text in ["", "RW", &damaged, &public, "untrusted comment: x\n!!!\n"] {
            assert!(
                matches!(Signer::read(text, None), Err(SignerError::Form)),
                "{text}"
            );
        }
        for text in ["", "RW", "untrusted comment: only", "not base64 at all"] {
            assert!(PublisherKey::read(text).is_err(), "{text}");
        }
        assert!(PublisherKey::read(&public).is_ok(), "with its comment");
        let secret = signer().to_text(&Protection::None).unwrap();
        let refused = PublisherKey::read(&secret).unwrap_err();
        assert_eq!(refused, PublisherKeyError::Secret);
    }
}

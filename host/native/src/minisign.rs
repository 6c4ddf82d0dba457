//! Signatures as the tool [minisign](https://jedisct1.github.io/minisign/) makes and reads them:
//! Ed25519 over the BLAKE2b hash of a file. Keys and signatures go both ways between it and this.

mod form;
mod publisher;
mod signer;
mod strength;

pub use publisher::{PublisherKey, SignatureError};
pub use signer::{Protection, Signer, SignerError};

/// What a signature's file is called: the signed file's name and this.
pub const SIGNATURE_SUFFIX: &str = ".minisig";
/// The key's kind: Ed25519.
const ED25519: [u8; 2] = *b"Ed";

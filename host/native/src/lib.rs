//! Native plugins: found, judged, loaded and called.
//!
//! A plugin is a folder with `deskhook-plugin.json` ([`Manifest`]) and a library beside it.
//! [`discover`] finds such folders, [`inspect`] tells what is in one; neither loads anything.
//! [`verify`] judges folder, file and hash and makes the private copy that alone is loaded;
//! [`Plugin::load`] loads it; [`Plugin::open`] does both. A [`Plugin`] is a
//! `deskhook_hooks::Extension`. It runs in the process that loads it: this version has no child
//! processes for plugins, and looks at no publisher's signature.
//!
//! A call of a plugin in this process cannot be ended from outside: past its limit the chain of
//! `deskhook_hooks` stops waiting and says `Fault::Late`, and the plugin's cancel token says so
//! too. A plugin that crashes takes this process with it.

mod admission;
mod copy;
mod decide;
mod folder;
mod inspection;
mod library;
mod manifest;
mod minisign;
mod offer;
mod open;
mod plugin;
mod port;
mod sink;
mod versions;
mod views;

pub use admission::{AdmissionError, admit, signature_of};
pub use copy::{CopyError, LibraryError};
pub use deskhook_abi::HEADER;
pub use folder::{FolderError, Owner, trusted_folder};
pub use inspection::{InspectError, Inspection, discover, inspect};
pub use library::LoadError;
pub use manifest::{
    AbiVersion, BadVersion, MANIFEST, Manifest, ManifestError, install, manifest_schema,
};
pub use minisign::{
    Protection, PublisherKey, PublisherKeyError, SIGNATURE_SUFFIX, SignatureError, Signer,
    SignerError,
};
pub use open::{OpenError, Terms, Verified, verify};
pub use plugin::Plugin;
pub use versions::ran;

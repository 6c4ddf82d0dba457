//! Native plugins: found, judged, loaded and called.
//!
//! A plugin is a folder with `deskhook-plugin.json` ([`Manifest`]) and a library beside it.
//! [`discover`] finds such folders, [`inspect`] tells what is in one; neither loads anything.
//! [`admit`] judges place, publisher, signatures, hash and version, and makes the private copy that
//! alone is loaded; [`Plugin::load`] loads it into the process that calls it, which is a child of the
//! agent's unless policy says otherwise. A [`Plugin`] is a `deskhook_hooks::Extension`. A vendor begins
//! with [`scaffold`], and [`pack`]s and [`sign`]s what goes to devices.
//!
//! A call of a plugin cannot be ended from inside its process: past its limit the chain of
//! `deskhook_hooks` stops waiting and says `Fault::Late`, the plugin's cancel token says so too, and
//! a child is ended. A plugin that crashes takes its process with it.

mod admission;
mod copy;
mod decide;
mod evidence;
mod file;
mod folder;
mod identity;
mod inspection;
mod library;
mod manifest;
mod mark;
mod minisign;
mod offer;
mod open;
mod pack;
mod plugin;
mod port;
mod scaffold;
mod signing;
mod sink;
mod validation;
mod versions;
mod views;

pub use admission::{AdmissionError, Meant, admit, signature_of};
pub use copy::CopyError;
pub use deskhook_abi::HEADER;
pub use evidence::{Admitted, Evidence};
pub use file::FileError;
pub use folder::{FolderError, Owner, trusted_folder};
pub use inspection::{InspectError, Inspection, discover, inspect};
pub use library::LoadError;
pub use manifest::{AbiVersion, BadVersion, MANIFEST, Manifest, ManifestError, manifest_schema};
pub use mark::{Crash, During, crashes, crashes_left, stops_in_order};
pub use minisign::{
    Protection, PublisherKey, SIGNATURE_SUFFIX, SignatureError, Signer, SignerError,
};
pub use open::{OpenError, Terms, Verified, Versions, verify};
pub use pack::{PackError, Packed, install, pack};
pub use plugin::Plugin;
pub use scaffold::{Language, SDK_FOLDER, ScaffoldError, Sdk, scaffold};
pub use signing::{Checked, Signed, SigningError, Unsigned, check_signatures, sign};
pub use validation::{Check, answers, check, checks_of};
pub use versions::{VersionsError, fell_back, ran};

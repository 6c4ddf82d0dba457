//! Where policy comes from: layer files on disk are read within bounds, the last good version
//! of each is kept, and changes of policy or package folders are told.
//!
//! [`load`] is one reading, [`load_signed`] one where only signed policy counts; [`watch`] says
//! when the next one is due. [`inspect`] is for looking at files that need not be in use.

mod file;
mod folder;
mod inspection;
mod last_good;
mod load;
mod signed;
mod watch;

pub use file::read_text;
pub use folder::layer_files;
pub use inspection::inspect;
pub use last_good::{LastGood, SaveError};
pub use load::{Loaded, load};
pub use signed::{
    BundleRefusal, Keyring, Signing, TrustError, VerifiedBundle, load_signed, read_bundle, verify,
};
pub use watch::{Change, Watch, WatchError, Watched, watch};

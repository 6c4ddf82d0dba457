//! Where policy comes from: layer files on disk are read within bounds, the last good version
//! of each is kept, and changes of policy or package folders are told.
//!
//! [`load`] is one reading, [`read`] one that applies nothing; [`watch`] says when the next one is due.

mod file;
mod folder;
mod last_good;
mod load;
mod watch;

pub use last_good::{LastGood, SaveError};
pub use load::{Layers, Loaded, load, read};
pub use watch::{Change, Watch, WatchError, Watched, watch};

//! The vendor's own settings for its custom clients: from policy to `key=value` lines, and from
//! an installed client's files back to what policy wants of it.
//!
//! Where a key or a value is written down decides how much it may be relied on: see [`Evidence`].
//! What stands in a client's files beside the wanted settings, its keys and passwords above all,
//! is dropped while it is read.

mod access;
mod comparison;
mod expectation;
mod form;
mod installed;
mod legibility;
mod lines;
mod origin;
mod profiles;
mod role;
mod secret;
mod settings;
mod veil;
mod want;

pub use comparison::{Comparison, Status};
pub use expectation::{Expectations, expectations};
pub use form::FormEntry;
pub use installed::{Found, Installed, NotText};
pub(crate) use legibility::{is_settings, names_secret, objection};
pub use lines::{Evidence, VendorLine};
pub use origin::Origin;
pub use role::ClientRole;
pub use settings::{ClientSettings, client_settings};
pub(crate) use veil::{Secrets, veil};

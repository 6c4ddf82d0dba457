//! Every key that Deskhook knows: its spelling, type, bounds, and how layers combine over it.
//!
//! One table serves validation, canonical spelling, suggestions and the merge rules. What the
//! table does not name is kept as it is.

mod accept;
mod audit;
mod checks;
mod clients;
mod document;
mod forms;
mod listing;
mod menu;
mod nearest;
mod ranks;
mod records;
mod sections;
mod shape;

pub(crate) use accept::{Complaint, accept};
pub(crate) use clients::CLIENT;
pub use document::json_schema;
pub use listing::built_in_checks;
pub(crate) use listing::{known_key, known_keys};
pub use menu::{MENU_DEEPEST, MENU_MOST, is_built_in_entry};
pub use nearest::nearest;
pub(crate) use records::known;
pub(crate) use sections::{CHECKS, ROOT};
pub(crate) use shape::{Leaf, Merge, Names, Openness, Section, Shape};

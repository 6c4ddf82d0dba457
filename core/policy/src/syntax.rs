//! From text to a tree with places: strict JSON, `.kv` pairs, and what is wrong with either.

mod diagnosis;
mod json;
mod limits;
mod node;
mod pairs;

pub use json::read_json;
pub(crate) use json::{duplicate, parse};
pub(crate) use limits::{MAX_BYTES, MAX_LEVELS};
pub use node::{Kind, Member, Node};
pub(crate) use pairs::pairs;

//! What every request goes through: whether its caller may, what it may carry, what its answer says.

pub(crate) mod admission;
pub(crate) mod origin;
pub(crate) mod outcome;
pub(crate) mod patience;
pub(crate) mod serving;
pub(crate) mod table;

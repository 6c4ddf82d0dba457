//! Pages for people.

pub(crate) mod failure;

use crate::web::table::Table;

pub(crate) fn routes(table: Table) -> Table {
    table
}

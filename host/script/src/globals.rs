use std::collections::{BTreeMap, BTreeSet};

use mlua::{Table, Value};

use crate::vm::Vm;

/// Every global of a state by its name, with its fields where it is a table: asked of the state
/// itself, so that nothing here has to be kept in step with the sandbox.
pub(crate) fn globals(vm: &Vm) -> BTreeMap<String, BTreeSet<String>> {
    let own = vm.lua().globals();
    let below = own
        .metatable()
        .and_then(|metatable| metatable.raw_get::<Table>("__index").ok());
    let tables = [Some(own), below].into_iter().flatten();
    let mut found = BTreeMap::new();
    for table in tables {
        for (name, value) in table.pairs::<String, Value>().flatten() {
            found.insert(name, fields(&value));
        }
    }
    found
}

fn fields(value: &Value) -> BTreeSet<String> {
    let table = value.as_table();
    let pairs = table.into_iter().flat_map(Table::pairs::<String, Value>);
    pairs.flatten().map(|(name, _)| name).collect()
}

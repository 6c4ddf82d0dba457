use deskhook_hooks::Hook;
use mlua::{Table, Value};

use super::Repl;
use super::command::COMMANDS;

impl Repl {
    /// What the word before `position` (in bytes) may become: where the word begins, and the
    /// whole words, in order.
    pub fn complete(&self, line: &str, position: usize) -> (usize, Vec<String>) {
        let before = line.get(..position).unwrap_or(line);
        if let Some(command) = before.strip_prefix(':') {
            return self.complete_command(command);
        }
        if let Some((start, names)) = self.complete_module(before) {
            return (start, names);
        }
        let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let start = before.rfind(|c| !in_word(c)).map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
        (start, self.complete_name(&before[start..]))
    }

    fn complete_command(&self, command: &str) -> (usize, Vec<String>) {
        let Some((name, rest)) = command.split_once(' ') else {
            let names = COMMANDS.iter().map(|(name, ..)| format!(":{name}"));
            return (0, beginning(names, &format!(":{command}")));
        };
        let start = ":".len() + name.len() + " ".len();
        let words: Vec<String> = match name {
            "run" => Hook::ALL.map(|hook| hook.name().to_owned()).into(),
            "grants" => self.package.manifest().capabilities.clone(),
            _ => vec![],
        };
        (start, beginning(words.into_iter(), rest))
    }

    /// Files of the package, inside `require("`.
    fn complete_module(&self, before: &str) -> Option<(usize, Vec<String>)> {
        let at = before.rfind("require")?;
        let rest = before[at + "require".len()..].trim_start_matches(['(', ' ']);
        let typed = rest.strip_prefix(['"', '\''])?;
        if typed.contains(['"', '\'']) {
            return None;
        }
        let modules = self.package.modules().into_iter();
        let names = modules
            .filter(|path| *path != crate::package::INIT)
            .map(|path| format!("./{}", path.trim_end_matches(".lua")));
        Some((before.len() - typed.len(), beginning(names, typed)))
    }

    /// A global, or a field of one, as it is in the state now.
    fn complete_name(&self, word: &str) -> Vec<String> {
        let Some((path, last)) = word.rsplit_once('.') else {
            let names = crate::globals::globals(&self.vm).into_keys();
            return beginning(names, word);
        };
        let Some(table) = self.table_at(path) else {
            return vec![];
        };
        let keys = table.pairs::<Value, Value>().flatten();
        let keys =
            keys.filter_map(|(key, _)| key.as_string().map(mlua::LuaString::to_string_lossy));
        let found = beginning(keys, last);
        found
            .into_iter()
            .map(|name| format!("{path}.{name}"))
            .collect()
    }

    fn table_at(&self, path: &str) -> Option<Table> {
        let mut parts = path.split('.');
        let first = parts.next()?;
        let own = self.vm.lua().globals();
        let below = || own.metatable()?.raw_get::<Table>("__index").ok();
        let found = own.raw_get::<Option<Table>>(first).ok().flatten();
        let found = found.or_else(|| below()?.raw_get(first).ok());
        parts.try_fold(found?, |table, part| table.raw_get::<Table>(part).ok())
    }
}

fn beginning(names: impl Iterator<Item = String>, start: &str) -> Vec<String> {
    let mut found: Vec<String> = names.filter(|name| name.starts_with(start)).collect();
    found.sort();
    found
}

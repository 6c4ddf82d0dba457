//! What the compiler refuses, with its column where that is known.

use mlua::Lua;
use mlua::chunk::ChunkMode;

use super::tree::{At, first_complaint};
use super::{Finding, from_error};
use crate::lexer::tokens;
use crate::script::compile;
use crate::vm::Vm;
use crate::{LoadError, Package};

/// How often the word that the compiler did not expect is looked for in its line.
const MOST_WORDS: usize = 32;

/// The first mistake of each file.
pub(super) fn findings(package: &Package, vm: &Vm) -> Vec<Finding> {
    let files = package.modules().into_iter().chain(package.tests());
    let troubles = files.filter_map(|path| Some((path, compile(vm, path).err()?)));
    troubles
        .map(|(path, trouble)| {
            let mut finding = from_error(&LoadError::new(package.name(), trouble), "syntax");
            let source = package.source(path).unwrap_or_default();
            finding.column = column(vm.lua(), source, &finding).unwrap_or_default();
            finding
        })
        .collect()
}

/// The compiler says the line alone. It reads from left to right: the first of the words that it did
/// not expect with which it complains already is the one; where it names none, the other parser says
/// where it stops.
fn column(lua: &Lua, source: &str, finding: &Finding) -> Option<u32> {
    let Some(word) = unexpected(&finding.message) else {
        let at = first_complaint(source).filter(|at: &At| at.line == finding.line);
        return at.map(|at| at.column);
    };
    let line = usize::try_from(finding.line.checked_sub(1)?).ok()?;
    let before: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    let here = tokens(source);
    let mut here = here
        .iter()
        .filter(|token| token.line == finding.line && token.text == word)
        .take(MOST_WORDS);
    here.find_map(|token| {
        let start = before + token.column as usize - 1;
        let complaint = complaint(lua, source.get(..start + word.len())?)?;
        let text = source.get(before..start)?;
        let column = u32::try_from(text.chars().count() + 1).ok()?;
        complaint.ends_with(&finding.message).then_some(column)
    })
}

fn complaint(lua: &Lua, source: &str) -> Option<String> {
    let chunk = lua.load(source).set_mode(ChunkMode::Text);
    match chunk.into_function().err()? {
        mlua::Error::SyntaxError { message, .. } => Some(message),
        _ => None,
    }
}

/// The word in `..., got 'word'` and `... near 'word'`.
fn unexpected(message: &str) -> Option<&str> {
    let (_, rest) = ["got '", "near '"]
        .iter()
        .find_map(|before| message.rsplit_once(before))?;
    rest.split_once('\'').map(|(word, _)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_was_not_expected_is_read_from_the_message() {
        let message = "Expected 'end' (to close 'if' at line 2), got 'else'";
        assert_eq!(unexpected(message), Some("else"));
        assert_eq!(unexpected("Expected 'end', got <eof>"), None);
    }
}

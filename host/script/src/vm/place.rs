use mlua::{Lua, LuaString};

/// Frames that are looked at, so that deep recursion costs no more than a loop.
const MOST_FRAMES: usize = 32;

/// `package/file.lua:line` of the innermost line of the package that is running.
pub(crate) fn caller(lua: &Lua) -> Option<String> {
    (0..MOST_FRAMES)
        .map_while(|level| lua.inspect_stack(level, place))
        .flatten()
        .next()
}

fn place(frame: &mlua::debug::Debug<'_>) -> Option<String> {
    let source = frame.source();
    let file = source.source.as_deref()?.strip_prefix('@')?;
    Some(format!("{file}:{}", frame.current_line()?))
}

/// What a function of the prelude raised, as if the line of the package that called it had.
pub(super) fn relocated(lua: &Lua, text: &LuaString) -> Option<String> {
    if !text.as_bytes().starts_with(b"deskhook:") {
        return None;
    }
    let text = text.to_string_lossy();
    let (line, message) = text.strip_prefix("deskhook:")?.split_once(": ")?;
    let is_line = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    let place = caller(lua).map(|place| place + ": ").unwrap_or_default();
    is_line.then(|| format!("{place}{message}"))
}

/// Splits `package/file.lua:12: message`, the form in which Luau says where.
pub(crate) fn split<'a>(package: &str, text: &'a str) -> Option<(&'a str, &'a str)> {
    let (place, message) = text.split_once(": ")?;
    let (file, line) = place.rsplit_once(':')?;
    let inside = file.strip_prefix(package)?.strip_prefix('/')?;
    let fits = inside.ends_with(".lua") && line.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some((place, message))
}

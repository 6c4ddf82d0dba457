use mlua::Lua;

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

/// Splits `package/file.lua:12: message`, the form in which Luau says where.
pub(crate) fn split<'a>(package: &str, text: &'a str) -> Option<(&'a str, &'a str)> {
    let (place, message) = text.split_once(": ")?;
    let (file, line) = place.rsplit_once(':')?;
    let inside = file.strip_prefix(package)?.strip_prefix('/')?;
    let fits = inside.ends_with(".lua") && line.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some((place, message))
}

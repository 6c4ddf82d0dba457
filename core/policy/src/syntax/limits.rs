use std::ops::Range;

/// The most bytes that a layer file may have.
pub(crate) const MAX_BYTES: usize = 256 * 1024;

/// The most levels of objects and lists, and of key segments.
pub(crate) const MAX_LEVELS: usize = 16;

/// Where a text opens one level more than is allowed.
///
/// Looks at brackets alone, so that it can run before anything that recurses.
pub(super) fn too_deep(text: &str) -> Option<Range<usize>> {
    let (mut level, mut inside, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if inside {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            inside = !ends;
            continue;
        }
        match byte {
            b'"' => inside = true,
            b'{' | b'[' => level += 1,
            b'}' | b']' => level = level.saturating_sub(1),
            _ => {}
        }
        if level > MAX_LEVELS {
            return Some(at..at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_levels_are_allowed_and_brackets_in_texts_do_not_count() {
        assert_eq!(too_deep(&"[".repeat(16)), None);
        assert_eq!(too_deep(&"[".repeat(17)), Some(16..17));
        assert_eq!(too_deep(&format!("\"\\\"{}\"", "[".repeat(20))), None);
        assert_eq!(too_deep(&"[]".repeat(40)), None);
    }
}

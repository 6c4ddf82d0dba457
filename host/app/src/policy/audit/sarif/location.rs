use std::path::{Component, Path, PathBuf};

use deskhook_policy::Place;
use serde_json::{Value, json};
use url::Url;

/// The folder that relative addresses start from: where the command runs, which in a code review
/// is the repository.
pub(super) struct Root(PathBuf);

impl Root {
    pub(super) fn here() -> Self {
        Self(std::env::current_dir().unwrap_or_default())
    }

    /// A place as a file and a region in it.
    pub(super) fn physical(&self, place: &Place) -> Value {
        json!({
            "artifactLocation": self.artifact(Path::new(place.file())),
            "region": region(place),
        })
    }

    /// Relative for a file inside the root, else absolute.
    fn artifact(&self, file: &Path) -> Value {
        let file = plain(&self.0.join(file));
        if let Ok(inside) = file.strip_prefix(&self.0) {
            return json!({"uri": relative(inside), "uriBaseId": "%SRCROOT%"});
        }
        let uri = Url::from_file_path(&file).map(String::from);
        json!({"uri": uri.unwrap_or_else(|()| relative(&file))})
    }
}

/// Without `.` and `..`, as far as names alone can tell.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

/// A path as the relative reference of RFC 3986: percent-encoded, and no colon that would make
/// its first part a scheme.
fn relative(path: &Path) -> String {
    let segments = path.components().map(|component| {
        let name = component.as_os_str().to_string_lossy();
        let mut url = Url::parse("file:///").ok()?;
        url.path_segments_mut().ok()?.push(&name);
        Some(url.path().trim_start_matches('/').replace(':', "%3A"))
    });
    let segments: Vec<String> = segments.flatten().collect();
    segments.join("/")
}

/// Lines count from 1, columns from 1 in UTF-16 code units; the end is behind the last one.
fn region(place: &Place) -> Value {
    let span = place.span();
    let (start_line, start_column) = position(place, span.start);
    let (end_line, end_column) = position(place, span.end);
    json!({
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
    })
}

fn position(place: &Place, offset: usize) -> (usize, usize) {
    let source = place.source();
    let (line, column) = source.position(offset);
    // A byte order mark is no character of the first line.
    let text = source.line(line);
    let mark = usize::from(line == 1 && text.starts_with('\u{feff}'));
    let before = text.chars().take(column - 1).skip(mark);
    (line, before.map(char::len_utf16).sum::<usize>() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskhook_policy::Source;

    fn uri(file: &str) -> Value {
        Root(PathBuf::from("/srv/repo")).artifact(Path::new(file))
    }

    #[test]
    fn a_file_inside_is_relative_and_one_outside_absolute() {
        for (file, expected) in [
            ("policy/a b.json", "policy/a%20b.json"),
            ("./policy/../ü#?.json", "%C3%BC%23%3F.json"),
            ("/srv/repo/a:b%.json", "a%3Ab%25.json"),
        ] {
            let expected = json!({"uri": expected, "uriBaseId": "%SRCROOT%"});
            assert_eq!(uri(file), expected, "{file}");
        }
        for (file, expected) in [
            ("/etc/deskhook/a b.json", "file:///etc/deskhook/a%20b.json"),
            ("../other/ü.json", "file:///srv/other/%C3%BC.json"),
        ] {
            assert_eq!(uri(file), json!({"uri": expected}), "{file}");
        }
    }

    #[test]
    fn columns_are_in_code_units_of_utf16() {
        let source = Source::new("a.json", "\u{feff}{\n \"😀ü\": true}");
        let text = source.text();
        let start = text.find("true").unwrap();
        let place = Place::new(&source, start..start + 4);
        let expected = json!({"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 13});
        assert_eq!(region(&place), expected);
        let brace = Place::new(&source, 3..4);
        let expected = json!({"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2});
        assert_eq!(region(&brace), expected);
    }
}

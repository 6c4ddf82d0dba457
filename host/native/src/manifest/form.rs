use std::path::Path;

use super::LONGEST_ID;

/// What a text of a manifest has to look like.
pub(super) struct Form {
    pub(super) fits: fn(&str) -> bool,
    pub(super) wanted: &'static str,
}

pub(super) const ID: Form = Form {
    fits: is_id,
    wanted: "in reverse-domain form, as org.example.zone: a-z, 0-9 and - only, at most 128 bytes",
};
pub(super) const VERSION: Form = Form {
    fits: is_version,
    wanted: "1 to 64 visible ASCII characters",
};
pub(super) const PUBLISHER: Form = Form {
    fits: is_name,
    wanted: "the name by which policy knows your key: 1 to 128 bytes, without blanks round it or control characters",
};
pub(super) const FILE_NAME: Form = Form {
    fits: is_file_name,
    wanted: "the name of a file beside the manifest",
};
pub(super) const SHA256: Form = Form {
    fits: is_sha256,
    wanted: "the library's SHA-256 in 64 hex digits, which `deskhook plugin pack` fills in",
};

/// The longest name of a publisher, in bytes.
const LONGEST_NAME: usize = 128;

fn is_id(id: &str) -> bool {
    let parts: Vec<&str> = id.split('.').collect();
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    id.len() <= LONGEST_ID
        && parts.len() > 1
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.chars().all(letters))
}

fn is_version(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_name(text: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.len())
        && text.trim() == text
        && !text.chars().any(char::is_control)
}

fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let first = parts.next();
    matches!(first, Some(std::path::Component::Normal(only)) if only == name)
        && parts.next().is_none()
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Links that a click may open, from wherever they come. Anything else, such as a file or a
/// program's own scheme, could start something that the person did not ask for.
const SCHEMES: [&str; 4] = ["https:", "http:", "mailto:", "tel:"];

/// Whether a click may open that link.
pub(crate) fn is_safe(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    let known = SCHEMES.iter().any(|scheme| lower.starts_with(scheme));
    known && !target.chars().any(|c| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_for_people_are_opened() {
        for good in [
            "https://help.example/?q=a%20b",
            "HTTP://x",
            "mailto:a@b.example",
            "tel:+49301",
        ] {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "-v",
            "",
            "ssh://x",
            "https://a b",
            "http:\n",
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
    }
}

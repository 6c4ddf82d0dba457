//! Whom an entry of an access control list lets in.
//!
//! Wildcards are the vendor's: `*` for any characters and `?` for one. A client has an ID of 9 or 10
//! digits, and, where it is installed, an alias `name@namespace`; everybody can have one in `@ad`.

/// The namespace that the vendor gives to everybody.
pub(super) const PUBLIC: &str = "ad";

/// Whom an entry lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// One client, by its ID or alias.
    One,
    /// Clients of one namespace, which is not the public one.
    Namespace(String),
    /// Clients of anybody.
    Anybody,
}

/// Whom `entry` lets in. Only a wildcard over the names of one namespace stays among people whom
/// somebody chose: IDs are given out by the vendor, and so are names in its own namespace.
pub(super) fn reach(entry: &str) -> Reach {
    let entry = plain(entry);
    if !has_wildcard(&entry) {
        return Reach::One;
    }
    match entry.rsplit_once('@') {
        Some((_, namespace))
            if !namespace.is_empty() && !has_wildcard(namespace) && namespace != PUBLIC =>
        {
            Reach::Namespace(namespace.to_owned())
        }
        _ => Reach::Anybody,
    }
}

/// The address of an entry as clients' files write it, `*@acme:true`, unless it keeps that one out. A
/// bare `@acme` is a wildcard there. One without a mark counts as let in.
pub(super) fn allowed(entry: &str) -> Option<String> {
    let address = match entry.rsplit_once(':') {
        Some((address, mark)) => {
            let mark = mark.trim().to_ascii_lowercase();
            (mark != "false" && mark != "0").then_some(address.trim())?
        }
        None => entry.trim(),
    };
    let wildcard = if address.starts_with('@') { "*" } else { "" };
    Some(format!("{wildcard}{address}"))
}

/// Whether `entry` lets in every client of `namespace`.
pub(super) fn covers(entry: &str, namespace: &str) -> bool {
    let entry = plain(entry);
    let parts = entry.rsplit_once('@');
    parts.is_some_and(|(names, of)| {
        of == plain(namespace) && !names.is_empty() && names.bytes().all(|b| b == b'*')
    })
}

/// The entry for every client of `namespace`.
pub(super) fn everybody_of(namespace: &str) -> String {
    format!("*@{namespace}")
}

/// IDs may be written in groups, and no case is told apart.
fn plain(entry: &str) -> String {
    entry
        .chars()
        .filter(|c| *c != ' ')
        .flat_map(char::to_lowercase)
        .collect()
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_bound_to_one_namespace_or_lets_anybody_in() {
        for entry in [
            "*",
            "**",
            "?*",
            "* *",
            "*@*",
            "*@ad",
            "*@AD",
            "jo*@ad",
            "?o@ad",
            "*@a*",
            "*@acm?",
            "1*",
            "?????????",
            "*acme",
            "jo@*",
            "*@",
        ] {
            assert_eq!(reach(entry), Reach::Anybody, "{entry}");
        }
        for entry in ["*@acme", "jo*@acme", "*@ACME", "* @acme", "a@b*@acme"] {
            assert_eq!(reach(entry), Reach::Namespace("acme".to_owned()), "{entry}");
        }
        for entry in ["123 456 789", "jo@ad", "jo@acme", "@acme"] {
            assert_eq!(reach(entry), Reach::One, "{entry}");
        }
    }

    #[test]
    fn an_entry_of_a_clients_file_has_a_mark() {
        assert_eq!(allowed("*@acme:true").as_deref(), Some("*@acme"));
        assert_eq!(allowed("@ad:1").as_deref(), Some("*@ad"));
        assert_eq!(allowed("*").as_deref(), Some("*"));
        assert_eq!(allowed("*:False"), None);
        assert_eq!(allowed("*:0"), None);
    }

    #[test]
    fn only_any_name_covers_a_namespace() {
        for entry in ["*@acme", "**@Acme", " *@acme "] {
            assert!(covers(entry, "acme"), "{entry}");
        }
        for entry in ["jo*@acme", "?@acme", "@acme", "*@acme.com", "*", "*@*"] {
            assert!(!covers(entry, "acme"), "{entry}");
        }
    }
}

//! Access control lists, as policy and as clients' files write them.

use std::collections::BTreeSet;

/// What policy allows, each entry as it is compared.
pub(super) fn allowed(entries: &[String]) -> BTreeSet<String> {
    entries.iter().map(|entry| compared(entry)).collect()
}

/// What `<address>:true;<address>:false` allows, as clients' files were seen to write it. An entry
/// without a mark counts as allowed.
pub(super) fn installed(text: &str) -> BTreeSet<String> {
    let entries = text
        .split(';')
        .map(str::trim)
        .filter(|entry| !entry.is_empty());
    let allowed = entries.filter_map(|entry| match entry.rsplit_once(':') {
        Some((address, mark)) => (mark.trim() != "false" && mark.trim() != "0").then_some(address),
        None => Some(entry),
    });
    allowed.map(compared).collect()
}

/// Without case; IDs without the spaces that people read them with; a bare `@namespace`, which the
/// vendor's guide takes as well, as the wildcard that it is.
fn compared(entry: &str) -> String {
    let entry = entry.trim().to_lowercase();
    if entry.chars().all(|c| c.is_ascii_digit() || c == ' ') {
        return entry.replace(' ', "");
    }
    if entry.starts_with('@') {
        return format!("*{entry}");
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_list_is_the_same_in_both_spellings() {
        let policy = ["*@acme", "123 456 789", "Jo@Acme"].map(str::to_owned);
        let file = "123456789:true;@acme:true;jo@acme:1;*@other:false;";
        assert_eq!(allowed(&policy), installed(file));
        assert!(installed("").is_empty());
        assert!(installed("*:true").contains("*"));
    }
}

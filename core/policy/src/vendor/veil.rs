//! Secrets in a policy file's text, covered up before a person is shown a line of it.

use std::ops::Range;

use super::secret::is_secret;

/// The same text, of the same length in bytes, with a star for each byte of what follows a key
/// that names a secret, and of what stands between the marks of a PEM block. It need not be JSON:
/// lines of a broken file are shown as well.
pub(crate) fn veil(text: &str) -> String {
    let mut covered = vec![false; text.len()];
    for range in secrets(text).chain(blocks(text)) {
        covered[range].fill(true);
    }
    let mut veiled = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if covered[at] && !matches!(c, '\n' | '\r') {
            veiled.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            veiled.push(c);
        }
    }
    veiled
}

/// The values of keys that name a secret.
fn secrets(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    words(text).filter_map(|word| {
        let rest = &text[word.end..];
        // The `Key = ` of a pair is no key of its own.
        let is_pair = text[word.clone()].eq_ignore_ascii_case("key");
        if !is_secret(&text[word.clone()]) || (is_pair && after(rest, "=").is_some()) {
            return None;
        }
        let (value, end) = value(rest)?;
        Some(word.end + value..word.end + end)
    })
}

/// Runs of what keys are made of.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let mut end = 0;
    std::iter::from_fn(move || {
        let start = end + text[end..].find(is_word)?;
        let rest = &text[start..];
        end = start + rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        Some(start..end)
    })
}

/// What follows a key: where its value starts and ends.
fn value(rest: &str) -> Option<(usize, usize)> {
    let bare = rest.strip_prefix('\\').unwrap_or(rest);
    let bare = bare.strip_prefix(['"', '\'']).unwrap_or(bare).trim_start();
    let sign = after(bare, ":").or_else(|| after(bare, "="));
    // Where the colon is what is missing, the next text is the value all the same.
    let unsigned = || bare.starts_with(['"', '\'']).then_some(bare);
    let value = sign.or_else(|| pair_value(bare)).or_else(unsigned)?;
    let value = value.trim_start();
    let start = rest.len() - value.len();
    Some((start, start + length(value)))
}

/// The value of a pair, which stands on the line below its key.
fn pair_value(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches('*');
    let name = rest.get(.."value".len())?;
    let rest = rest["value".len()..].trim_start_matches('*');
    name.eq_ignore_ascii_case("value")
        .then(|| after(rest, "="))?
}

fn after<'t>(text: &'t str, sign: &str) -> Option<&'t str> {
    text.trim_start().strip_prefix(sign)
}

fn length(value: &str) -> usize {
    let line = value.find('\n').unwrap_or(value.len());
    let line = &value[..line];
    match line.chars().next() {
        Some(quote @ ('"' | '\'')) => closing(line, quote),
        Some('[') => value.find(']').map_or(value.len(), |end| end + 1),
        Some('{') | None => 0,
        Some(_) => line.find([',', '}', ']']).unwrap_or(line.len()),
    }
}

/// The length of a quoted text; of one that nobody closed, the rest of the line.
fn closing(line: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in line.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    line.len()
}

/// PEM blocks (RFC 7468), marks included; one that nobody ended covers the rest.
fn blocks(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    const END: &str = "-----END";
    text.match_indices("-----BEGIN").map(|(start, _)| {
        let rest = &text[start..];
        let end = rest.find(END).and_then(|end| {
            let tail = &rest[end + END.len()..];
            Some(end + END.len() + tail.find("-----")? + 5)
        });
        start..start + end.unwrap_or(rest.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_covered_in_whatever_way_it_is_written() {
        for text in [
            r#"{"ad.anynet.pwd_hash": "s3cr3t"}"#,
            r#"{"ad.anynet.pwd_hash" "s3cr3t"}"#,
            r#"{"ad.anynet.pwd_hash: "s3cr3t"}"#,
            r#"{"ad.anynet.pwd_hash": s3cr3t", "a": 1}"#,
            r#"{"ad.anynet.pwd_hash": "s3cr3t}"#,
            r#"{"ad": {"anynet": {"token_salt": ["s3cr3t"]}}}"#,
            "{\"unattended access.pwd\"\n  :\n  \"a\\\"s3cr3t\"\n}",
            "Key = Integration.AnyDesk.Client.Advanced.ad.anynet.pwd_salt\nValue = \"s3cr3t\"\n",
            "**Key** = A.pwd_salt\n**Value** = \"s3cr3t\"\n",
            "\"x\": \"-----BEGIN PRIVATE KEY-----\\ns3cr3t\\n-----END PRIVATE KEY-----\"",
            "-----BEGIN PRIVATE KEY-----\ns3cr3t\ns3cr3t",
        ] {
            let veiled = veil(text);
            assert!(!veiled.contains("s3cr3t"), "{veiled}");
            assert_eq!(veiled.len(), text.len());
            assert_eq!(veiled.lines().count(), text.lines().count());
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for text in [
            "Key = Session.MaxMinutes\nValue = 20\n",
            r#"{"settings": {"ad.security.allow_logon_token": true, "Sha256": "00"}}"#,
            r#"{"remove": ["ad.anynet.pwd_hash", "Session.MaxMinutes"]}"#,
            "",
        ] {
            assert_eq!(veil(text), text);
        }
    }
}

//! Secrets in a policy file's text, covered up before a person is shown a line of it.

use std::ops::Range;

use super::secret::names_secret;

/// The same text, of the same length in bytes, with a star for each byte of what follows a key
/// that names a secret, of what stands between the marks of a PEM block, and of what a URL has
/// before its host. It need not be JSON: lines of a broken file are shown as well.
pub(crate) fn veil(text: &str) -> String {
    let mut covered = vec![false; text.len()];
    for range in hidden(text) {
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

/// What is covered up in a text, for what is said of it.
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    pub(crate) fn of(text: &str) -> Self {
        let parts = |c: char| "\"'[]{},\\".contains(c) || c.is_whitespace();
        let words = hidden(text).flat_map(|range| text[range].split(parts));
        let mut words: Vec<String> = words
            .filter(|word| word.len() > 2)
            .map(str::to_owned)
            .collect();
        // What holds another one goes first.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.dedup();
        Self(words)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same without them.
    pub(crate) fn conceal(&self, said: &str) -> String {
        let words = self.0.iter();
        words.fold(said.to_owned(), |said, word| {
            said.replace(word.as_str(), "***")
        })
    }
}

fn hidden(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    secrets(text).chain(blocks(text)).chain(credentials(text))
}

/// What stands before the host of a URL: a user's name and password.
fn credentials(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    text.match_indices("://").filter_map(|(at, mark)| {
        let start = at + mark.len();
        let rest = &text[start..];
        let end = rest.find(|c: char| c.is_whitespace() || "/\"'<>".contains(c));
        let host = &rest[..end.unwrap_or(rest.len())];
        host.rfind('@').map(|length| start..start + length)
    })
}

/// The values of keys that name a secret.
fn secrets(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    words(text).filter_map(|word| {
        let rest = &text[word.end..];
        // The `Key = ` of a pair is no key of its own.
        let is_pair = text[word.clone()].eq_ignore_ascii_case("key");
        if !names_secret(&text[word.clone()]) || (is_pair && after(rest, "=").is_some()) {
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
    // The rest of a key that is written with escapes.
    let bare = match rest.strip_prefix("\\u") {
        Some(escaped) => &escaped[escaped.find('"')?..],
        None => rest.strip_prefix('\\').unwrap_or(rest),
    };
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
    let mut rest = rest;
    while rest.starts_with('#') {
        rest = rest[rest.find('\n')?..].trim_start();
    }
    let rest = rest.trim_start_matches('*');
    let name = rest.get(.."value".len())?;
    let rest = rest["value".len()..].trim_start_matches('*');
    name.eq_ignore_ascii_case("value")
        .then(|| after(rest, "="))?
}

fn after<'t>(text: &'t str, sign: &str) -> Option<&'t str> {
    text.trim_start().strip_prefix(sign)
}

/// How much of a text is the value at its beginning.
fn length(value: &str) -> usize {
    match value.chars().next() {
        Some('"' | '\'') => quoted(value),
        Some('[' | '{') => bracketed(value),
        Some(_) => bare(value),
        None => 0,
    }
}

/// A number or a word of JSON, or what stands there without quotes: the rest of the line.
fn bare(value: &str) -> usize {
    let line = &value[..value.find('\n').unwrap_or(value.len())];
    let word = line.find([',', '}', ']']).unwrap_or(line.len());
    let is_json = line[..word].trim().parse::<serde_json::Value>().is_ok();
    if is_json { word } else { line.len() }
}

/// An object or a list; of one that nobody closed, the rest of the text.
fn bracketed(value: &str) -> usize {
    let (mut level, mut at) = (0_usize, 0);
    while let Some(c) = value[at..].chars().next() {
        at += match c {
            '"' => closing(&value[at..], '"'),
            c => c.len_utf8(),
        };
        match c {
            '[' | '{' => level += 1,
            ']' | '}' => level = level.saturating_sub(1),
            _ => {}
        }
        if level == 0 {
            return at;
        }
    }
    value.len()
}

/// A text, and the texts that follow it without a sign between them.
fn quoted(value: &str) -> usize {
    let mut end = 0;
    while let Some(quote @ ('"' | '\'')) = value[end..].trim_start().chars().next() {
        let start = value.len() - value[end..].trim_start().len();
        let text = &value[start..];
        // The next key is no text of this value.
        let length = closing(text, quote);
        if end > 0 && text[length..].trim_start().starts_with([':', '=']) {
            break;
        }
        end = start + length;
    }
    end
}

/// The length of a quoted text, over lines if need be; of one that nobody closed, all of it.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
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
            "Key = A.pwd_hash\nValue = $argon2id$v=19$m=65536,t=3,p=4$salt$s3cr3t\n",
            "Key = A.pwd_hash\n# a note\n\n# another\nValue = \"s3cr3t\"\n",
            r#"{"pwd_hash": ["x]y", "s3cr3t"]}"#,
            r#"{"pwd_hash": {"v": "s3cr3t"}, "a": 1}"#,
            r#"{"pwd_hash": "abc" "s3cr3t"}"#,
            "{\"pwd_hash\": \"abc\ns3cr3t\"}",
            r#"{"pwd\u005fhash": "s3cr3t"}"#,
            r#"{"Url": "https://user:s3cr3t@a.example/x"}"#,
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
            r#"{"Url": "https://a.example/x@y", "To": "mailto:jo@a.example"}"#,
            "",
        ] {
            assert_eq!(veil(text), text);
        }
    }

    #[test]
    fn what_is_said_of_a_secret_does_not_repeat_it() {
        let text = "Key = A.pwd_hash\nValue = 5f4dccS3CR3T\n";
        let said =
            Secrets::of(text).conceal("5f4dccS3CR3T is no JSON number: write \"5f4dccS3CR3T\"");
        assert_eq!(said, "*** is no JSON number: write \"***\"");
        assert!(Secrets::of("Key = A\nValue = some\n").is_empty());
    }
}

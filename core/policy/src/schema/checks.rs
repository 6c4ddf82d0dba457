//! What a text must be to stand at a key. Each answers with what is wrong, in lower case.

use url::{Host, Url};

type Checked = Result<(), String>;

fn wrong(message: &str) -> Checked {
    Err(message.to_owned())
}

/// Any text.
pub(super) fn any(_: &str) -> Checked {
    Ok(())
}

/// A text that people read on one line or a few: no control characters, at most 1024 bytes.
pub(super) fn caption(text: &str) -> Checked {
    if text.len() > 1024 {
        return wrong("the text has more than 1024 bytes");
    }
    let plain = !text.chars().any(|c| c.is_control() && c != '\n');
    if plain {
        Ok(())
    } else {
        wrong("the text has control characters in it")
    }
}

/// https, or http to the loopback; a host; no user name and no password.
pub(super) fn download_url(text: &str) -> Checked {
    if text.starts_with('[') && text.contains("](") {
        return Err("this is a Markdown link, not a URL; write only the address".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("this is no URL: {error}"))?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("the URL has no host".to_owned()),
    };
    let secure = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    if !(secure) {
        return wrong("only https is fetched (http from this machine alone)");
    }
    let anonymous = url.username().is_empty() && url.password().is_none();
    if anonymous {
        Ok(())
    } else {
        wrong("the URL has a user name or password in it")
    }
}

/// A minisign public key that somebody can have made.
pub(super) fn publisher_key(text: &str) -> Checked {
    crate::check_publisher_key(text).map_err(|error| error.to_string())
}

/// What an extension may be granted.
pub(super) fn capability(text: &str) -> Checked {
    crate::check_capability(text)
}

/// 64 hex digits.
pub(super) fn sha256(text: &str) -> Checked {
    let hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if hex {
        Ok(())
    } else {
        wrong("a SHA-256 has 64 hex digits")
    }
}

/// What can stand in a link as a custom client's suffix.
pub(super) fn suffix(text: &str) -> Checked {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let holds = !text.is_empty() && text.len() <= 64 && text.chars().all(allowed);
    if holds {
        Ok(())
    } else {
        wrong("a suffix has 1 to 64 letters, digits and . _ -")
    }
}

/// A pattern that a whole ticket can be matched with.
pub(super) fn ticket_pattern(text: &str) -> Checked {
    crate::ticket::compile(text)
        .map(drop)
        .map_err(|error| format!("this is no regular expression: {error}"))
}

/// Schemes that a link of ours must never have.
const RESERVED: [&str; 16] = [
    "about",
    "blob",
    "chrome",
    "data",
    "deskhook",
    "file",
    "ftp",
    "http",
    "https",
    "javascript",
    "mailto",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// Schemes that other programs of the person follow: no organisation takes them over.
const TAKEN: [&str; 30] = [
    "anydesk",
    "callto",
    "cid",
    "facetime",
    "ftps",
    "geo",
    "git",
    "imap",
    "intent",
    "irc",
    "ldap",
    "magnet",
    "ms-settings",
    "news",
    "nfs",
    "rdp",
    "resource",
    "rustdesk",
    "sftp",
    "sip",
    "sips",
    "sms",
    "smb",
    "ssh",
    "steam",
    "telnet",
    "urn",
    "vnc",
    "webcal",
    "xmpp",
];

fn is_scheme(text: &str) -> bool {
    let mut bytes = text.bytes();
    let rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+.-".contains(&b);
    bytes.next().is_some_and(|b| b.is_ascii_lowercase()) && bytes.all(rest) && text.len() <= 32
}

/// A URL scheme that an organisation can have for itself.
pub(super) fn own_scheme(text: &str) -> Checked {
    if !(is_scheme(text)) {
        return wrong("a scheme has small letters, digits and + . - and begins with a letter");
    }
    let free = !RESERVED.contains(&text) && !TAKEN.contains(&text);
    if free {
        Ok(())
    } else {
        wrong("this scheme belongs to somebody else")
    }
}

/// A supporter's link: a scheme that starts a client, and the address.
pub(super) fn link_template(text: &str) -> Checked {
    let scheme = text.split(':').next().unwrap_or_default();
    let holds = is_scheme(scheme) && scheme.len() < text.len() && !RESERVED.contains(&scheme);
    if !(holds) {
        return wrong("a link begins with the scheme of a client, such as anydesk:");
    }
    let has_address = text.contains("{address}");
    if has_address {
        Ok(())
    } else {
        wrong("the link has no {address} in it")
    }
}

/// Where an entry of the menu may lead.
pub(super) fn web_target(text: &str) -> Checked {
    let url = Url::parse(text).map_err(|error| format!("this is no URL: {error}"))?;
    let known = matches!(url.scheme(), "https" | "http" | "mailto" | "tel");
    if known {
        Ok(())
    } else {
        wrong("a link leads to https, http, mailto or tel")
    }
}

fn is_absolute(text: &str) -> bool {
    let drive = text.as_bytes();
    let windows = drive.len() > 3 && drive[0].is_ascii_alphabetic() && drive[1] == b':';
    text.starts_with('/') || (windows && matches!(drive[2], b'\\' | b'/'))
}

fn no_step_up(text: &str) -> Checked {
    let up = text.split(['/', '\\']).any(|part| part == "..");
    if !up && !text.contains('\0') {
        Ok(())
    } else {
        wrong("the path goes up with ..")
    }
}

/// An absolute path.
pub(super) fn absolute_path(text: &str) -> Checked {
    if !(is_absolute(text)) {
        return wrong("the path is not absolute");
    }
    no_step_up(text)
}

/// An absolute path, `{self}`, or a bare name.
pub(super) fn program(text: &str) -> Checked {
    let bare = !text.is_empty() && !text.contains(['/', '\\', ':']);
    let holds = text == "{self}" || bare || is_absolute(text);
    if !(holds) {
        return wrong("a program is an absolute path, {self}, or a bare name");
    }
    no_step_up(text)
}

/// An ID, an alias, or a wildcard over them.
pub(super) fn access_entry(text: &str) -> Checked {
    let allowed = |c: char| c.is_alphanumeric() || "@._-*? ".contains(c);
    let holds = !text.trim().is_empty() && text.len() <= 128 && text.chars().all(allowed);
    if holds {
        Ok(())
    } else {
        wrong("an entry is an ID, an alias such as jo@acme, or a wildcard such as *@acme")
    }
}

/// Numbers with points, such as `9.0.4`.
pub(super) fn version(text: &str) -> Checked {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let holds = text.len() <= 32 && text.split('.').all(part);
    if holds {
        Ok(())
    } else {
        wrong("a version is numbers with points, such as 9.0.4")
    }
}

/// A sentence that says something.
pub(super) fn reason(text: &str) -> Checked {
    caption(text)?;
    if text.trim().is_empty() {
        return Err("a reason says why".to_owned());
    }
    Ok(())
}

/// A day of the calendar, as RFC 3339 writes one.
pub(super) fn date(text: &str) -> Checked {
    let digits = |at: usize, b: u8| b.is_ascii_digit() || (b == b'-' && (at == 4 || at == 7));
    let written = text.len() == 10 && text.bytes().enumerate().all(|(at, b)| digits(at, b));
    if written && text.parse::<jiff::civil::Date>().is_ok() {
        return Ok(());
    }
    Err("a day is written YYYY-MM-DD, such as 2027-06-30".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for text in ["2027-06-30", "2028-02-29", "0000-01-01"] {
            assert_eq!(date(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "2027-02-29",
            "2027-13-01",
            "2027-6-30",
            "30.06.2027",
            "2027-06-30T00:00:00",
            "20270630",
            "+002027-06-30",
            "2027-06-3x",
            "----------",
            "２０２７-06-30",
        ] {
            assert!(date(text).is_err(), "{text}");
        }
    }
}

//! How a capability is written: by those who grant it, and by those who ask for it.

use crate::schema::nearest;

/// The kinds of capabilities, as they stand before the colon.
pub const CAPABILITY_KINDS: [&str; 6] = ["net", "exec", "fs.read", "env", "facts", "policy"];

const FORMS: &str = "net:HOST, exec:PATH, fs.read:PATH, env:NAME, facts:NAME and policy:KEY";

/// Whether `text` is a capability: `net:HOST`, `exec:PATH`, `fs.read:PATH`, `env:NAME`,
/// `facts:NAME` or `policy:KEY`, in a form that can cover anything at all. Else what is wrong with
/// it, in lower case.
pub fn check_capability(text: &str) -> Result<(), String> {
    let (kind, what) = text.split_once(':').unwrap_or((text, ""));
    if !CAPABILITY_KINDS.contains(&kind) {
        return Err(unknown(text, kind));
    }
    if what.is_empty() {
        return Err(format!("the capability {kind} says no more: {kind}:..."));
    }
    if what.trim() != what || what.chars().any(char::is_control) {
        return Err(format!(
            "the capability {text:?} has blanks or control characters round what it names"
        ));
    }
    match kind {
        "exec" | "fs.read" => path(kind, what),
        "net" => host(what),
        "env" if what.contains(['*', '=']) => {
            Err("the capability env wants the name of one variable, as in env:LANG".to_owned())
        }
        "facts" | "policy" if what.contains('*') && what != "*" => Err(format!(
            "the capability {kind} wants one name, or * alone for all"
        )),
        _ => Ok(()),
    }
}

fn unknown(text: &str, kind: &str) -> String {
    match nearest(kind, CAPABILITY_KINDS) {
        Some(meant) => format!("there is no capability {kind:?}; did you mean {meant:?}?"),
        None => format!("{text:?} is no capability, as {FORMS} are"),
    }
}

fn path(kind: &str, what: &str) -> Result<(), String> {
    let absolute = what.starts_with('/') || what.get(1..3).is_some_and(|at| at == ":\\");
    let climbs = what.split(['/', '\\']).any(|part| part == "..");
    if !absolute || climbs {
        return Err(format!(
            "the capability {kind} wants an absolute path without \"..\""
        ));
    }
    if what.contains('*') {
        return Err(match kind {
            "exec" => "the capability exec wants one program: a * stands for nothing".to_owned(),
            _ => format!(
                "the capability {kind} knows no *: a path that ends in / covers what is below it"
            ),
        });
    }
    Ok(())
}

/// A host, `*.` and a host, or `*`; with a port or `*` in its place.
fn host(what: &str) -> Result<(), String> {
    // An IPv6 address stands in brackets.
    let from = what.rfind(']').unwrap_or(0);
    let (name, port) = match what[from..].find(':') {
        Some(colon) => (&what[..from + colon], Some(&what[from + colon + 1..])),
        None => (what, None),
    };
    let bare = name.strip_prefix("*.").unwrap_or(name);
    let is_host = bare == "*" && name == "*" || !(bare.is_empty() || bare.contains('*'));
    let odd = |c: char| "/@\\?#".contains(c) || c.is_whitespace();
    if !is_host || what.contains(odd) {
        return Err(
            "the capability net wants a host alone, as in net:tickets.example.org, net:*.example.org or net:*"
                .to_owned(),
        );
    }
    match port {
        Some(port) if port != "*" && !port.parse::<u16>().is_ok_and(|port| port > 0) => {
            Err(format!("{port:?} is no port: 1 to 65535, or * for any"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_covers_something_is_a_capability() {
        for text in [
            "net:a.example",
            "net:*.example.org:*",
            "net:*",
            "net:*:*",
            "net:*:443",
            "net:[::1]",
            "net:[::1]:8080",
            "net:*.lan",
            "exec:/usr/bin/true",
            "exec:C:\\Tools\\a.exe",
            "fs.read:/etc/x/",
            "env:LANG",
            "facts:*",
            "facts:power",
            "policy:Hours.Open",
            "policy:*",
        ] {
            assert_eq!(check_capability(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_covers_nothing_is_refused_with_a_reason() {
        for (text, why) in [
            ("", "\"\" is no capability"),
            ("nett:a", "did you mean \"net\"?"),
            ("Net:a", "did you mean \"net\"?"),
            ("camera:front", "is no capability, as net:HOST"),
            ("net", "says no more"),
            ("net:", "says no more"),
            ("net: a", "blanks"),
            ("net:https://a.example", "wants a host"),
            ("net:kim@a.example", "wants a host"),
            ("net:a.*.example", "wants a host"),
            ("net:*.", "wants a host"),
            ("net:a:https", "no port"),
            ("net:a:0", "no port"),
            ("net:[::1]:99999", "no port"),
            ("net:*.*", "wants a host"),
            ("net:a b", "wants a host"),
            ("exec:true", "absolute path"),
            ("exec:/bin/*", "stands for nothing"),
            ("fs.read:/etc/../x", "absolute path"),
            ("fs.read:/etc/*.conf", "ends in /"),
            ("env:*", "one variable"),
            ("facts:dis*", "* alone"),
            ("policy:Hours.*", "* alone"),
        ] {
            let said = check_capability(text).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}

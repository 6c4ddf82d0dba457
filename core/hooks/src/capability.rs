use std::collections::BTreeSet;

/// What an extension may use: what its manifest asks for, as far as the organisation's policy
/// grants it.
///
/// The words are those of [`crate::HostCall::capability`]. A pattern may be wider than a wish:
/// `net:*` is any host, `net:*:8443` any host at that port, and `net:*.example.org` any below that name (a port must be named, or be
/// `*`, as in `net:tickets.example.org:8443`), `policy:KEY` covers the keys below `KEY`,
/// `fs.read:DIR/` the files below `DIR`, `facts:*` every fact. `exec` and `env` are exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    asked: Vec<String>,
    granted: Vec<String>,
}

impl Grants {
    /// What `asked` (the manifest) and `granted` (the policy) have in common.
    pub fn new(asked: &[String], granted: &[String]) -> Self {
        Self {
            asked: asked.to_vec(),
            granted: granted.to_vec(),
        }
    }

    /// Whether `capability`, as [`crate::HostCall::capability`] says it, may be used.
    pub fn allows(&self, capability: &str) -> bool {
        self.asks(capability) && self.granted.iter().any(|grant| covers(grant, capability))
    }

    /// Whether `capability` (`net:HOST`) may be used and a grant of the policy names the host itself,
    /// not as one of many. Whoever wrote it knew which machine it is.
    pub fn names(&self, capability: &str) -> bool {
        let is_exact = |grant: &&String| !grant.trim_start_matches("net:").starts_with('*');
        let mut exact = self.granted.iter().filter(is_exact);
        self.asks(capability) && exact.any(|grant| covers(grant, capability))
    }

    /// The wishes of the manifest of which the policy grants nothing: a new one waits here until
    /// somebody grants it, whatever was granted before.
    pub fn ungranted(&self) -> Vec<&str> {
        let wishes = self.asked.iter().filter(|wish| !self.meets(wish));
        wishes.map(String::as_str).collect()
    }

    /// What the policy grants and the manifest does not ask for, not even a part of it.
    pub fn in_vain(&self) -> Vec<&str> {
        let is_wanted = |grant: &String| {
            let mut wishes = self.asked.iter();
            wishes.any(|wish| covers(grant, wish) || covers(wish, grant))
        };
        let vain = self.granted.iter().filter(|grant| !is_wanted(grant));
        vain.map(String::as_str).collect()
    }

    /// Whether a grant covers a wish, or a part of it.
    fn meets(&self, wish: &str) -> bool {
        let mut grants = self.granted.iter();
        grants.any(|grant| covers(grant, wish) || covers(wish, grant))
    }

    /// Whether the manifest asks for `capability`, granted or not.
    pub fn asks(&self, capability: &str) -> bool {
        self.asked.iter().any(|wish| covers(wish, capability))
    }

    /// Everything that may be used, as narrow as the narrower of wish and grant.
    pub fn both(&self) -> Vec<&str> {
        let pairs = self.asked.iter().flat_map(|wish| {
            let granted = self.granted.iter();
            granted.map(move |grant| (wish.as_str(), grant.as_str()))
        });
        let narrower = |(wish, grant)| match (covers(grant, wish), covers(wish, grant)) {
            (true, _) => Some(wish),
            (false, true) => Some(grant),
            (false, false) => None,
        };
        let both: BTreeSet<&str> = pairs.filter_map(narrower).collect();
        both.into_iter().collect()
    }

    /// Whether anything of `kind` (`net`, `exec`, ...) may be used.
    pub fn has(&self, kind: &str) -> bool {
        let of_kind = |entry: &&String| kind_of(entry) == kind;
        self.asked
            .iter()
            .filter(of_kind)
            .any(|wish| self.meets(wish))
    }

    /// Whether the manifest asks for anything of `kind`.
    pub fn asks_any(&self, kind: &str) -> bool {
        self.asked.iter().any(|wish| kind_of(wish) == kind)
    }
}

fn kind_of(capability: &str) -> &str {
    capability
        .split_once(':')
        .map_or(capability, |(kind, _)| kind)
}

fn covers(pattern: &str, capability: &str) -> bool {
    let (Some((kind, pattern)), Some((wanted_kind, wanted))) =
        (pattern.split_once(':'), capability.split_once(':'))
    else {
        return false;
    };
    kind == wanted_kind
        && !wanted.is_empty()
        && match kind {
            "net" => covers_host(pattern, wanted),
            "policy" => covers_key(pattern, wanted),
            "fs.read" => covers_path(pattern, wanted),
            "facts" => pattern == "*" || pattern == wanted,
            _ => pattern == wanted,
        }
}

fn covers_host(pattern: &str, wanted: &str) -> bool {
    if wanted.contains('@') {
        return false;
    }
    if pattern == "*" {
        return true;
    }
    let (host, port) = host_and_port(pattern);
    let (wanted_host, wanted_port) = host_and_port(wanted);
    let same_host = match host.strip_prefix("*.") {
        Some(parent) => ends_below(wanted_host, parent),
        None if host == "*" => true,
        None => host.eq_ignore_ascii_case(wanted_host),
    };
    same_host && (port == Some("*") || port == wanted_port)
}

fn ends_below(host: &str, parent: &str) -> bool {
    let Some(cut) = host.len().checked_sub(parent.len() + 1) else {
        return false;
    };
    let tail = host.get(cut..).and_then(|tail| tail.strip_prefix('.'));
    cut > 0 && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(parent))
}

/// An IPv6 address stands in brackets, so that its colons are none before a port.
fn host_and_port(text: &str) -> (&str, Option<&str>) {
    let from = text.rfind(']').unwrap_or(0);
    match text[from..].rfind(':') {
        Some(colon) => (&text[..from + colon], Some(&text[from + colon + 1..])),
        None => (text, None),
    }
}

fn covers_key(pattern: &str, wanted: &str) -> bool {
    let (pattern, wanted) = (pattern.to_lowercase(), wanted.to_lowercase());
    let rest = wanted.strip_prefix(&pattern);
    pattern == "*" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn covers_path(pattern: &str, wanted: &str) -> bool {
    let climbs = wanted.split(['/', '\\']).any(|part| part == "..");
    let below = pattern.ends_with(['/', '\\']) && wanted.starts_with(pattern);
    !climbs && (pattern == wanted || below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(asked: &str, granted: &str, wanted: &str) -> bool {
        Grants::new(&[asked.to_owned()], &[granted.to_owned()]).allows(wanted)
    }

    #[test]
    fn a_capability_needs_both_the_manifest_and_the_policy() {
        for (asked, granted, wanted, expected) in [
            ("net:*", "net:tickets.example", "net:tickets.example", true),
            ("net:*", "net:tickets.example", "net:evil.example", false),
            ("net:tickets.example", "net:*", "net:evil.example", false),
            ("net:*:8443", "net:*:8443", "net:a:8443", true),
            ("net:*:8443", "net:*:8443", "net:a:443", false),
            ("net:*:8443", "net:*:8443", "net:a", false),
            ("net:*:*", "net:*", "net:[::1]:80", true),
            ("net:*.example.org", "net:*", "net:a.example.org", true),
            ("net:*.example.org", "net:*", "net:example.org", false),
            ("net:*.example.org", "net:*", "net:evilexample.org", false),
            ("net:a", "net:a", "net:a:8443", false),
            ("net:a:*", "net:a:8443", "net:A:8443", true),
            ("net:[::1]:80", "net:*", "net:[::1]:80", true),
            ("net:*", "net:*", "net:user@a", false),
            ("net:*.a", "net:*.a", "net:user@b.a", false),
            ("policy:Hours", "policy:Hours", "policy:hours.open", true),
            ("policy:Hours", "policy:Hours", "policy:HoursSecret", false),
            (
                "fs.read:/etc/x/",
                "fs.read:/etc/x/",
                "fs.read:/etc/x/../shadow",
                false,
            ),
            (
                "fs.read:/etc/x/",
                "fs.read:/etc/x/",
                "fs.read:/etc/x/a",
                true,
            ),
            ("facts:*", "facts:power", "facts:power", true),
            ("exec:/bin/a", "exec:/bin/a", "exec:/bin/ab", false),
            ("exec:/bin/a", "exec:/bin/a", "exec:/bin/../bin/a", false),
            ("exec:*", "exec:*", "exec:/bin/a", false),
            ("env:*", "env:*", "env:HOME", false),
            ("env:HOME", "env:HOME", "env:home", false),
            ("net:*", "net:*", "net:", false),
        ] {
            assert_eq!(
                allows(asked, granted, wanted),
                expected,
                "{asked} {granted} {wanted}"
            );
        }
    }

    #[test]
    fn a_host_is_named_by_itself_and_not_as_one_of_many() {
        let names = |asked: &str, granted: &str, wanted: &str| {
            Grants::new(&[asked.to_owned()], &[granted.to_owned()]).names(wanted)
        };
        assert!(names("net:*", "net:[::1]:8080", "net:[::1]:8080"));
        assert!(names("net:*", "net:nas.lan:*", "net:nas.lan:5000"));
        assert!(!names("net:nas.lan", "net:*", "net:nas.lan"));
        assert!(!names("net:nas.lan", "net:*.lan", "net:nas.lan"));
        assert!(!names("net:other", "net:nas.lan", "net:nas.lan"));
    }

    #[test]
    fn a_wish_of_which_nothing_is_granted_is_told() {
        let wishes = ["net:a", "net:b", "policy:Hours", "exec:/bin/x"].map(str::to_owned);
        let grants = ["net:a", "policy:Hours.Open", "exec:/bin/y"].map(str::to_owned);
        let grants = Grants::new(&wishes, &grants);
        assert_eq!(grants.ungranted(), ["net:b", "exec:/bin/x"]);
        assert_eq!(grants.in_vain(), ["exec:/bin/y"]);
    }

    #[test]
    fn what_both_name_is_the_narrower_of_each() {
        let wishes = ["net:*", "fs.read:/etc/x/", "env:A", "facts:power"].map(str::to_owned);
        let grants = ["net:a", "net:*:*", "fs.read:/etc/", "env:B", "facts:*"].map(str::to_owned);
        let grants = Grants::new(&wishes, &grants);
        let both = ["facts:power", "fs.read:/etc/x/", "net:*", "net:a"];
        assert_eq!(grants.both(), both);
    }

    #[test]
    fn a_kind_is_there_when_wish_and_grant_meet() {
        let grants = |asked: &str, granted: &str| Grants::new(&[asked.into()], &[granted.into()]);
        assert!(grants("net:*", "net:a").has("net"));
        assert!(!grants("net:b", "net:a").has("net"));
        assert!(!grants("net:a", "exec:a").has("net"));
    }
}

use std::net::IpAddr;

use axum::http::HeaderMap;
use url::Url;

use crate::PortalConfig;
use crate::failure::Failure;
use crate::web::serving::Peer;

/// Refuses what a page of another site sent. A browser says where a form comes from; who says
/// nothing is no browser and has to use an API key.
pub(crate) fn check(config: &PortalConfig, headers: &HeaderMap) -> Result<(), Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return Err(Failure::Forged);
    }
    let origin = text("origin").and_then(|origin| Url::parse(origin).ok());
    let origin = origin.ok_or(Failure::Forged)?;
    let public = config
        .public_url
        .as_ref()
        .is_some_and(|url| url.origin() == origin.origin());
    let host =
        text("host").and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    let local = host.is_some_and(|host| host.origin() == origin.origin());
    if public || local {
        Ok(())
    } else {
        Err(Failure::Forged)
    }
}

/// The address that a request comes from: the last hop that a trusted proxy names, else who is at
/// the other end. A proxy may add a line of its own below one that the caller made up.
pub(crate) fn caller(config: &PortalConfig, headers: &HeaderMap, peer: Peer) -> IpAddr {
    let hops = headers.get_all("x-forwarded-for").iter().next_back();
    let hops = hops.filter(|_| config.trust_forwarded_for);
    let last = hops.and_then(|hops| hops.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    last.unwrap_or(peer.0)
}

/// A path of this portal with its query, if a text is one: never another host's address, also not
/// by what a browser leaves out (tabs, line ends) or takes for a slash.
pub(crate) fn local_path(text: &str) -> Option<String> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?".contains(&c);
    if !text.starts_with('/') || !text.bytes().all(plain) {
        return None;
    }
    let here = Url::parse("http://here.invalid").ok()?;
    let joined = here.join(text).ok()?;
    let same = joined.origin() == here.origin() && !joined.path().starts_with("//");
    same.then(|| joined[url::Position::BeforePath..].to_owned())
}

/// The page of this portal that a request was sent from, where its browser says so.
pub(crate) fn page_before(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let referer = Url::parse(text("referer")?).ok()?;
    let host = Url::parse(&format!("{}://{}", referer.scheme(), text("host")?)).ok()?;
    let own = referer.origin() == host.origin();
    local_path(&referer[url::Position::BeforePath..url::Position::AfterQuery]).filter(|_| own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn checked(pairs: &[(&'static str, &str)]) -> bool {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        let headers: HeaderMap = pairs.iter().map(pair).collect();
        let config = PortalConfig {
            public_url: Some(Url::parse("https://help.example").unwrap()),
            ..PortalConfig::default()
        };
        check(&config, &headers).is_ok()
    }

    #[test]
    fn the_caller_is_the_last_hop_of_the_last_line() {
        let from = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let config = PortalConfig {
                trust_forwarded_for: true,
                ..PortalConfig::default()
            };
            let peer = Peer(IpAddr::from([127, 0, 0, 1]));
            caller(&config, &headers, peer).to_string()
        };
        assert_eq!(from(&["192.0.2.7"]), "192.0.2.7");
        assert_eq!(from(&["198.51.100.1, 192.0.2.7"]), "192.0.2.7");
        assert_eq!(from(&["198.51.100.1", "192.0.2.7"]), "192.0.2.7");
        assert_eq!(from(&["192.0.2.7", "nonsense"]), "127.0.0.1");
        assert_eq!(from(&[]), "127.0.0.1");
    }

    #[test]
    fn only_a_path_of_this_portal_is_gone_to() {
        for good in [
            "/",
            "/devices?q=x&state=waiting",
            "/a%20b",
            "/devices/d-1?order=o-1",
        ] {
            assert_eq!(local_path(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "devices",
            "https://evil.test",
            "//evil.test",
            "/\t/evil.test",
            "/\x0b",
            "/\r\nset-cookie: a=b",
            "/\\evil.test",
            "\\\\evil.test",
            "/.//evil.test",
            "/x/..//evil.test",
            "/\u{fc}",
            "/a b",
            "/#x",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
        // What is encoded stays so, and names no host.
        assert_eq!(local_path("/%09/evil").as_deref(), Some("/%09/evil"));
    }

    #[test]
    fn the_page_before_is_one_of_this_portal() {
        let before = |referer: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("host", "desk.test".parse().unwrap());
            headers.insert("referer", referer.parse().unwrap());
            page_before(&headers)
        };
        let own = before("http://desk.test/devices/d-1?order=o-1#x");
        assert_eq!(own.as_deref(), Some("/devices/d-1?order=o-1"));
        for other in [
            "http://evil.test/devices",
            "http://desk.test//evil.test",
            "about:blank",
        ] {
            assert_eq!(before(other), None, "{other}");
        }
    }

    #[test]
    fn only_the_portals_own_pages_may_send_forms() {
        let local = ("host", "127.0.0.1:8460");
        assert!(checked(&[local, ("origin", "http://127.0.0.1:8460")]));
        assert!(checked(&[local, ("origin", "https://help.example")]));
        assert!(checked(&[
            local,
            ("origin", "https://help.example"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!checked(&[local]));
        assert!(!checked(&[local, ("origin", "null")]));
        assert!(!checked(&[local, ("origin", "http://127.0.0.1:9999")]));
        assert!(!checked(&[local, ("origin", "https://evil.example")]));
        assert!(!checked(&[
            local,
            ("origin", "http://127.0.0.1:8460"),
            ("sec-fetch-site", "cross-site")
        ]));
    }
}

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use url::{Host, Url};

use super::FetchError;
use crate::locate;

/// How often a server may send us on.
const MOST_HOPS: usize = 5;
const CONNECT: Duration = Duration::from_secs(15);

/// A place that may be read: https anywhere, http on the loopback alone, no credentials.
pub(super) struct Site {
    pub(super) url: Url,
}

/// Makes ring the process's cryptography, unless something else is already. Has to come before
/// the first TLS connection; fetching does it by itself.
pub fn install_crypto() {
    // It fails where a provider is installed, and then that one is used.
    let _installed_before = rustls::crypto::ring::default_provider().install_default();
}

impl Site {
    pub(super) fn of(text: &str) -> Result<Self, FetchError> {
        let refused = |why| FetchError::Url {
            url: text.chars().take(200).collect(),
            why,
        };
        let url = Url::parse(text).map_err(|_| refused("it is no URL"))?;
        match objection(&url) {
            Some(why) => Err(refused(why)),
            None => Ok(Self { url }),
        }
    }

    /// The last part of the path, as one plain file name.
    pub(super) fn file_name(&self) -> String {
        let parts = self.url.path_segments();
        let last = parts
            .and_then(|mut parts| parts.next_back())
            .unwrap_or_default();
        locate::file_name(last)
    }

    /// A client that judges every hop as it judged the first one.
    pub(super) fn client(&self) -> Result<reqwest::Client, reqwest::Error> {
        install_crypto();
        let loopback: [SocketAddr; 2] = [
            (IpAddr::V4(Ipv4Addr::LOCALHOST), 0).into(),
            (IpAddr::V6(Ipv6Addr::LOCALHOST), 0).into(),
        ];
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::custom(hop))
            .referer(false)
            .connect_timeout(CONNECT)
            // Whatever the name resolution of this machine makes of it.
            .resolve_to_addrs("localhost", &loopback)
            .user_agent(concat!("deskhook/", env!("CARGO_PKG_VERSION")));
        if self.url.scheme() == "http" {
            builder = builder.no_proxy();
        }
        builder.build()
    }
}

/// Why a URL may not be read.
fn objection(url: &Url) -> Option<&'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Some("it has a user name or password in it");
    }
    match (url.scheme(), url.host()) {
        (_, None) => Some("it names no host"),
        ("https", Some(_)) => None,
        ("http", Some(host)) if is_loopback(&host) => None,
        ("http", Some(_)) => Some("http is for the loopback alone; use https"),
        _ => Some("only https is read"),
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Why we were sent on to where we do not go.
#[derive(Debug, thiserror::Error)]
#[error("{to}: {why}")]
struct RefusedHop {
    to: String,
    why: &'static str,
}

fn hop(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let downgraded = attempt.url().scheme() == "http"
        && attempt.previous().iter().any(|url| url.scheme() == "https");
    let why = if attempt.previous().len() > MOST_HOPS {
        Some("sent on too often")
    } else if downgraded {
        Some("from https to http")
    } else {
        objection(attempt.url())
    };
    match why {
        Some(why) => {
            let to = attempt.url().as_str().chars().take(200).collect();
            attempt.error(RefusedHop { to, why })
        }
        None => attempt.follow(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_read_and_http_on_the_loopback_alone() {
        for good in [
            "https://download.example/x.exe",
            "http://127.0.0.1:8080/x",
            "http://[::1]/x",
            "http://LOCALHOST:1/x",
        ] {
            assert!(Site::of(good).is_ok(), "{good}");
        }
        for bad in [
            "http://download.example/x.exe",
            "http://localhost.example/",
            "http://0.0.0.0/x",
            "https://me:secret@download.example/x",
            "ftp://download.example/x",
            "file:///etc/passwd",
            "download.example/x",
            "",
        ] {
            assert!(Site::of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_file_name_is_the_last_part_of_the_path() {
        let name = |url| Site::of(url).unwrap().file_name();
        assert_eq!(
            name("https://x.example/a/AnyDesk%20acme.exe?x=/y"),
            "AnyDesk_20acme.exe"
        );
        assert_eq!(name("https://x.example/"), "client");
    }
}

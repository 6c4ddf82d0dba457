use std::net::SocketAddr;

use deskhook_hooks::{HostCall, HostError};
use reqwest::{Client, Url};

use super::address::is_public;
use super::{failed, shown};

/// How far the grants of a package reach towards one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nothing is granted.
    Nowhere,
    /// One of many, as by `net:*`: it has to be a host of the whole internet.
    Public,
    /// The policy names this very host: wherever it is.
    Named,
}

/// A hop that may be made: by this client, which goes to the addresses that were looked at and
/// no others, however often the name's owner changes them.
///
/// A host that the policy names is asked for as every program of the machine would: through the
/// proxies of the environment, with the addresses of today. All others are asked directly, since a
/// proxy would look the name up again.
pub(super) async fn client(url: &Url, reach: impl Fn(&str) -> Reach) -> Result<Client, HostError> {
    let capability = capability(url);
    let builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent("deskhook");
    let plain = url.username().is_empty() && url.password().is_none();
    let builder = match reach(&capability) {
        Reach::Named if plain => builder,
        Reach::Public if plain => {
            let addresses = public(url, &capability).await?;
            let host = url.host_str().unwrap_or_default();
            builder.no_proxy().resolve_to_addrs(host, &addresses)
        }
        _ => return Err(HostError::NotGranted { capability }),
    };
    // A provider that is set already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = builder.build();
    client.map_err(|error| failed(format!("no HTTP client: {error}")))
}

/// As the URL's parser reads it: what was asked for as text may name another host.
fn capability(url: &Url) -> String {
    let call = HostCall::Http {
        method: String::new(),
        url: url.to_string(),
        headers: Default::default(),
        body: None,
        timeout: None,
    };
    call.capability().unwrap_or_default()
}

/// Where the host is. One private address among public ones is one too many.
async fn public(url: &Url, capability: &str) -> Result<Vec<SocketAddr>, HostError> {
    let host = shown(url.as_str());
    let port = url.port_or_known_default().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::net::lookup_host((bare, port)).await;
    let found = found.map_err(|error| failed(format!("{host} has no address: {error}")))?;
    let addresses: Vec<SocketAddr> = found.collect();
    match addresses.iter().find(|address| !is_public(address.ip())) {
        Some(private) => Err(failed(format!(
            "{host} is at {}, which is no public address: the policy has to grant {capability:?} itself",
            private.ip()
        ))),
        None => Ok(addresses),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    /// What names another host than it seems to, or none.
    const EVIL: [&str; 28] = [
        "https://evil.example\\.tickets.example/",
        "https://evil.example/tickets.example",
        "https://tickets.example@evil.example/",
        "https://tickets.example:8443@evil.example/",
        "https://evil.example#tickets.example",
        "https://evil.example#@tickets.example",
        "https://evil.example?tickets.example",
        "https://evil.example?@tickets.example/",
        "https://evil.example\\@tickets.example",
        "https://user@tickets.example/",
        "https://:x@tickets.example:8443/",
        "https://tickets.example.evil.example/",
        "https://tickets.example\t.evil.example/",
        "https://tickets.example\n@evil.example/",
        "https://tickets.example%2eevil.example/",
        "https://tickets.example./",
        "https://tickets.example:444/",
        "https://sub.tickets.example/",
        "https://t\u{131}ckets.example/",
        "ftp://tickets.example/",
        "file:///etc/passwd",
        "file://tickets.example/etc/passwd",
        "ws://tickets.example/",
        "data:text/plain,x",
        "tickets.example/",
        "//tickets.example/",
        "https://",
        "",
    ];

    #[tokio::test]
    async fn a_host_is_judged_as_the_parser_reads_it() {
        let reach = |capability: &str| match capability {
            "net:tickets.example" | "net:tickets.example:8443" => Reach::Named,
            _ => Reach::Nowhere,
        };
        let judged = async |url: &str| {
            let client = client(&parse(url)?, &reach).await;
            client.map(drop)
        };
        for fine in [
            "https://tickets.example/x?y#z",
            "https://TICKETS.example:443/",
            "http://tickets.example:8443",
            "https:\\\\tickets.example\\x",
            "https://tickets\u{3002}example/",
        ] {
            assert!(judged(fine).await.is_ok(), "{fine}");
        }
        for evil in EVIL {
            let error = judged(evil).await.unwrap_err().to_string();
            assert!(!error.contains("user"), "{evil}: {error}");
        }
    }
}

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};
use url::Url;

/// What an operator settles in `portal.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortalConfig {
    /// Where the portal listens. Default `127.0.0.1:8460`.
    pub listen: SocketAddr,
    /// Where the database and the portal's key live. Default `/var/lib/deskhook-portal`.
    pub data_dir: PathBuf,
    /// The address that people and agents type, where it differs from `listen`: behind a reverse
    /// proxy, or with a name. With `https` the cookie is `__Host-` and `Secure`.
    #[serde(deserialize_with = "read_url")]
    pub public_url: Option<Url>,
    /// The organisation's name, as people at devices read it. Default `Deskhook`.
    pub organization: String,
    /// Link schemes that Connect may open, beside anydesk, anydesk-*, rustdesk, vnc and
    /// deskhook-sample.
    pub link_schemes: Vec<String>,
    /// Take a caller's address from the last hop of `X-Forwarded-For`: only behind a reverse proxy
    /// that sets it. Default false.
    pub trust_forwarded_for: bool,
    /// Certificate and key, where the portal speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// The organisation's account with the vendor: kept for the vendor's API, not used yet.
    pub anydesk: AnyDesk,
}

/// `[anydesk]` of `portal.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnyDesk {
    /// The contract.
    pub contract_id: Option<String>,
    /// The licence.
    pub license_id: Option<String>,
    /// The password of the vendor's API.
    pub api_password: Option<ApiPassword>,
}

/// A password of the vendor's API. No part of the portal prints it, and `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiPassword(String);

impl ApiPassword {
    /// From where it is kept.
    pub fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for ApiPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = if self.0.is_empty() { "empty" } else { "kept" };
        write!(f, "ApiPassword({kept})")
    }
}

impl<'de> Deserialize<'de> for ApiPassword {
    /// Text only; what else stands there is not repeated in the error.
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Given {
            Text(String),
            Other(serde::de::IgnoredAny),
        }
        match Given::deserialize(source)? {
            Given::Text(text) => Ok(Self(text)),
            Given::Other(_) => Err(serde::de::Error::custom("api_password is a text in quotes")),
        }
    }
}

/// `[tls]` of `portal.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// PEM file with the certificate and its chain.
    pub cert: PathBuf,
    /// PEM file with the private key.
    pub key: PathBuf,
}

impl Default for PortalConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8460)),
            data_dir: PathBuf::from("/var/lib/deskhook-portal"),
            public_url: None,
            organization: "Deskhook".to_owned(),
            link_schemes: Vec::new(),
            trust_forwarded_for: false,
            tls: None,
            anydesk: AnyDesk::default(),
        }
    }
}

impl PortalConfig {
    /// Whether browsers reach the portal through TLS.
    pub(crate) fn is_secure(&self) -> bool {
        let https = |url: &Url| url.scheme() == "https";
        self.public_url.as_ref().map_or(self.tls.is_some(), https)
    }

    /// What stands before a path in an address that people copy; `host` is what they typed.
    pub(crate) fn base(&self, host: Option<&str>) -> String {
        if let Some(url) = &self.public_url {
            return url.as_str().trim_end_matches('/').to_owned();
        }
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let listen = self.listen.to_string();
        format!("{scheme}://{}", host.unwrap_or(&listen))
    }
}

/// Why a text is no public address of a portal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Not a URL.
    #[error("the public URL cannot be read")]
    Unread(#[source] url::ParseError),
    /// Another scheme, or more than a host and a port.
    #[error("the public URL is http:// or https:// and a host, without a path")]
    Shape,
}

/// Reads the address that people and agents type: a scheme, a host, perhaps a port, nothing else.
pub fn public_url(text: &str) -> Result<Url, PublicUrlError> {
    let url = Url::parse(text).map_err(PublicUrlError::Unread)?;
    let rest = &url[url::Position::BeforePath..];
    let plain = url.username().is_empty() && url.password().is_none() && rest == "/";
    if matches!(url.scheme(), "http" | "https") && plain {
        Ok(url)
    } else {
        Err(PublicUrlError::Shape)
    }
}

fn read_url<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Url>, D::Error> {
    let text = Option::<String>::deserialize(source)?;
    let url = text.as_deref().map(public_url).transpose();
    url.map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_a_host_and_nothing_behind_it() {
        for good in ["https://help.example", "http://desk.test:8460/"] {
            assert!(public_url(good).is_ok(), "{good}");
        }
        for bad in [
            "https://help.example/portal",
            "https://help.example/?a",
            "https://help.example/#a",
            "https://a:b@help.example",
            "ftp://help.example",
            "help.example",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_vendors_password_is_kept_and_never_told() {
        let table = serde_json::json!({"anydesk": {
            "contract_id": "c-1", "license_id": "l-1", "api_password": "canary-1741",
        }});
        let config: PortalConfig = serde_json::from_value(table).unwrap();
        assert_eq!(
            config.anydesk.api_password,
            Some(ApiPassword("canary-1741".into()))
        );
        let told = format!("{config:?}");
        assert!(
            !told.contains("canary") && told.contains("ApiPassword(kept)"),
            "{told}"
        );
        let wrong = serde_json::json!({"anydesk": {"api_password": 1741}});
        let error = serde_json::from_value::<PortalConfig>(wrong).unwrap_err();
        assert!(!error.to_string().contains("1741"), "{error}");
    }
}

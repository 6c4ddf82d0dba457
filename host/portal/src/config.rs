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

fn read_url<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Url>, D::Error> {
    let Some(text) = Option::<String>::deserialize(source)? else {
        return Ok(None);
    };
    let url = Url::parse(&text).map_err(serde::de::Error::custom)?;
    match url.scheme() {
        "http" | "https" if url.path() == "/" => Ok(Some(url)),
        _ => Err(serde::de::Error::custom(
            "public_url is http:// or https://, a host and no path",
        )),
    }
}

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deskhook_wire::{DeviceAbout, EnrolAnswer, EnrolRequest, Enrolled, PATH_ENROL, PersonShape};
use url::Url;

use crate::{Identity, IdentityError};

/// Why a device could not be enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The portal's address is no https URL (http is accepted for loopback alone).
    #[error("the portal {0:?} is no https address")]
    Portal(String),
    /// The portal cannot be reached.
    #[error("cannot reach the portal {portal}")]
    Unreachable {
        /// Its address.
        portal: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The portal said no.
    #[error("the portal refused the enrolment ({status}): {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// The identity cannot be kept.
    #[error("cannot keep the device's identity")]
    Keep(#[source] IdentityError),
}

/// Enrols this device at `portal` with a one-time token and keeps its identity in `state`.
pub async fn enrol(
    portal: &str,
    token: &str,
    about: (DeviceAbout, PersonShape),
    state: &Path,
) -> Result<Identity, EnrolError> {
    let base = portal_url(portal).ok_or_else(|| EnrolError::Portal(portal.to_owned()))?;
    let key = Identity::new_key().map_err(EnrolError::Keep)?;
    let public_key = BASE64.encode(key.verifying_key().to_bytes());
    let request = EnrolRequest {
        token: token.trim().to_owned(),
        public_key,
        device: about.0,
        person: about.1,
    };
    let unreachable = |source| EnrolError::Unreachable {
        portal: base.to_string(),
        source,
    };
    let http = client().map_err(unreachable)?;
    let url = base
        .join(PATH_ENROL)
        .map_err(|_| EnrolError::Portal(portal.to_owned()))?;
    let response = http
        .post(url)
        .json(&request)
        .send()
        .await
        .map_err(unreachable)?;
    let status = response.status();
    if !status.is_success() {
        let message = response.text().await.unwrap_or_default();
        return Err(EnrolError::Refused {
            status: status.as_u16(),
            message: message.chars().take(300).collect(),
        });
    }
    let answer: EnrolAnswer = response.json().await.map_err(unreachable)?;
    Identity::keep(
        state,
        key,
        Enrolled {
            portal: base.to_string(),
            answer,
        },
    )
    .map_err(EnrolError::Keep)
}

/// Whether a portal may be spoken to at that address: https, or http on this machine's loopback.
pub fn is_portal(text: &str) -> bool {
    portal_url(text).is_some()
}

/// The portal's base address, if it is one that may be spoken to.
pub(crate) fn portal_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let loopback = match url.host()? {
        url::Host::Domain(name) => name == "localhost",
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    let plain = url.username().is_empty() && url.password().is_none();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    (plain && safe).then_some(url)
}

/// The client for everything that goes to the portal: no redirect is followed, as a signed
/// request is for one path of one portal.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    // A provider that is set already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(60))
        .pool_idle_timeout(Duration::from_secs(90))
        .user_agent(concat!("deskhook/", env!("CARGO_PKG_VERSION")))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_loopback_is_a_portal() {
        for good in [
            "https://portal.example",
            "http://127.0.0.1:8080",
            "http://localhost:1/",
            "http://[::1]:1",
        ] {
            assert!(portal_url(good).is_some(), "{good}");
        }
        for bad in [
            "http://portal.example",
            "ftp://x",
            "portal",
            "https://a:b@portal.example",
            "http://127.0.0.1.example",
        ] {
            assert!(portal_url(bad).is_none(), "{bad}");
        }
    }
}

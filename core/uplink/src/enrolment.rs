use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deskhook_wire::{
    DeviceAbout, EnrolAnswer, EnrolRequest, Enrolled, HEADER_SIGNATURE, PATH_ENROL, PersonShape,
    sign_enrolment,
};
use ed25519_dalek::SigningKey;
use url::Url;

use crate::identity::forget_pending;
use crate::refusal::Refusal;
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
    /// What is asked has no JSON form.
    #[error("the enrolment cannot be written down")]
    Shape(#[source] serde_json::Error),
    /// The identity cannot be kept.
    #[error("cannot keep the device's identity")]
    Keep(#[source] IdentityError),
}

/// Enrols this device at `portal` with a one-time token and keeps its identity in `state`.
///
/// The device's new key is on disk before it is sent, and the request is signed by it: where the
/// answer is lost, or this process is killed, the next call with the same token gets it again.
pub async fn enrol(
    portal: &str,
    token: &str,
    about: (DeviceAbout, PersonShape),
    state: &Path,
) -> Result<Identity, EnrolError> {
    let base = portal_url(portal).ok_or_else(|| EnrolError::Portal(portal.to_owned()))?;
    let key = Identity::pending_key(state, base.as_str()).map_err(EnrolError::Keep)?;
    let request = EnrolRequest {
        token: token.trim().to_owned(),
        public_key: BASE64.encode(key.verifying_key().to_bytes()),
        device: about.0,
        person: about.1,
    };
    let body = serde_json::to_vec(&request).map_err(EnrolError::Shape)?;
    let answer = match ask(&base, &key, body).await {
        // The portal will never again take this key.
        Err(error @ EnrolError::Refused { status: 410, .. }) => {
            forget_pending(state).map_err(EnrolError::Keep)?;
            return Err(error);
        }
        answered => answered?,
    };
    let enrolled = Enrolled {
        portal: base.to_string(),
        answer,
    };
    Identity::keep(state, key, enrolled).map_err(EnrolError::Keep)
}

async fn ask(base: &Url, key: &SigningKey, body: Vec<u8>) -> Result<EnrolAnswer, EnrolError> {
    let unreachable = |source| EnrolError::Unreachable {
        portal: base.to_string(),
        source,
    };
    let url = base
        .join(PATH_ENROL)
        .map_err(|_| EnrolError::Portal(base.to_string()))?;
    let request = client().map_err(unreachable)?.post(url);
    let request = request
        .header(HEADER_SIGNATURE, sign_enrolment(&body, key))
        .header(reqwest::header::CONTENT_TYPE, "application/json");
    let response = request.body(body).send().await.map_err(unreachable)?;
    let status = response.status();
    if status.is_success() {
        return response.json().await.map_err(unreachable);
    }
    let told = response.bytes().await.unwrap_or_default();
    Err(EnrolError::Refused {
        status: status.as_u16(),
        message: Refusal::read(status.as_u16(), &told).message,
    })
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
    use deskhook_wire::verify_enrolment;

    use super::*;
    use crate::answering::portal;

    #[tokio::test]
    async fn a_lost_answer_is_asked_for_again_with_the_same_key() {
        let answer = r#"{"device": "d-1", "portal_key": "", "organization": "Acme"}"#;
        let (portal, mut asked) = portal(vec![None, Some((200, answer.to_owned()))]).await;
        let state = tempfile::tempdir().unwrap();
        let about = || (DeviceAbout::default(), PersonShape::default());
        let lost = enrol(&portal, "token", about(), state.path()).await;
        assert!(matches!(lost, Err(EnrolError::Unreachable { .. })));
        assert!(Identity::load(state.path()).is_err());
        let kept = enrol(&portal, "token", about(), state.path())
            .await
            .unwrap();
        assert_eq!(kept.device(), "d-1");
        let key = BASE64.encode(kept.key().verifying_key().to_bytes());
        for _ in 0..2 {
            let request = asked.recv().await.unwrap();
            assert!(request.contains(&key), "{key} in {request}");
            let (_, body) = request.split_once("\r\n\r\n").unwrap();
            let signature = request
                .lines()
                .find_map(|line| line.strip_prefix("deskhook-signature: "))
                .unwrap();
            let verified =
                verify_enrolment(body.as_bytes(), &kept.key().verifying_key(), signature);
            assert_eq!(verified, Ok(()));
        }
    }

    #[tokio::test]
    async fn a_key_that_the_portal_has_removed_is_not_offered_again() {
        let gone = r#"{"error": "removed", "message": "This device was removed."}"#;
        let answers = vec![Some((410, gone.to_owned())); 2];
        let (portal, mut asked) = portal(answers).await;
        let state = tempfile::tempdir().unwrap();
        let mut bodies = vec![];
        for _ in 0..2 {
            let about = (DeviceAbout::default(), PersonShape::default());
            let refused = enrol(&portal, "token", about, state.path())
                .await
                .err()
                .unwrap();
            assert!(
                refused
                    .to_string()
                    .ends_with("(410): This device was removed.")
            );
            let request = asked.recv().await.unwrap();
            bodies.push(request.split_once("\r\n\r\n").unwrap().1.to_owned());
        }
        assert_ne!(bodies[0], bodies[1]);
    }

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

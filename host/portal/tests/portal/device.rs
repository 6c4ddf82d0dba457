//! A device as the wire describes it, for tests: real keys, real signatures.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deskhook_policy::Address;
use deskhook_wire::{
    Acknowledged, CheckShape, Delivery, DeviceAbout, EnrolAnswer, EnrolRequest, HEADER_BOOT,
    HEADER_COUNTER, HEADER_DEVICE, HEADER_SIGNATURE, HEADER_TIME, Orders, PATH_ENROL, PATH_ORDERS,
    PATH_REPORTS, PersonShape, Report, RequestParts, sign_enrolment,
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use reqwest::{Client, Method, Response, StatusCode, redirect};

pub(crate) struct Device {
    pub(crate) http: Client,
    pub(crate) base: String,
    pub(crate) key: SigningKey,
    pub(crate) about: DeviceAbout,
    pub(crate) person: PersonShape,
    pub(crate) answer: EnrolAnswer,
    pub(crate) boot: String,
    pub(crate) counter: u64,
    pub(crate) sequence: u64,
    /// Seconds that its clock is ahead.
    pub(crate) ahead: i64,
}

pub(crate) fn http() -> Client {
    // The first call of a process settles it; the others find it settled.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(redirect::Policy::none());
    client.build().expect("an HTTP client")
}

fn since_1970() -> u64 {
    let length = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock after 1970");
    u64::try_from(length.as_millis()).expect("a clock of this era")
}

fn bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("random bytes");
    bytes
}

impl Device {
    /// Not enrolled yet.
    pub(crate) fn new(base: &str, person: &str) -> Self {
        let name = format!("{}-laptop", person.to_lowercase().replace(' ', "-"));
        Self {
            http: http(),
            base: base.to_owned(),
            key: SigningKey::from_bytes(&bytes()),
            about: DeviceAbout {
                name,
                os: "linux".into(),
                os_version: "Debian 12".into(),
                agent_version: "0.1.0".into(),
            },
            person: PersonShape {
                name: person.to_owned(),
                display_name: person.to_owned(),
                language: "en".into(),
            },
            answer: EnrolAnswer {
                device: String::new(),
                portal_key: String::new(),
                organization: String::new(),
                person_verified: false,
                group: None,
            },
            boot: hex::encode(&bytes()[..16]),
            counter: 0,
            sequence: 0,
            ahead: 0,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.answer.device
    }

    /// The body of an enrolment in the name of `key`.
    pub(crate) fn enrolment(&self, token: &str, key: &VerifyingKey) -> Vec<u8> {
        let request = EnrolRequest {
            token: token.to_owned(),
            public_key: BASE64.encode(key.to_bytes()),
            device: self.about.clone(),
            person: self.person.clone(),
        };
        serde_json::to_vec(&request).expect("an enrolment")
    }

    pub(crate) async fn enrol(&mut self, token: &str) -> Result<(), StatusCode> {
        let body = self.enrolment(token, &self.key.verifying_key());
        let signature = sign_enrolment(&body, &self.key);
        let response = self.post_enrolment(body, &signature).await;
        if response.status() != StatusCode::OK {
            return Err(response.status());
        }
        self.answer = response.json().await.expect("an enrolment's answer");
        Ok(())
    }

    pub(crate) async fn post_enrolment(&self, body: Vec<u8>, signature: &str) -> Response {
        let request = self.http.post(format!("{}{PATH_ENROL}", self.base));
        let request = request
            .header("content-type", "application/json")
            .header(HEADER_SIGNATURE, signature);
        request.body(body).send().await.expect("an answer")
    }

    /// A signed request; changes nothing but the counter.
    pub(crate) fn signed(
        &mut self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> reqwest::RequestBuilder {
        self.counter += 1;
        let time = (since_1970() / 1000).saturating_add_signed(self.ahead);
        let parts = RequestParts {
            method: method.as_str(),
            path,
            body: &body,
            device: &self.answer.device,
            boot: &self.boot,
            counter: self.counter,
            time,
        };
        let signature = parts.sign(&self.key);
        let url = format!("{}{path}", self.base);
        let request = self.http.request(method, url);
        request
            .header(HEADER_DEVICE, &self.answer.device)
            .header(HEADER_BOOT, &self.boot)
            .header(HEADER_COUNTER, self.counter)
            .header(HEADER_TIME, time)
            .header(HEADER_SIGNATURE, signature)
            .header("content-type", "application/json")
            .body(body)
    }

    /// Delivers a report as the next row of the outbox.
    pub(crate) async fn report(&mut self, report: Report) {
        self.sequence += 1;
        let status = self.deliver(self.sequence, report).await;
        assert_eq!(status, StatusCode::OK);
    }

    pub(crate) async fn deliver(&mut self, sequence: u64, report: Report) -> StatusCode {
        let body = delivery(sequence, report);
        let request = self.signed(Method::POST, PATH_REPORTS, body);
        let response = request.send().await.expect("an answer");
        let status = response.status();
        if status == StatusCode::OK {
            let told: Acknowledged = response.json().await.expect("an acknowledgement");
            assert_eq!(told.acknowledged, sequence);
        }
        status
    }

    pub(crate) async fn orders(&mut self, after: u64, wait: u64) -> Orders {
        let path = format!("{PATH_ORDERS}?after={after}&wait={wait}");
        let request = self.signed(Method::GET, &path, vec![]);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.expect("orders")
    }

    /// Goes from nothing to waiting for a supporter.
    pub(crate) async fn ask_for_help(&mut self, session: &str, address: &str) {
        self.report(phase(session, "checking")).await;
        self.report(Report::Address {
            session: session.to_owned(),
            client: "anydesk".into(),
            address: Address::parse(address).expect("an address"),
            link: format!("anydesk:{address}"),
            fields: BTreeMap::new(),
        })
        .await;
        self.report(phase(session, "waiting")).await;
    }
}

/// The body of a delivery, told just now.
pub(crate) fn delivery(sequence: u64, report: Report) -> Vec<u8> {
    let at = since_1970();
    let delivery = Delivery {
        sequence,
        at,
        report,
    };
    serde_json::to_vec(&delivery).expect("a delivery")
}

pub(crate) fn phase(session: &str, phase: &str) -> Report {
    let allowed = CheckShape {
        by: "business-hours".into(),
        verdict: "allow".into(),
        micros: 120,
        ..CheckShape::default()
    };
    Report::Phase {
        session: session.to_owned(),
        phase: phase.to_owned(),
        reason: (phase == "checking").then(|| "The printer is jammed".to_owned()),
        ticket: (phase == "checking").then(|| "INC-4711".to_owned()),
        supporter: None,
        checks: if phase == "waiting" {
            vec![allowed]
        } else {
            vec![]
        },
    }
}

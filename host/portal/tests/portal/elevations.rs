//! Requests for elevated rights.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deskhook_policy::ElevationMethod;
use deskhook_portal::Role;
use deskhook_wire::{ElevationOffer, OrderKind, Report, SignedOrder};
use ed25519_dalek::VerifyingKey;
use reqwest::StatusCode;
use serde_json::json;

use crate::device::{Device, phase};
use crate::house::House;

/// The device says what its policy lets be run.
async fn offer(device: &mut Device) {
    let state = Report::State {
        device: device.about.clone(),
        person: None,
        policy_version: String::new(),
        policy: vec![],
        facts: [].into(),
        extensions: vec![],
        elevation: ElevationOffer {
            programs: vec!["/usr/bin/id".into(), "/usr/bin/apt-get".into()],
            methods: vec![ElevationMethod::LocalApproval],
            minutes: 15,
            obstacle: None,
        },
    };
    device.report(state).await;
}

#[tokio::test]
async fn an_elevation_order_carries_the_portals_signature() {
    let house = House::open().await;
    let scopes = ["clients:view", "elevation.request"];
    let program = house.program(Role::SupportAgent, &scopes);
    let mut device = house.device("jo").await;
    offer(&mut device).await;
    device.ask_for_help("s-1", "123456789").await;
    device.report(phase("s-1", "connected")).await;
    let asked =
        json!({"program": "/usr/bin/id", "arguments": ["-u"], "reason": "why", "minutes": 5});
    let path = format!("/api/v1/devices/{}/elevate", device.id());
    let (status, made) = program.post(&path, asked).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let orders = device.orders(0, 5).await;
    let OrderKind::Elevate {
        signed, minutes, ..
    } = &orders.orders[0].kind
    else {
        panic!("an elevation: {orders:?}");
    };
    let key = BASE64.decode(&device.answer.portal_key).unwrap();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let permit = SignedOrder(signed.clone()).verify(&key).unwrap();
    assert_eq!(
        (permit.device.as_str(), permit.order.as_str()),
        (device.id(), orders.orders[0].id.as_str())
    );
    assert_eq!((permit.program.as_str(), *minutes), ("/usr/bin/id", 5));
}

#[tokio::test]
async fn what_a_device_does_not_offer_is_refused_before_anybody_is_asked() {
    let house = House::open().await;
    let program = house.program(Role::SupportAgent, &["clients:view", "elevation.request"]);
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "123456789").await;
    device.report(phase("s-1", "connected")).await;
    let path = format!("/api/v1/devices/{}/elevate", device.id());
    let refused = async |asked, told: &str| {
        let (status, answer) = program.post(&path, asked).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert!(
            answer["message"].as_str().unwrap().contains(told),
            "{answer}"
        );
    };
    let id = json!({"program": "/usr/bin/id"});
    refused(id, "offers no program").await;
    offer(&mut device).await;
    let shell = json!({"program": "/bin/sh"});
    refused(shell, "does not offer /bin/sh").await;
    let other = json!({"program": "/usr/bin/id", "method": "brokered-action"});
    refused(other, "does not offer that way").await;
    refused(json!({"program": "id"}), "absolute path").await;
    assert!(device.orders(0, 0).await.orders.is_empty());
}

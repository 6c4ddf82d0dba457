//! How long somebody waits for an answer, and what becomes of what nobody answers.

use deskhook_portal::Role;
use deskhook_wire::{AskOutcomeShape, ElevationOffer, PolicyEntry, Report};
use reqwest::StatusCode;
use serde_json::json;

use crate::device::Device;
use crate::house::House;

fn state(device: &Device, policy: Vec<PolicyEntry>) -> Report {
    Report::State {
        device: device.about.clone(),
        person: None,
        policy_version: String::new(),
        policy,
        facts: [].into(),
        extensions: vec![],
        elevation: ElevationOffer::default(),
    }
}

#[tokio::test]
async fn a_supporter_waits_as_long_as_the_person_has() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["clients:view", "session.connect"]);
    for (person, seconds, least) in [
        ("jo", "600", 650),
        ("kim", "99999999", 3650),
        ("al", "5", 170),
    ] {
        let mut device = house.device(person).await;
        let entry = PolicyEntry {
            key: "session.consent.timeoutseconds".into(),
            value: seconds.into(),
            ..PolicyEntry::default()
        };
        let state = state(&device, vec![entry]);
        device.report(state).await;
        device.ask_for_help("s-1", "123456789").await;
        let path = format!("/api/v1/devices/{}/connect", device.id());
        assert_eq!(program.post(&path, json!({})).await.0, StatusCode::OK);
        let order = device.orders(0, 5).await.orders.remove(0);
        let range = least..=least + 10;
        assert!(range.contains(&order.expires_in), "{person}: {order:?}");
    }
}

#[tokio::test]
async fn a_session_takes_along_what_nobody_answered_in_it() {
    let house = House::open().await;
    let scopes = ["clients:view", "sessions:view", "session.connect"];
    let program = house.program(Role::Owner, &scopes);
    let mut device = house.device("jo").await;
    let connect = format!("/api/v1/devices/{}/connect", device.id());
    for number in 1..=2 {
        let session = format!("s-{number}");
        device.ask_for_help(&session, "123456789").await;
        let (_, made) = program.post(&connect, json!({})).await;
        let order = made["order"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/orders/{order}");
        if number == 1 {
            // It was killed, and begins anew.
            device.ask_for_help("s-new", "123456789").await;
        } else {
            let ended = Report::Ended {
                session,
                outcome: "agent-stopped".into(),
                reasons: vec![],
                seconds: 0,
            };
            device.report(ended).await;
        }
        assert_eq!(program.get(&path).await.1["state"], "expired");
        // An answer that was under way is the better one.
        let outcome = AskOutcomeShape::Refused { reasons: vec![] };
        device.report(Report::Reply { order, outcome }).await;
        assert_eq!(program.get(&path).await.1["state"], "refused");
    }
}

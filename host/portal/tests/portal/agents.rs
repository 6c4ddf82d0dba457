//! What agents may rely on, and what they cannot do.

use std::collections::BTreeMap;

use deskhook_policy::Address;
use deskhook_portal::Role;
use deskhook_wire::{
    AskOutcomeShape, ElevationOffer, OrderKind, PATH_ORDERS, PATH_REPORTS, Report, sign_enrolment,
};
use ed25519_dalek::SigningKey;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::device::{Device, phase};
use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_enrols_one_device_however_many_try_at_once() {
    let house = House::open().await;
    for _ in 0..5 {
        let token = house.token("Berlin", "jo");
        let tries = (0..20).map(|_| {
            let (base, token) = (house.base.clone(), token.clone());
            tokio::spawn(async move { Device::new(&base, "jo").enrol(&token).await })
        });
        let mut won = 0;
        for tried in tries.collect::<Vec<_>>() {
            match tried.await.unwrap() {
                Ok(()) => won += 1,
                Err(status) => assert_eq!(status, StatusCode::UNAUTHORIZED),
            }
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn enrolment_tells_what_the_token_was_made_for_and_may_be_repeated_by_the_same_key() {
    let house = House::open().await;
    let token = house.token("Berlin", "Jo");
    let mut device = Device::new(&house.base, "jo");
    device.enrol(&token).await.unwrap();
    let first = device.answer.clone();
    assert_eq!(first.organization, "Contoso");
    assert_eq!(first.group.as_deref(), Some("Berlin"));
    assert!(first.person_verified);
    device.enrol(&token).await.unwrap();
    assert_eq!(device.answer, first);
    let mut other = Device::new(&house.base, "mallory");
    let token = house.token("Berlin", "jo");
    other.enrol(&token).await.unwrap();
    assert!(!other.answer.person_verified);
}

#[tokio::test]
async fn nobody_enrols_with_a_key_that_is_not_theirs() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["clients:view"]);
    let device = house.device("jo").await;
    let mallory = Device::new(&house.base, "mallory");
    let token = house.token("Elsewhere", "mallory");
    let body = mallory.enrolment(&token, &device.key.verifying_key());
    let own = sign_enrolment(&body, &mallory.key);
    let other = mallory.enrolment(&house.token("Berlin", "jo"), &device.key.verifying_key());
    let of_other_body = sign_enrolment(&other, &device.key);
    for signature in [own.as_str(), of_other_body.as_str(), ""] {
        let answer = mallory.post_enrolment(body.clone(), signature).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    let path = format!("/api/v1/devices/{}", device.id());
    let (_, told) = program.get(&path).await;
    assert_eq!(
        (&told["group"], &told["person"]["name"]),
        (&json!("Berlin"), &json!("jo"))
    );
    // The token was not used up.
    Device::new(&house.base, "mallory")
        .enrol(&token)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_device_that_enrols_anew_by_its_own_key_keeps_its_name_and_it_is_on_the_record() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["clients:view", "audit.export"]);
    let mut device = house.device("jo").await;
    let id = device.id().to_owned();
    device.enrol(&house.token("Hamburg", "amy")).await.unwrap();
    assert_eq!(device.id(), id);
    assert_eq!(device.answer.group.as_deref(), Some("Hamburg"));
    assert!(!device.answer.person_verified);
    let export = program.request(Method::GET, "/api/v1/audit").send().await;
    let text = export.unwrap().text().await.unwrap();
    let entry = text
        .lines()
        .find(|line| line.contains("\"device.enrolled_again\""))
        .unwrap();
    for part in ["\"group_before\":\"Berlin\"", "\"bound\":\"amy\""] {
        assert!(entry.contains(part), "{part} in {entry}");
    }
}

#[tokio::test]
async fn a_request_is_accepted_once_and_only_from_the_device_that_signed_it() {
    let house = House::open().await;
    let mut device = house.device("jo").await;
    let path = format!("{PATH_ORDERS}?after=0&wait=0");
    let request = device.signed(Method::GET, &path, vec![]);
    let again = request.try_clone().unwrap();
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(again.send().await.unwrap().status(), StatusCode::CONFLICT);
    let other = device
        .signed(Method::GET, &path, vec![])
        .header("deskhook-device", "d-0");
    assert_eq!(
        other.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    device.key = SigningKey::from_bytes(&[1; 32]);
    let forged = device.signed(Method::GET, &path, vec![]);
    assert_eq!(
        forged.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let bare = house
        .http
        .get(format!("{}{path}", house.base))
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_device_whose_clock_is_wrong_is_told_so_and_by_how_much() {
    let house = House::open().await;
    let mut device = house.device("jo").await;
    for (ahead, told) in [
        (590, "The device's clock is 9 minutes fast."),
        (-7200, "The device's clock is 120 minutes slow."),
    ] {
        device.ahead = ahead;
        let path = format!("{PATH_ORDERS}?after=0&wait=0");
        let request = device.signed(Method::GET, &path, vec![]);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let said: Value = answer.json().await.unwrap();
        assert_eq!(said["error"], "clock");
        assert!(said["message"].as_str().unwrap().contains(told), "{said}");
    }
    device.ahead = 290;
    device.orders(0, 0).await;
}

#[tokio::test]
async fn a_delivery_counts_once_and_is_acknowledged_again() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["clients:view", "sessions:view"]);
    let mut device = house.device("jo").await;
    assert_eq!(
        device.deliver(1, phase("s-1", "checking")).await,
        StatusCode::OK
    );
    assert_eq!(
        device.deliver(2, phase("s-1", "waiting")).await,
        StatusCode::OK
    );
    assert_eq!(
        device.deliver(1, phase("s-2", "checking")).await,
        StatusCode::OK
    );
    let (_, sessions) = program.get("/api/v1/sessions").await;
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
    assert_eq!(sessions[0]["phase"], "waiting");
}

#[tokio::test]
async fn deliveries_survive_a_restart_of_the_portal() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::at(folder.path().to_owned(), "127.0.0.1:0").await;
    let mut device = house.device("jo").await;
    device.report(phase("s-1", "waiting")).await;
    drop(house);
    let house = House::at(folder.path().to_owned(), "127.0.0.1:0").await;
    device.base.clone_from(&house.base);
    assert_eq!(
        device.deliver(1, phase("s-2", "checking")).await,
        StatusCode::OK
    );
    let program = house.program(Role::Owner, &["sessions:view"]);
    let (_, sessions) = program.get("/api/v1/sessions").await;
    assert_eq!(sessions.as_array().unwrap().len(), 1, "{sessions}");
}

#[tokio::test]
async fn what_a_hostile_device_reports_is_cleaned_or_left_out() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["clients:view", "session.connect"]);
    let mut device = house.device("jo").await;
    device.about.name = "a\u{202e}b\u{0}<script>".into();
    let state = Report::State {
        device: device.about.clone(),
        person: None,
        policy_version: "v\n1".into(),
        policy: vec![],
        facts: [("large".to_owned(), json!("x".repeat(40_000)))].into(),
        extensions: vec![],
        elevation: ElevationOffer::default(),
    };
    device.report(state).await;
    device
        .report(Report::Address {
            session: "s-1".into(),
            client: "anydesk".into(),
            address: Address::parse("123456789").unwrap(),
            link: "javascript:alert(123456789)".into(),
            fields: BTreeMap::new(),
        })
        .await;
    let (_, told) = program
        .get(&format!("/api/v1/devices/{}", device.id()))
        .await;
    assert_eq!(told["name"], "ab<script>");
    assert_eq!(told["policy_version"], "v 1");
    assert_eq!(told["facts"], json!({}));
    assert_eq!(
        (&told["address"], &told["link"]),
        (&json!("123456789"), &json!(null))
    );
    let odd = phase("../x", "checking");
    assert_eq!(
        device.deliver(9, odd).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let large = vec![b' '; 300_000];
    let request = device.signed(Method::POST, PATH_REPORTS, large);
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn a_device_is_looked_for_before_its_body_is_taken_in() {
    let house = House::open().await;
    let mut known = house.device("jo").await;
    let mut unknown = Device::new(&house.base, "kim");
    for (device, status) in [
        (&mut known, StatusCode::PAYLOAD_TOO_LARGE),
        (&mut unknown, StatusCode::UNAUTHORIZED),
    ] {
        let request = device.signed(Method::POST, PATH_REPORTS, vec![b' '; 256 * 1024 + 1]);
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn a_held_request_for_orders_is_answered_as_soon_as_there_is_one() {
    let house = House::open().await;
    let scopes = ["clients:view", "session.connect", "elevation.request"];
    let program = house.program(Role::SupportAgent, &scopes);
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "123456789").await;
    let id = device.id().to_owned();
    let waiting = tokio::spawn(async move {
        let orders = device.orders(0, 30).await;
        (device, orders)
    });
    let asked = json!({"reason": "INC-4711", "permissions": ["screen"]});
    let (status, made) = program
        .post(&format!("/api/v1/devices/{id}/connect"), asked)
        .await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let (mut device, orders) = waiting.await.unwrap();
    let order = &orders.orders[0];
    assert_eq!(
        (order.id.as_str(), orders.last),
        (made["order"].as_str().unwrap(), 1)
    );
    let OrderKind::Join {
        session,
        supporter,
        permissions,
        ..
    } = &order.kind
    else {
        panic!("a join: {order:?}");
    };
    assert_eq!(
        (session.as_str(), supporter.organisation.as_str()),
        ("s-1", "Contoso")
    );
    assert!(supporter.verified && permissions == &["screen"] && order.expires_in > 100);
    let path = format!("/api/v1/orders/{}", order.id);
    assert_eq!(program.get(&path).await.1["state"], "asking");
    device
        .report(Report::Reply {
            order: order.id.clone(),
            outcome: AskOutcomeShape::Joined,
        })
        .await;
    let told = program.get(&path).await.1;
    assert_eq!(
        (&told["state"], &told["link"]),
        (&json!("joined"), &json!("anydesk:123456789"))
    );
    assert!(device.orders(orders.last, 0).await.orders.is_empty());
}

#[tokio::test]
async fn a_new_session_ends_the_one_that_the_device_forgot() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["clients:view", "sessions:view"]);
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "111111111").await;
    device.ask_for_help("s-2", "222222222").await;
    let (_, sessions) = program.get("/api/v1/sessions").await;
    assert_eq!(
        (&sessions[0]["id"], &sessions[0]["outcome"]),
        (&json!("s-2"), &json!(null))
    );
    assert_eq!(
        (&sessions[1]["id"], &sessions[1]["outcome"]),
        (&json!("s-1"), &json!("lost"))
    );
    device
        .report(Report::Ended {
            session: "s-1".into(),
            outcome: "stopped".into(),
            reasons: vec![],
            seconds: 3,
        })
        .await;
    device.report(phase("s-1", "waiting")).await;
    let (_, told) = program
        .get(&format!("/api/v1/devices/{}", device.id()))
        .await;
    assert_eq!(
        (&told["session"], &told["address"]),
        (&json!("s-2"), &json!("222222222"))
    );
}

#[tokio::test]
async fn only_the_first_reply_to_an_order_counts() {
    let house = House::open().await;
    let scopes = [
        "clients:view",
        "sessions:view",
        "session.connect",
        "audit.export",
    ];
    let program = house.program(Role::Owner, &scopes);
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "123456789").await;
    let path = format!("/api/v1/devices/{}/connect", device.id());
    assert_eq!(program.post(&path, json!({})).await.0, StatusCode::OK);
    let order = device.orders(0, 5).await.orders.remove(0).id;
    let refused = AskOutcomeShape::Refused { reasons: vec![] };
    for outcome in [refused, AskOutcomeShape::Joined, AskOutcomeShape::Joined] {
        let order = order.clone();
        device.report(Report::Reply { order, outcome }).await;
    }
    let (_, told) = program.get(&format!("/api/v1/orders/{order}")).await;
    assert_eq!(told["state"], "refused");
    let record = program.request(Method::GET, "/api/v1/audit");
    let record = record.send().await.unwrap().text().await.unwrap();
    assert_eq!(record.matches("join.refused").count(), 1, "{record}");
    assert!(!record.contains("join.joined"), "{record}");
}

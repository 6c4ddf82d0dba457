//! What an enrolled device cannot do, however it talks.

use deskhook_portal::Role;
use deskhook_wire::{AskOutcomeShape, PATH_REPORTS, Report, SupporterShape};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::browser::Browser;
use crate::device::{Device, delivery, phase};
use crate::house::House;

/// A phase in which the device names a supporter.
fn named(session: &str, standing: &str, name: &str) -> Report {
    let mut report = phase(session, standing);
    if let Report::Phase { supporter, .. } = &mut report {
        *supporter = Some(SupporterShape {
            name: name.to_owned(),
            ..SupporterShape::default()
        });
    }
    report
}

/// Sam asks to be let into the session of `device`; the order.
async fn ask(sam: &mut Browser<'_>, device: &mut Device) -> String {
    sam.get("/devices").await;
    let path = format!("/devices/{}/connect", device.id());
    let made = sam.post(&path, &[]).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    device.orders(0, 5).await.orders.remove(0).id
}

#[tokio::test]
async fn a_device_puts_nobody_on_the_record_as_a_supporter_who_was_not_let_in() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["sessions:view", "audit.export"]);
    let mut sam = Browser::invited(&house, "Sam", Role::SupportAgent).await;
    let mut olga = Browser::invited(&house, "Olga", Role::Owner).await;
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "123456789").await;
    device.report(named("s-1", "connected", "Olga")).await;
    let (_, list) = sam.get("/devices").await;
    assert!(
        list.contains("the device says: Olga") && !list.contains("with Olga"),
        "{list}"
    );
    let (_, history) = olga.get("/sessions").await;
    assert!(history.contains("The device says: Olga"), "{history}");
    let (_, told) = program.get("/api/v1/sessions").await;
    assert_eq!(told[0]["supporter"], json!(null));
    let record = program.request(Method::GET, "/api/v1/audit");
    let record = record.send().await.unwrap().text().await.unwrap();
    assert!(record.contains("\"supporter_named_by_device\":\"Olga\""));
    assert!(!record.contains("\"supporter\":\"Olga\""), "{record}");

    // Who asks is known, who was not let in is nobody's supporter.
    device.ask_for_help("s-2", "123456789").await;
    let order = ask(&mut sam, &mut device).await;
    device.report(named("s-2", "joining", "Sam")).await;
    assert!(sam.get("/devices").await.1.contains("Sam is asking"));
    let outcome = AskOutcomeShape::Refused { reasons: vec![] };
    device.report(Report::Reply { order, outcome }).await;
    device.report(named("s-2", "connected", "Sam")).await;
    let (_, list) = sam.get("/devices").await;
    assert!(list.contains("the device says: Sam"), "{list}");
    let (_, told) = program.get("/api/v1/sessions").await;
    assert_eq!(told[0]["supporter"], json!(null));
}

#[tokio::test]
async fn a_supporter_who_was_let_in_is_a_fact_whichever_report_comes_first() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["sessions:view", "audit.export"]);
    let mut sam = Browser::invited(&house, "Sam", Role::SupportAgent).await;
    let joined = |order| Report::Reply {
        order,
        outcome: AskOutcomeShape::Joined,
    };
    for (person, replies_first) in [("jo", true), ("amy", false)] {
        let mut device = house.device(person).await;
        device.ask_for_help("s-1", "123456789").await;
        let order = ask(&mut sam, &mut device).await;
        let mut reports = vec![named("s-1", "connected", "Sam"), joined(order)];
        if replies_first {
            reports.reverse();
        }
        for report in reports {
            device.report(report).await;
        }
        let (_, told) = program.get("/api/v1/sessions").await;
        assert_eq!(told[0]["supporter"], "Sam", "{person}");
        let (_, page) = sam.get(&format!("/devices/{}", device.id())).await;
        assert!(
            page.contains("with Sam") && !page.contains("the device says"),
            "{page}"
        );
    }
    let record = program.request(Method::GET, "/api/v1/audit");
    let record = record.send().await.unwrap().text().await.unwrap();
    assert!(!record.contains("supporter_named_by_device"), "{record}");
}

#[tokio::test]
async fn a_device_that_floods_the_portal_is_told_to_wait_and_nothing_of_it_is_kept() {
    let house = House::open().await;
    let program = house.program(Role::Owner, &["sessions:view", "audit.export"]);
    let mut device = house.device("jo").await;
    let mut refused = Vec::new();
    for n in 0..130 {
        let report = phase(&format!("s-{n}"), "checking");
        let body = delivery(n, report);
        let answer = device.signed(Method::POST, PATH_REPORTS, body);
        let answer = answer.send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            let wait = answer.headers()["retry-after"].to_str().unwrap().to_owned();
            refused.push((n, wait.parse::<u64>().unwrap()));
        }
    }
    let (first, wait) = refused[0];
    assert!(first >= 120 && (1..=10).contains(&wait), "{refused:?}");
    // What goes on is still told, and another device is heard.
    let known = device.deliver(500, phase("s-119", "waiting")).await;
    assert_eq!(known, StatusCode::OK);
    house
        .device("amy")
        .await
        .report(phase("s-1", "checking"))
        .await;
    let (_, told) = program.get("/api/v1/sessions").await;
    let ids = told.to_string();
    assert!(!ids.contains(&format!("\"s-{first}\"")), "{ids}");
    let record = program.request(Method::GET, "/api/v1/audit");
    let record = record.send().await.unwrap().text().await.unwrap();
    assert_eq!(record.matches("budget.refused").count(), 1, "folded");
    assert!(record.contains("\"budget\":\"sessions\""), "{record}");
}

#[tokio::test]
async fn what_a_device_sends_in_an_hour_has_a_bound() {
    let house = House::open().await;
    let mut device = house.device("jo").await;
    let mut last = StatusCode::OK;
    for _ in 0..140 {
        let blank = vec![b' '; 250 * 1024];
        let request = device.signed(Method::POST, PATH_REPORTS, blank);
        last = request.send().await.unwrap().status();
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    device.orders(0, 0).await;
}

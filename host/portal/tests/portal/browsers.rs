//! What a person does in a browser, over plain HTTP: sign in, look, ask, sign out.

use std::collections::BTreeMap;

use deskhook_policy::Address;
use deskhook_portal::{Role, set_up};
use deskhook_wire::{AskOutcomeShape, Report};
use reqwest::StatusCode;

use crate::browser::{Browser, PASSWORD, told_until};
use crate::device::{Device, phase};
use crate::house::House;

#[tokio::test]
async fn a_link_works_once_sets_the_password_and_looking_at_it_uses_nothing_up() {
    let house = House::open().await;
    let link = set_up::add_user(&house.folder, "Sam", Role::SupportAgent).unwrap();
    let mut browser = Browser::new(&house);
    for _ in 0..3 {
        let (status, page) = browser.get(&link).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Welcome, Sam"));
    }
    for (password, again, told) in [
        ("short", "short", "at least 12 characters"),
        (PASSWORD, "correct horse", "are not the same"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "easy to guess"),
    ] {
        let given = [("password", password), ("again", again)];
        let wrong = browser.post(&link, &given).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = wrong.text().await.unwrap();
        assert!(
            page.contains(told) && page.contains("id=\"again\""),
            "{page}"
        );
    }
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    let answer = browser.post(&link, &fields).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    assert_eq!(browser.get("/devices").await.0, StatusCode::OK);
    let again = Browser::new(&house).post(&link, &fields).await;
    assert_eq!(again.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_password_signs_in_guessing_is_slowed_and_signing_out_ends_it() {
    let house = House::open().await;
    Browser::invited(&house, "Sam", Role::SupportAgent).await;
    let mut browser = Browser::new(&house);
    let right = [
        ("name", "sam"),
        ("password", PASSWORD),
        ("next", "/devices?q=x"),
    ];
    let answer = browser.post("/sign-in", &right).await;
    assert_eq!(answer.headers()["location"], "/devices?q=x");
    let old = browser.cookie.clone();
    assert_eq!(browser.get("/profile").await.0, StatusCode::OK);
    assert_eq!(
        browser.post("/sign-out", &[]).await.status(),
        StatusCode::SEE_OTHER
    );
    browser.cookie = old;
    assert_eq!(browser.get("/profile").await.0, StatusCode::SEE_OTHER);
    for away in ["//evil.test", "/\t/evil.test", "/\u{b}"] {
        let given = [("name", "sam"), ("password", PASSWORD), ("next", away)];
        let answer = browser.post("/sign-in", &given).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{away:?}");
        assert_eq!(answer.headers()["location"], "/", "{away:?}");
    }
    let wrong = [("name", "nobody"), ("password", "wrong")];
    for _ in 0..3 {
        assert_eq!(
            browser.post("/sign-in", &wrong).await.status(),
            StatusCode::UNAUTHORIZED
        );
    }
    let slowed = browser.post("/sign-in", &wrong).await;
    assert_eq!(slowed.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(slowed.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_supporter_connects_is_told_and_sees_no_history() {
    let house = House::open().await;
    let mut browser = Browser::invited(&house, "Sam", Role::SupportAgent).await;
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "123456789").await;
    let (_, list) = browser.get("/devices").await;
    assert!(
        list.contains("123 456 789") && list.contains("Connect"),
        "{list}"
    );
    let path = format!("/devices/{}", device.id());
    let made = browser
        .post(&format!("{path}/connect"), &[("reason", "why")])
        .await;
    let follow = made.headers()["location"].to_str().unwrap().to_owned();
    let (_, asking) = browser.get(&follow).await;
    assert!(asking.contains("Asking jo to let you in"), "{asking}");
    let again =
        format!("<noscript><a class=\"button\" href=\"{follow}\">Look again</a></noscript>");
    assert!(asking.contains(&again), "{asking}");
    let twice = browser.post(&format!("{path}/connect"), &[]).await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    let back = format!("href=\"{follow}\">Back to the page before");
    assert!(twice.text().await.unwrap().contains(&back));
    let order = device.orders(0, 5).await.orders.remove(0);
    let outcome = AskOutcomeShape::Joined;
    device
        .report(Report::Reply {
            order: order.id,
            outcome,
        })
        .await;
    device.report(phase("s-1", "connected")).await;
    let (_, page) = browser.get(&follow).await;
    assert!(
        page.contains("href=\"anydesk:123456789\"")
            && !page.contains("<noscript>")
            && page.contains("Disconnect"),
        "{page}"
    );
    let opened = browser.post(&format!("{path}/opened"), &[]).await;
    assert_eq!(opened.status(), StatusCode::NO_CONTENT);
    assert!(!page.contains("data-part=\"sessions\"") && !page.contains("data-part=\"record\""));
    let mut owner = Browser::invited(&house, "Olga", Role::Owner).await;
    let (_, page) = owner.get(&path).await;
    assert!(
        page.contains("data-part=\"sessions\"")
            && page.contains("join.joined")
            && page.contains("client.opened"),
        "{page}"
    );
    assert!(
        !page.contains("data-open"),
        "only who asked has the client opened"
    );
}

#[tokio::test]
async fn the_list_says_why_somebody_waits_to_who_may_connect() {
    let house = House::open().await;
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "123456789").await;
    for (name, role, sees) in [
        ("Sam", Role::SupportAgent, true),
        ("Dana", Role::DataProtectionOfficer, false),
    ] {
        let mut browser = Browser::invited(&house, name, role).await;
        let (_, list) = browser.get("/devices").await;
        assert!(list.contains("123 456 789"), "{list}");
        for why in ["The printer is jammed", "INC-4711"] {
            assert_eq!(list.contains(why), sees, "{name}: {list}");
        }
    }
}

#[tokio::test]
async fn hostile_text_stands_on_pages_as_text() {
    let house = House::open().await;
    let mut browser = Browser::invited(&house, "Olga", Role::Owner).await;
    let hostile = "<img src=x onerror=alert(1)>\"'";
    let mut device = Device::new(&house.base, hostile);
    device.about.name = hostile.to_owned();
    device.enrol(&house.token("<b>", "jo")).await.unwrap();
    device.ask_for_help("s-1", "123456789").await;
    for path in [
        "/devices".to_owned(),
        format!("/devices/{}", device.id()),
        "/sessions".into(),
        "/audit".into(),
        "/enrolment".into(),
    ] {
        let (status, page) = browser.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(
            !page.contains("<img src=x") && !page.contains("<b>)"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_admin_neither_makes_nor_changes_owners_and_one_owner_stays() {
    let house = House::open().await;
    let mut owner = Browser::invited(&house, "Olga", Role::Owner).await;
    let mut admin = Browser::invited(&house, "Adam", Role::Admin).await;
    admin.get("/users").await;
    owner.get("/users").await;
    let new = [("name", "Eve"), ("role", "owner")];
    assert_eq!(
        admin.post("/users", &new).await.status(),
        StatusCode::CONFLICT
    );
    for (path, fields) in [
        ("/users/1/link", [("a", "b")]),
        ("/users/1/role", [("role", "user")]),
        ("/users/1/access", [("access", "out")]),
    ] {
        assert_eq!(
            admin.post(path, &fields).await.status(),
            StatusCode::CONFLICT,
            "{path}"
        );
    }
    // An owner who never signed in is no way back in.
    let new = [("name", "Otto"), ("role", "owner")];
    assert_eq!(owner.post("/users", &new).await.status(), StatusCode::OK);
    let demote = owner.post("/users/1/role", &[("role", "user")]).await;
    assert_eq!(demote.status(), StatusCode::CONFLICT);
    let out = owner.post("/users/2/access", &[("access", "out")]).await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        admin.get("/users").await.0,
        StatusCode::SEE_OTHER,
        "out at once"
    );
    let made = owner
        .post("/users", &[("name", "Nina"), ("role", "support_agent")])
        .await;
    assert!(made.text().await.unwrap().contains("/welcome/"));
}

#[tokio::test]
async fn a_removed_device_is_gone_for_good_and_its_history_stays() {
    let house = House::open().await;
    let mut owner = Browser::invited(&house, "Olga", Role::Owner).await;
    let token = house.token("Berlin", "jo");
    let mut device = Device::new(&house.base, "jo");
    device.enrol(&token).await.unwrap();
    device.ask_for_help("s-1", "123456789").await;
    owner.get("/devices").await;
    let removed = owner
        .post(&format!("/devices/{}/remove", device.id()), &[])
        .await;
    assert_eq!(removed.status(), StatusCode::SEE_OTHER);
    assert_eq!(
        device.deliver(99, phase("s-2", "waiting")).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        owner.get(&format!("/devices/{}", device.id())).await.0,
        StatusCode::NOT_FOUND
    );
    let fresh = house.token("Berlin", "jo");
    for token in [&token, &fresh] {
        assert_eq!(device.enrol(token).await, Err(StatusCode::GONE));
    }
    assert!(owner.get("/devices").await.1.contains("No device yet"));
    let mut other = Device::new(&house.base, "jo");
    assert_eq!(other.enrol(&fresh).await, Ok(()), "it is not used up");
    let sessions = owner.get("/sessions").await.1;
    assert!(
        sessions.contains("jo-laptop") && sessions.contains("Device removed"),
        "{sessions}"
    );
    assert!(owner.get("/audit").await.1.contains("device.removed"));
    let program = house.program(Role::Owner, &["sessions:view"]);
    let session = &program.get("/api/v1/sessions").await.1[0];
    assert_eq!(session["outcome"], "removed");
    assert!(session["ended"].is_string(), "{session}");
}

#[tokio::test]
async fn pages_are_small_carry_a_strict_policy_and_tell_changes_live() {
    let house = House::open().await;
    let mut browser = Browser::invited(&house, "Sam", Role::SupportAgent).await;
    let mut device = house.device("jo").await;
    let (_, page) = browser.get("/devices").await;
    let style = page
        .split("href=\"")
        .find(|part| part.contains("portal.css"))
        .unwrap();
    let (style, _) = style.split_once('"').unwrap();
    let css = browser.get(style).await.1.len();
    let script = browser.get(&style.replace("css", "js")).await.1.len();
    let whole = page.len() + css + script;
    assert!(
        whole < 100_000,
        "{whole} bytes: page {}, css {css}, script {script}",
        page.len()
    );
    let mut live = browser.live("list=all").await;
    let policy = live.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'"),
        "{policy}"
    );
    assert!(
        policy.contains("require-trusted-types-for 'script'; trusted-types deskhook"),
        "{policy}"
    );
    device.ask_for_help("s-1", "123456789").await;
    // The page named no revision, so all of it may be old; then the row changes.
    let told = told_until(&mut live, "\"waiting\":true").await;
    assert!(
        told.contains("event: again") && told.contains("event: list"),
        "{told}"
    );
    // Rows and counts of one moment come together.
    let list = told
        .lines()
        .rfind(|line| line.starts_with("data: {"))
        .unwrap();
    assert!(
        list.contains("123 456 789") && list.contains("\"tally\":{\"\":1,"),
        "{list}"
    );
}

#[tokio::test]
async fn a_refused_link_is_told_where_the_link_would_be_with_the_address_to_copy() {
    let house = House::open().await;
    let mut browser = Browser::invited(&house, "Sam", Role::SupportAgent).await;
    let mut device = house.device("jo").await;
    device.report(phase("s-1", "checking")).await;
    device
        .report(Report::Address {
            session: "s-1".into(),
            client: "acme".into(),
            address: Address::parse("123456789").unwrap(),
            link: "acme://123456789".into(),
            fields: BTreeMap::new(),
        })
        .await;
    device.report(phase("s-1", "waiting")).await;
    let path = format!("/devices/{}", device.id());
    browser.get(&path).await;
    browser.post(&format!("{path}/connect"), &[]).await;
    let order = device.orders(0, 5).await.orders.remove(0).id;
    let outcome = AskOutcomeShape::Joined;
    device.report(Report::Reply { order, outcome }).await;
    let (_, page) = browser.get(&path).await;
    let (_, request) = page.split_once("class=\"request ok\"").unwrap();
    assert!(
        request.contains("scheme acme. An operator adds it to link_schemes.")
            && request.contains("data-copy=\"123456789\"")
            && !page.contains("acme://"),
        "{request}"
    );
}

#[tokio::test]
async fn a_plain_user_is_told_nothing_of_other_peoples_devices() {
    let house = House::open().await;
    let browser = Browser::invited(&house, "jo", Role::User).await;
    let mut own = house.device("jo").await;
    let mut other = house.device("mallory").await;
    let mut live = browser.live("list=all").await;
    told_until(&mut live, "event: again").await;
    other.ask_for_help("s-1", "987654321").await;
    own.ask_for_help("s-1", "123456789").await;
    let told = told_until(&mut live, "123 456 789").await;
    assert!(
        told.contains(own.id()) && !told.contains(other.id()),
        "{told}"
    );
}

#[tokio::test]
async fn an_account_holds_no_more_pages_open_than_anybody_looks_at() {
    let house = House::open().await;
    let sam = Browser::invited(&house, "Sam", Role::SupportAgent).await;
    let mut open = Vec::new();
    for _ in 0..20 {
        let live = sam.live("list=all").await;
        assert_eq!(live.status(), StatusCode::OK);
        open.push(live);
    }
    let more = sam.live("list=all").await;
    assert_eq!(more.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(more.headers().contains_key("retry-after"));
    let olga = Browser::invited(&house, "Olga", Role::Owner).await;
    assert_eq!(olga.live("list=all").await.status(), StatusCode::OK);
}

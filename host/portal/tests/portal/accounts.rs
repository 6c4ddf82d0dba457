//! Guessing at passwords, keys for programs, and what ends a sign-in.

use deskhook_portal::{Role, SetUpError, set_up};
use ed25519_dalek::SigningKey;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD};
use crate::device::{Device, phase};
use crate::house::{House, Program};

/// The lines of the record that tell of `action`.
async fn told(auditor: &Program<'_>, action: &str) -> Vec<Value> {
    let export = auditor.request(Method::GET, "/api/v1/audit").send().await;
    let export = export.expect("an answer");
    let text = export.text().await.expect("the record");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    lines
        .filter(|line: &Value| line.to_string().contains(&format!("\"{action}\"")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_that_come_all_at_once_are_no_more_than_those_that_wait() {
    let house = House::open().await;
    Browser::invited(&house, "Sam", Role::SupportAgent).await;
    let guess = |n: usize| {
        let request = house.http.post(format!("{}/sign-in", house.base));
        let request = request
            .header("origin", &house.base)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("name=sam&password=wrong-{n}"));
        tokio::spawn(async move { request.send().await.unwrap().status() })
    };
    let guesses: Vec<_> = (0..40).map(guess).collect();
    let mut looked_at = 0;
    for answer in guesses {
        match answer.await.unwrap() {
            StatusCode::UNAUTHORIZED => looked_at += 1,
            other => assert_eq!(other, StatusCode::TOO_MANY_REQUESTS),
        }
    }
    assert_eq!(looked_at, 3);
    let auditor = house.program(Role::DataProtectionOfficer, &["audit.export"]);
    let told = told(&auditor, "account.sign_in_failed").await;
    assert_eq!(told.len(), 1, "the others are folded: {told:?}");
}

#[tokio::test]
async fn a_right_password_takes_the_attempt_back() {
    let house = House::open().await;
    Browser::invited(&house, "Sam", Role::SupportAgent).await;
    for _ in 0..12 {
        let right = [("name", "sam"), ("password", PASSWORD)];
        let answer = Browser::new(&house).post("/sign-in", &right).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_changed_role_ends_the_sign_ins_of_the_account_but_not_the_acting_one() {
    let house = House::open().await;
    let mut olga = Browser::invited(&house, "Olga", Role::Owner).await;
    let mut second = Browser::invited(&house, "Otto", Role::Owner).await;
    let mut sam = Browser::invited(&house, "Sam", Role::SupportAgent).await;
    olga.get("/users").await;
    let changed = olga.post("/users/3/role", &[("role", "admin")]).await;
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    assert_eq!(sam.get("/profile").await.0, StatusCode::SEE_OTHER);
    assert_eq!(second.get("/profile").await.0, StatusCode::OK);
    let own = olga.post("/users/1/role", &[("role", "admin")]).await;
    assert_eq!(own.status(), StatusCode::SEE_OTHER);
    assert_eq!(olga.get("/profile").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_key_is_made_shown_once_used_and_revoked_on_the_profile() {
    let house = House::open().await;
    let mut olga = Browser::invited(&house, "Olga", Role::Owner).await;
    let (_, page) = olga.get("/profile").await;
    assert!(page.contains("value=\"audit.export\""), "{page}");
    let fields = [
        ("name", "Nightly"),
        ("scope", "clients:view"),
        ("scope", "audit.export"),
    ];
    let made = olga.post("/profile/keys", &fields).await;
    assert_eq!(made.status(), StatusCode::OK);
    let page = made.text().await.unwrap();
    let (_, rest) = page.split_once("dhk_").unwrap();
    let key = format!("dhk_{}", &rest[..43]);
    let devices = house.http.get(format!("{}/api/v1/devices", house.base));
    let ask = || devices.try_clone().unwrap().bearer_auth(&key).send();
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
    let (_, page) = olga.get("/profile").await;
    assert!(!page.contains(&key) && page.contains("Nightly"), "{page}");
    assert!(page.contains("clients:view, audit.export") && !page.contains(">never<"));
    let revoked = olga.post("/profile/keys/1/revoke", &[]).await;
    assert_eq!(revoked.status(), StatusCode::SEE_OTHER);
    assert_eq!(ask().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let mut other = Browser::invited(&house, "Otto", Role::Owner).await;
    other.get("/profile").await;
    olga.post("/profile/keys", &fields).await;
    let stranger = other.post("/profile/keys/2/revoke", &[]).await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
    let auditor = house.program(Role::DataProtectionOfficer, &["audit.export"]);
    for action in ["api_key.made", "api_key.revoked"] {
        let told = told(&auditor, action).await;
        let own = told
            .iter()
            .filter(|line| line.to_string().contains("Nightly"));
        assert!(own.count() > 0, "{action}: {told:?}");
        assert!(!format!("{told:?}").contains("dhk_"));
    }
    let mut sam = Browser::invited(&house, "Sam", Role::SupportAgent).await;
    assert!(!sam.get("/profile").await.1.contains("API keys"));
}

#[tokio::test]
async fn a_new_password_takes_the_keys_along_where_that_is_wanted() {
    let house = House::open().await;
    let invited = set_up::add_user(&house.folder, "Otto", Role::Owner).unwrap();
    set_up::new_key(&house.folder, "Backup", "Otto", &["clients:view"]).unwrap();
    let (_, page) = Browser::new(&house).get(&invited).await;
    assert!(!page.contains("Revoke"), "no password is replaced: {page}");
    let mut olga = Browser::invited(&house, "Olga", Role::Owner).await;
    let keys = async |browser: &mut Browser<'_>| {
        let (_, page) = browser.get("/profile").await;
        page.matches("/revoke\"").count()
    };
    for name in ["Nightly", "Weekly"] {
        olga.get("/profile").await;
        let fields = [("name", name), ("scope", "clients:view")];
        olga.post("/profile/keys", &fields).await;
    }
    let link = set_up::sign_in_link(&house.folder, "Olga").unwrap();
    olga.get("/profile").await;
    let change = [
        ("current", PASSWORD),
        ("password", "correct battery staple"),
        ("again", "correct battery staple"),
    ];
    let changed = olga.post("/profile/password", &change).await;
    assert_eq!(changed.status(), StatusCode::SEE_OTHER);
    assert_eq!(keys(&mut olga).await, 2);
    let mut reset = Browser::new(&house);
    let (status, _) = reset.get(&link).await;
    assert_eq!(
        status,
        StatusCode::UNAUTHORIZED,
        "the link went with the old password"
    );
    let link = set_up::sign_in_link(&house.folder, "Olga").unwrap();
    let (_, page) = reset.get(&link).await;
    assert!(
        page.contains("Revoke my API keys: Weekly, Nightly"),
        "{page}"
    );
    let new = [
        ("password", PASSWORD),
        ("again", PASSWORD),
        ("keys", "revoke"),
    ];
    let set = reset.post(&link, &new).await;
    assert_eq!(set.status(), StatusCode::SEE_OTHER);
    assert_eq!(keys(&mut reset).await, 0);
    let auditor = house.program(Role::DataProtectionOfficer, &["audit.export"]);
    assert_eq!(told(&auditor, "api_key.revoked").await.len(), 2);
}

#[tokio::test]
async fn a_program_makes_keys_that_may_no_more_than_itself() {
    let house = House::open().await;
    let owner = house.program(Role::Owner, &["api_key.create", "clients:view"]);
    let new = |scopes: &[&str]| json!({"name": "child", "scopes": scopes});
    let (status, made) = owner.post("/api/v1/keys", new(&["clients:view"])).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let (status, told) = owner.post("/api/v1/keys", new(&["sessions:view"])).await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "the owner may, this key may not"
    );
    assert_eq!(told["right"], "sessions:view");
    for wrong in [
        new(&[]),
        new(&["clients:all"]),
        json!({"name": "", "scopes": ["clients:view"]}),
    ] {
        let (status, told) = owner.post("/api/v1/keys", wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        let told = told["message"].as_str().unwrap();
        assert!(!told.starts_with(char::is_lowercase), "{told}");
        assert!(told.ends_with('.'), "{told}");
    }
    let (_, list) = owner.get("/api/v1/keys").await;
    assert_eq!(
        (&list[0]["name"], &list[0]["used"]),
        (&json!("child"), &json!(null))
    );
    assert!(
        list[1]["used"].is_string() && list[0].get("key").is_none(),
        "{list}"
    );
    let path = format!("/api/v1/keys/{}", made["id"]);
    let revoked = owner.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(revoked.status(), StatusCode::OK);
    let again = owner.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_FOUND);
    let none = set_up::new_key(&house.folder, "x", "nobody", &["clients:view"]);
    assert!(matches!(none, Err(SetUpError::Unknown(_))), "{none:?}");
}

#[tokio::test]
async fn what_is_refused_and_what_a_link_did_stands_on_the_record_once() {
    let house = House::open().await;
    let narrow = house.program(Role::Owner, &["clients:view"]);
    let mut device = house.device("jo").await;
    let own = std::mem::replace(&mut device.key, SigningKey::from_bytes(&[1; 32]));
    let link = set_up::add_user(&house.folder, "Sam", Role::SupportAgent).unwrap();
    let mut sam = Browser::new(&house);
    for _ in 0..5 {
        narrow.get("/api/v1/sessions").await;
        device.deliver(1, phase("s-1", "waiting")).await;
        let used = Device::new(&house.base, "jo").enrol("dht_unknown").await;
        assert_eq!(used, Err(StatusCode::UNAUTHORIZED));
        sam.get("/welcome/unknown").await;
        sam.get(&link).await;
        let request = house.http.get(format!("{}/api/v1/devices", house.base));
        request.bearer_auth("dhk_unknown").send().await.unwrap();
    }
    device.key = own;
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    sam.post(&link, &fields).await;
    let auditor = house.program(Role::DataProtectionOfficer, &["audit.export"]);
    for action in [
        "right.refused",
        "device.signature_refused",
        "token.refused",
        "link.refused",
        "account.link_opened",
        "api_key.refused",
        "account.password_set",
    ] {
        let told = told(&auditor, action).await;
        assert_eq!(told.len(), 1, "{action}: {told:?}");
    }
}

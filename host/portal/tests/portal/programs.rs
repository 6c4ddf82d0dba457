//! What programs see through the API, and what their keys may not.

use deskhook_portal::{Role, SetUpError, set_up};
use deskhook_record::verify;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn the_device_list_shows_who_waits_first_and_the_link_only_to_who_may_connect() {
    let house = House::open().await;
    let mut calm = house.device("amy").await;
    calm.orders(0, 0).await;
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "123456789").await;
    let agent = house.program(Role::SupportAgent, &["clients:view", "session.connect"]);
    let (status, list) = agent.get("/api/v1/devices").await;
    assert_eq!(status, StatusCode::OK);
    let first = &list[0];
    for (key, value) in [
        ("id", json!(device.id())),
        ("name", json!("jo-laptop")),
        (
            "person",
            json!({"name": "jo", "display_name": "jo", "verified": true}),
        ),
        ("state", json!("waiting")),
        ("address", json!("123456789")),
        ("client", json!("anydesk")),
        ("link", json!("anydesk:123456789")),
        ("session", json!("s-1")),
        ("phase", json!("waiting")),
        ("group", json!("Berlin")),
    ] {
        assert_eq!(first[key], value, "{key}");
    }
    assert_eq!(list[1]["state"], "online");
    let officer = house.program(Role::DataProtectionOfficer, &["clients:view"]);
    let (_, list) = officer.get("/api/v1/devices").await;
    assert_eq!(
        (&list[0]["address"], list[0].get("link")),
        (&json!("123456789"), None)
    );
    let path = format!("/api/v1/devices/{}/connect", device.id());
    let (status, told) = officer.post(&path, json!({})).await;
    assert_eq!(
        (status, &told["right"]),
        (StatusCode::FORBIDDEN, &json!("session.connect"))
    );
}

#[tokio::test]
async fn a_plain_user_sees_only_the_devices_that_were_enrolled_for_them() {
    let house = House::open().await;
    let own = house.device("User clients:view").await;
    let other = house.device("jo").await;
    let user = house.program(Role::User, &["clients:view"]);
    let (_, list) = user.get("/api/v1/devices").await;
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["id"], own.id());
    let (status, _) = user.get(&format!("/api/v1/devices/{}", other.id())).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_key_may_less_than_its_owner_and_never_more() {
    let house = House::open().await;
    let narrow = house.program(Role::Owner, &["clients:view"]);
    assert_eq!(narrow.get("/api/v1/devices").await.0, StatusCode::OK);
    assert_eq!(
        narrow.get("/api/v1/sessions").await.0,
        StatusCode::FORBIDDEN
    );
    set_up::add_user(&house.folder, "Sam", Role::SupportAgent).unwrap();
    let above = set_up::new_key(&house.folder, "report", "sam", &["audit.export"]);
    assert!(matches!(above, Err(SetUpError::Above { .. })), "{above:?}");
    let nobody = house.http.get(format!("{}/api/v1/devices", house.base));
    let answer = nobody.bearer_auth("dhk_nonsense").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        answer.json::<Value>().await.unwrap()["error"],
        "not-signed-in"
    );
}

#[tokio::test]
async fn a_supporter_who_asks_twice_or_an_idle_device_is_told_so() {
    let house = House::open().await;
    let agent = house.program(Role::SupportAgent, &["session.connect"]);
    let mut device = house.device("jo").await;
    let path = format!("/api/v1/devices/{}/connect", device.id());
    assert_eq!(agent.post(&path, json!({})).await.0, StatusCode::CONFLICT);
    device.ask_for_help("s-1", "123456789").await;
    assert_eq!(agent.post(&path, json!({})).await.0, StatusCode::OK);
    let (status, told) = agent.post(&path, json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("is asking already"),
        "{told}"
    );
    let (status, _) = agent.post("/api/v1/devices/d-0/connect", json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_exported_record_holds_and_says_who_did_what() {
    let house = House::open().await;
    let scopes = ["clients:view", "session.connect", "audit.export"];
    let owner = house.program(Role::Owner, &scopes);
    let mut device = house.device("jo").await;
    device.ask_for_help("s-1", "123456789").await;
    owner
        .post(
            &format!("/api/v1/devices/{}/connect", device.id()),
            json!({}),
        )
        .await;
    let export = owner
        .request(Method::GET, "/api/v1/audit")
        .send()
        .await
        .unwrap();
    let head = export.headers()["deskhook-head"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let text = export.text().await.unwrap();
    let report = verify(text.as_bytes(), Some(&head)).unwrap();
    assert_eq!((report.broken, report.head), (None, head));
    for action in [
        "account.added",
        "api_key.made",
        "token.made",
        "device.enrolled",
        "session.requested",
        "address.reported",
        "session.waiting",
        "join.asked",
        "audit.exported",
    ] {
        assert!(
            text.contains(&format!("\"action\":\"{action}\"")),
            "{action}"
        );
    }
    assert!(
        !text.contains(&owner.key) && !text.contains("dht_"),
        "no secret is on the record"
    );
}

#[tokio::test]
async fn the_api_describes_itself_and_the_portal_tells_how_it_is() {
    let house = House::open().await;
    let get = |path: &str| house.http.get(format!("{}{path}", house.base)).send();
    let described: Value = get("/api/v1/openapi.json")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    let connect = &described["paths"]["/api/v1/devices/{id}/connect"]["post"];
    assert_eq!(connect["x-right"], "session.connect");
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(path).await.unwrap().status(), StatusCode::OK, "{path}");
    }
    let metrics = get("/metrics").await.unwrap().text().await.unwrap();
    assert!(
        metrics.contains("deskhook_commit_seconds_count"),
        "{metrics}"
    );
    let missing = get("/api/v1/nothing").await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert_eq!(missing.headers()["x-content-type-options"], "nosniff");
    assert_eq!(missing.json::<Value>().await.unwrap()["error"], "not-found");
}

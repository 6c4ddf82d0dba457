//! Every route with every role, against tables that were written without looking at the code.

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use tower_service::Service as _;

use crate::clock;
use crate::rights::{Right, Role, Section, Verb};
use crate::secret::Secret;
use crate::store::{accounts, sign_ins};
use crate::web::serving::Peer;
use crate::web::table::{Access, Place, get};
use crate::{Portal, PortalConfig, set_up};

struct House {
    _folder: tempfile::TempDir,
    portal: Portal,
}

fn open() -> House {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = PortalConfig {
        data_dir: folder.path().to_owned(),
        ..PortalConfig::default()
    };
    let portal = Portal::open(config).expect("a new portal opens");
    House {
        _folder: folder,
        portal,
    }
}

/// All routes, for other tests.
pub(crate) fn places() -> Vec<Place> {
    open().portal.places()
}

/// `(row, column) -> cell` of a table with a head.
fn table(csv: &str) -> BTreeMap<(String, String), String> {
    let mut lines = csv.lines();
    let head: Vec<&str> = lines.next().expect("a head").split(',').skip(1).collect();
    let mut cells = BTreeMap::new();
    for line in lines {
        let (row, rest) = line.split_once(',').expect("a row");
        for (column, cell) in head.iter().zip(rest.split(',')) {
            cells.insert((row.to_owned(), (*column).to_owned()), cell.to_owned());
        }
    }
    cells
}

/// What a route needs, by `METHOD path`.
fn needs() -> BTreeMap<String, String> {
    let lines = include_str!("../../tests/routes.csv").lines().skip(1);
    let read = |line: &str| {
        let parts: Vec<&str> = line.split(',').collect();
        (format!("{} {}", parts[0], parts[1]), parts[2].to_owned())
    };
    lines.map(read).collect()
}

fn name(place: &Place) -> String {
    format!("{} {}", place.method, place.path)
}

fn written(access: Access) -> String {
    match access {
        Access::Open => "open".to_owned(),
        Access::SignedIn => "signed-in".to_owned(),
        Access::Device => "device".to_owned(),
        Access::Needs(right) => right.to_string(),
    }
}

#[test]
fn every_route_stands_in_the_list_with_what_it_needs() {
    let routes = places()
        .into_iter()
        .map(|place| (name(&place), written(place.access)));
    assert_eq!(routes.collect::<BTreeMap<_, _>>(), needs());
}

#[tokio::test]
async fn every_role_may_use_exactly_the_routes_that_the_matrix_gives_it() {
    let house = open();
    let levels = table(include_str!("../../tests/role-matrix.csv"));
    let verbs = table(include_str!("../../tests/verbs.csv"));
    let needs = needs();
    for role in Role::ALL {
        let secret = sign_in(&house, role).await;
        for place in house.portal.places() {
            let need = &needs[&name(&place)];
            if matches!(need.as_str(), "open" | "device") || place.path == "/sign-out" {
                continue;
            }
            let column = role.name().to_owned();
            let allowed = match need.split_once(':') {
                _ if need == "signed-in" => true,
                Some((section, "view")) => levels[&(section.to_owned(), column)] != "none",
                Some((section, _)) => levels[&(section.to_owned(), column)] == "edit",
                None => verbs[&(need.clone(), column)] == "yes",
            };
            let response = ask(&house, &place, Some(&secret)).await;
            let status = response.status();
            let refused = status == StatusCode::FORBIDDEN && text(response).await.contains(need);
            assert_eq!(refused, !allowed, "{role:?} {} {status}", name(&place));
            assert_ne!(
                status,
                StatusCode::UNAUTHORIZED,
                "{role:?} {}",
                name(&place)
            );
        }
    }
}

#[tokio::test]
async fn who_is_not_signed_in_gets_nowhere() {
    let house = open();
    for place in house.portal.places() {
        if place.access == Access::Open {
            continue;
        }
        let response = ask(&house, &place, None).await;
        let away = response
            .headers()
            .get("location")
            .is_some_and(|to| to.to_str().is_ok_and(|to| to.starts_with("/sign-in")));
        let refused = response.status() == StatusCode::UNAUTHORIZED;
        assert!(away || refused, "{} {}", name(&place), response.status());
    }
}

#[tokio::test]
async fn a_form_without_its_token_or_from_another_site_changes_nothing() {
    let house = open();
    let secret = sign_in(&house, Role::Owner).await;
    let guarded = |place: &Place| {
        place.method != "GET" && matches!(place.access, Access::SignedIn | Access::Needs(_))
    };
    for place in house.portal.places().into_iter().filter(guarded) {
        for (origin, token) in [
            ("http://desk.test", ""),
            ("http://evil.test", &secret.form_token()[..]),
        ] {
            let mut request = request(&place, Some(&secret));
            request
                .headers_mut()
                .insert("origin", origin.parse().expect("an origin"));
            *request.body_mut() = Body::from(format!("form_token={token}"));
            let response = call(&house, request).await;
            assert_eq!(
                response.status(),
                StatusCode::FORBIDDEN,
                "{} {origin}",
                name(&place)
            );
        }
    }
}

#[tokio::test]
async fn an_api_key_opens_neither_pages_nor_what_asks_only_for_a_sign_in() {
    let house = open();
    let all = set_up_key(&house);
    for place in house.portal.places() {
        let right = matches!(place.access, Access::Needs(_));
        if matches!(place.access, Access::Open | Access::Device)
            || (right && place.path.starts_with("/api/"))
        {
            continue;
        }
        let mut request = request(&place, None);
        let bearer = format!("Bearer {all}").parse().expect("a header");
        request.headers_mut().insert("authorization", bearer);
        let response = call(&house, request).await;
        let away = response.headers().get("location");
        let away = away.is_some_and(|to| to.to_str().is_ok_and(|to| to.starts_with("/sign-in")));
        let refused = response.status() == StatusCode::UNAUTHORIZED;
        assert!(away || refused, "{} {}", name(&place), response.status());
    }
}

/// A key of an owner with every scope.
fn set_up_key(house: &House) -> String {
    let folder = &house.portal.desk().config.data_dir;
    set_up::add_user(folder, "Olga", Role::Owner).expect("an account");
    let sections = Section::ALL.map(|section| Right::edit(section).to_string());
    let verbs = Verb::ALL.map(|verb| Right::Verb(verb).to_string());
    let scopes: Vec<&str> = sections.iter().chain(&verbs).map(String::as_str).collect();
    set_up::new_key(folder, "all", "olga", &scopes).expect("a key")
}

#[tokio::test]
async fn head_is_answered_as_get_is_and_another_method_with_those_that_are() {
    let house = open();
    let secret = sign_in(&house, Role::Owner).await;
    for path in ["/devices", "/api/v1/devices", "/sign-in", "/healthz"] {
        let place = get(path).open();
        let mut head = request(&place, Some(&secret));
        *head.method_mut() = Method::HEAD;
        head.headers_mut().remove("origin");
        let response = call(&house, head).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let mut other = request(&place, Some(&secret));
        *other.method_mut() = Method::PUT;
        let response = call(&house, other).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allow = response.headers()["allow"].to_str().expect("methods");
        assert!(allow.contains("GET"), "{path}: {allow}");
    }
}

#[tokio::test]
async fn who_signs_in_again_comes_back_to_the_page_and_never_to_a_form() {
    let house = open();
    let asked = |method: Method, path: &str, from: Option<&str>| {
        let mut request = request(&get("/").open(), None);
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().expect("a path");
        if let Some(from) = from {
            let from = from.parse().expect("an address");
            request.headers_mut().insert("referer", from);
        }
        request
    };
    let page = "/devices?q=a&state=waiting";
    let device = "http://desk.test/devices/d-1?order=o-1";
    for (request, to) in [
        (
            asked(Method::GET, page, None),
            "/sign-in?next=%2Fdevices%3Fq%3Da%26state%3Dwaiting",
        ),
        (
            asked(Method::POST, "/devices/d-1/connect", Some(device)),
            "/sign-in?next=%2Fdevices%2Fd-1%3Forder%3Do-1",
        ),
        (
            asked(
                Method::POST,
                "/devices/d-1/connect",
                Some("http://evil.test/x"),
            ),
            "/sign-in",
        ),
        (
            asked(Method::POST, "/devices/d-1/connect", None),
            "/sign-in",
        ),
    ] {
        let response = call(&house, request).await;
        assert_eq!(response.headers()["location"], to);
    }
}

#[tokio::test]
async fn behind_tls_the_cookie_is_bound_to_host_and_transport() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = PortalConfig {
        data_dir: folder.path().to_owned(),
        public_url: "https://desk.test".parse().ok(),
        ..PortalConfig::default()
    };
    let portal = Portal::open(config).expect("a new portal opens");
    let link = set_up::add_user(folder.path(), "Sam", Role::Owner).expect("an account");
    let body = "password=correct+horse+battery&again=correct+horse+battery";
    let request = Request::post(link)
        .header("host", "127.0.0.1:8460")
        .header("origin", "https://desk.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(Peer([127, 0, 0, 1].into()))
        .body(Body::from(body))
        .expect("a request");
    let house = House {
        _folder: folder,
        portal,
    };
    let response = call(&house, request).await;
    let cookie = response.headers()["set-cookie"].to_str().expect("a cookie");
    assert!(cookie.starts_with("__Host-deskhook="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"),
        "{cookie}"
    );
    assert!(response.headers().contains_key("strict-transport-security"));
}

async fn sign_in(house: &House, role: Role) -> Secret {
    let desk = house.portal.desk();
    set_up::add_user(&desk.config.data_dir, role.name(), role).expect("an account");
    let secret = Secret::fresh("");
    let hash = secret.fingerprint();
    let signed_in = desk.store.write(move |unit| {
        let account = accounts::by_name(unit, role.name())?.expect("the account was added");
        let now = clock::now();
        let new = sign_ins::SignIn {
            hash,
            account: account.id,
            created_at: now,
            seen_at: now,
            browser: String::new(),
            origin: String::new(),
        };
        sign_ins::add(unit, &new)
    });
    signed_in.await.expect("the sign-in is kept");
    secret
}

fn request(place: &Place, secret: Option<&Secret>) -> Request<Body> {
    let path = place.path.replace("{id}", "1").replace("{number}", "1");
    let mut request = Request::builder()
        .method(place.method.clone())
        .uri(path)
        .header("host", "desk.test")
        .header("origin", "http://desk.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(Peer([127, 0, 0, 1].into()));
    let mut body = String::new();
    if let Some(secret) = secret {
        request = request.header("cookie", format!("a=b; deskhook={}", secret.text()));
        body = format!("form_token={}", secret.form_token());
    }
    request.body(Body::from(body)).expect("a request")
}

async fn ask(house: &House, place: &Place, secret: Option<&Secret>) -> Response {
    call(house, request(place, secret)).await
}

async fn call(house: &House, request: Request<Body>) -> Response {
    match house.portal.router().call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

//! A support desk with people in it: opens a portal and enrols devices that ask for help, are
//! helped, answer what supporters ask, and are away. For looking at the pages.
//!
//! `cargo run -p deskhook-portal --example desk -- FOLDER PORT` writes the sign-in links.

#[path = "../tests/portal/device.rs"]
mod device;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use deskhook_policy::ElevationMethod;
use deskhook_portal::{Portal, PortalConfig, Role, set_up};
use deskhook_wire::{
    AskOutcomeShape, CheckShape, DeviceAbout, ElevationOffer, ExtensionHealth, Order, OrderKind,
    PolicyEntry, ReasonShape, Report, SupporterShape,
};
use device::{Device, phase};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Person, device, system, group, how they stand, reason.
type Seat = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const SEATS: &[Seat] = &[
    ("Jo Brandt", "BER-LT-0143", "windows", "Berlin", "waiting", "The printer on the third floor swallows my badge and prints nothing"),
    ("Amira Haddad", "HAM-LT-0027", "windows", "Hamburg", "waiting", "VPN asks for a token I do not have"),
    ("Tom Okafor", "BER-WS-0310", "linux", "Berlin · Development", "connected", "Build server refuses my key"),
    ("Lena Fischer", "MUC-LT-0088", "macos", "Munich", "connected", "Slides freeze in full screen"),
    ("Mateusz Nowak", "WAW-LT-0012", "windows", "Warsaw", "online", ""),
    ("Chiara Conti", "MIL-LT-0005", "windows", "Milan", "online", ""),
    ("Yuki Tanaka", "BER-LT-0201", "windows", "Berlin", "online", ""),
    ("Noah Schmidt", "HAM-WS-0114", "linux", "Hamburg", "denied", "Need a second monitor set up"),
    ("Sofia Martins", "LIS-LT-0031", "macos", "Lisbon", "online", ""),
    ("", "BER-KIOSK-02", "linux", "Berlin · Lobby", "online", ""),
    ("Elif Kaya", "BER-LT-0177", "windows", "Berlin", "away", ""),
    ("Ben Aalto", "HEL-LT-0009", "windows", "Helsinki", "away", ""),
    ("Priya Raman", "MUC-LT-0102", "windows", "Munich", "away", ""),
    ("Oskar Lindqvist", "STO-LT-0044", "macos", "Stockholm", "away", ""),
];

#[tokio::main]
async fn main() {
    let mut given = std::env::args().skip(1);
    let folder = PathBuf::from(given.next().expect("a folder"));
    let port = given.next().expect("a port");
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))
        .await
        .expect("a free port");
    let config = PortalConfig {
        data_dir: folder.clone(),
        organization: "Contoso IT".to_owned(),
        listen: listener.local_addr().expect("an address"),
        ..PortalConfig::default()
    };
    let base = format!("http://{}", config.listen);
    let portal = Portal::open(config).expect("the portal opens");
    tokio::spawn(portal.serve(listener, std::future::pending::<()>()));
    for (name, role) in [
        ("Sam Weber", Role::SupportAgent),
        ("Olga Petrova", Role::Owner),
        ("Dana Osei", Role::DataProtectionOfficer),
        ("Ada Moreau", Role::Accountant),
    ] {
        let path = set_up::add_user(&folder, name, role).expect("an account");
        writeln!(std::io::stdout(), "{name}\t{base}{path}").expect("standard output");
    }
    let helper = set_up::new_key(&folder, "The desk", "Sam Weber", &["session.connect"]);
    let helper = helper.expect("a key");
    let mut seats = Vec::new();
    for (number, seat) in SEATS.iter().enumerate() {
        seats.push(tokio::spawn(sit(
            (base.clone(), helper.clone()),
            folder.clone(),
            number,
            seat,
        )));
    }
    writeln!(std::io::stdout(), "ready").expect("standard output");
    for seat in seats {
        seat.await.expect("a device goes on");
    }
}

/// Comes, asks for help or not, and answers what supporters ask.
async fn sit((base, helper): (String, String), folder: PathBuf, number: usize, seat: &Seat) {
    let &(person, _, _, _, stands, reason) = seat;
    let mut device = arrive(&base, &folder, seat).await;
    if !person.is_empty() {
        earlier(&mut device, &helper, number).await;
    }
    let session = format!("s-{number}");
    let address = format!("{}", 412_087_935 + 91_357_246 * number as u64 % 587_000_000);
    match stands {
        "waiting" | "connected" => {
            device.report(wish(&session, reason)).await;
            device.ask_for_help(&session, &address).await;
            device
                .report(standing(&session, "waiting", Some(reason)))
                .await;
        }
        "denied" => {
            device.report(wish(&session, reason)).await;
            device.report(denied(&session)).await;
        }
        _ => {}
    }
    if stands == "connected" {
        let_in(&mut device, &helper, &session).await;
    }
    let mut after = 0;
    if stands == "away" {
        return;
    }
    loop {
        let orders = device.orders(after, 25).await;
        after = orders.last;
        for order in orders.orders {
            answer(&mut device, order).await;
        }
    }
}

async fn arrive(base: &str, folder: &Path, seat: &Seat) -> Device {
    let &(person, name, os, group, _, _) = seat;
    let account = person.to_lowercase().replace(' ', ".");
    let bound = (!person.is_empty() && os != "macos").then_some(account.as_str());
    let token = set_up::new_token(folder, Some(group), bound).expect("a token");
    let mut device = Device::new(base, person);
    let version = match os {
        "windows" => "11 24H2",
        "macos" => "15.1",
        _ => "Debian 12",
    };
    device.about = DeviceAbout {
        name: name.to_owned(),
        os: os.to_owned(),
        os_version: version.to_owned(),
        agent_version: "0.1.0".to_owned(),
    };
    device.person.name = account;
    device.enrol(&token).await.expect("the device is enrolled");
    tracing::debug!(device = device.id(), "enrolled");
    let facts = [
        ("antivirus", json!("clamd")),
        ("badge_reader", json!(true)),
        ("disk-encryption", json!("on")),
        ("display-server", json!("wayland")),
        ("firewall", json!("on")),
        ("free-disk", json!(186_368)),
        ("power", json!("battery")),
        ("updates", json!(2)),
        ("uptime", json!(31_415)),
    ];
    let facts: BTreeMap<String, Value> = facts.map(|(key, value)| (key.to_owned(), value)).into();
    device
        .report(Report::State {
            device: device.about.clone(),
            person: (!person.is_empty()).then(|| device.person.clone()),
            policy_version: "2026-11-18.3".into(),
            policy: policy(),
            facts,
            extensions: extensions(),
            elevation: ElevationOffer {
                programs: vec!["/usr/bin/apt-get".into(), "/usr/bin/systemctl".into()],
                methods: vec![ElevationMethod::LocalApproval],
                minutes: 15,
                obstacle: None,
            },
        })
        .await;
    device
}

fn policy() -> Vec<PolicyEntry> {
    let entry = |key: &str, value: &str, set_by: &str, overrides: &[&str]| PolicyEntry {
        key: key.to_owned(),
        value: value.to_owned(),
        set_by: set_by.to_owned(),
        overrides: overrides.iter().map(ToString::to_string).collect(),
    };
    vec![
        entry("Elevation.Enabled", "true", "tenant", &[]),
        entry("Integration.AnyDesk.Enabled", "true", "tenant", &[]),
        entry("Session.Consent.Mode", "\"always\"", "tenant", &[]),
        entry("Session.MaxMinutes", "30", "group Berlin", &["tenant"]),
        entry("Session.RequireReason", "true", "group Berlin", &[]),
    ]
}

fn extensions() -> Vec<ExtensionHealth> {
    let health = |name: &str, version: &str, state: &str, message: Option<&str>| ExtensionHealth {
        name: name.to_owned(),
        version: version.to_owned(),
        state: state.to_owned(),
        message: message.map(str::to_owned),
        ungranted: vec![],
        remark: None,
    };
    vec![
        health("business-hours", "1.2.0", "running", None),
        health("ticket-required", "1.0.3", "running", None),
        ExtensionHealth {
            remark: Some("runs inside the agent".to_owned()),
            ..health("org.contoso.assets", "3.1.0", "running", None)
        },
        health(
            "org.contoso.smartcard",
            "0.9.1",
            "quarantined",
            Some("It crashed three times. It rests until its files or the policy change."),
        ),
    ]
}

fn wish(session: &str, reason: &str) -> Report {
    standing(session, "checking", Some(reason))
}

fn standing(session: &str, phase: &str, reason: Option<&str>) -> Report {
    Report::Phase {
        session: session.to_owned(),
        phase: phase.to_owned(),
        reason: reason.map(str::to_owned),
        ticket: reason.map(|_| "INC-20418".to_owned()),
        supporter: (phase == "connected").then(|| SupporterShape {
            name: "Sam Weber".into(),
            ..SupporterShape::default()
        }),
        checks: checks(),
    }
}

fn checks() -> Vec<CheckShape> {
    let voice = |by: &str, verdict: &str, message: &str, micros| CheckShape {
        by: by.to_owned(),
        verdict: verdict.to_owned(),
        code: None,
        message: (!message.is_empty()).then(|| message.to_owned()),
        micros,
    };
    vec![
        voice("disk-encryption", "abstain", "", 4_210),
        voice("free-disk", "abstain", "", 310),
        voice(
            "power",
            "abstain",
            "This device runs on its battery. Please plug it in.",
            140,
        ),
        voice("business-hours", "abstain", "", 92),
        voice("ticket-required", "allow", "INC-20418 is open", 118_400),
    ]
}

fn denied(session: &str) -> Report {
    Report::Ended {
        session: session.to_owned(),
        outcome: "denied".into(),
        reasons: vec![ReasonShape {
            code: "outside-hours".into(),
            message:
                "The support desk helps on weekdays from 8 to 18. Call +49 30 1234 in an emergency."
                    .into(),
            by: "business-hours".into(),
        }],
        seconds: 0,
    }
}

/// Sessions of the days before.
async fn earlier(device: &mut Device, helper: &str, number: usize) {
    let outcomes = ["disconnected", "stopped", "client-exited", "time-limit"];
    for round in 0..number % 4 {
        let session = format!("old-{round}");
        device
            .report(wish(
                &session,
                ["Mail does not sync", "New laptop", "Licence question"][round % 3],
            ))
            .await;
        device.ask_for_help(&session, "412087935").await;
        let_in(device, helper, &session).await;
        device
            .report(Report::Ended {
                session,
                outcome: outcomes[(number + round) % 4].into(),
                reasons: vec![],
                seconds: 754,
            })
            .await;
    }
}

/// A supporter asks, and the person agrees at once.
async fn let_in(device: &mut Device, helper: &str, session: &str) {
    let connect = format!("{}/api/v1/devices/{}/connect", device.base, device.id());
    let asked = device.http.post(connect).bearer_auth(helper);
    let asked = asked.json(&json!({})).send().await.expect("an answer");
    assert!(asked.status().is_success(), "{asked:?}");
    for order in device.orders(0, 5).await.orders {
        let outcome = AskOutcomeShape::Joined;
        let order = order.id;
        device.report(Report::Reply { order, outcome }).await;
    }
    device.report(standing(session, "connected", None)).await;
}

async fn answer(device: &mut Device, order: Order) {
    // A person reads before answering; the desk shows how that looks.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let (session, outcome) = match order.kind {
        OrderKind::Join { session, .. } => {
            device.report(phase(&session, "joining")).await;
            tokio::time::sleep(std::time::Duration::from_secs(4)).await;
            (Some((session, "connected")), AskOutcomeShape::Joined)
        }
        OrderKind::Disconnect { session, .. } => {
            (Some((session, "ended")), AskOutcomeShape::Disconnected)
        }
        OrderKind::Elevate { program, .. } if program.ends_with("systemctl") => {
            let message = "The person refused.".to_owned();
            let reasons = vec![ReasonShape {
                code: "refused".into(),
                message,
                by: "person".into(),
            }];
            (
                None,
                AskOutcomeShape::Elevation {
                    result: "denied".into(),
                    code: None,
                    reasons,
                },
            )
        }
        OrderKind::Elevate { .. } => (
            None,
            AskOutcomeShape::Elevation {
                result: "granted".into(),
                code: Some(0),
                reasons: vec![],
            },
        ),
    };
    device
        .report(Report::Reply {
            order: order.id,
            outcome,
        })
        .await;
    match session {
        Some((session, "ended")) => {
            device
                .report(Report::Ended {
                    session,
                    outcome: "disconnected".into(),
                    reasons: vec![],
                    seconds: 90,
                })
                .await;
        }
        Some((session, _)) => device.report(standing(&session, "connected", None)).await,
        None => {}
    }
}

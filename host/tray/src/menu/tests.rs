use std::sync::Arc;

use deskhook_agent::AboutDevice;
use deskhook_policy::{Address, ClientSpec, LocalText, MenuEntry, Policy, WebLink};
use deskhook_session::{
    Moment, Progress, Question, QuestionId, QuestionKind, Reason, SessionId, Supporter, View,
};

use super::*;

const LANGUAGES: [&str; 8] = ["en", "de", "fr", "es", "it", "nl", "pl", "pt"];

fn policy() -> Policy {
    let client = ClientSpec {
        name: "anydesk".into(),
        display_name: "AnyDesk".into(),
        ..ClientSpec::default()
    };
    Policy {
        clients: vec![client],
        ..Policy::default()
    }
}

fn snapshot(phase: PhaseName) -> Snapshot {
    let live = phase != PhaseName::Idle;
    let supporter = Supporter {
        name: "Ada".into(),
        organisation: "Example IT".into(),
        verified: true,
        ..Supporter::default()
    };
    let with_address = matches!(
        phase,
        PhaseName::Reporting | PhaseName::Waiting | PhaseName::Joining | PhaseName::Connected
    );
    Snapshot {
        now: Moment(600_000),
        clock: "2026-11-22T14:10:00+01:00".into(),
        organization: "Example GmbH".into(),
        portal: Some("https://portal.example".into()),
        online: true,
        policy: Arc::new(policy()),
        view: View {
            phase,
            session: live.then(|| SessionId("s-1".into())),
            client: live.then(|| "anydesk".into()),
            address: with_address.then(|| Address::parse("123456789").unwrap()),
            supporter: matches!(phase, PhaseName::Joining | PhaseName::Connected)
                .then_some(supporter),
            connected: (phase == PhaseName::Connected).then_some(Moment(300_000)),
            ..View::default()
        },
        ..Snapshot::default()
    }
}

fn in_english(snapshot: &Snapshot) -> Menu {
    menu(snapshot, &Language::english())
}

/// What stands in the menu, lines left out: `kind id: text`.
fn shown(snapshot: &Snapshot) -> Vec<String> {
    let items = in_english(snapshot).items.into_iter();
    let items = items.filter(|item| item.kind != ItemKind::Separator);
    items
        .map(|item| format!("{}: {}", item.id, item.text))
        .collect()
}

#[test]
fn every_phase_shows_what_applies_and_nothing_else() {
    let session = |lines: &[&str]| {
        let around = ["organisation: Example GmbH"]
            .into_iter()
            .chain(lines.iter().copied());
        around
            .chain(["about: About Deskhook"])
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let stop = "stop: Stop the session";
    let address = "address: Address: 123 456 789";
    let cases = [
        (PhaseName::Idle, session(&["start: Start remote session"])),
        (
            PhaseName::Checking,
            session(&["state: Checking this device…", "stop: Cancel"]),
        ),
        (
            PhaseName::Launching,
            session(&["state: Starting AnyDesk…", "stop: Cancel"]),
        ),
        (
            PhaseName::Reporting,
            session(&["state: Telling your support desk…", address, stop]),
        ),
        (
            PhaseName::Waiting,
            session(&["state: Waiting for a supporter", address, stop]),
        ),
        (
            PhaseName::Joining,
            session(&["state: Ada asks to connect", address, stop]),
        ),
        (
            PhaseName::Connected,
            session(&["supporter: Ada is connected since 14:05", address, stop]),
        ),
    ];
    for (phase, wanted) in cases {
        assert_eq!(shown(&snapshot(phase)), wanted, "{phase:?}");
    }
}

#[test]
fn every_phase_has_its_words_in_every_language() {
    for phase in [
        PhaseName::Idle,
        PhaseName::Launching,
        PhaseName::Waiting,
        PhaseName::Connected,
    ] {
        let mut seen = std::collections::BTreeSet::new();
        for tag in LANGUAGES {
            let menu = menu(&snapshot(phase), &Language::parse(tag));
            let texts: Vec<_> = menu.items.iter().map(|item| item.text.clone()).collect();
            assert!(
                !texts.iter().any(|text| text.contains('{')),
                "{tag} {texts:?}"
            );
            assert!(
                seen.insert(texts),
                "{tag} {phase:?} says what another language says"
            );
        }
    }
}

#[test]
fn the_icon_says_idle_waiting_connected_or_that_the_person_is_asked() {
    let icon = |phase| in_english(&snapshot(phase)).icon;
    assert_eq!(icon(PhaseName::Idle), "idle");
    assert_eq!(icon(PhaseName::Launching), "waiting");
    assert_eq!(icon(PhaseName::Connected), "connected");
    let mut asked = snapshot(PhaseName::Joining);
    asked.view.question = Some(question());
    assert_eq!(in_english(&asked).icon, "attention");
}

#[test]
fn the_policys_icon_and_tooltip_stand_in_for_ours() {
    let mut own = policy();
    own.tray.icon = Some("acme-support".into());
    own.tray.tooltip = LocalText::One("Acme helps".into());
    let with = |phase| Snapshot {
        policy: Arc::new(own.clone()),
        ..snapshot(phase)
    };
    let (idle, waiting) = (
        in_english(&with(PhaseName::Idle)),
        in_english(&with(PhaseName::Waiting)),
    );
    assert_eq!(
        (idle.icon.as_str(), idle.tooltip.as_str()),
        ("acme-support", "Acme helps")
    );
    assert_eq!(waiting.icon, "waiting");
    let plain = in_english(&snapshot(PhaseName::Waiting));
    assert_eq!(plain.tooltip, "Example GmbH: Waiting for a supporter");
}

fn question() -> Question {
    Question {
        id: QuestionId(1),
        kind: QuestionKind::Details {
            reason: true,
            ticket: false,
        },
        expires: Moment(660_000),
    }
}

#[test]
fn an_open_question_stands_on_top() {
    let mut asked = snapshot(PhaseName::Checking);
    asked.view.question = Some(question());
    let lines = shown(&asked);
    assert_eq!(lines[1], "question: Answer: Why do you need support?");
    assert_eq!(lines[2], "state: Waiting for your answer");
}

#[test]
fn a_download_shows_how_far_it_is() {
    let mut fetching = snapshot(PhaseName::Launching);
    let mut state = |received, total| {
        fetching.view.progress = Some(Progress { received, total });
        shown(&fetching)[1].clone()
    };
    assert_eq!(state(42, Some(100)), "state: Fetching AnyDesk: 42 %");
    assert_eq!(
        state(u64::MAX - 1, Some(u64::MAX)),
        "state: Fetching AnyDesk: 99 %"
    );
    assert_eq!(state(3_500_000, None), "state: Fetching AnyDesk: 3 MB");
    assert_eq!(state(100, Some(100)), "state: Starting AnyDesk…");
    assert_eq!(state(0, Some(0)), "state: Starting AnyDesk…");
}

#[test]
fn a_device_that_is_not_set_up_offers_no_start() {
    let mut bare = snapshot(PhaseName::Idle);
    bare.policy = Arc::default();
    bare.view.reasons = vec![Reason::own("no-client", "…")];
    let lines = shown(&bare);
    assert_eq!(
        lines[1],
        "state: Remote support is not set up on this device"
    );
    assert_eq!(lines.len(), 3);
}

#[test]
fn the_organisations_start_text_is_taken_in_the_persons_language() {
    let mut own = policy();
    let texts = [("English", "Get help"), ("German", "Hilfe holen")];
    own.start_text = LocalText::Many(texts.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    let own = Snapshot {
        policy: Arc::new(own),
        ..snapshot(PhaseName::Idle)
    };
    let start = |tag| {
        menu(&own, &Language::parse(tag))
            .find("start")
            .map(|item| item.text.clone())
    };
    assert_eq!(start("de-AT").as_deref(), Some("Hilfe holen"));
    assert_eq!(start("pl").as_deref(), Some("Get help"));
    // What the policy says where nobody has said anything is ours to translate.
    let mut silent = policy();
    let texts = [("english".to_owned(), "Start remote session".to_owned())];
    silent.start_text = LocalText::Many(texts.into());
    let silent = Snapshot {
        policy: Arc::new(silent),
        ..snapshot(PhaseName::Idle)
    };
    let start = menu(&silent, &Language::parse("de"));
    assert_eq!(start.find("start").unwrap().text, "Fernwartung starten");
}

#[test]
fn every_reason_of_the_last_refusal_is_said_until_the_next_start() {
    let mut refused = snapshot(PhaseName::Idle);
    let other = Reason {
        code: "outside-hours".into(),
        message: "Please call\n0800 1".into(),
        by: "acme".into(),
    };
    refused.view.reasons = vec![
        Reason::own(
            "disk-full",
            "This device has less than 500 MB of free disk space.",
        ),
        other,
    ];
    let lines = shown(&refused);
    assert_eq!(
        lines[2],
        "refused-1: Not started: This device has less than 500 MB of free disk space."
    );
    assert_eq!(lines[3], "refused-2: Not started: Please call 0800 1");
}

#[test]
fn offline_or_without_a_portal_the_address_is_what_helps() {
    let mut offline = snapshot(PhaseName::Reporting);
    offline.online = false;
    assert!(shown(&offline)[1].contains("still trying"));
    offline.portal = None;
    assert_eq!(
        shown(&offline)[1],
        "state: Tell your supporter this address"
    );
}

#[test]
fn links_are_for_this_platform_and_for_people() {
    let link = |name: &str, target: &str, platform: &str| WebLink {
        name: LocalText::One(name.into()),
        target: target.into(),
        platform: platform.into(),
    };
    let mut own = policy();
    own.web_links = vec![
        link("Wiki", "https://wiki.example", ""),
        link("Windows only", "https://w.example", "windows"),
        link("Phone", "tel:112", "Linux"),
        link("Trap", "file:///etc/passwd", "any"),
    ];
    let device = AboutDevice {
        id: String::new(),
        name: "pc".into(),
        os: "linux".into(),
        os_version: String::new(),
        groups: vec![],
    };
    let snapshot = Snapshot {
        policy: Arc::new(own),
        device: Some(Arc::new(device)),
        ..snapshot(PhaseName::Idle)
    };
    let lines = shown(&snapshot);
    assert_eq!(lines[2..4], ["link-1: Wiki", "link-3: Phone"]);
    assert_eq!(lines.len(), 5);
}

#[test]
fn own_entries_keep_their_names_but_never_take_a_built_in_one() {
    let entry = |id: &str, kind: &str, items: Vec<MenuEntry>| MenuEntry {
        id: id.into(),
        kind: kind.into(),
        text: LocalText::One(format!("text of {id}")),
        items,
        ..MenuEntry::default()
    };
    let mut own = policy();
    own.tray.quit = true;
    own.tray.items = vec![
        entry("vpn", "item", vec![]),
        entry("stop", "item", vec![]),
        entry("", "separator", vec![]),
        entry(
            "more",
            "submenu",
            vec![entry("inner", "", vec![]), entry("vpn", "", vec![])],
        ),
        entry("empty", "submenu", vec![entry("quit", "item", vec![])]),
        entry("odd", "checkbox", vec![]),
        entry("no-target", "link", vec![]),
    ];
    let snapshot = Snapshot {
        policy: Arc::new(own),
        ..snapshot(PhaseName::Waiting)
    };
    let menu = in_english(&snapshot);
    let ids: Vec<_> = menu.items.iter().map(|item| item.id.as_str()).collect();
    let end = ["vpn", "entry-2", "more", "line-3", "about", "quit"];
    assert_eq!(ids[ids.len() - 6..], end);
    assert_eq!(menu.find("more").unwrap().items.len(), 1);
    assert_eq!(menu.find("stop").unwrap().kind, ItemKind::Stop);
}

#[test]
fn a_name_from_outside_stays_on_its_line() {
    let mut hostile = snapshot(PhaseName::Connected);
    let name = "Ada\nStop\u{202e}".to_owned() + &"x".repeat(500);
    hostile.view.supporter = Some(Supporter {
        name,
        ..Supporter::default()
    });
    let line = &shown(&hostile)[1];
    assert!(
        line.starts_with("supporter: Ada Stopxxx") && line.chars().count() < 120,
        "{line}"
    );
}

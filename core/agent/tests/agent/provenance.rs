//! Who made which part of what hooks made, as the control socket tells it.

use std::sync::Arc;

use deskhook_agent::{Agent, ExtensionPlaces, ExtensionSet, ask_agent};
use deskhook_hooks::{
    About, Answer, Bound, Call, Extension, ExtensionKind, Fault, Hook, HostPort, Limit, Provenance,
};
use deskhook_policy::{ExtensionPolicy, Policy};
use deskhook_session::Origin;
use deskhook_wire::{ControlReply, ControlRequest};
use serde_json::{Value, json};

use crate::desk::{Desk, LONG, start, until};

/// Sets in every hook one field to its own name, and says of a program where none is.
struct Patching(About);

impl Extension for Patching {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, call: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        let name = &self.0.name;
        let answer = match (call.hook, name.as_str()) {
            (Hook::TrayMenu, "third") => json!({"remove": ["nowhere"]}),
            (Hook::TrayMenu, _) => json!({"tooltip": name}),
            (Hook::ClientLocate, "first") => json!("client.sh"),
            (Hook::ClientLocate, "second") => json!("/bin/sh"),
            (Hook::ClientLocate, _) => json!(format!("/nowhere/{name}")),
            _ => json!({"fields": {"asset": name}}),
        };
        Ok(Answer::read(call.hook, answer).expect("a test is right about its own answers"))
    }
}

fn load_patching(_: &ExtensionPlaces, _: &Policy, _: &[Bound]) -> ExtensionSet {
    let bound = |name: &str| {
        let about = About {
            name: name.to_owned(),
            version: "1".into(),
            kind: ExtensionKind::Plugin,
            hooks: vec![Hook::TrayMenu, Hook::ClientLocate, Hook::AddressReport],
            capabilities: vec![],
            timer_seconds: None,
            sha256: String::new(),
        };
        Bound {
            extension: Arc::new(Patching(about)),
            policy: ExtensionPolicy::default(),
        }
    };
    ExtensionSet {
        loaded: ["first", "second", "third"].map(bound).to_vec(),
        ..ExtensionSet::default()
    }
}

async fn ask(desk: &Desk, request: ControlRequest) -> ControlReply {
    ask_agent(&desk.at("agent.sock"), &request)
        .await
        .expect("the agent answers")
}

/// Waits until the hook has run.
async fn last(desk: &Desk, hook: Hook) -> Provenance {
    let ran = async {
        loop {
            let reply = ask(desk, ControlRequest::Provenance { hook }).await;
            if let ControlReply::Provenance { last: Some(last) } = reply {
                return last;
            }
        }
    };
    tokio::time::timeout(LONG, ran).await.expect("it runs")
}

fn set(provenance: &Provenance) -> Value {
    json!(provenance.set_by)
}

fn dropped(provenance: &Provenance) -> Vec<(&str, &str)> {
    let dropped = provenance.dropped.iter();
    dropped.map(|one| (&*one.by, &*one.why)).collect()
}

#[tokio::test]
async fn the_socket_tells_who_set_what_and_whose_answer_was_dropped() {
    let desk = Desk::new(json!({}));
    desk.enrol("http://127.0.0.1:1");
    let mut config = desk.config();
    config.load = load_patching;
    let agent = Agent::start(config).await.expect("it starts");

    let menu = ask(&desk, ControlRequest::Menu { language: None }).await;
    let ControlReply::Menu(menu) = menu else {
        panic!("no menu: {menu:?}")
    };
    assert_eq!(menu.menu.tooltip, "second");
    let tooltip = json!([{"field": "tooltip", "by": "second", "overrode": ["first"]}]);
    assert_eq!(set(&menu.provenance), tooltip);
    let nowhere = ("third", "there is no menu item \"nowhere\"");
    assert_eq!(dropped(&menu.provenance), [nowhere]);
    assert_eq!(last(&desk, Hook::TrayMenu).await, menu.provenance);

    agent.handle().request(start(), Origin::Person).await;
    let known = until(&agent, |now| now.view.address.is_some()).await;
    assert_eq!(
        known.view.client.as_deref(),
        Some("test"),
        "the built-in way finds it"
    );
    let located = last(&desk, Hook::ClientLocate).await;
    let wrong = [
        ("first", "\"client.sh\" is no absolute path"),
        (
            "second",
            "the capability \"exec:/bin/sh\" is not granted to it",
        ),
        ("third", "there is no file \"/nowhere/third\""),
    ];
    assert_eq!(
        (set(&located), dropped(&located)),
        (json!([]), wrong.to_vec())
    );
    let reported = last(&desk, Hook::AddressReport).await;
    let overrode =
        json!([{"field": "fields.asset", "by": "third", "overrode": ["first", "second"]}]);
    assert_eq!(set(&reported), overrode);
    agent.stop().await;
}

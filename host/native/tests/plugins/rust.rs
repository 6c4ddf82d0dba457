use deskhook_hooks::{Answer, Extension, ExtensionRequest, Fault, Hook, HostCall, HostPort};
use deskhook_native::{Manifest, Owner, Plugin, Terms, install};
use deskhook_session::Verdict;
use serde_json::json;
use std::collections::BTreeMap;

use crate::fixture::{Desk, bare, cargo_library, limit, request};

/// A plugin from its library, by way of an installed folder.
fn installed(template: &str, library: &std::path::Path) -> Plugin {
    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = install(template, library, place.path()).expect("it installs");
    let manifest = Manifest::read(&folder).expect("it has a manifest");
    let copies = place.path().join("copies");
    let terms = Terms {
        owner: Owner::RootOrSelf,
        pinned: Some(manifest.sha256.clone()),
        copies,
        publishers: BTreeMap::new(),
        versions: Default::default(),
    };
    Plugin::open(&manifest.library_in(&folder), &manifest, &terms).expect("it opens")
}

fn unruly() -> Plugin {
    let template = json!({
        "id": "org.deskhook.unruly", "version": "1.0.0", "abi": "1.0", "publisher": "Deskhook",
        "hooks": ["session.request", "tray.menu", "state.collect", "client.locate", "menu.click"]
    });
    installed(
        &template.to_string(),
        &cargo_library(&["-p", "deskhook-sdk", "--example", "unruly"]),
    )
}

fn denied(answer: Result<Answer, Fault>) -> (String, String) {
    match answer {
        Ok(Answer::Verdict(Verdict::Deny { code, message })) => (code, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_panic_in_a_plugin_is_a_fault_and_the_host_lives() {
    let (plugin, desk) = (unruly(), Desk::new());
    let ask = |reason| plugin.call(&request(Some(reason)), limit(), &desk.port());
    assert_eq!(denied(ask("count")).1, "1");
    assert_eq!(
        ask("panic"),
        Err(Fault::Crashed {
            message: "unruly as asked".into()
        })
    );
    assert_eq!(denied(ask("count")).1, "1", "made anew");
    assert_eq!(
        ask("fail"),
        Err(Fault::Failed {
            message: "could not tell".into(),
            place: None
        })
    );
    assert_eq!(denied(ask("count")).1, "3", "a failure is no panic");
}

#[test]
fn everything_that_the_host_offers_reaches_a_plugin_of_the_sdk() {
    let (plugin, desk) = (unruly(), Desk::new());
    let ask = |reason| plugin.call(&request(Some(reason)), limit(), &desk.port());
    assert_eq!(denied(ask("policy")).1, "magic");
    assert_eq!(denied(ask("store")).1, "0");
    assert_eq!(denied(ask("store")).1, "1");
    assert_eq!(ask("request"), Ok(Answer::Verdict(Verdict::Allow)));
    assert!(desk.heard(&HostCall::Request(ExtensionRequest::RefreshTray {})));
    assert!(desk.heard_line("made"));
    let question = Verdict::Ask {
        title: "crew+night".into(),
        message: "Ada".into(),
        timeout: None,
    };
    assert_eq!(ask("ask"), Ok(Answer::Verdict(question)));
}

#[test]
fn without_anybody_at_the_other_end_a_check_fails() {
    let plugin = unruly();
    let nobody = HostPort::new("x", std::sync::mpsc::channel().0);
    let told = plugin
        .call(&request(Some("policy")), limit(), &nobody)
        .unwrap_err();
    assert!(told.to_string().contains("did not answer"), "{told}");
}

#[test]
fn answers_in_json_are_read_for_their_hook() {
    let (plugin, desk) = (unruly(), Desk::new());
    let call = |hook| plugin.call(&bare(hook), limit(), &desk.port());
    let Err(Fault::BadAnswer { message }) = call(Hook::TrayMenu) else {
        panic!("a stranger field")
    };
    assert!(message.contains("stranger"), "{message}");
    let Ok(Answer::Fields(patch)) = call(Hook::StateCollect) else {
        panic!("fields")
    };
    assert_eq!(
        json!(patch.fields),
        json!({"mood": "\"unruly\"", "calls": 0, "tame": false})
    );
    assert_eq!(
        call(Hook::ClientLocate),
        Ok(Answer::Value("/opt/unruly \"client\"".into()))
    );
    let Ok(Answer::Requests(requests)) = call(Hook::MenuClick) else {
        panic!("requests")
    };
    assert_eq!(requests.len(), 2);
    assert_eq!(
        call(Hook::SessionEnded),
        Ok(Answer::Nothing),
        "it does not hear that one"
    );
}

#[test]
fn the_example_denies_on_a_full_disk() {
    let template = include_str!("../../../../plugins/examples/free-space/deskhook-plugin.json");
    let plugin = installed(template, &cargo_library(&["-p", "free-space"]));
    let (code, message) = denied(plugin.call(&request(None), limit(), &Desk::new().port()));
    assert_eq!(code, "disk-full");
    assert!(message.contains("999999999 MiB are needed"), "{message}");
}

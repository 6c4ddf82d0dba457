//! What a hook of a native plugin costs through Deskhook's host, beside a bare call of the same
//! function of the same library by its pointer, with the same structs.
//!
//! `cargo bench -p deskhook-native --bench call`

#[path = "call/bare.rs"]
mod bare;
#[path = "call/built.rs"]
mod built;

use std::sync::mpsc;

use deskhook_hooks::{
    Call, Context, Device, Extension as _, Hook, HostPort, HostQuestion, Limit, Person,
    SessionRequest,
};
use divan::{Bencher, black_box};
use serde_json::Value;

use bare::Bare;
use built::Built;

fn main() {
    divan::main();
}

/// A `session.request`: the example plugin asks the host for two keys of the policy, then the
/// system for the free space; the other one does nothing but abstain.
const PLUGINS: [Built; 2] = [Built::FreeSpace, Built::Abstainer];

#[divan::bench(args = PLUGINS)]
fn deskhook(bencher: Bencher<'_, '_>, plugin: Built) {
    let (plugin, call) = (plugin.open(), request());
    let limit = Limit::of(Hook::SessionRequest, 0);
    let host = silent_policy();
    bencher.bench_local(|| {
        let answer = plugin.call(black_box(&call), limit, &host);
        answer.expect("it answers")
    });
}

#[divan::bench(args = PLUGINS)]
fn bare_pointer(bencher: Bencher<'_, '_>, plugin: Built) {
    let bare = Bare::load(&plugin.library());
    bare::with_request(|input| bencher.bench_local(|| bare.ask(black_box(input))));
}

/// From a judged library to a plugin that can be called: hash, private copy, loader, instance.
#[divan::bench(args = PLUGINS)]
fn load(bencher: Bencher<'_, '_>, plugin: Built) {
    bencher
        .with_inputs(|| plugin.installed())
        .bench_values(|installed| installed.open());
}

fn request() -> Call {
    let device = Device {
        id: "9f0c2d7e".into(),
        name: "pc-0417".into(),
        os: "linux".into(),
        os_version: "Debian GNU/Linux 13 (trixie)".into(),
        groups: vec!["Berlin".to_owned(), "Office".to_owned()],
    };
    let person = Person {
        name: "ada".into(),
        display_name: "Ada Lovelace".into(),
        language: "de-at".into(),
        verified: true,
    };
    let context = Context {
        now: "2026-03-02T09:30:00+01:00".into(),
        device,
        person,
        policy_version: "3f9c1a20".into(),
    };
    let body = SessionRequest {
        reason: Some("The printer on the second floor does not print.".into()),
        ticket: None,
        origin: "person".into(),
        client: "sample".into(),
    };
    Call::new(Hook::SessionRequest, context, body)
}

/// A host, in a thread of its own as in the agent, whose policy says nothing.
fn silent_policy() -> HostPort {
    let (questions, inbox) = mpsc::channel::<HostQuestion>();
    std::thread::spawn(move || {
        for question in inbox {
            // Who asked may be gone.
            let _ = question.reply.send(Ok(Value::Null));
        }
    });
    HostPort::new("bench", questions)
}

//! The same contract for native plugins, in this process and in a child: the input that a script is
//! given, the answer that it gives, the failures that it has.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use deskhook_hooks::{Answer, Call, Extension, ExtensionKind, Fault, Hook, Kind, Limit};
use deskhook_native::{Manifest, Plugin, Verified};
use deskhook_wire::{Confinement, NativeReach, Opening};
use serde_json::{Map, Value, json};

use crate::desk::Desk;
use crate::place::{LIMIT, PLACES, Place, child_with, granted};
use crate::samples::sample;

/// The mirror, built once; its folder stays as long as the tests run.
fn library() -> &'static Path {
    static BUILT: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, library) = BUILT.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = folder.path().join("libmirror.so");
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let flags = [
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pedantic",
            "-fPIC",
            "-shared",
        ];
        let made = Command::new("cc")
            .args(flags)
            .arg("-I")
            .arg(here.join("../../plugins/abi/include"))
            .arg(here.join("tests/conformance/mirror.c"))
            .arg("-o")
            .arg(&library)
            .output()
            .expect("a C compiler is needed");
        let told = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(made.status.success(), "{told}");
        (folder, library)
    });
    library
}

fn open(place: Place) -> Box<dyn Extension> {
    let mut hooks = json!({
        "id": "org.deskhook.mirror", "version": "1.0.0", "abi": "1.0", "publisher": "Deskhook",
        "hooks": Hook::ALL, "capabilities": ["policy:Sample"], "timer": 60,
    });
    hooks["sha256"] = json!("0".repeat(64));
    let manifest = Manifest::template(&hooks.to_string()).expect("it is a manifest");
    let verified = Verified::unjudged(manifest, library().to_owned());
    match place {
        Place::Agent => Box::new(Plugin::load(&verified).expect("the mirror loads")),
        Place::Child => {
            let reach = NativeReach {
                read: vec![library().to_owned()],
                ..NativeReach::default()
            };
            let process = child_with(Confinement {
                memory_mib: 1024,
                native: Some(reach),
            });
            let opening = Opening {
                name: verified.manifest().id.clone(),
                kind: ExtensionKind::Plugin,
                granted: granted(),
                parcel: serde_json::to_string(&verified).expect("it is JSON"),
            };
            let opened = process.open(verified.about(), opening);
            Box::new(opened.expect("the mirror loads in a child"))
        }
    }
}

/// Calls the mirror with that store in each of `places`, once with it and once with none; what came of
/// both, and the lines that it logged.
fn mirrored(
    place: Place,
    (hook, input): (Hook, &Value),
    (store, limit): (&Value, Limit),
) -> (Vec<Result<Answer, Fault>>, Vec<Value>) {
    let extension = open(place);
    let nothing = json!({"mode": "nothing"});
    let (mut results, mut lines) = (vec![], vec![]);
    for store in [store, &nothing] {
        let desk = Desk::holding(store.as_object().cloned().unwrap_or_default());
        let call = Call::read(Some(hook), input.clone()).expect("the input fits the hook");
        results.push(extension.call(&call, limit, desk.port()));
        let logged = desk.asked().into_iter();
        lines.extend(logged.filter(|asked| asked["call"] == "log"));
    }
    (results, lines)
}

/// What the mirror has to be told to answer so.
fn told(hook: Hook, answer: &Value) -> Value {
    if hook.kind() != Kind::Decide {
        return json!({"answer": answer});
    }
    let kinds = ["abstain", "allow", "deny", "ask"];
    let kind = kinds.iter().position(|kind| answer["verdict"] == *kind);
    let mut store = Map::from_iter([("kind".to_owned(), json!(kind))]);
    for field in ["code", "message", "title", "timeout"] {
        if !answer[field].is_null() {
            store.insert(field.to_owned(), answer[field].clone());
        }
    }
    store.into()
}

#[test]
fn every_hook_is_given_what_a_script_is_given_and_answers_what_a_script_answers() {
    for hook in Hook::ALL {
        let (input, _, answer) = sample(hook);
        let is_silent = answer.is_null();
        let store = match is_silent {
            true => json!({"mode": "nothing"}),
            false => told(hook, &answer),
        };
        for place in PLACES {
            let (results, lines) = mirrored(place, (hook, &input), (&store, LIMIT));
            let wanted = Answer::read(hook, answer.clone()).unwrap();
            assert_eq!(
                results,
                [Ok(wanted), Ok(Answer::Nothing)],
                "{hook} {place:?}"
            );
            let line = lines[0]["message"].as_str().unwrap();
            if hook.kind() == Kind::Decide {
                assert_eq!(json!(line), input["reason"], "{hook} {place:?}");
            } else {
                let given = Call::read(Some(hook), input.clone()).unwrap().input();
                let seen: Value = serde_json::from_str(line).unwrap();
                assert_eq!(seen, given, "{hook} {place:?}");
            }
        }
    }
}

#[test]
fn a_failure_of_every_hook_is_one_of_the_same_kind_and_the_next_call_works() {
    for hook in Hook::ALL {
        let (input, ..) = sample(hook);
        for (mode, said) in [
            ("fail", "oh no"),
            (
                "ungranted",
                "the capability \"policy:Other.Key\" is not granted",
            ),
        ] {
            for place in PLACES {
                let store = json!({"mode": mode});
                let (results, _) = mirrored(place, (hook, &input), (&store, LIMIT));
                let fault = results[0].as_ref().unwrap_err();
                assert!(
                    matches!(fault, Fault::Failed { .. }),
                    "{hook} {place:?}: {fault}"
                );
                assert!(
                    fault.to_string().contains(said),
                    "{hook} {place:?}: {fault}"
                );
                assert_eq!(results[1], Ok(Answer::Nothing), "{hook} {place:?}");
            }
        }
    }
}

#[test]
fn an_answer_that_breaks_the_rules_of_its_hook_is_a_fault_in_both_places() {
    for (hook, store) in [
        (Hook::SessionRequest, json!({"kind": 9})),
        (Hook::SessionJoin, json!({"kind": 2, "code": "x"})),
        (Hook::ElevationRequest, json!({"kind": 3, "title": "x"})),
        (Hook::TrayMenu, json!({"answer": {"add": 5}})),
        (Hook::AddressRead, json!({"answer": [1]})),
        (Hook::MenuClick, json!({"answer": {"request": "dance"}})),
        (Hook::StateCollect, json!({"answer": {"fields": {"a": []}}})),
    ] {
        let (input, ..) = sample(hook);
        let [agent, child] = PLACES.map(|place| mirrored(place, (hook, &input), (&store, LIMIT)).0);
        assert!(agent[0].is_err(), "{hook}: {:?}", agent[0]);
        assert_eq!(agent, child, "{hook}");
    }
}

/// In the agent nothing can end it: that is what the child is for.
#[test]
fn what_no_barrier_holds_in_a_process_is_held_by_the_child() {
    let limit = Limit {
        cpu: Duration::from_millis(300),
        wall: Duration::from_millis(300),
    };
    for hook in [Hook::SessionRequest, Hook::TrayMenu, Hook::SessionEnded] {
        let (input, ..) = sample(hook);
        for (mode, is_kind) in [
            (
                "hang",
                (|fault| matches!(fault, Fault::Late { .. })) as fn(&Fault) -> bool,
            ),
            ("die", |fault| matches!(fault, Fault::Crashed { .. })),
        ] {
            let store = json!({"mode": mode});
            let (results, _) = mirrored(Place::Child, (hook, &input), (&store, limit));
            assert!(
                results[0].as_ref().is_err_and(is_kind),
                "{hook} {mode}: {results:?}"
            );
            assert_eq!(results[1], Ok(Answer::Nothing), "{hook} {mode}");
        }
    }
}

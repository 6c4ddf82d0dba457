mod combination;
mod going_on;

use super::*;
use crate::{About, Context, Menu, MenuPatch, SessionRequest, TrayMenu};

type Act = fn() -> Result<Answer, Fault>;

struct Scripted(About, Act);

impl Extension for Scripted {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, _: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        (self.1)()
    }
}

fn bound(name: &str, act: Act, policy: ExtensionPolicy) -> Bound {
    let about = About {
        name: name.into(),
        version: "1".into(),
        kind: ExtensionKind::Script,
        hooks: vec![Hook::SessionRequest, Hook::TrayMenu, Hook::ClientLocate],
        capabilities: vec![],
        timer_seconds: None,
        sha256: String::new(),
    };
    Bound {
        extension: Arc::new(Scripted(about, act)),
        policy,
    }
}

fn chain(extensions: Vec<Bound>) -> Chain {
    Chain::new(extensions, &mpsc::channel().0)
}

fn request() -> Call {
    Call::new(
        Hook::SessionRequest,
        Context::default(),
        SessionRequest::default(),
    )
}

fn provided(chain: &Chain, call: Call) -> Option<(String, String)> {
    chain.provide(call, Ok).given
}

fn optional() -> ExtensionPolicy {
    ExtensionPolicy {
        binding: Binding::Optional,
        ..ExtensionPolicy::default()
    }
}

#[test]
fn a_failing_check_denies_unless_the_organisation_bound_it_as_optional() {
    let broken: Act = || {
        Err(Fault::Failed {
            message: "boom".into(),
            place: None,
        })
    };
    let voices = chain(vec![
        bound("a", broken, ExtensionPolicy::default()),
        bound("b", broken, optional()),
        bound("c", || panic!("bang"), ExtensionPolicy::default()),
        bound("d", || Ok(Answer::Nothing), ExtensionPolicy::default()),
    ])
    .decide(request());
    let denied: Vec<bool> = voices
        .iter()
        .map(|v| matches!(v.verdict, Some(Verdict::Deny { .. })))
        .collect();
    assert_eq!(denied, [true, false, true, false]);
    assert!(
        voices[1]
            .note
            .as_ref()
            .is_some_and(|note| note.contains("boom"))
    );
}

#[test]
fn a_note_abstains_and_is_kept() {
    let noting: Act = || Ok(Answer::Note("on battery".into()));
    let voice = chain(vec![bound("a", noting, ExtensionPolicy::default())])
        .decide(request())
        .remove(0);
    assert_eq!(
        (voice.verdict, voice.note),
        (None, Some("on battery".into()))
    );
}

#[test]
fn handlers_are_heard_by_priority_then_name() {
    let first = ExtensionPolicy {
        priority: 10,
        ..ExtensionPolicy::default()
    };
    let quiet: Act = || Ok(Answer::Nothing);
    let chain = chain(vec![
        bound("b", quiet, ExtensionPolicy::default()),
        bound("a", quiet, ExtensionPolicy::default()),
        bound("z", quiet, first),
    ]);
    assert_eq!(chain.listeners(Hook::SessionRequest), ["z", "a", "b"]);
}

#[test]
fn three_faults_in_a_row_end_the_calls() {
    let chain = chain(vec![bound(
        "a",
        || {
            Err(Fault::Crashed {
                message: "x".into(),
            })
        },
        ExtensionPolicy::default(),
    )]);
    for _ in 0..3 {
        chain.decide(request());
    }
    let last = chain.decide(request()).remove(0);
    let Some(Verdict::Deny { message, .. }) = last.verdict else {
        panic!("a quarantined check must deny")
    };
    assert!(message.contains("quarantined"), "{message}");
}

/// Fails at every `client.locate`, and answers all else.
struct FailsToLocate(About);

impl Extension for FailsToLocate {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, call: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        match call.hook {
            Hook::ClientLocate => Err(Fault::Failed {
                message: "boom".into(),
                place: None,
            }),
            _ => Ok(Answer::Verdict(Verdict::Allow)),
        }
    }
}

#[test]
fn a_hook_that_works_does_not_excuse_one_that_always_fails() {
    let like = bound("a", || Ok(Answer::Nothing), ExtensionPolicy::default());
    let chain = chain(vec![Bound {
        extension: Arc::new(FailsToLocate(like.extension.about().clone())),
        policy: ExtensionPolicy::default(),
    }]);
    for _ in 0..3 {
        assert_eq!(
            chain.decide(request()).remove(0).verdict,
            Some(Verdict::Allow)
        );
        provided(&chain, locate());
    }
    assert_eq!(chain.health()[0].faults, 3);
    let last = chain.decide(request()).remove(0).verdict;
    assert!(matches!(last, Some(Verdict::Deny { .. })), "{last:?}");
}

#[test]
fn a_timer_is_called_alone_and_not_once_it_failed_too_often() {
    let timed = |name: &str, act: Act, hooks| {
        let mut bound = bound(name, act, ExtensionPolicy::default());
        let about = About {
            hooks,
            timer_seconds: Some(60),
            ..bound.extension.about().clone()
        };
        bound.extension = Arc::new(Scripted(about, act));
        bound
    };
    let broken: Act = || Err(Fault::Busy);
    let crashed: Act = || panic!("bang");
    let chain = chain(vec![
        timed("a", crashed, vec![Hook::Timer]),
        timed("b", || Ok(Answer::Nothing), vec![Hook::Timer]),
        timed("c", broken, vec![Hook::SessionRequest]),
    ]);
    let wanted = [("a".to_owned(), 60), ("b".to_owned(), 60)];
    assert_eq!(chain.timers(), wanted);
    let call = || Call::new(Hook::Timer, Context::default(), crate::Timer::default());
    for _ in 0..3 {
        let answer = chain.observe_alone("a", call());
        assert!(matches!(answer, Some(Err(Fault::Crashed { .. }))));
    }
    assert_eq!(chain.observe_alone("a", call()), None);
    assert_eq!(chain.observe_alone("b", call()), Some(Ok(Answer::Nothing)));
    assert_eq!(chain.observe_alone("c", call()), None, "it hears no timer");
}

fn good_tooltip() -> Result<Answer, Fault> {
    let tooltip = Some("good".to_owned());
    Ok(Answer::Menu(MenuPatch {
        tooltip,
        ..MenuPatch::default()
    }))
}

#[test]
fn a_dropped_patch_leaves_what_others_made() {
    let chain = chain(vec![
        bound("a", good_tooltip, ExtensionPolicy::default()),
        bound(
            "b",
            || {
                Ok(Answer::Menu(MenuPatch {
                    remove: vec!["nothing".into()],
                    ..MenuPatch::default()
                }))
            },
            ExtensionPolicy::default(),
        ),
        bound("c", || Err(Fault::Busy), ExtensionPolicy::default()),
    ]);
    let call = |menu: &Menu| {
        Call::new(
            Hook::TrayMenu,
            Context::default(),
            TrayMenu {
                menu: menu.clone(),
                ..TrayMenu::default()
            },
        )
    };
    let folded = chain.fold(Menu::default(), call, |menu, answer| match answer {
        Answer::Menu(patch) => menu.patched(patch).map_err(|e| e.to_string()),
        _ => Err("no patch".into()),
    });
    assert_eq!(folded.state.tooltip, "good");
    let Provenance { set_by, dropped } = folded.provenance;
    let set: Vec<_> = set_by.iter().map(|one| (&*one.field, &*one.by)).collect();
    assert_eq!(set, [("tooltip", "a")]);
    let dropped: Vec<_> = dropped.iter().map(|one| (&*one.by, &*one.why)).collect();
    assert_eq!(dropped[0], ("b", "there is no menu item \"nothing\""));
    assert_eq!(dropped[1], ("c", "still busy with an earlier call"));
}

#[test]
fn the_first_provider_that_has_a_value_wins() {
    let call = Call::new(
        Hook::ClientLocate,
        Context::default(),
        crate::ClientLocate::default(),
    );
    let chain = chain(vec![
        bound("a", || Ok(Answer::Nothing), ExtensionPolicy::default()),
        bound(
            "b",
            || Ok(Answer::Value("/opt/x".into())),
            ExtensionPolicy::default(),
        ),
        bound(
            "c",
            || Ok(Answer::Value("/opt/y".into())),
            ExtensionPolicy::default(),
        ),
    ]);
    assert_eq!(provided(&chain, call), Some(("b".into(), "/opt/x".into())));
}

/// Says that it was called, and answers when it is let go on.
struct Held {
    about: About,
    called: mpsc::Sender<()>,
    go_on: std::sync::Mutex<mpsc::Receiver<()>>,
}

impl Extension for Held {
    fn about(&self) -> &About {
        &self.about
    }

    fn call(&self, call: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        self.called.send(()).unwrap();
        self.go_on.lock().unwrap().recv().unwrap();
        Ok(match call.hook {
            Hook::SessionRequest => Answer::Verdict(Verdict::Allow),
            _ => Answer::Value("/opt/x".into()),
        })
    }
}

/// One extension whose calls end when they are told to, and not for want of time on a busy machine.
fn held() -> (Chain, mpsc::Sender<()>, mpsc::Receiver<()>) {
    let like = bound("a", || Ok(Answer::Nothing), ExtensionPolicy::default());
    let (go_on, held) = mpsc::channel();
    let (called, calls) = mpsc::channel();
    let extension = Held {
        about: like.extension.about().clone(),
        called,
        go_on: std::sync::Mutex::new(held),
    };
    let chain = chain(vec![Bound {
        extension: Arc::new(extension),
        policy: ExtensionPolicy {
            budget: 30_000,
            ..ExtensionPolicy::default()
        },
    }]);
    (chain, go_on, calls)
}

fn locate() -> Call {
    Call::new(
        Hook::ClientLocate,
        Context::default(),
        crate::ClientLocate::default(),
    )
}

fn until_waiting(chain: &Chain, count: usize) {
    while chain.links[0].lane.waiting() < count {
        std::thread::yield_now();
    }
}

#[test]
fn calls_of_one_extension_wait_for_each_other_and_none_is_refused() {
    let (chain, go_on, calls) = held();
    std::thread::scope(|scope| {
        let located = scope.spawn(|| provided(&chain, locate()));
        calls.recv().unwrap();
        let judged = scope.spawn(|| chain.decide(request()));
        until_waiting(&chain, 1);
        for _ in 0..2 {
            go_on.send(()).unwrap();
        }
        let verdict = judged.join().unwrap().remove(0).verdict;
        assert_eq!(verdict, Some(Verdict::Allow));
        assert!(located.join().unwrap().is_some());
    });
}

#[test]
fn a_decision_finds_room_in_a_flood_and_goes_first() {
    let (chain, go_on, calls) = held();
    std::thread::scope(|scope| {
        let flood: Vec<_> = (0..65)
            .map(|_| scope.spawn(|| provided(&chain, locate())))
            .collect();
        calls.recv().unwrap();
        until_waiting(&chain, 64);
        let judged = scope.spawn(|| chain.decide(request()));
        let given_up = || flood.iter().any(std::thread::ScopedJoinHandle::is_finished);
        while !given_up() {
            std::thread::yield_now();
        }
        for _ in 0..2 {
            go_on.send(()).unwrap();
        }
        let verdict = judged.join().unwrap().remove(0).verdict;
        assert_eq!(verdict, Some(Verdict::Allow), "second, before the flood");
        drop(go_on);
    });
}

#[test]
fn calls_are_counted_and_timed_by_extension_and_hook() {
    let fine: Act = || Ok(Answer::Nothing);
    let broken: Act = || {
        Err(Fault::Failed {
            message: "boom".into(),
            place: None,
        })
    };
    let chain = chain(vec![
        bound("a", fine, ExtensionPolicy::default()),
        bound("b", broken, optional()),
    ]);
    for _ in 0..2 {
        chain.decide(request());
    }
    let timings = chain.timings(Hook::SessionRequest);
    let counts: Vec<_> = timings
        .iter()
        .map(|(name, timing)| (name.as_str(), timing.calls, timing.faults))
        .collect();
    assert_eq!(counts, [("a", 2, 0), ("b", 2, 2)]);
    assert!(timings[0].1.median_micros <= timings[0].1.p95_micros);
    assert!(timings[0].1.last_micros.is_some());
    let other = chain.timings(Hook::TrayMenu);
    assert_eq!(other[0].1, Timing::default());
}

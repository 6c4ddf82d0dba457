//! The rules by which answers combine, one kind after the other.

use super::*;
use crate::SessionEnded;

fn failing() -> Result<Answer, Fault> {
    Err(Fault::Failed {
        message: "boom".into(),
        place: None,
    })
}

fn quiet() -> Result<Answer, Fault> {
    Ok(Answer::Nothing)
}

fn allowing() -> Result<Answer, Fault> {
    Ok(Answer::Verdict(Verdict::Allow))
}

fn plain(name: &str, act: Act) -> Bound {
    bound(name, act, ExtensionPolicy::default())
}

fn of_kind(kind: ExtensionKind, mut bound: Bound) -> Bound {
    let about = About {
        kind,
        ..bound.extension.about().clone()
    };
    bound.extension = Arc::new(Scripted(about, quiet));
    bound
}

fn at(priority: u8) -> ExtensionPolicy {
    ExtensionPolicy {
        priority,
        ..ExtensionPolicy::default()
    }
}

#[test]
fn what_is_built_in_goes_first_whatever_priority_a_package_has() {
    let built_in = of_kind(ExtensionKind::BuiltIn, bound("z", quiet, at(100)));
    let plugin = of_kind(ExtensionKind::Plugin, bound("b", quiet, at(0)));
    let chain = chain(vec![bound("a", quiet, at(0)), plugin, built_in]);
    assert_eq!(chain.listeners(Hook::SessionRequest), ["z", "a", "b"]);
}

#[test]
fn what_the_policy_switches_off_is_not_heard() {
    let off = ExtensionPolicy {
        enabled: false,
        ..ExtensionPolicy::default()
    };
    let chain = chain(vec![bound("a", failing, off)]);
    assert_eq!(chain.decide(request()), []);
}

#[test]
fn every_voice_of_a_decision_is_kept_in_order_and_none_ends_it() {
    let deny: Act = || {
        Ok(Answer::Verdict(Verdict::Deny {
            code: "x".into(),
            message: "y".into(),
        }))
    };
    let voices = chain(vec![
        plain("a", deny),
        plain("b", quiet),
        plain("c", allowing),
        plain("d", deny),
    ])
    .decide(request());
    let said: Vec<_> = voices
        .iter()
        .map(|v| (&*v.by, v.verdict.is_some()))
        .collect();
    assert_eq!(said, [("a", true), ("b", false), ("c", true), ("d", true)]);
    assert_eq!(voices[2].verdict, Some(Verdict::Allow));
}

#[test]
fn an_answer_that_is_no_verdict_denies() {
    let odd: Act = || Ok(Answer::Value("allow".into()));
    let voice = chain(vec![plain("a", odd)]).decide(request()).remove(0);
    assert!(matches!(voice.verdict, Some(Verdict::Deny { .. })));
}

#[test]
fn whoever_fails_to_provide_is_passed_over_and_named() {
    let odd: Act = || Ok(Answer::Verdict(Verdict::Allow));
    let relative: Act = || Ok(Answer::Value("x".into()));
    let good: Act = || Ok(Answer::Value("/opt/x".into()));
    let never: Act = || unreachable!("somebody had a value");
    let absolute = |path: String| match path.starts_with('/') {
        true => Ok(path),
        false => Err("no path".to_owned()),
    };
    let voices = vec![
        plain("a", failing),
        plain("b", || panic!("bang")),
        plain("c", quiet),
        plain("d", odd),
        plain("e", relative),
    ];
    let all = [voices.clone(), vec![plain("f", good), plain("g", never)]].concat();
    let provided = chain(all).provide(locate(), absolute);
    assert_eq!(provided.given, Some(("f".into(), "/opt/x".into())));
    let named: Vec<_> = provided.dropped.iter().map(|one| &*one.by).collect();
    assert_eq!(named, ["a", "b", "d", "e"]);
    let nothing = chain(voices).provide(locate(), absolute);
    assert_eq!(nothing.given, None, "left to what is built in");
}

#[test]
fn each_patch_is_made_over_what_those_before_made() {
    let longer: Act = || {
        Ok(Answer::Fields(crate::FieldsPatch {
            fields: [("n".to_owned(), 1.into())].into(),
        }))
    };
    let count = |count: &u32| {
        let address = count.to_string();
        let body = crate::AddressReport {
            address,
            ..crate::AddressReport::default()
        };
        Call::new(Hook::TrayMenu, Context::default(), body)
    };
    let chain = chain(vec![
        plain("a", longer),
        plain("b", longer),
        plain("c", quiet),
    ]);
    let folded = chain.fold(0, count, |so_far, _| Ok(so_far + 1));
    assert_eq!(folded.state, 2);
    let [setting] = &*folded.provenance.set_by else {
        panic!("one field was set: {:?}", folded.provenance)
    };
    assert_eq!((&*setting.field, &*setting.by), ("fields.n", "b"));
    assert_eq!(setting.overrode, ["a"]);
}

/// Remembers in which order it was told.
struct Listening(About, mpsc::Sender<String>);

impl Extension for Listening {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, call: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        let told = call.input()["session"].as_str().map(str::to_owned);
        self.1.send(told.unwrap_or_default()).unwrap();
        Ok(Answer::Nothing)
    }
}

fn ended(session: usize) -> Call {
    let body = SessionEnded {
        session: session.to_string(),
        ..SessionEnded::default()
    };
    Call::new(Hook::SessionEnded, Context::default(), body)
}

fn observing(like: Bound) -> About {
    About {
        hooks: vec![Hook::SessionEnded, Hook::SessionRequest],
        ..like.extension.about().clone()
    }
}

#[test]
fn what_is_observed_is_heard_in_the_order_in_which_it_was_told() {
    let (sender, heard) = mpsc::channel();
    let extension = Arc::new(Listening(observing(plain("a", quiet)), sender));
    let listening = Bound {
        extension,
        policy: ExtensionPolicy::default(),
    };
    let chain = Arc::new(chain(vec![listening]));
    let told: Vec<_> = (0..20).map(|session| chain.tell(ended(session))).collect();
    for told in told.into_iter().rev() {
        assert_eq!(told.answers(), [("a".to_owned(), Ok(Answer::Nothing))]);
    }
    let heard: Vec<_> = heard.try_iter().collect();
    let expected: Vec<_> = (0..20).map(|session| session.to_string()).collect();
    assert_eq!(heard, expected);
}

#[test]
fn what_waits_to_be_observed_is_bounded_and_never_in_the_way_of_a_decision() {
    let (go_on, held) = mpsc::channel();
    let (called, calls) = mpsc::channel();
    let extension = Arc::new(Held {
        about: observing(plain("a", quiet)),
        called,
        go_on: std::sync::Mutex::new(held),
    });
    let policy = ExtensionPolicy::default();
    let chain = Arc::new(chain(vec![Bound { extension, policy }]));
    let first = chain.tell(ended(0));
    calls.recv().unwrap();
    let told: Vec<_> = (1..=70).map(|session| chain.tell(ended(session))).collect();
    assert_eq!(chain.links[0].lane.waiting(), 64);
    std::thread::scope(|scope| {
        let judged = scope.spawn(|| chain.decide(request()));
        let answers = told.into_iter().skip(63).map(Told::answers);
        let refused = answers
            .flatten()
            .filter(|(_, answer)| *answer == Err(Fault::Busy));
        assert_eq!(refused.count(), 7, "six too many, and one that made room");
        go_on.send(()).unwrap();
        go_on.send(()).unwrap();
        let verdict = judged.join().unwrap().remove(0).verdict;
        assert_eq!(verdict, Some(Verdict::Allow), "before all that waits");
        drop(go_on);
    });
    assert!(first.answers()[0].1.is_ok());
}

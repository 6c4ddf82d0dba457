use super::*;

const MINUTE: u64 = 60_000;

/// A policy under which one yes holds for half an hour.
fn lasting() -> Policy {
    let mut policy = policy();
    policy.session.consent.grant_minutes = 30;
    policy
}

fn asks(id: Option<&str>, permissions: &[&str]) -> Event {
    portal(Request::Join(JoinAsk {
        ask: AskId("j".into()),
        supporter: Supporter {
            id: id.map(str::to_owned),
            ..supporter()
        },
        permissions: permissions.iter().map(|&name| name.into()).collect(),
        ..JoinAsk::default()
    }))
}

/// A session in which `join` is let in by the person, if it has to ask; whether it asked.
fn let_in(session: &mut Session, at: u64, join: Event, policy: &Policy) -> bool {
    let mut handle = |event: Event| {
        session.handle(Moment(at), event, policy);
        session.view()
    };
    let whose = handle(start()).session.expect("a session begins");
    let (session, judgements) = (whose.clone(), vec![]);
    handle(Event::Checked {
        session,
        judgements,
    });
    let address = Address::parse("123456789").unwrap();
    let session = whose.clone();
    handle(Event::ClientReady { session, address });
    handle(join);
    let (session, judgements) = (whose.clone(), vec![]);
    handle(Event::JoinJudged {
        session,
        judgements,
    });
    let prompt = Prompt::default();
    let session = whose;
    let asked = handle(Event::ConsentPhrased { session, prompt });
    let asked = asked.question.is_some();
    handle(answer(Answer::Allow));
    asked
}

/// Whether somebody who was let in has to be asked for again, after `between`, at that minute.
fn asked_again(minute: u64, again: Event, between: Vec<(Event, Policy)>) -> bool {
    let (mut session, policy) = (Session::new("b"), lasting());
    let first = asks(Some("7"), &["screen", "input"]);
    assert!(let_in(&mut session, 0, first, &policy));
    let leaves = portal(Request::Disconnect {
        ask: AskId("d".into()),
    });
    for (event, policy) in between.into_iter().chain([(leaves, policy.clone())]) {
        session.handle(Moment(1), event, &policy);
    }
    assert_eq!(word(&session), "idle");
    let asked = let_in(&mut session, minute * MINUTE, again, &policy);
    assert_eq!(word(&session), "connected");
    asked
}

#[test]
fn one_yes_holds_for_the_next_session_of_the_same_supporter_as_long_as_the_policy_says() {
    let same = || asks(Some("7"), &["screen"]);
    assert!(!asked_again(29, same(), vec![]));
    assert!(asked_again(30, same(), vec![]), "the minutes are over");
    let more = asks(Some("7"), &["screen", "files"]);
    assert!(asked_again(1, more, vec![]), "it was no yes to files");
    assert!(asked_again(1, asks(Some("8"), &["screen"]), vec![]));
    assert!(asked_again(1, asks(None, &["screen"]), vec![]));
    assert!(asked_again(1, asks(Some("7"), &[]), vec![]));
}

#[test]
fn a_yes_ends_when_the_person_stops_the_session_or_the_policy_is_tightened() {
    let again = |event, policy| asked_again(1, asks(Some("7"), &["screen"]), vec![(event, policy)]);
    assert!(again(person(Request::Stop), lasting()));
    assert!(
        again(Event::PolicyChanged, policy()),
        "0 minutes for a moment"
    );
    assert!(!again(Event::PolicyChanged, lasting()));
}

#[test]
fn a_supporter_of_whom_nobody_says_who_they_are_is_let_in_once() {
    let (mut session, policy) = (Session::new("b"), lasting());
    for _ in 0..2 {
        assert!(let_in(&mut session, 0, asks(None, &["screen"]), &policy));
        session.handle(Moment(0), Event::Ticked, &policy);
        let leaves = portal(Request::Disconnect {
            ask: AskId("d".into()),
        });
        session.handle(Moment(0), leaves, &policy);
    }
}

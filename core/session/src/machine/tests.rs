use deskhook_policy::{Address, ClientSpec, ConsentMode, ElevationMethod, OnTimeout};
mod combining;
mod elevating;
mod granting;
mod orders;
mod patience;
mod presence;

use super::*;
use crate::{
    AskId, AskOutcome, ElevationAsk, ElevationOutcome, JoinAsk, Judgement, Observation, Prompt,
    Supporter, Verdict,
};

const PROGRAM: &str = "/usr/bin/id";

fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.clients.push(ClientSpec {
        name: "vnc".into(),
        ..ClientSpec::default()
    });
    policy.elevation.enabled = true;
    policy.elevation.programs.push(PROGRAM.into());
    policy
}

fn start() -> Event {
    let request = Request::Start {
        reason: None,
        ticket: None,
        client: None,
    };
    Event::Requested {
        request,
        origin: Origin::Person,
    }
}

fn person(request: Request) -> Event {
    Event::Requested {
        request,
        origin: Origin::Person,
    }
}

fn portal(request: Request) -> Event {
    Event::Requested {
        request,
        origin: Origin::Portal,
    }
}

fn answer(answer: Answer) -> Event {
    person(Request::Answer {
        question: None,
        answer,
    })
}

fn supporter() -> Supporter {
    Supporter {
        name: "Sam".into(),
        verified: true,
        ..Supporter::default()
    }
}

fn join() -> Event {
    let join = JoinAsk {
        ask: AskId("j".into()),
        supporter: supporter(),
        ..JoinAsk::default()
    };
    portal(Request::Join(join))
}

fn elevate() -> Event {
    portal(Request::Elevate(ElevationAsk {
        ask: AskId("e".into()),
        supporter: supporter(),
        program: PROGRAM.into(),
        arguments: vec![],
        method: ElevationMethod::BrokeredAction,
        reason: None,
        minutes: 5,
        order: String::new(),
        until: None,
    }))
}

fn voice(verdict: Option<Verdict>) -> Vec<Judgement> {
    vec![Judgement {
        by: "check".into(),
        verdict,
        note: None,
        micros: 1,
    }]
}

fn deny() -> Option<Verdict> {
    Some(Verdict::Deny {
        code: "no".into(),
        message: "No.".into(),
    })
}

fn id() -> SessionId {
    SessionId("b-1".into())
}

fn checked(verdict: Option<Verdict>) -> Event {
    Event::Checked {
        session: id(),
        judgements: voice(verdict),
    }
}

fn ready() -> Event {
    Event::ClientReady {
        session: id(),
        address: Address::parse("123456789").unwrap(),
    }
}

/// Runs events one second apart and returns what the last one caused.
fn run(policy: &Policy, events: impl IntoIterator<Item = Event>) -> (Session, Vec<Effect>) {
    let mut session = Session::new("b");
    let mut last = vec![];
    for (second, event) in events.into_iter().enumerate() {
        last = session.handle(Moment(second as u64 * 1000), event, policy);
    }
    (session, last)
}

fn waiting() -> Vec<Event> {
    vec![
        start(),
        checked(None),
        ready(),
        Event::Reported { session: id() },
    ]
}

fn connected() -> Vec<Event> {
    let mut events = waiting();
    events.extend([
        join(),
        Event::JoinJudged {
            session: id(),
            judgements: vec![],
        },
    ]);
    events.extend([
        Event::ConsentPhrased {
            session: id(),
            prompt: Prompt::default(),
        },
        answer(Answer::Allow),
    ]);
    events
}

fn word(session: &Session) -> &'static str {
    session.view().phase.word()
}

#[test]
fn a_whole_session_goes_its_way() {
    let policy = policy();
    let mut session = Session::new("b");
    let mut words = vec![];
    for event in connected() {
        session.handle(Moment(0), event, &policy);
        words.push(word(&session));
    }
    assert_eq!(
        words,
        [
            "checking",
            "launching",
            "reporting",
            "waiting",
            "joining",
            "joining",
            "joining",
            "connected"
        ]
    );
    let effects = session.handle(
        Moment(5_000),
        portal(Request::Disconnect {
            ask: AskId("d".into()),
        }),
        &policy,
    );
    assert!(effects.contains(&Effect::StopClient(id())));
    assert!(effects.contains(&Effect::Reply {
        ask: AskId("d".into()),
        outcome: AskOutcome::Disconnected
    }));
    assert_eq!(
        (word(&session), session.view().last),
        ("idle", Some(Outcome::Disconnected))
    );
}

#[test]
fn a_denied_check_keeps_the_client_closed_and_keeps_every_reason() {
    let judgements = [voice(deny()), voice(Some(Verdict::Allow)), voice(deny())].concat();
    let (session, effects) = run(
        &policy(),
        [
            start(),
            Event::Checked {
                session: id(),
                judgements,
            },
        ],
    );
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Launch(_)))
    );
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::StopClient(_)))
    );
    assert_eq!(session.view().reasons.len(), 2);
}

#[test]
fn nobody_speaking_is_enough_to_start_but_a_question_must_be_answered_with_yes() {
    let ask = || {
        Some(Verdict::Ask {
            title: "t".into(),
            message: "m".into(),
            timeout: Some(10),
        })
    };
    let (session, effects) = run(&policy(), [start(), checked(ask())]);
    assert!(effects.is_empty() && session.view().question.is_some());
    let (_, effects) = run(&policy(), [start(), checked(ask()), answer(Answer::Allow)]);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Launch(_)))
    );
    let (session, _) = run(&policy(), [start(), checked(ask()), answer(Answer::Deny)]);
    assert_eq!(session.view().reasons[0].code, "declined");
}

#[test]
fn a_missing_reason_is_asked_for_before_any_check() {
    let mut policy = policy();
    policy.session.require_reason = true;
    let (session, effects) = run(&policy, [start()]);
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::RunChecks(_)))
    );
    assert!(matches!(
        session.view().question.unwrap().kind,
        QuestionKind::Details { reason: true, .. }
    ));
    let details = answer(Answer::Details {
        reason: Some("printer".into()),
        ticket: None,
    });
    let (_, effects) = run(&policy, [start(), details]);
    assert!(
        matches!(&effects[..], [Effect::RunChecks(inquiry)] if inquiry.reason.as_deref() == Some("printer"))
    );
    let blank = answer(Answer::Details {
        reason: Some("  ".into()),
        ticket: None,
    });
    let (session, _) = run(&policy, [start(), blank]);
    assert!(session.view().question.is_some());
}

#[test]
fn an_answer_of_another_session_is_dropped() {
    let mut session = Session::new("b");
    session.handle(Moment(0), start(), &policy());
    let other = SessionId("b-0".into());
    let late = Event::Checked {
        session: other,
        judgements: vec![],
    };
    assert!(session.handle(Moment(1), late, &policy()).is_empty());
    assert_eq!(word(&session), "checking");
}

#[test]
fn silence_is_a_no() {
    let policy = policy();
    let mut events = waiting();
    events.extend([
        join(),
        Event::JoinJudged {
            session: id(),
            judgements: vec![],
        },
    ]);
    events.push(Event::ConsentPhrased {
        session: id(),
        prompt: Prompt::default(),
    });
    let (mut session, _) = run(&policy, events);
    let at = session.deadline().unwrap();
    assert!(
        session
            .handle(Moment(at.0 - 1), Event::Ticked, &policy)
            .is_empty()
    );
    let effects = session.handle(at, Event::Ticked, &policy);
    let refused = effects.iter().any(|effect| {
        matches!(effect, Effect::Reply { outcome: AskOutcome::Refused(reasons), .. } if reasons[0].code == "consent-timeout")
    });
    assert!(refused && word(&session) == "waiting");
}

#[test]
fn nobody_there_refuses_unless_the_policy_says_otherwise() {
    let there = |mode, no_user| {
        let mut policy = policy();
        policy.session.consent.mode = mode;
        policy.session.consent.no_user = no_user;
        let mut events = waiting();
        events.extend([Event::PersonSeen { present: false }, join()]);
        events.push(Event::JoinJudged {
            session: id(),
            judgements: vec![],
        });
        word(&run(&policy, events).0)
    };
    assert_eq!(there(ConsentMode::Always, OnTimeout::Allow), "waiting");
    assert_eq!(there(ConsentMode::WhenPresent, OnTimeout::Deny), "waiting");
    assert_eq!(
        there(ConsentMode::WhenPresent, OnTimeout::Allow),
        "connected"
    );
    assert_eq!(there(ConsentMode::Never, OnTimeout::Deny), "connected");
}

#[test]
fn a_policy_that_forbids_the_client_ends_the_session() {
    let (mut session, _) = run(&policy(), connected());
    let effects = session.handle(Moment(60_000), Event::PolicyChanged, &Policy::default());
    assert!(effects.contains(&Effect::StopClient(id())));
    assert_eq!(session.view().last, Some(Outcome::Policy));
}

#[test]
fn the_time_limit_ends_the_session() {
    let mut policy = policy();
    policy.session.max_minutes = Some(1);
    let (mut session, _) = run(&policy, connected());
    assert_eq!(session.deadline(), Some(Moment(60_000)));
    session.handle(Moment(60_000), Event::Ticked, &policy);
    assert_eq!(session.view().last, Some(Outcome::TimeLimit));
}

#[test]
fn whoever_waits_for_an_answer_gets_it_when_the_session_ends() {
    let (mut session, _) = run(&policy(), waiting().into_iter().chain([join()]));
    let effects = session.handle(Moment(0), person(Request::Stop), &policy());
    assert!(effects.iter().any(|effect| matches!(
        effect,
        Effect::Reply {
            outcome: AskOutcome::Refused(_),
            ..
        }
    )));
    let observed =
        |effect: &Effect| matches!(effect, Effect::Observe(Observation::SessionEnded(_)));
    assert_eq!(effects.iter().filter(|effect| observed(effect)).count(), 1);
}

#[test]
fn only_the_person_answers_and_a_link_only_starts() {
    for origin in [Origin::Portal, Origin::Link, Origin::Extension("x".into())] {
        assert!(
            !origin.may(&Request::Answer {
                question: None,
                answer: Answer::Allow
            }),
            "{origin:?}"
        );
    }
    assert!(!Origin::Link.may(&Request::Stop));
    assert!(!Origin::Person.may(&Request::Join(JoinAsk::default())));
}

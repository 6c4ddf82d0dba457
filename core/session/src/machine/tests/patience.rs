use super::*;

/// Until when the supporter of these tests waits.
const UNTIL: Moment = Moment(20_000);

fn patient_policy() -> Policy {
    let mut policy = policy();
    policy.session.consent.timeout_seconds = 600;
    policy.session.consent.on_timeout = OnTimeout::Allow;
    policy
}

/// Somebody who waits until then asks to join, and the person is asked.
fn asked(policy: &Policy) -> Session {
    let join = JoinAsk {
        ask: AskId("j".into()),
        supporter: supporter(),
        until: Some(UNTIL),
        ..JoinAsk::default()
    };
    let judged = Event::JoinJudged {
        session: id(),
        judgements: vec![],
    };
    let phrased = Event::ConsentPhrased {
        session: id(),
        prompt: Prompt::default(),
    };
    let events = [portal(Request::Join(join)), judged, phrased];
    run(policy, waiting().into_iter().chain(events)).0
}

fn refused(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| {
        matches!(effect, Effect::Reply { outcome: AskOutcome::Refused(reasons), .. } if reasons[0].code == "consent-timeout")
    })
}

#[test]
fn the_person_is_asked_no_longer_than_the_supporter_waits() {
    let policy = patient_policy();
    let mut session = asked(&policy);
    assert_eq!(session.deadline(), Some(UNTIL));
    let effects = session.handle(UNTIL, Event::Ticked, &policy);
    assert!(
        refused(&effects),
        "silence is no yes before its time: {effects:?}"
    );
    assert_eq!(word(&session), "waiting");
}

#[test]
fn nobody_is_let_in_whom_no_supporter_waits_for_any_more() {
    let policy = patient_policy();
    let mut session = asked(&policy);
    let effects = session.handle(UNTIL, answer(Answer::Allow), &policy);
    assert!(refused(&effects), "{effects:?}");
    let mut session = asked(&policy);
    session.handle(Moment(UNTIL.0 - 1), answer(Answer::Allow), &policy);
    assert_eq!(word(&session), "connected");
}

#[test]
fn a_question_about_elevated_rights_ends_with_the_supporters_patience() {
    let (Event::Requested { request, origin }, policy) = (elevate(), policy()) else {
        panic!("a request")
    };
    let Request::Elevate(ask) = request else {
        panic!("for elevated rights")
    };
    let own = ask.ask.clone();
    let request = Request::Elevate(ElevationAsk {
        until: Some(UNTIL),
        ..ask
    });
    let judged = Event::ElevationJudged {
        session: id(),
        ask: own,
        judgements: voice(None),
    };
    let events = [Event::Requested { request, origin }, judged];
    let (session, _) = run(&policy, connected().into_iter().chain(events));
    assert_eq!(session.deadline(), Some(UNTIL));
}

use super::elevating::elevation_judged;
use super::*;

const GONE: Event = Event::PersonSeen { present: false };
const BACK: Event = Event::PersonSeen { present: true };

/// A policy that lets supporters in where nobody is.
fn welcoming() -> Policy {
    let mut policy = policy();
    policy.session.consent.mode = ConsentMode::WhenPresent;
    policy.session.consent.no_user = OnTimeout::Allow;
    policy
}

fn join_judged(verdict: Option<Verdict>) -> Event {
    Event::JoinJudged {
        session: id(),
        judgements: voice(verdict),
    }
}

fn phrased() -> Event {
    Event::ConsentPhrased {
        session: id(),
        prompt: Prompt::default(),
    }
}

fn ask() -> Option<Verdict> {
    Some(Verdict::Ask {
        title: "t".into(),
        message: "m".into(),
        timeout: None,
    })
}

/// The phase after a join, and the code of its refusal.
fn after(policy: &Policy, more: Vec<Event>) -> (&'static str, Option<String>) {
    let (session, effects) = run(policy, waiting().into_iter().chain(more));
    let code = effects.iter().find_map(|effect| match effect {
        Effect::Reply {
            outcome: AskOutcome::Refused(reasons),
            ..
        } => Some(reasons[0].code.clone()),
        _ => None,
    });
    (word(&session), code)
}

#[test]
fn who_leaves_before_the_question_or_during_it_is_not_waited_for() {
    let nobody = || Some("nobody-there".to_owned());
    let before = vec![join(), join_judged(None), GONE, phrased()];
    let during = vec![join(), join_judged(None), phrased(), GONE];
    for events in [before, during] {
        assert_eq!(after(&welcoming(), events.clone()), ("connected", None));
        assert_eq!(after(&policy(), events), ("waiting", nobody()));
    }
    let check = vec![join(), join_judged(ask()), GONE];
    assert_eq!(after(&welcoming(), check), ("waiting", nobody()));
    let check = vec![GONE, join(), join_judged(ask())];
    assert_eq!(after(&welcoming(), check), ("waiting", nobody()));
}

#[test]
fn who_is_back_is_asked_again() {
    let events = vec![GONE, BACK, join(), join_judged(None), phrased()];
    let (session, _) = run(&welcoming(), waiting().into_iter().chain(events));
    assert!(session.person_present());
    assert!(session.view().question.is_some());
}

#[test]
fn a_question_about_elevated_rights_is_a_no_once_nobody_is_there() {
    for verdict in [None, ask()] {
        let events = [elevate(), elevation_judged(verdict), GONE];
        let (session, effects) = run(&welcoming(), connected().into_iter().chain(events));
        let denied = effects.iter().any(|effect| {
            matches!(effect, Effect::Reply { outcome: AskOutcome::Elevation(ElevationOutcome::Denied(reasons)), .. } if reasons[0].code == "nobody-there")
        });
        assert!(denied && session.view().question.is_none(), "{effects:#?}");
        assert_eq!(word(&session), "connected");
    }
}

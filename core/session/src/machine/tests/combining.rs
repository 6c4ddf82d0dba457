//! How voices combine, alike for the three hooks that decide.

use super::*;

/// A hook that decides: what comes before it, and the event that its voices are.
struct Way {
    before: fn() -> Vec<Event>,
    judged: fn(Vec<Judgement>) -> Event,
}

const WAYS: [Way; 3] = [
    Way {
        before: || vec![start()],
        judged: |judgements| Event::Checked {
            session: id(),
            judgements,
        },
    },
    Way {
        before: || [waiting(), vec![join()]].concat(),
        judged: |judgements| Event::JoinJudged {
            session: id(),
            judgements,
        },
    },
    Way {
        before: || [connected(), vec![elevate()]].concat(),
        judged: |judgements| Event::ElevationJudged {
            session: id(),
            ask: AskId("e".into()),
            judgements,
        },
    },
];

fn said(by: &str, verdict: Option<Verdict>) -> Judgement {
    Judgement {
        by: by.into(),
        ..voice(verdict).remove(0)
    }
}

fn asks(by: &str) -> Judgement {
    let ask = Verdict::Ask {
        title: format!("{by}?"),
        message: "m".into(),
        timeout: Some(30),
    };
    said(by, Some(ask))
}

fn denies(by: &str) -> Judgement {
    let deny = Verdict::Deny {
        code: format!("no-{by}"),
        message: "No.".into(),
    };
    said(by, Some(deny))
}

impl Way {
    fn judged_by(&self, voices: &[Judgement]) -> (Session, Vec<Effect>) {
        let judged = (self.judged)(voices.to_vec());
        run(&policy(), (self.before)().into_iter().chain([judged]))
    }
}

/// Whose question is open; none where it is not a check's.
fn open(session: &Session) -> Option<String> {
    match session.view().question?.kind {
        QuestionKind::Check { by, .. } => Some(by),
        _ => None,
    }
}

/// The codes of every reason that whoever asked is told.
fn refusal(effects: &[Effect]) -> Option<Vec<String>> {
    let reasons =
        effects.iter().find_map(|effect| match effect {
            Effect::Tell(Notice::Refused(reasons)) => Some(reasons),
            Effect::Reply {
                outcome:
                    AskOutcome::Refused(reasons)
                    | AskOutcome::Elevation(ElevationOutcome::Denied(reasons)),
                ..
            } => Some(reasons),
            _ => None,
        })?;
    Some(reasons.iter().map(|reason| reason.code.clone()).collect())
}

#[test]
fn a_denial_goes_before_every_question_and_every_reason_is_told() {
    for way in WAYS {
        let allows = said("c", Some(Verdict::Allow));
        let voices = [asks("a"), denies("b"), allows, said("d", None), denies("e")];
        let (session, effects) = way.judged_by(&voices);
        assert_eq!(open(&session), None);
        assert_eq!(refusal(&effects).unwrap(), ["no-b", "no-e"]);
    }
}

#[test]
fn the_person_hears_every_reason_of_a_check_against_a_supporter_and_not_their_own() {
    let told = |effects: &[Effect]| {
        let reasons = effects.iter().find_map(|effect| match effect {
            Effect::Tell(Notice::JoinRefused { reasons, .. }) => Some(reasons.clone()),
            _ => None,
        });
        let codes = reasons.unwrap().into_iter().map(|reason| reason.code);
        codes.collect::<Vec<_>>()
    };
    let (_, effects) = WAYS[1].judged_by(&[denies("a"), denies("b")]);
    assert_eq!(told(&effects), ["no-a", "no-b"]);
    let (mut session, _) = WAYS[1].judged_by(&[asks("a")]);
    let effects = session.handle(Moment(9_000), answer(Answer::Deny), &policy());
    assert_eq!(told(&effects), Vec::<String>::new());
}

#[test]
fn questions_go_before_allowances_one_at_a_time_in_the_order_of_their_handlers() {
    for way in WAYS {
        let voices = [asks("b"), said("x", Some(Verdict::Allow)), asks("a")];
        let (mut session, effects) = way.judged_by(&voices);
        assert_eq!(
            (refusal(&effects), open(&session)),
            (None, Some("b".into()))
        );
        let yes = || answer(Answer::Allow);
        session.handle(Moment(20_000), yes(), &policy());
        assert_eq!(open(&session), Some("a".into()));
        let effects = session.handle(Moment(21_000), yes(), &policy());
        assert_eq!((refusal(&effects), open(&session)), (None, None));
    }
}

#[test]
fn a_refusal_silence_and_nobody_there_are_each_a_no_and_nothing_more_is_asked() {
    for way in WAYS {
        let (session, _) = way.judged_by(&[asks("a"), asks("b")]);
        for (at, event) in [(20_000, answer(Answer::Deny)), (60_000, Event::Ticked)] {
            let mut session = session.clone();
            let effects = session.handle(Moment(at), event, &policy());
            assert_eq!(open(&session), None);
            assert_eq!(refusal(&effects).unwrap(), ["declined"]);
        }
        let gone = Event::PersonSeen { present: false };
        let judged = (way.judged)(vec![asks("a")]);
        let (_, effects) = run(&policy(), (way.before)().into_iter().chain([gone, judged]));
        assert_eq!(refusal(&effects).unwrap(), ["nobody-there"]);
    }
}

#[test]
fn an_allowance_opens_nothing_that_silence_would_not() {
    for way in WAYS {
        let (spoken, allowed) = way.judged_by(&[said("a", Some(Verdict::Allow))]);
        let (silent, nothing) = way.judged_by(&[said("a", None)]);
        assert_eq!(spoken.view(), silent.view());
        assert_eq!(format!("{allowed:?}"), format!("{nothing:?}"));
    }
    let joined = |effects: &[Effect]| {
        let told = |effect: &Effect| matches!(effect, Effect::Tell(Notice::Joined(_)));
        effects.iter().any(told)
    };
    let (_, effects) = WAYS[1].judged_by(&[said("a", Some(Verdict::Allow))]);
    assert!(!joined(&effects), "the person's consent is still wanted");
}

#[test]
fn why_an_optional_check_failed_is_told_whatever_it_was_asked() {
    for way in WAYS {
        let mut failed = said("a", None);
        failed.note = Some("optional check failed: boom".into());
        let (_, effects) = way.judged_by(&[failed]);
        let told = |effect: &Effect| matches!(effect, Effect::Tell(Notice::Warned { by, .. }) if by == "a");
        assert!(effects.iter().any(told), "{effects:?}");
        assert_eq!(refusal(&effects), None);
    }
}

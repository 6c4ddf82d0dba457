use super::*;

/// What the hooks said to the request of [`elevate`].
pub(super) fn elevation_judged(verdict: Option<Verdict>) -> Event {
    Event::ElevationJudged {
        session: id(),
        ask: AskId("e".into()),
        judgements: voice(verdict),
    }
}

#[test]
fn a_program_with_elevated_rights_ends_with_its_session_and_with_its_permission() {
    let judged = elevation_judged(None);
    let running = connected()
        .into_iter()
        .chain([elevate(), judged, answer(Answer::Allow)]);
    let (mut session, _) = run(&policy(), running);
    let mut stricter = policy();
    stricter.elevation.enabled = false;
    let told = |effects: &[Effect]| {
        let stopped = effects.contains(&Effect::StopElevation(id()));
        let failed = effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Reply {
                    outcome: AskOutcome::Elevation(ElevationOutcome::Failed(_)),
                    ..
                }
            )
        });
        stopped && failed
    };
    let mut tightened = session.clone();
    assert!(told(&tightened.handle(
        Moment(1),
        Event::PolicyChanged,
        &stricter
    )));
    assert_eq!(word(&tightened), "connected");
    assert!(told(&session.handle(
        Moment(1),
        person(Request::Stop),
        &policy()
    )));
}

#[test]
fn elevated_rights_need_policy_hooks_and_the_person() {
    let judged = elevation_judged;
    let with = |more: Vec<Event>| run(&policy(), connected().into_iter().chain(more));
    let elevates = |effects: &[Effect]| {
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Elevate(_)))
    };

    let (_, effects) = with(vec![elevate(), judged(Some(Verdict::Allow))]);
    assert!(!elevates(&effects), "a hook's yes is not the person's");
    let (_, effects) = with(vec![elevate(), judged(None), answer(Answer::Allow)]);
    assert!(elevates(&effects));
    let (_, effects) = with(vec![elevate(), judged(deny())]);
    assert!(matches!(
        &effects[..],
        [
            _,
            Effect::Reply {
                outcome: AskOutcome::Elevation(ElevationOutcome::Denied(_)),
                ..
            },
            _
        ]
    ));

    let mut forbidden = policy();
    forbidden.elevation.programs.clear();
    let (_, effects) = run(&forbidden, connected().into_iter().chain([elevate()]));
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::JudgeElevation { .. }))
    );
    let (_, effects) = run(&policy(), waiting().into_iter().chain([elevate()]));
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::JudgeElevation { .. }))
    );
}

#[test]
fn news_of_an_earlier_request_for_elevated_rights_says_nothing_of_the_next() {
    let mut stricter = policy();
    stricter.elevation.programs = vec!["/usr/bin/who".into()];
    let mut next = elevate();
    if let Event::Requested {
        request: Request::Elevate(ask),
        ..
    } = &mut next
    {
        (ask.ask, ask.program) = (AskId("f".into()), "/usr/bin/who".into());
    }
    let mut wider = policy();
    wider.elevation.programs.push("/usr/bin/who".into());
    let (mut session, _) = run(&wider, connected().into_iter().chain([elevate()]));
    session.handle(Moment(0), Event::PolicyChanged, &stricter);
    session.handle(Moment(0), next, &stricter);
    let late = session.handle(Moment(0), elevation_judged(None), &stricter);
    assert!(late.is_empty() && session.view().question.is_none());
    let own = Event::ElevationJudged {
        session: id(),
        ask: AskId("f".into()),
        judgements: voice(None),
    };
    session.handle(Moment(0), own, &stricter);
    session.handle(Moment(0), answer(Answer::Allow), &stricter);
    let late = Event::Elevated {
        session: id(),
        ask: AskId("e".into()),
        outcome: ElevationOutcome::Granted { code: 0 },
    };
    assert!(session.handle(Moment(0), late, &stricter).is_empty());
    assert_eq!(session.view().elevating.as_deref(), Some("/usr/bin/who"));
}

use super::*;

#[test]
fn a_program_with_elevated_rights_ends_with_its_session_and_with_its_permission() {
    let judged = Event::ElevationJudged {
        session: id(),
        judgements: voice(None),
    };
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
    let judged = |verdict| Event::ElevationJudged {
        session: id(),
        judgements: voice(verdict),
    };
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

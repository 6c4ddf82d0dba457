use proptest::prelude::*;

use super::*;

fn any_verdict() -> impl Strategy<Value = Option<Verdict>> {
    let ask = Verdict::Ask {
        title: "t".into(),
        message: "m".into(),
        timeout: None,
    };
    prop_oneof![
        Just(None),
        Just(Some(Verdict::Allow)),
        Just(deny()),
        Just(Some(ask)),
    ]
}

fn any_answer() -> impl Strategy<Value = Event> {
    let session = (1..4_u8).prop_map(|n| SessionId(format!("b-{n}")));
    (session, any_verdict(), 0..8_u8).prop_map(|(session, verdict, which)| {
        let judgements = voice(verdict);
        match which {
            0 => Event::Checked {
                session,
                judgements,
            },
            1 => Event::ClientReady {
                session,
                address: Address::parse("123456789").unwrap(),
            },
            2 => Event::Reported { session },
            3 => Event::JoinJudged {
                session,
                judgements,
            },
            4 => Event::ConsentPhrased {
                session,
                prompt: Prompt::default(),
            },
            5 => Event::ElevationJudged {
                session,
                ask: AskId("e".into()),
                judgements,
            },
            6 => Event::Elevated {
                session,
                ask: AskId("e".into()),
                outcome: ElevationOutcome::Granted { code: 0 },
            },
            _ => Event::ClientExited {
                session,
                code: Some(0),
                signal: None,
            },
        }
    })
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(start()),
        Just(join()),
        Just(elevate()),
        Just(answer(Answer::Allow)),
        Just(answer(Answer::Deny)),
        Just(person(Request::Stop)),
        Just(portal(Request::Disconnect {
            ask: AskId("d".into())
        })),
        Just(Event::Ticked),
        any::<bool>().prop_map(|present| Event::PersonSeen { present }),
        any_answer(),
    ]
}

proptest! {
    /// In no order of events is a client launched without cleared checks, or are elevated rights
    /// asked for without hooks that did not deny and a yes of the person to that very question.
    #[test]
    fn no_order_of_events_gets_past_checks_hooks_and_the_person(events in prop::collection::vec(any_event(), 0..60)) {
        let policy = policy();
        let mut session = Session::new("b");
        for (second, event) in events.into_iter().enumerate() {
            let before = session.view();
            let effects = session.handle(Moment(second as u64 * 1000), event.clone(), &policy);
            let said_yes = matches!(&event, Event::Requested { origin: Origin::Person, request: Request::Answer { answer: Answer::Allow, .. } });
            for effect in &effects {
                match effect {
                    Effect::Launch(clearance) => {
                        let cleared = matches!(&event, Event::Checked { judgements, session }
                            if session == clearance.session() && judgements.iter().all(|j| matches!(j.verdict, None | Some(Verdict::Allow))));
                        prop_assert!(cleared || said_yes && before.phase.word() == "checking");
                    }
                    Effect::Elevate(permit) => {
                        let asked = matches!(before.question.as_ref().map(|q| &q.kind), Some(QuestionKind::Elevation(ask)) if ask == permit.ask());
                        prop_assert!(said_yes && asked);
                    }
                    Effect::Observe(Observation::SessionStarted { .. }) => prop_assert!(said_yes),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn an_address_that_the_portal_cannot_take_is_never_called_reported() {
    let mut events = waiting();
    assert!(matches!(events.pop(), Some(Event::Reported { .. })));
    events.push(Event::ReportRefused {
        session: id(),
        message: "too large".into(),
    });
    let (session, effects) = run(&policy(), events);
    assert_eq!(session.view().last, Some(Outcome::Failed));
    assert_eq!(session.view().reasons[0].code, "report-refused");
    assert!(effects.contains(&Effect::StopClient(id())));
}

use super::Session;
use super::begin::warnings;
use super::join::nobody;
use crate::live::{Elevation, ElevationStep, Live, Phase};
use crate::verdict::{CheckQuestion, Decision, combine};
use crate::{
    Answer, AskId, AskOutcome, Effect, ElevationAsk, ElevationEnd, ElevationOutcome,
    ElevationPermit, Entry, Judgement, Moment, Observation, QuestionKind, Reason, Terms,
};

/// How long the person has to agree.
const ANSWER_SECONDS: u32 = 60;

impl Session {
    pub(super) fn elevate(&mut self, ask: ElevationAsk) -> Vec<Effect> {
        let refusal = match &self.live {
            None => Some(Reason::own(
                "no-session",
                "No session is open on this device.",
            )),
            Some(live) => refusal(live, &ask),
        };
        if let Some(reason) = refusal {
            let outcome = AskOutcome::Elevation(ElevationOutcome::Denied(vec![reason.clone()]));
            let session = self.live.as_ref().map(|live| live.id.clone());
            let fields = vec![("program", ask.program.clone()), ("codes", reason.code)];
            let refused = Entry {
                action: "elevation.refused",
                session,
                fields,
            };
            return vec![
                Effect::Record(refused),
                Effect::Reply {
                    ask: ask.ask,
                    outcome,
                },
            ];
        }
        let Some(live) = &mut self.live else {
            return vec![];
        };
        live.elevation = Some(Elevation {
            ask: ask.clone(),
            step: ElevationStep::Judging,
        });
        let session = live.id.clone();
        let fields = vec![
            ("program", ask.program.clone()),
            ("supporter", ask.supporter.name.clone()),
        ];
        let asked = Entry {
            action: "elevation.requested",
            session: Some(session.clone()),
            fields,
        };
        vec![
            Effect::Record(asked),
            Effect::JudgeElevation {
                session,
                elevation: ask,
            },
        ]
    }

    pub(super) fn elevation_judged(
        &mut self,
        now: Moment,
        ask: &AskId,
        judgements: &[Judgement],
    ) -> Vec<Effect> {
        let judging = matches!(self.elevation_step(), Some(ElevationStep::Judging));
        if !judging || !self.is_under_way(ask) {
            return vec![];
        }
        let mut effects = warnings(judgements);
        effects.extend(match combine(judgements) {
            Decision::Denied(reasons) => self.elevated(ElevationOutcome::Denied(reasons)),
            Decision::Open(questions) => self.confirm_elevation(now, questions),
        });
        effects
    }

    /// Asks what the checks want to know; the last question is always the person's own consent.
    fn confirm_elevation(&mut self, now: Moment, mut questions: Vec<CheckQuestion>) -> Vec<Effect> {
        if !self.person_present {
            return self.elevated(ElevationOutcome::Denied(vec![nobody()]));
        }
        let Some(ask) = self
            .live
            .as_ref()
            .and_then(|live| live.elevation.as_ref())
            .map(|e| e.ask.clone())
        else {
            return vec![];
        };
        let step = if questions.is_empty() {
            ElevationStep::Asking(self.question(now, QuestionKind::Elevation(ask), ANSWER_SECONDS))
        } else {
            let first = questions.remove(0);
            let seconds = first.timeout;
            let question = self.question(now, first.kind(), seconds);
            ElevationStep::Confirming {
                question,
                rest: questions,
            }
        };
        self.set_elevation_step(step);
        vec![]
    }

    pub(super) fn elevation_confirmed(&mut self, now: Moment, answer: &Answer) -> Vec<Effect> {
        let Some(ElevationStep::Confirming { question, rest }) = self.elevation_step().cloned()
        else {
            return vec![];
        };
        if *answer == Answer::Allow {
            return self.confirm_elevation(now, rest);
        }
        self.elevated(ElevationOutcome::Denied(vec![question.declined()]))
    }

    pub(super) fn elevation_answered(&mut self, answer: &Answer) -> Vec<Effect> {
        if *answer != Answer::Allow {
            let refused = Reason::own("consent-refused", "The person said no.");
            return self.elevated(ElevationOutcome::Denied(vec![refused]));
        }
        let Some(live) = &mut self.live else {
            return vec![];
        };
        let Some(elevation) = &mut live.elevation else {
            return vec![];
        };
        elevation.step = ElevationStep::Running;
        let permit = ElevationPermit::new(live.id.clone(), elevation.ask.clone());
        let fields = vec![("program", elevation.ask.program.clone())];
        let allowed = Entry {
            action: "elevation.allowed",
            session: Some(live.id.clone()),
            fields,
        };
        vec![Effect::Record(allowed), Effect::Elevate(permit)]
    }

    pub(super) fn elevation_expired(&mut self) -> Vec<Effect> {
        self.elevated(ElevationOutcome::Expired)
    }

    /// What the operating system made of a request. News of an earlier one says nothing of this one.
    pub(super) fn elevation_ended(
        &mut self,
        ask: &AskId,
        outcome: ElevationOutcome,
    ) -> Vec<Effect> {
        if !self.is_elevating() || !self.is_under_way(ask) {
            return vec![];
        }
        self.elevated(outcome)
    }

    /// A request for elevated rights is over, whoever ended it.
    pub(super) fn elevated(&mut self, outcome: ElevationOutcome) -> Vec<Effect> {
        let Some(live) = &mut self.live else {
            return vec![];
        };
        let Some(elevation) = live.elevation.take() else {
            return vec![];
        };
        let (session, program, word) = (live.id.clone(), elevation.ask.program, outcome.word());
        let fields = vec![("program", program.clone()), ("outcome", word.to_owned())];
        vec![
            Effect::Record(Entry {
                action: "elevation.finished",
                session: Some(session.clone()),
                fields,
            }),
            Effect::Reply {
                ask: elevation.ask.ask,
                outcome: AskOutcome::Elevation(outcome),
            },
            Effect::Observe(Observation::ElevationFinished(ElevationEnd {
                session,
                outcome: word,
                program,
            })),
        ]
    }

    /// Ends a request under way, and the program, if it runs.
    pub(super) fn give_up_elevation(&mut self, outcome: ElevationOutcome) -> Vec<Effect> {
        let running = self.live.as_ref().filter(|_| self.is_elevating());
        let stop = running.map(|live| Effect::StopElevation(live.id.clone()));
        stop.into_iter().chain(self.elevated(outcome)).collect()
    }

    fn is_under_way(&self, ask: &AskId) -> bool {
        let elevation = self.live.as_ref().and_then(|live| live.elevation.as_ref());
        elevation.is_some_and(|elevation| elevation.ask.ask == *ask)
    }

    fn is_elevating(&self) -> bool {
        matches!(self.elevation_step(), Some(ElevationStep::Running))
    }

    /// Nobody is there any more who could answer.
    pub(super) fn elevation_deserted(&mut self) -> Vec<Effect> {
        match self.elevation_step() {
            Some(ElevationStep::Asking(_) | ElevationStep::Confirming { .. }) => {
                self.elevated(ElevationOutcome::Denied(vec![nobody()]))
            }
            _ => vec![],
        }
    }

    /// A stricter policy ends a request that it would not have allowed.
    pub(super) fn elevation_tightened(&mut self) -> Vec<Effect> {
        let denied = self.live.as_ref().and_then(|live| {
            live.elevation
                .as_ref()
                .and_then(|elevation| against(&live.terms, &elevation.ask))
        });
        let Some(reason) = denied else {
            return vec![];
        };
        self.give_up_elevation(if self.is_elevating() {
            ElevationOutcome::Failed(reason)
        } else {
            ElevationOutcome::Denied(vec![reason])
        })
    }

    fn elevation_step(&self) -> Option<&ElevationStep> {
        self.live
            .as_ref()?
            .elevation
            .as_ref()
            .map(|elevation| &elevation.step)
    }

    fn set_elevation_step(&mut self, step: ElevationStep) {
        if let Some(elevation) = self.live.as_mut().and_then(|live| live.elevation.as_mut()) {
            elevation.step = step;
        }
    }
}

fn refusal(live: &Live, ask: &ElevationAsk) -> Option<Reason> {
    if !matches!(live.phase, Phase::Connected { .. }) {
        return Some(Reason::own(
            "not-connected",
            "Elevated rights can be asked for only while a supporter is connected.",
        ));
    }
    if live.elevation.is_some() {
        return Some(Reason::own(
            "busy",
            "Another request for elevated rights is under way.",
        ));
    }
    against(&live.terms, ask)
}

/// What the policy says against a request.
fn against(terms: &Terms, ask: &ElevationAsk) -> Option<Reason> {
    let policy = &terms.elevation;
    if !policy.enabled {
        return Some(Reason::own(
            "elevation-disabled",
            "Your organisation does not allow elevated rights in sessions.",
        ));
    }
    if !policy.methods.contains(&ask.method) {
        return Some(Reason::own(
            "method-not-allowed",
            "Your organisation does not allow this way to elevated rights.",
        ));
    }
    if !policy.programs.contains(&ask.program) {
        let message = format!(
            "The program {} is not on your organisation's list.",
            ask.program
        );
        return Some(Reason::own("program-not-allowed", message));
    }
    if ask.minutes == 0 || ask.minutes > policy.max_minutes {
        let message = format!(
            "Elevated rights last 1 to {} minutes here.",
            policy.max_minutes
        );
        return Some(Reason::own("too-long", message));
    }
    None
}

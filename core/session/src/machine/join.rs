use deskhook_policy::{ConsentMode, OnTimeout};

use super::Session;
use super::begin::{DECLINED, warnings};
use crate::live::{JoinStep, Live, Phase};
use crate::verdict::{CheckQuestion, Decision, combine};
use crate::{
    Answer, AskId, AskOutcome, Effect, Entry, JoinAsk, Judgement, Moment, Notice, Observation,
    Outcome, Prompt, QuestionKind, Reason,
};

/// What consent a join needs.
enum Consent {
    Given(&'static str),
    Refused(Reason),
    Ask,
}

impl Session {
    pub(super) fn join(&mut self, join: JoinAsk) -> Vec<Effect> {
        let refuse = |reason| {
            vec![Effect::Reply {
                ask: join.ask.clone(),
                outcome: AskOutcome::Refused(vec![reason]),
            }]
        };
        let Some(live) = &mut self.live else {
            return refuse(Reason::own(
                "no-session",
                "No session is open on this device.",
            ));
        };
        if !matches!(live.phase, Phase::Ready) {
            return refuse(busy(&live.phase));
        }
        live.phase = Phase::Joining {
            join: join.clone(),
            step: JoinStep::Judging,
        };
        let asked = Entry {
            action: "join.requested",
            session: Some(live.id.clone()),
            fields: vec![("supporter", join.supporter.name.clone())],
        };
        vec![
            Effect::Record(asked),
            Effect::JudgeJoin {
                session: live.id.clone(),
                join,
            },
        ]
    }

    pub(super) fn join_judged(&mut self, now: Moment, judgements: &[Judgement]) -> Vec<Effect> {
        if self
            .joining()
            .is_none_or(|(_, step)| !matches!(step, JoinStep::Judging))
        {
            return vec![];
        }
        let mut effects = warnings(judgements);
        effects.extend(match combine(judgements) {
            Decision::Denied(reasons) => self.refuse_join(reasons),
            Decision::Open(questions) => self.confirm_join(now, questions),
        });
        effects
    }

    fn confirm_join(&mut self, now: Moment, mut questions: Vec<CheckQuestion>) -> Vec<Effect> {
        if questions.is_empty() {
            return self.ask_consent(now);
        }
        if !self.person_present {
            return self.refuse_join(vec![nobody()]);
        }
        let first = questions.remove(0);
        let seconds = first.timeout;
        let question = self.question(now, first.kind(), seconds);
        self.set_join_step(JoinStep::Confirming {
            question,
            rest: questions,
        });
        vec![]
    }

    pub(super) fn join_confirmed(&mut self, now: Moment, answer: &Answer) -> Vec<Effect> {
        let Some((_, JoinStep::Confirming { question, rest })) = self.joining() else {
            return vec![];
        };
        if *answer == Answer::Allow {
            return self.confirm_join(now, rest);
        }
        self.refuse_join(vec![question.declined()])
    }

    fn ask_consent(&mut self, now: Moment) -> Vec<Effect> {
        let Some((join, _)) = self.joining() else {
            return vec![];
        };
        match self.consent(now, &join) {
            Consent::Given(why) => self.let_in(now, why),
            Consent::Refused(reason) => self.refuse_join(vec![reason]),
            Consent::Ask => {
                self.set_join_step(JoinStep::Phrasing);
                let Some(live) = &self.live else {
                    return vec![];
                };
                let seconds = live.terms.consent.timeout_seconds;
                let left = join.until.map(|until| until.since(now).div_ceil(1000));
                let left = left.and_then(|left| u32::try_from(left).ok());
                let timeout_seconds = left.map_or(seconds, |left| left.min(seconds));
                let session = live.id.clone();
                vec![Effect::PhraseConsent {
                    session,
                    join,
                    prompt: Prompt::default(),
                    timeout_seconds,
                }]
            }
        }
    }

    fn consent(&self, now: Moment, join: &JoinAsk) -> Consent {
        let Some(live) = &self.live else {
            return Consent::Refused(Reason::own(
                "no-session",
                "No session is open on this device.",
            ));
        };
        let minutes = live.terms.consent.grant_minutes;
        let granted = self.grants.holds(now, join, minutes);
        match (live.terms.consent.mode, self.person_present) {
            (ConsentMode::Never, _) => Consent::Given("policy"),
            (_, true) if granted => Consent::Given("earlier answer"),
            (_, true) => Consent::Ask,
            (ConsentMode::WhenPresent, false) if live.terms.consent.no_user == OnTimeout::Allow => {
                Consent::Given("nobody there")
            }
            (_, false) => Consent::Refused(nobody()),
        }
    }

    pub(super) fn consent_phrased(&mut self, now: Moment, prompt: Prompt) -> Vec<Effect> {
        let Some((join, JoinStep::Phrasing)) = self.joining() else {
            return vec![];
        };
        if !self.person_present {
            return self.ask_consent(now);
        }
        let Some(seconds) = self
            .live
            .as_ref()
            .map(|live| live.terms.consent.timeout_seconds)
        else {
            return vec![];
        };
        let question = self.question(now, QuestionKind::Consent { join, prompt }, seconds);
        self.set_join_step(JoinStep::Asking(question));
        vec![]
    }

    pub(super) fn consent_answered(&mut self, now: Moment, answer: &Answer) -> Vec<Effect> {
        let Some((join, _)) = self.joining() else {
            return vec![];
        };
        if *answer != Answer::Allow {
            self.grants.take_back(&join.supporter);
            return self.refuse_join(vec![Reason::own("consent-refused", "The person said no.")]);
        }
        if let Some(live) = &self.live {
            self.grants.give(now, &join, &live.terms.consent);
        }
        self.let_in(now, "person")
    }

    pub(super) fn consent_expired(&mut self, now: Moment) -> Vec<Effect> {
        match self.live.as_ref().map(|live| live.terms.consent.on_timeout) {
            Some(OnTimeout::Allow) => self.let_in(now, "no answer in time"),
            _ => self.refuse_join(vec![too_late()]),
        }
    }

    /// Somebody left or came: an open question about a supporter has nobody to answer it any
    /// more. One that comes up later finds that by itself.
    pub(super) fn person_seen(&mut self, now: Moment) -> Vec<Effect> {
        if self.person_present {
            return vec![];
        }
        match self.joining() {
            Some((_, JoinStep::Asking(_))) => self.ask_consent(now),
            Some((_, JoinStep::Confirming { .. })) => self.refuse_join(vec![nobody()]),
            _ => self.elevation_deserted(),
        }
    }

    /// Never after the supporter gave up: they would be in without knowing.
    fn let_in(&mut self, now: Moment, consent: &str) -> Vec<Effect> {
        let Some((join, _)) = self.joining() else {
            return vec![];
        };
        if join.until.is_some_and(|until| until <= now) {
            return self.refuse_join(vec![too_late()]);
        }
        let Some(live) = &mut self.live else {
            return vec![];
        };
        live.phase = Phase::Connected {
            join: join.clone(),
            since: now,
        };
        let (session, supporter) = (live.id.clone(), join.supporter);
        let allowed = Entry {
            action: "join.allowed",
            session: Some(session.clone()),
            fields: vec![
                ("supporter", supporter.name.clone()),
                ("consent", consent.to_owned()),
            ],
        };
        let client = live.spec.name.clone();
        vec![
            Effect::Record(allowed),
            Effect::Reply {
                ask: join.ask,
                outcome: AskOutcome::Joined,
            },
            Effect::Tell(Notice::Joined(supporter.clone())),
            Effect::Observe(Observation::SessionStarted {
                session,
                supporter,
                client,
            }),
        ]
    }

    fn refuse_join(&mut self, reasons: Vec<Reason>) -> Vec<Effect> {
        let Some((join, _)) = self.joining() else {
            return vec![];
        };
        let session = self.live.as_ref().map(|live| live.id.clone());
        self.set_phase(Phase::Ready);
        let codes = reasons
            .iter()
            .map(|reason| reason.code.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let fields = vec![("supporter", join.supporter.name.clone()), ("codes", codes)];
        vec![
            Effect::Record(Entry {
                action: "join.refused",
                session,
                fields,
            }),
            Effect::Tell(Notice::JoinRefused {
                supporter: join.supporter,
                reasons: of_checks(&reasons),
            }),
            Effect::Reply {
                ask: join.ask,
                outcome: AskOutcome::Refused(reasons),
            },
        ]
    }

    pub(super) fn disconnect(&mut self, now: Moment, ask: AskId) -> Vec<Effect> {
        if self.live.is_none() {
            let reason = Reason::own("no-session", "No session is open on this device.");
            return vec![Effect::Reply {
                ask,
                outcome: AskOutcome::Refused(vec![reason]),
            }];
        }
        let mut effects = self.end(now, Outcome::Disconnected);
        effects.push(Effect::Reply {
            ask,
            outcome: AskOutcome::Disconnected,
        });
        effects
    }

    fn joining(&self) -> Option<(JoinAsk, JoinStep)> {
        match self.live.as_ref().map(|live| &live.phase) {
            Some(Phase::Joining { join, step }) => Some((join.clone(), step.clone())),
            _ => None,
        }
    }

    fn set_join_step(&mut self, next: JoinStep) {
        if let Some(Live {
            phase: Phase::Joining { step, .. },
            ..
        }) = &mut self.live
        {
            *step = next;
        }
    }
}

/// The reasons that the person has not given themself, by their answer, their silence or absence.
fn of_checks(reasons: &[Reason]) -> Vec<Reason> {
    let own = Reason::own("", "").by;
    let reasons = reasons.iter();
    let of_checks = reasons.filter(|reason| reason.by != own && reason.code != DECLINED);
    of_checks.cloned().collect()
}

/// Why silence is a no.
fn too_late() -> Reason {
    Reason::own("consent-timeout", "The person did not answer in time.")
}

/// Why a question is a no where nobody can answer it.
pub(super) fn nobody() -> Reason {
    Reason::own("nobody-there", "Nobody is at the device to agree.")
}

/// The answer to a request for a session that is not there.
pub(super) fn over(ask: AskId) -> Effect {
    let reason = Reason::own("no-session", "That session is over.");
    Effect::Reply {
        ask,
        outcome: AskOutcome::Refused(vec![reason]),
    }
}

fn busy(phase: &Phase) -> Reason {
    match phase {
        Phase::Joining { join, .. } => Reason::own(
            "busy",
            format!("{} is asking to join already.", join.supporter.name),
        ),
        Phase::Connected { join, .. } => Reason::own(
            "busy",
            format!("{} is connected already.", join.supporter.name),
        ),
        _ => Reason::own("not-ready", "The session is still starting."),
    }
}

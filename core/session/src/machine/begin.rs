use deskhook_policy::{Address, ClientSpec, Policy};

use super::Session;
use super::join::nobody;
use crate::live::{Live, Phase};
use crate::verdict::{CheckQuestion, Decision, combine};
use crate::{
    Answer, Clearance, ClientFailure, Effect, Entry, Inquiry, Judgement, Moment, Notice,
    Observation, Origin, Outcome, Progress, QuestionKind, Reason, SessionId, Terms,
};

/// What somebody said when they asked to start.
pub(super) struct Wish {
    pub(super) reason: Option<String>,
    pub(super) ticket: Option<String>,
    pub(super) client: Option<String>,
    pub(super) origin: Origin,
}

/// The code of a check's question that was not answered with yes.
pub(super) const DECLINED: &str = "declined";

/// How long the person has to say why.
const DETAILS_SECONDS: u32 = 300;

impl Session {
    pub(super) fn start(&mut self, now: Moment, wish: Wish, policy: &Policy) -> Vec<Effect> {
        if self.live.is_some() {
            return vec![Effect::Tell(Notice::AlreadyRunning)];
        }
        self.attempts += 1;
        let spec = match pick(policy, wish.client.as_deref()) {
            Ok(spec) => spec,
            Err(reason) => return self.refuse_start(reason),
        };
        self.begun += 1;
        self.reasons.clear();
        let id = SessionId(format!("{}-{}", self.boot, self.begun));
        let requested = Entry {
            action: "session.requested",
            session: Some(id.clone()),
            fields: vec![
                ("origin", wish.origin.word().to_owned()),
                ("client", spec.name.clone()),
            ],
        };
        self.live = Some(Live {
            id,
            started: now,
            origin: wish.origin,
            reason: non_empty(wish.reason),
            ticket: non_empty(wish.ticket),
            spec,
            terms: Terms::of(policy),
            phase: Phase::Checking,
            address: None,
            reported: false,
            progress: None,
            launched: false,
            elevation: None,
        });
        let mut effects = vec![Effect::Record(requested)];
        effects.extend(self.check_or_ask(now, policy));
        effects
    }

    /// Runs the checks, or asks for the details that the organisation wants first.
    fn check_or_ask(&mut self, now: Moment, policy: &Policy) -> Vec<Effect> {
        let Some(live) = &self.live else {
            return vec![];
        };
        let reason = policy.session.require_reason && live.reason.is_none();
        let ticket = policy.session.require_ticket.is_some()
            && !policy
                .session
                .ticket_fits(live.ticket.as_deref().unwrap_or_default());
        if reason || ticket {
            let question = self.question(
                now,
                QuestionKind::Details { reason, ticket },
                DETAILS_SECONDS,
            );
            self.set_phase(Phase::Details(question));
            return vec![];
        }
        let inquiry = Inquiry {
            session: live.id.clone(),
            reason: live.reason.clone(),
            ticket: live.ticket.clone(),
            origin: live.origin.clone(),
            client: live.spec.name.clone(),
        };
        self.set_phase(Phase::Checking);
        vec![Effect::RunChecks(inquiry)]
    }

    pub(super) fn details_given(
        &mut self,
        now: Moment,
        answer: Answer,
        policy: &Policy,
    ) -> Vec<Effect> {
        let (reason, ticket) = match answer {
            Answer::Details { reason, ticket } => (reason, ticket),
            Answer::Deny => return self.end(now, Outcome::Stopped),
            // A bare yes tells nothing of what was asked.
            Answer::Allow => return vec![],
        };
        if let Some(live) = &mut self.live {
            live.reason = non_empty(reason).or(live.reason.take());
            live.ticket = non_empty(ticket).or(live.ticket.take());
        }
        self.check_or_ask(now, policy)
    }

    pub(super) fn checked(&mut self, now: Moment, judgements: &[Judgement]) -> Vec<Effect> {
        if !matches!(
            self.live.as_ref().map(|live| &live.phase),
            Some(Phase::Checking)
        ) {
            return vec![];
        }
        let mut effects = warnings(judgements);
        effects.extend(match combine(judgements) {
            Decision::Denied(reasons) => self.deny_start(now, reasons),
            Decision::Open(questions) => self.confirm_start(now, questions),
        });
        effects
    }

    /// Asks the next question of the checks, or launches when there is none left.
    fn confirm_start(&mut self, now: Moment, mut questions: Vec<CheckQuestion>) -> Vec<Effect> {
        if questions.is_empty() {
            return self.launch();
        }
        if !self.person_present {
            return self.deny_start(now, vec![nobody()]);
        }
        let first = questions.remove(0);
        let seconds = first.timeout;
        let question = self.question(now, first.kind(), seconds);
        self.set_phase(Phase::Confirming {
            question,
            rest: questions,
        });
        vec![]
    }

    pub(super) fn start_confirmed(&mut self, now: Moment, answer: &Answer) -> Vec<Effect> {
        let Some(Phase::Confirming { question, rest }) =
            self.live.as_ref().map(|live| live.phase.clone())
        else {
            return vec![];
        };
        if *answer == Answer::Allow {
            return self.confirm_start(now, rest);
        }
        self.deny_start(now, vec![question.declined()])
    }

    fn launch(&mut self) -> Vec<Effect> {
        let Some(live) = &mut self.live else {
            return vec![];
        };
        live.phase = Phase::Launching;
        live.launched = true;
        let cleared = Entry {
            action: "session.cleared",
            session: Some(live.id.clone()),
            fields: vec![],
        };
        let clearance = Clearance::new(live.id.clone(), live.spec.clone());
        vec![Effect::Record(cleared), Effect::Launch(clearance)]
    }

    pub(super) fn fetched(&mut self, received: u64, total: Option<u64>) -> Vec<Effect> {
        if let Some(live) = &mut self.live {
            live.progress = Some(Progress { received, total });
        }
        vec![]
    }

    pub(super) fn ready(&mut self, address: Address) -> Vec<Effect> {
        let Some(live) = &mut self.live else {
            return vec![];
        };
        if !matches!(live.phase, Phase::Launching) {
            return vec![];
        }
        live.phase = Phase::Ready;
        live.progress = None;
        live.address = Some(address.clone());
        let (session, client) = (live.id.clone(), live.spec.name.clone());
        let known = Entry {
            action: "client.ready",
            session: Some(session.clone()),
            fields: vec![("address", address.to_string()), ("client", client.clone())],
        };
        vec![
            Effect::Record(known),
            Effect::Report {
                session,
                address,
                client,
            },
        ]
    }

    pub(super) fn reported(&mut self) -> Vec<Effect> {
        let Some(live) = &mut self.live else {
            return vec![];
        };
        let Some(address) = live.address.clone().filter(|_| !live.reported) else {
            return vec![];
        };
        live.reported = true;
        let client = live.spec.name.clone();
        vec![Effect::Observe(Observation::AddressReported {
            address,
            client,
        })]
    }

    /// An address that nobody can be told of helps nobody: the session fails, with the reason.
    pub(super) fn report_refused(&mut self, now: Moment, message: String) -> Vec<Effect> {
        if self.live.as_ref().is_none_or(|live| live.reported) {
            return vec![];
        }
        let text = "Your support desk's portal did not take this device's address.";
        let failure = ClientFailure {
            reason: Reason::own("report-refused", text),
            detail: Some(message),
        };
        self.failed(now, failure)
    }

    pub(super) fn failed(&mut self, now: Moment, failure: ClientFailure) -> Vec<Effect> {
        let mut effects = vec![Effect::Tell(Notice::Failed(failure.reason.clone()))];
        self.reasons = vec![failure.reason];
        effects.extend(self.end(now, Outcome::Failed));
        effects
    }

    /// A session that nothing could begin: no id, no end, only the reason.
    fn refuse_start(&mut self, reason: Reason) -> Vec<Effect> {
        self.last = Some(Outcome::Denied);
        self.reasons = vec![reason.clone()];
        let refused = Entry {
            action: "session.refused",
            session: None,
            fields: vec![("code", reason.code.clone())],
        };
        vec![
            Effect::Record(refused),
            Effect::Tell(Notice::Refused(vec![reason])),
        ]
    }

    fn deny_start(&mut self, now: Moment, reasons: Vec<Reason>) -> Vec<Effect> {
        let all = |part: fn(&Reason) -> &str| {
            let parts: Vec<&str> = reasons.iter().map(part).collect();
            parts.join(" ")
        };
        let codes = all(|reason| &reason.code);
        let by = all(|reason| &reason.by);
        let session = self.live.as_ref().map(|live| live.id.clone());
        let denied = Entry {
            action: "session.denied",
            session,
            fields: vec![("by", by), ("codes", codes)],
        };
        self.reasons.clone_from(&reasons);
        let mut effects = vec![
            Effect::Record(denied),
            Effect::Tell(Notice::Refused(reasons)),
        ];
        effects.extend(self.end(now, Outcome::Denied));
        effects
    }

    pub(super) fn set_phase(&mut self, phase: Phase) {
        if let Some(live) = &mut self.live {
            live.phase = phase;
        }
    }
}

impl CheckQuestion {
    pub(super) fn kind(self) -> QuestionKind {
        QuestionKind::Check {
            by: self.by,
            title: self.title,
            message: self.message,
        }
    }
}

impl crate::Question {
    /// The reason that a refused or unanswered question of a check becomes.
    pub(super) fn declined(&self) -> Reason {
        match &self.kind {
            QuestionKind::Check { by, title, .. } => Reason {
                code: DECLINED.to_owned(),
                message: format!("The question \"{title}\" was not answered with yes."),
                by: by.clone(),
            },
            _ => Reason::own(DECLINED, "The question was not answered with yes."),
        }
    }
}

fn pick(policy: &Policy, wanted: Option<&str>) -> Result<ClientSpec, Reason> {
    let found = match wanted {
        None => policy.clients.first(),
        Some(name) => policy
            .clients
            .iter()
            .find(|spec| spec.name.eq_ignore_ascii_case(name)),
    };
    found.cloned().ok_or_else(|| match wanted {
        _ if policy.expired => Reason::own(
            "policy-expired",
            "The rules of your organisation on this device are out of date, so nothing can be started. Please tell your support desk.",
        ),
        None => Reason::own(
            "no-client",
            "Your organisation has not set up remote support on this device yet.",
        ),
        Some(name) => Reason::own(
            "no-client",
            format!("Your organisation has not enabled the client \"{name}\"."),
        ),
    })
}

/// What those who do not decide want known: warnings, and why an optional handler failed.
pub(super) fn warnings(judgements: &[Judgement]) -> Vec<Effect> {
    judgements.iter().filter_map(warning).collect()
}

fn warning(judgement: &Judgement) -> Option<Effect> {
    let message = judgement.note.clone()?;
    Some(Effect::Tell(Notice::Warned {
        by: judgement.by.clone(),
        message,
    }))
}

fn non_empty(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

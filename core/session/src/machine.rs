mod begin;
mod elevate;
mod end;
mod join;

use deskhook_policy::Policy;

use crate::grants::Grants;
use crate::live::Live;
use crate::{
    Answer, Effect, Event, Moment, Notice, Origin, Outcome, PhaseName, Question, QuestionId,
    QuestionKind, Reason, Request, SessionId, View,
};

/// The life of support sessions on one device, one at a time.
///
/// ```
/// use deskhook_policy::{ClientSpec, Policy};
/// use deskhook_session::{Effect, Event, Moment, Origin, Request, Session};
///
/// let policy = Policy { clients: vec![ClientSpec { name: "vnc".into(), ..Default::default() }], ..Default::default() };
/// let mut session = Session::new("boot");
/// let request = Request::Start { reason: None, ticket: None, client: None };
/// let effects = session.handle(Moment(0), Event::Requested { request, origin: Origin::Person }, &policy);
/// assert!(effects.iter().any(|effect| matches!(effect, Effect::RunChecks(_))));
/// ```
#[derive(Clone, Debug)]
pub struct Session {
    boot: String,
    attempts: u64,
    begun: u64,
    asked: u64,
    person_present: bool,
    grants: Grants,
    live: Option<Live>,
    last: Option<Outcome>,
    reasons: Vec<Reason>,
}

impl Session {
    /// No session yet. `boot` names this start of the agent; it becomes part of every session's
    /// id and must never repeat on this device.
    pub fn new(boot: &str) -> Self {
        Self {
            boot: boot.to_owned(),
            attempts: 0,
            begun: 0,
            asked: 0,
            person_present: true,
            grants: Grants::default(),
            live: None,
            last: None,
            reasons: vec![],
        }
    }

    /// Takes in what happened at `now` and says what is to be done. An answer that belongs to
    /// another session is dropped here, before anything looks at it.
    pub fn handle(&mut self, now: Moment, event: Event, policy: &Policy) -> Vec<Effect> {
        if event
            .session()
            .is_some_and(|session| !self.is_live(session))
        {
            return vec![];
        }
        match event {
            Event::Requested { request, origin } => self.request(now, request, origin, policy),
            Event::Checked { judgements, .. } => self.checked(now, &judgements),
            Event::Fetched {
                received, total, ..
            } => self.fetched(received, total),
            Event::ClientReady { address, .. } => self.ready(address),
            Event::ClientFailed { failure, .. } => self.failed(now, failure),
            Event::ClientExited { code, signal, .. } => self.exited(now, code, signal),
            Event::Reported { .. } => self.reported(),
            Event::ReportRefused { message, .. } => self.report_refused(now, message),
            Event::JoinJudged { judgements, .. } => self.join_judged(now, &judgements),
            Event::ConsentPhrased { prompt, .. } => self.consent_phrased(now, prompt),
            Event::ElevationJudged {
                ask, judgements, ..
            } => self.elevation_judged(now, &ask, &judgements),
            Event::Elevated { ask, outcome, .. } => self.elevation_ended(&ask, outcome),
            Event::PersonSeen { present } => {
                self.person_present = present;
                self.person_seen(now)
            }
            Event::PolicyChanged => self.policy_changed(now, policy),
            Event::Ticked => self.ticked(now),
        }
    }

    /// When [`Event::Ticked`] is wanted next: a question's or the session's end.
    pub fn deadline(&self) -> Option<Moment> {
        let live = self.live.as_ref()?;
        let question = live.question().map(|question| question.expires);
        question.into_iter().chain(live.limit()).min()
    }

    /// What can be seen from outside.
    pub fn view(&self) -> View {
        let Some(live) = &self.live else {
            let (last, reasons) = (self.last.clone(), self.reasons.clone());
            return View {
                phase: PhaseName::Idle,
                attempts: self.attempts,
                last,
                reasons,
                ..View::default()
            };
        };
        let connected = match &live.phase {
            crate::live::Phase::Connected { since, .. } => Some(*since),
            _ => None,
        };
        View {
            phase: live.phase_name(),
            attempts: self.attempts,
            session: Some(live.id.clone()),
            client: Some(live.spec.name.clone()),
            address: live.address.clone(),
            reported: live.reported,
            supporter: live.supporter().cloned(),
            started: Some(live.started),
            connected,
            question: live.question().cloned(),
            progress: live.progress,
            elevating: live
                .elevation
                .as_ref()
                .map(|elevation| elevation.ask.program.clone()),
            last: None,
            reasons: self.reasons.clone(),
        }
    }

    /// The reason and the ticket of the session under way.
    pub fn details(&self) -> (Option<&str>, Option<&str>) {
        let live = self.live.as_ref();
        (
            live.and_then(|live| live.reason.as_deref()),
            live.and_then(|live| live.ticket.as_deref()),
        )
    }

    /// Whether somebody is at the device to be asked. It is taken to be so until
    /// [`Event::PersonSeen`] says otherwise.
    pub fn person_present(&self) -> bool {
        self.person_present
    }

    fn is_live(&self, session: &SessionId) -> bool {
        self.live.as_ref().is_some_and(|live| live.id == *session)
    }

    fn request(
        &mut self,
        now: Moment,
        request: Request,
        origin: Origin,
        policy: &Policy,
    ) -> Vec<Effect> {
        if !origin.may(&request) {
            return vec![];
        }
        match request {
            Request::Start {
                reason,
                ticket,
                client,
            } => self.start(
                now,
                begin::Wish {
                    reason,
                    ticket,
                    client,
                    origin,
                },
                policy,
            ),
            Request::Stop => {
                if origin == Origin::Person {
                    self.grants.take_all_back();
                }
                self.end(now, Outcome::Stopped)
            }
            Request::Answer { question, answer } => self.answer(now, question, answer, policy),
            Request::Join(join) => self.join(join),
            Request::Disconnect { ask } => self.disconnect(now, ask),
            Request::Elevate(ask) => self.elevate(ask),
            Request::Stale { ask } => vec![join::over(ask)],
            Request::Click { item } => vec![Effect::Click { item }],
            Request::CopyAddress => self.copy(),
            Request::Notify { title, message } => {
                let by = match origin {
                    Origin::Extension(name) => name,
                    other => other.word().to_owned(),
                };
                vec![Effect::Tell(Notice::Custom { title, message, by })]
            }
            Request::RefreshTray => vec![Effect::RefreshMenu],
        }
    }

    fn copy(&self) -> Vec<Effect> {
        let address = self.live.as_ref().and_then(|live| live.address.clone());
        address.map(Effect::Copy).into_iter().collect()
    }

    fn answer(
        &mut self,
        now: Moment,
        question: Option<QuestionId>,
        answer: Answer,
        policy: &Policy,
    ) -> Vec<Effect> {
        let Some(open) = self.live.as_ref().and_then(Live::question).cloned() else {
            return vec![];
        };
        if question.is_some_and(|id| id != open.id) {
            return vec![];
        }
        match open.kind {
            QuestionKind::Details { .. } => self.details_given(now, answer, policy),
            QuestionKind::Check { .. } => self.check_answered(now, &answer),
            QuestionKind::Consent { .. } => self.consent_answered(now, &answer),
            QuestionKind::Elevation(_) => self.elevation_answered(&answer),
        }
    }

    /// A check's question belongs to the start, to a join or to an elevation.
    fn check_answered(&mut self, now: Moment, answer: &Answer) -> Vec<Effect> {
        let Some(live) = &self.live else {
            return vec![];
        };
        match (&live.elevation, &live.phase) {
            (Some(_), _) => self.elevation_confirmed(now, answer),
            (None, crate::live::Phase::Joining { .. }) => self.join_confirmed(now, answer),
            (None, _) => self.start_confirmed(now, answer),
        }
    }

    fn ticked(&mut self, now: Moment) -> Vec<Effect> {
        let Some(live) = &self.live else {
            return vec![];
        };
        if live.limit().is_some_and(|limit| limit <= now) {
            return self.end(now, Outcome::TimeLimit);
        }
        let Some(open) = live
            .question()
            .filter(|question| question.expires <= now)
            .cloned()
        else {
            return vec![];
        };
        match open.kind {
            QuestionKind::Details { .. } => self.end(now, Outcome::Stopped),
            QuestionKind::Check { .. } => self.check_answered(now, &Answer::Deny),
            QuestionKind::Consent { .. } => self.consent_expired(now),
            QuestionKind::Elevation(_) => self.elevation_expired(),
        }
    }

    /// A question, open for so many seconds, and no longer than somebody waits for its answer.
    fn question(&mut self, now: Moment, kind: QuestionKind, seconds: u32) -> Question {
        self.asked += 1;
        let expires = now.after(std::time::Duration::from_secs(seconds.into()));
        let waited = self.live.as_ref().and_then(Live::waited_until);
        let expires = waited.map_or(expires, |until| until.min(expires));
        Question {
            id: QuestionId(self.asked),
            kind,
            expires,
        }
    }
}

impl Event {
    /// The session that an answer belongs to.
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Checked { session, .. }
            | Self::Fetched { session, .. }
            | Self::ClientReady { session, .. }
            | Self::ClientFailed { session, .. }
            | Self::ClientExited { session, .. }
            | Self::Reported { session }
            | Self::ReportRefused { session, .. }
            | Self::JoinJudged { session, .. }
            | Self::ConsentPhrased { session, .. }
            | Self::ElevationJudged { session, .. }
            | Self::Elevated { session, .. } => Some(session),
            Self::Requested { .. }
            | Self::PersonSeen { .. }
            | Self::PolicyChanged
            | Self::Ticked => None,
        }
    }
}

#[cfg(test)]
mod tests;

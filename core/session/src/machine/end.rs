use deskhook_policy::Policy;

use super::Session;
use crate::live::Phase;
use crate::{
    AskOutcome, Effect, ElevationOutcome, Entry, Moment, Notice, Observation, Outcome, Reason,
    SessionEnd,
};

impl Session {
    /// Ends the session that is under way, if there is one; whoever waits for an answer gets it.
    pub(super) fn end(&mut self, now: Moment, outcome: Outcome) -> Vec<Effect> {
        let mut effects = self.give_up_open(&outcome);
        let Some(live) = self.live.take() else {
            return effects;
        };
        let seconds = now.since(live.started) / 1000;
        let fields = vec![
            ("outcome", outcome.word().to_owned()),
            ("seconds", seconds.to_string()),
        ];
        effects.push(Effect::Record(Entry {
            action: "session.ended",
            session: Some(live.id.clone()),
            fields,
        }));
        if live.launched {
            effects.push(Effect::StopClient(live.id.clone()));
        }
        if !matches!(outcome, Outcome::Denied | Outcome::Failed) {
            effects.push(Effect::Tell(Notice::Ended(outcome.clone())));
        }
        let supporter = match live.phase {
            Phase::Connected { join, .. } => Some(join.supporter),
            _ => None,
        };
        self.last = Some(outcome.clone());
        let (session, client) = (live.id, live.spec.name);
        effects.push(Effect::Observe(Observation::SessionEnded(SessionEnd {
            session,
            supporter,
            client,
            outcome,
            seconds,
        })));
        effects
    }

    /// Answers the portal's requests that the end leaves open.
    fn give_up_open(&mut self, outcome: &Outcome) -> Vec<Effect> {
        let over = || {
            Reason::own(
                "session-over",
                format!("The session is over ({}).", outcome.word()),
            )
        };
        let mut effects = self.give_up_elevation(ElevationOutcome::Failed(over()));
        if let Some(Phase::Joining { join, .. }) = self.live.as_ref().map(|live| &live.phase) {
            let outcome = AskOutcome::Refused(vec![over()]);
            effects.push(Effect::Reply {
                ask: join.ask.clone(),
                outcome,
            });
        }
        effects
    }

    pub(super) fn exited(
        &mut self,
        now: Moment,
        code: Option<i32>,
        signal: Option<i32>,
    ) -> Vec<Effect> {
        let Some(live) = &mut self.live else {
            return vec![];
        };
        live.launched = false;
        let client = live.spec.name.clone();
        let mut effects = vec![Effect::Observe(Observation::ClientExited {
            client,
            code,
            signal,
        })];
        effects.extend(self.end(now, Outcome::ClientExited));
        effects
    }

    /// A later policy only tightens a session; when its client is no longer allowed, it ends.
    pub(super) fn policy_changed(&mut self, now: Moment, policy: &Policy) -> Vec<Effect> {
        self.grants.tighten(&policy.session.consent);
        let Some(live) = &mut self.live else {
            return vec![];
        };
        live.terms = live.terms.clone().tightened(policy);
        let allowed = policy
            .clients
            .iter()
            .any(|spec| spec.name == live.spec.name);
        if !allowed {
            return self.end(now, Outcome::Policy);
        }
        let mut effects = self.elevation_tightened();
        effects.extend(self.ticked(now));
        effects
    }

    /// The agent is about to stop.
    pub fn stop(&mut self, now: Moment) -> Vec<Effect> {
        self.end(now, Outcome::AgentStopped)
    }
}

use std::time::Duration;

use deskhook_policy::{ConsentMode, ConsentPolicy};

use crate::{JoinAsk, Moment, Supporter};

/// The supporters whom the person let in, as long as that holds for a further join: across
/// sessions, until the minutes are over, the policy is stricter than it was, or the person stops a
/// session or says no.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grants {
    all: Vec<Grant>,
}

#[derive(Clone, Debug)]
struct Grant {
    supporter: Supporter,
    permissions: Vec<String>,
    mode: ConsentMode,
    given: Moment,
    minutes: u32,
}

impl Grant {
    fn holds(&self, now: Moment, minutes: u32) -> bool {
        let minutes = u64::from(self.minutes.min(minutes));
        now < self.given.after(Duration::from_secs(minutes * 60))
    }

    /// Whether the yes was to the same supporter, and to no less than is wanted now. No permissions
    /// are all of them, of a portal that does not say.
    fn covers(&self, join: &JoinAsk) -> bool {
        let mut wanted = join.permissions.iter();
        self.supporter == join.supporter
            && self.permissions.is_empty() == join.permissions.is_empty()
            && wanted.all(|wanted| self.permissions.contains(wanted))
    }
}

impl Grants {
    /// The person said yes to `join`. A supporter of whom the portal does not say who they are is
    /// let in this once: two may have the same name.
    pub(crate) fn give(&mut self, now: Moment, join: &JoinAsk, consent: &ConsentPolicy) {
        self.take_back(&join.supporter);
        self.all.retain(|grant| grant.holds(now, u32::MAX));
        if join.supporter.id.is_some() {
            self.all.push(Grant {
                supporter: join.supporter.clone(),
                permissions: join.permissions.clone(),
                mode: consent.mode,
                given: now,
                minutes: consent.grant_minutes,
            });
        }
    }

    /// Whether an earlier yes still holds for `join`, where the policy lets it hold for `minutes`.
    pub(crate) fn holds(&self, now: Moment, join: &JoinAsk, minutes: u32) -> bool {
        let mut own = self.all.iter().filter(|grant| grant.covers(join));
        own.any(|grant| grant.holds(now, minutes))
    }

    /// The person changed their mind about one supporter.
    pub(crate) fn take_back(&mut self, supporter: &Supporter) {
        self.all.retain(|grant| grant.supporter.id != supporter.id);
    }

    /// The person wants no more.
    pub(crate) fn take_all_back(&mut self) {
        self.all.clear();
    }

    /// What a stricter policy would not have let the person give so long ends; a later one that is
    /// looser brings nothing back.
    pub(crate) fn tighten(&mut self, consent: &ConsentPolicy) {
        self.all.retain(|grant| consent.mode <= grant.mode);
        for grant in &mut self.all {
            grant.minutes = grant.minutes.min(consent.grant_minutes);
        }
    }
}

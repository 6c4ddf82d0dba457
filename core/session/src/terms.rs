use deskhook_policy::{ConsentPolicy, ElevationPolicy, OnTimeout, Policy};

/// What a session was begun under. A later policy can only tighten it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How the person is asked.
    pub consent: ConsentPolicy,
    /// What may be run with elevated rights.
    pub elevation: ElevationPolicy,
    /// How long the session may last.
    pub max_minutes: Option<u32>,
}

impl Terms {
    /// The terms that `policy` gives.
    pub fn of(policy: &Policy) -> Self {
        Self {
            consent: policy.session.consent.clone(),
            elevation: policy.elevation.clone(),
            max_minutes: policy.session.max_minutes,
        }
    }

    /// These terms, with everything in which `policy` is stricter.
    #[must_use]
    pub fn tightened(mut self, policy: &Policy) -> Self {
        let newer = &policy.session.consent;
        let consent = &mut self.consent;
        consent.mode = consent.mode.max(newer.mode);
        // More time to answer is the stricter one, as among layers.
        consent.timeout_seconds = consent.timeout_seconds.max(newer.timeout_seconds);
        consent.on_timeout = stricter(consent.on_timeout, newer.on_timeout);
        consent.no_user = stricter(consent.no_user, newer.no_user);
        consent.grant_minutes = consent.grant_minutes.min(newer.grant_minutes);
        let elevation = &mut self.elevation;
        elevation.enabled &= policy.elevation.enabled;
        elevation.max_minutes = elevation.max_minutes.min(policy.elevation.max_minutes);
        elevation
            .methods
            .retain(|method| policy.elevation.methods.contains(method));
        elevation
            .programs
            .retain(|program| policy.elevation.programs.contains(program));
        self.max_minutes = match (self.max_minutes, policy.session.max_minutes) {
            (Some(kept), Some(newer)) => Some(kept.min(newer)),
            (kept, newer) => kept.or(newer),
        };
        self
    }
}

fn stricter(one: OnTimeout, other: OnTimeout) -> OnTimeout {
    one.max(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskhook_policy::ConsentMode;

    #[test]
    fn a_looser_policy_changes_nothing_and_a_stricter_one_applies() {
        let mut policy = Policy::default();
        policy.session.consent.mode = ConsentMode::WhenPresent;
        policy.session.max_minutes = Some(30);
        let begun = Terms::of(&policy);

        let mut looser = policy.clone();
        looser.session.consent.mode = ConsentMode::Never;
        looser.session.max_minutes = None;
        looser.elevation.enabled = true;
        assert_eq!(begun.clone().tightened(&looser), begun);

        let mut stricter = policy.clone();
        stricter.session.consent.mode = ConsentMode::Always;
        stricter.session.max_minutes = Some(10);
        let now = begun.tightened(&stricter);
        assert_eq!(
            (now.consent.mode, now.max_minutes),
            (ConsentMode::Always, Some(10))
        );
    }
}

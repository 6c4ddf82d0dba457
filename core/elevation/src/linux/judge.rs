use std::time::Duration;

use deskhook_policy::{ElevationMethod, ElevationPolicy};
use deskhook_wire::ElevationOrder;

use crate::Refusal;

/// Seconds that an order may hold beyond its own minutes: it waits for the person's answer (the
/// portal adds five minutes for that), and clocks differ. The program's own time is never longer
/// than the person agreed to.
pub(super) const WAITING: u64 = 10 * 60;

/// What an order is judged by.
pub(crate) struct Measure<'a> {
    /// The device's own name.
    pub(crate) device: &'a str,
    /// Seconds since 1970.
    pub(crate) now: u64,
    /// The device's policy.
    pub(crate) policy: &'a ElevationPolicy,
}

/// How long the program may run, if device, time and policy have nothing against the order.
pub(crate) fn judge(order: &ElevationOrder, by: &Measure<'_>) -> Result<Duration, Refusal> {
    if by.device.is_empty() || order.device != by.device {
        return Err(Refusal::OtherDevice {
            order: order.device.clone(),
            device: by.device.to_owned(),
        });
    }
    if order.expires <= by.now {
        return Err(Refusal::Expired {
            seconds: by.now - order.expires,
        });
    }
    let left = order.expires - by.now;
    let ElevationPolicy {
        enabled,
        methods,
        max_minutes,
        programs,
    } = by.policy;
    if !enabled {
        return Err(Refusal::Off);
    }
    // Credentials are for a logon, never for an order that runs without any.
    let credentials = order.method == ElevationMethod::TransmittedCredentials;
    if credentials || !methods.contains(&order.method) {
        return Err(Refusal::Method(order.method));
    }
    let most = u64::from(*max_minutes) * 60;
    let asked = u64::from(order.minutes) * 60;
    if asked == 0 || asked > most || left > asked + WAITING {
        return Err(Refusal::TooLong {
            minutes: left.max(asked).div_ceil(60),
            most: *max_minutes,
        });
    }
    if !programs.contains(&order.program) {
        return Err(Refusal::Unlisted(order.program.clone()));
    }
    Ok(Duration::from_secs(left.min(asked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn order() -> ElevationOrder {
        ElevationOrder {
            device: "desk-7".into(),
            order: "41".into(),
            program: "/usr/bin/apt-get".into(),
            arguments: vec!["update".into()],
            method: ElevationMethod::BrokeredAction,
            minutes: 10,
            supporter: "Sam".into(),
            expires: NOW + 600,
        }
    }

    fn policy() -> ElevationPolicy {
        ElevationPolicy {
            enabled: true,
            programs: vec!["/usr/bin/apt-get".into()],
            ..ElevationPolicy::default()
        }
    }

    fn judged(order: &ElevationOrder, policy: &ElevationPolicy) -> Result<Duration, &'static str> {
        let measure = Measure {
            device: "desk-7",
            now: NOW,
            policy,
        };
        judge(order, &measure).map_err(|refusal| refusal.code())
    }

    #[test]
    fn an_order_within_the_policy_may_run_until_it_expires() {
        assert_eq!(judged(&order(), &policy()), Ok(Duration::from_secs(600)));
    }

    #[test]
    fn nothing_is_allowed_where_nobody_said_so() {
        assert_eq!(
            judged(&order(), &ElevationPolicy::default()),
            Err("elevation-off")
        );
    }

    #[test]
    fn every_deviation_of_the_order_has_its_own_refusal() {
        type Change = fn(&mut ElevationOrder);
        let cases: &[(&str, Change)] = &[
            ("other-device", |order| order.device = "desk-8".into()),
            ("other-device", |order| order.device = String::new()),
            ("order-expired", |order| order.expires = NOW),
            ("order-expired", |order| order.expires = 0),
            ("too-long", |order| {
                order.expires = NOW + 10 * 60 + WAITING + 1;
            }),
            ("too-long", |order| order.minutes = 16),
            ("too-long", |order| order.minutes = 0),
            ("too-long", |order| order.expires = u64::MAX),
            ("method-not-allowed", |order| {
                order.method = ElevationMethod::TransmittedCredentials;
            }),
            ("program-not-allowed", |order| {
                order.program = "/usr/bin/apt".into();
            }),
            ("program-not-allowed", |order| {
                order.program = "apt-get".into();
            }),
            ("program-not-allowed", |order| {
                order.program = "/usr/bin/../bin/apt-get".into();
            }),
        ];
        for (code, change) in cases {
            let mut order = order();
            change(&mut order);
            assert_eq!(judged(&order, &policy()), Err(*code), "{order:?}");
        }
    }

    #[test]
    fn every_tightening_of_the_policy_has_its_own_refusal() {
        type Change = fn(&mut ElevationPolicy);
        let cases: &[(&str, Change)] = &[
            ("elevation-off", |policy| policy.enabled = false),
            ("method-not-allowed", |policy| {
                policy.methods = vec![ElevationMethod::LocalApproval];
            }),
            ("too-long", |policy| policy.max_minutes = 0),
            ("program-not-allowed", |policy| policy.programs.clear()),
        ];
        for (code, change) in cases {
            let mut policy = policy();
            change(&mut policy);
            assert_eq!(judged(&order(), &policy), Err(*code), "{policy:?}");
        }
    }

    #[test]
    fn a_device_without_a_name_accepts_no_order() {
        let mut order = order();
        order.device = String::new();
        let policy = policy();
        let measure = Measure {
            device: "",
            now: NOW,
            policy: &policy,
        };
        assert_eq!(judge(&order, &measure).unwrap_err().code(), "other-device");
    }

    #[test]
    fn an_order_that_could_wait_gives_the_program_no_more_than_was_agreed_to() {
        let mut order = order();
        order.expires = NOW + 10 * 60 + WAITING;
        assert_eq!(judged(&order, &policy()), Ok(Duration::from_secs(10 * 60)));
    }
}

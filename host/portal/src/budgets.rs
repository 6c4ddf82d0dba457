use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::Millis;

/// What a device spends by talking to the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spending {
    /// Any signed request.
    Request,
    /// A row of its outbox.
    Report,
    /// A byte of a report.
    Byte,
    /// A session that it begins.
    Session,
}

/// How much of it a device may spend at once, and how much comes back in an hour.
struct Allowance {
    burst: u64,
    an_hour: u64,
}

impl Spending {
    const ALL: [Self; 4] = [Self::Request, Self::Report, Self::Byte, Self::Session];

    /// In the plural, as the record says it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Request => "requests",
            Self::Report => "reports",
            Self::Byte => "bytes",
            Self::Session => "sessions",
        }
    }

    /// Far above what an agent needs: its outbox, which keeps 10,000 rows at most, drains at once
    /// after an outage. Far below what fills a disk before somebody reads the record.
    fn allowance(self) -> Allowance {
        let (burst, an_hour) = match self {
            Self::Request => (12_000, 18_000),
            Self::Report => (10_000, 3_600),
            Self::Byte => (32 << 20, 4 << 20),
            Self::Session => (120, 360),
        };
        Allowance { burst, an_hour }
    }
}

/// What each device may still spend. Kept in memory: a restart of the portal fills every budget.
#[derive(Default)]
pub(crate) struct Budgets(Mutex<HashMap<String, Budget>>);

/// When each kind of budget is whole again, in microseconds since 1970.
#[derive(Default)]
struct Budget {
    whole_at: [u64; Spending::ALL.len()],
}

const MICROS_AN_HOUR: u64 = 3_600_000_000;

impl Budgets {
    /// Spends so much, or says in how many seconds there is enough; then nothing is spent.
    pub(crate) fn spend(
        &self,
        device: &str,
        (spending, amount): (Spending, u64),
        now: Millis,
    ) -> Result<(), u64> {
        let Allowance { burst, an_hour } = spending.allowance();
        let micros = |amount: u64| amount.saturating_mul(MICROS_AN_HOUR) / an_hour;
        let now = now.unsigned_abs().saturating_mul(1_000);
        let mut devices = self.lock();
        let budget = devices.entry(device.to_owned()).or_default();
        let whole_at = &mut budget.whole_at[spending as usize];
        let spent = (*whole_at).max(now) + micros(amount);
        let most = now + micros(burst);
        if spent > most {
            return Err((spent - most).div_ceil(1_000_000));
        }
        *whole_at = spent;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Budget>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HOUR;

    #[test]
    fn a_budget_is_spent_at_once_comes_back_over_time_and_is_each_devices_own() {
        let budgets = Budgets::default();
        let spend = |device, amount, now| budgets.spend(device, (Spending::Session, amount), now);
        assert_eq!(spend("d-1", 120, HOUR), Ok(()));
        assert_eq!(spend("d-1", 1, HOUR), Err(10));
        assert_eq!(spend("d-2", 1, HOUR), Ok(()));
        assert_eq!(spend("d-1", 1, HOUR + 9_999), Err(1));
        assert_eq!(spend("d-1", 1, HOUR + 10_000), Ok(()));
        assert_eq!(spend("d-1", 1, HOUR + 10_000), Err(10));
        assert_eq!(
            spend("d-1", 120, 3 * HOUR),
            Ok(()),
            "never more than a burst"
        );
        assert_eq!(spend("d-1", 1, 3 * HOUR), Err(10));
    }

    #[test]
    fn a_full_outbox_drains_at_once() {
        let budgets = Budgets::default();
        for _ in 0..10_000 {
            for (spending, amount) in [
                (Spending::Request, 1),
                (Spending::Report, 1),
                (Spending::Byte, 2_048),
            ] {
                assert_eq!(budgets.spend("d-1", (spending, amount), HOUR), Ok(()));
            }
        }
    }
}

use std::time::Duration;

use deskhook_session::Moment;
#[cfg(unix)]
use rustix::time::{ClockId, Timespec, clock_gettime};

/// The time since some moment, by a clock that goes on while the machine sleeps: an hour is an hour,
/// also with the lid closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopwatch(Duration);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(clock())
    }

    /// How long ago it was started.
    pub fn elapsed(self) -> Duration {
        clock().saturating_sub(self.0)
    }

    pub(crate) fn moment(self) -> Moment {
        Moment(0).after(self.elapsed())
    }
}

/// On Windows `Instant` counts what the machine slept.
#[cfg(not(unix))]
fn clock() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;
    static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGUN.elapsed()
}

#[cfg(unix)]
fn clock() -> Duration {
    // `std::time::Instant` stands still while Linux sleeps.
    #[cfg(target_os = "linux")]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: ClockId = ClockId::Monotonic;
    let Timespec { tv_sec, tv_nsec } = clock_gettime(CLOCK);
    let seconds = Duration::from_secs(u64::try_from(tv_sec).unwrap_or_default());
    seconds + Duration::from_nanos(u64::try_from(tv_nsec).unwrap_or_default())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_clock_counts_what_the_machine_slept() {
        let told = std::fs::read_to_string("/proc/uptime").unwrap();
        let uptime: f64 = told.split(' ').next().unwrap().parse().unwrap();
        let difference = clock().as_secs_f64() - uptime;
        assert!((-0.1..60.0).contains(&difference), "{difference}");
    }
}

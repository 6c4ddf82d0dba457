use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deskhook_hooks::Limit;

/// How much of its limit a call has used. Read at every loop edge and call of a script, so it
/// is atomics and one look at the clock.
pub(crate) struct Meter {
    base: Instant,
    /// Nanoseconds since `base` at which the wall limit is reached.
    wall_end: AtomicU64,
    /// The same for computing, moved on by the time spent waiting for the host.
    cpu_end: AtomicU64,
    /// What the thread's own clock may show at most.
    thread_end: AtomicU64,
    wall: AtomicU64,
    cpu: AtomicU64,
}

impl Meter {
    pub(crate) fn new() -> Self {
        let never = || AtomicU64::new(u64::MAX);
        Self {
            base: Instant::now(),
            wall_end: never(),
            cpu_end: never(),
            thread_end: never(),
            wall: never(),
            cpu: never(),
        }
    }

    /// Starts anew; the call runs on this thread.
    pub(crate) fn start(&self, limit: Limit) {
        let (now, wall, cpu) = (self.now(), nanos(limit.wall), nanos(limit.cpu));
        let thread = thread_time().unwrap_or_default();
        self.wall.store(wall, Ordering::Relaxed);
        self.cpu.store(cpu, Ordering::Relaxed);
        self.wall_end
            .store(now.saturating_add(wall), Ordering::Relaxed);
        self.cpu_end
            .store(now.saturating_add(cpu), Ordering::Relaxed);
        self.thread_end
            .store(thread.saturating_add(cpu), Ordering::Relaxed);
    }

    /// The limit that is reached, in milliseconds, if one is.
    pub(crate) fn exceeded(&self) -> Option<u64> {
        let now = self.now();
        if now >= self.wall_end.load(Ordering::Relaxed) {
            return Some(self.wall.load(Ordering::Relaxed) / 1_000_000);
        }
        let computing = now >= self.cpu_end.load(Ordering::Relaxed);
        // On a busy machine a script is not to blame for the time that others had: the thread's
        // own clock decides, which costs a system call and so is asked only then.
        let guilty = computing
            && thread_time().is_none_or(|time| time >= self.thread_end.load(Ordering::Relaxed));
        guilty.then(|| self.cpu.load(Ordering::Relaxed) / 1_000_000)
    }

    /// What is left on the wall.
    pub(crate) fn left(&self) -> Duration {
        let end = self.wall_end.load(Ordering::Relaxed);
        Duration::from_nanos(end.saturating_sub(self.now()))
    }

    /// Notes time that was spent waiting for the host.
    pub(crate) fn waited(&self, time: Duration) {
        let end = self.cpu_end.load(Ordering::Relaxed);
        self.cpu_end
            .store(end.saturating_add(nanos(time)), Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        nanos(self.base.elapsed())
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Nanoseconds that this thread has computed.
#[cfg(unix)]
fn thread_time() -> Option<u64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    Some(seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).ok()?)
}

/// There is no such clock in safe Rust here: the wall without waiting stands for it.
#[cfg(not(unix))]
fn thread_time() -> Option<u64> {
    None
}

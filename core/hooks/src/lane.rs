use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use crate::queue::{Job, Queue, Refusal};
use crate::timing::{Answered, Times, Timing};
use crate::{Answer, Call, Extension, Fault, Hook, HostPort, Kind, Limit};

/// What the chain adds to a limit before it stops waiting, so that an extension which ends at
/// its limit by itself can still say where it was.
pub(crate) const GRACE: Duration = Duration::from_millis(250);
/// How long a call that is no decision may wait for its turn beside its own limit. A decision's
/// waiting counts as its own time.
const TURN: Duration = Duration::from_secs(1);
/// Faults of one hook, one after the other, after which an extension is no longer called.
pub(crate) const MOST_FAULTS: u32 = 3;

/// So many faults that cost a process or a state, within [`SPAN`], are as many in a row, whatever went
/// well between them: each is paid for by all who share the process.
const MOST_LOSSES: usize = 3;
const SPAN: Duration = Duration::from_secs(10 * 60);

/// One extension with a thread of its own: calls of it never wait for calls of another, and a
/// call that does not come back blocks nobody but itself. Its own calls go one after the other.
pub(crate) struct Lane {
    extension: Arc<dyn Extension>,
    queue: Arc<Queue>,
    faults: Mutex<Faults>,
    times: Mutex<BTreeMap<Hook, Times>>,
}

/// What went wrong so far.
#[derive(Clone, Default)]
struct Faults {
    /// In a row, by hook: that one hook works says nothing of another that always fails.
    in_a_row: BTreeMap<Hook, u32>,
    /// Those of them that speak against the whole extension.
    grave: BTreeMap<Hook, u32>,
    last: Option<(Hook, Fault)>,
    losses: Vec<Instant>,
    /// What it came to when there were too many losses; it stays so.
    ended_at: u32,
}

impl Faults {
    fn count(&self) -> u32 {
        let most = self.in_a_row.values().copied().max();
        most.unwrap_or(0).max(self.ended_at)
    }

    /// Whether there were so many that it is called no more.
    fn are_enough(&self) -> bool {
        self.ended_at > 0 || self.grave.values().any(|count| *count >= MOST_FAULTS)
    }

    fn went_well(&mut self, hook: Hook) {
        self.in_a_row.remove(&hook);
        self.grave.remove(&hook);
    }

    /// An earlier call has still not come back, and its fault is known.
    fn note_overdue(&mut self, hook: Hook) {
        for counts in [&mut self.in_a_row, &mut self.grave] {
            *counts.entry(hook).or_default() += 1;
        }
    }

    fn note(&mut self, hook: Hook, fault: &Fault, now: Instant) {
        *self.in_a_row.entry(hook).or_default() += 1;
        if is_grave(hook, fault) {
            *self.grave.entry(hook).or_default() += 1;
        }
        self.last = Some((hook, fault.clone()));
        if is_loss(fault) {
            let is_recent = |at: &Instant| now.saturating_duration_since(*at) < SPAN;
            self.losses.retain(is_recent);
            self.losses.push(now);
        }
        if self.losses.len() >= MOST_LOSSES {
            self.ended_at = MOST_FAULTS;
        }
    }
}

/// What an extension says of itself where it is only told of something (a server that did not answer) is
/// logged, and no reason to go without its decisions, which would all be a no.
fn is_grave(hook: Hook, fault: &Fault) -> bool {
    hook.kind() != Kind::Observe || !matches!(fault, Fault::Failed { .. })
}

/// Whether a process or a state was lost. One that ended at its limit by itself says where it was.
fn is_loss(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Crashed { .. } | Fault::Memory { .. } | Fault::Late { place: None, .. }
    )
}

/// What a call came to, and how long it ran.
pub(crate) type Ended = (Result<Answer, Fault>, Duration);

/// A call under way.
pub(crate) struct Pending {
    hook: Hook,
    answer: Result<mpsc::Receiver<Ended>, Fault>,
    begun: Instant,
    until: Instant,
    limit: Limit,
}

impl Lane {
    pub(crate) fn spawn(extension: Arc<dyn Extension>, host: HostPort) -> Self {
        let queue = Arc::new(Queue::default());
        let (worker, jobs) = (Arc::clone(&extension), Arc::clone(&queue));
        let name = format!("hook {}", extension.about().name);
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            while let Some(job) = jobs.next() {
                let begun = Instant::now();
                let answer = guarded(worker.as_ref(), &job, &host).map_err(Fault::cut);
                let took = begun.elapsed();
                jobs.done();
                // Nobody waits any more when the call came back late.
                let _ = job.reply.send((answer, took));
            }
        });
        if thread.is_err() {
            // Every call then fails as crashed.
            queue.close();
        }
        Self {
            extension,
            queue,
            faults: Mutex::default(),
            times: Mutex::default(),
        }
    }

    pub(crate) fn extension(&self) -> &dyn Extension {
        self.extension.as_ref()
    }

    /// How many calls wait for their turn.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    /// Faults in a row of the hook that has most, or as many where it cost too much.
    pub(crate) fn faults(&self) -> u32 {
        self.log().count()
    }

    /// The last fault that it is to blame for.
    pub(crate) fn last_fault(&self) -> Option<(Hook, Fault)> {
        self.log().last.clone()
    }

    fn log(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How the calls of `hook` went.
    pub(crate) fn timing(&self, hook: Hook) -> Timing {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.get(&hook).map(Times::timing).unwrap_or_default()
    }

    fn note(&self, hook: Hook, micros: u64, answered: Answered) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.entry(hook).or_default().note(micros, answered);
    }

    /// Goes on counting where `before`, a lane of the same extension, left off.
    pub(crate) fn go_on_from(&self, before: &Self) {
        let faults = before.log().clone();
        *self.log() = faults;
        let times = before
            .times
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    /// Whether it is the same files at work, in the same state.
    pub(crate) fn is_of(&self, extension: &Arc<dyn Extension>) -> bool {
        Arc::ptr_eq(&self.extension, extension)
    }

    /// Its extension, to be shared.
    pub(crate) fn shared(&self) -> &Arc<dyn Extension> {
        &self.extension
    }

    /// Whether it failed so often that it is no longer called.
    pub(crate) fn is_quarantined(&self) -> bool {
        self.log().are_enough()
    }

    /// Puts a call on its way.
    pub(crate) fn begin(&self, call: &Arc<Call>, limit: Limit) -> Pending {
        let begun = Instant::now();
        let turn = match call.hook.kind() {
            Kind::Decide => Duration::ZERO,
            _ => TURN,
        };
        let until = begun + limit.wall + turn + GRACE;
        Pending {
            hook: call.hook,
            answer: self.send(call, (limit, until)),
            begun,
            until,
            limit,
        }
    }

    fn send(
        &self,
        call: &Arc<Call>,
        (limit, until): (Limit, Instant),
    ) -> Result<mpsc::Receiver<Ended>, Fault> {
        if self.is_quarantined() {
            let faults = self.faults();
            let last = self.last_fault().map(|(_, fault)| fault.to_string());
            let last = last.unwrap_or_default();
            return Err(Fault::Quarantined { faults, last });
        }
        let (reply, answer) = mpsc::sync_channel(1);
        let job = Job {
            call: Arc::clone(call),
            limit,
            until,
            reply,
        };
        match self.queue.push(job) {
            Ok(()) => Ok(answer),
            Err(Refusal::Full) => Err(Fault::Busy),
            Err(Refusal::Overdue) => {
                self.log().note_overdue(call.hook);
                Err(Fault::Busy)
            }
            Err(Refusal::Closed) => Err(Fault::Crashed {
                message: "its thread is gone".to_owned(),
            }),
        }
    }

    /// Waits for a call of this lane; also says how long it took, in microseconds.
    pub(crate) fn finish(&self, pending: Pending) -> (Result<Answer, Fault>, u64) {
        let hook = pending.hook;
        let (result, took) = pending.wait();
        match &result {
            Ok(_) => self.log().went_well(hook),
            Err(Fault::Busy | Fault::Away { .. } | Fault::Quarantined { .. }) => {}
            Err(fault) => self.log().note(hook, fault, Instant::now()),
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        match &result {
            Ok(_) => self.note(hook, micros, Answered::Well),
            // Not called, so no call of it took any time.
            Err(Fault::Quarantined { .. }) => {}
            Err(_) => self.note(hook, micros, Answered::Not),
        }
        (result, micros)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Pending {
    /// What came of it, and how long it ran itself, without waiting for its turn or for others.
    fn wait(self) -> Ended {
        let left = self.until.saturating_duration_since(Instant::now());
        let ended = self.answer.map(|answer| answer.recv_timeout(left));
        let fault = match ended {
            Ok(Ok(ended)) => return ended,
            Ok(Err(mpsc::RecvTimeoutError::Timeout)) => Fault::Late {
                millis: u64::try_from(self.limit.wall.as_millis()).unwrap_or(u64::MAX),
                place: None,
            },
            Ok(Err(mpsc::RecvTimeoutError::Disconnected)) => Fault::Crashed {
                message: "its thread ended".to_owned(),
            },
            Err(fault) => fault,
        };
        (Err(fault), self.begun.elapsed())
    }
}

/// Runs one call with what is left of its time; one whose turn came too late is not run.
fn guarded(extension: &dyn Extension, job: &Job, host: &HostPort) -> Result<Answer, Fault> {
    let left = job.until.saturating_duration_since(Instant::now());
    let wall = job.limit.wall.min(left.saturating_sub(GRACE));
    if wall.is_zero() {
        return Err(Fault::Busy);
    }
    let limit = Limit { wall, ..job.limit };
    let run = std::panic::AssertUnwindSafe(|| extension.call(&job.call, limit, host));
    std::panic::catch_unwind(run).unwrap_or_else(|panic| Err(Fault::of_panic(&*panic)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn late(place: Option<&str>) -> Fault {
        let place = place.map(str::to_owned);
        Fault::Late { millis: 1, place }
    }

    #[test]
    fn what_costs_a_process_again_and_again_is_not_excused_by_what_goes_well() {
        let (mut faults, now) = (Faults::default(), Instant::now());
        let mut lose = |seconds: u64, fault: &Fault| {
            faults.note(Hook::Timer, fault, now + Duration::from_secs(seconds));
            // The next call goes well.
            faults.in_a_row.clear();
            faults.count()
        };
        assert_eq!(lose(0, &late(None)), 0);
        for second in 1..10 {
            assert_eq!(
                lose(second, &late(Some("init.lua:1"))),
                0,
                "it ended by itself"
            );
        }
        assert_eq!(lose(20, &late(None)), 0);
        assert_eq!(lose(650, &late(None)), 0, "the first is long ago");
        let crashed = Fault::Crashed {
            message: "x".to_owned(),
        };
        assert_eq!(lose(660, &crashed), 0);
        assert_eq!(lose(670, &crashed), MOST_FAULTS);
        assert_eq!(
            lose(9000, &late(Some("init.lua:1"))),
            MOST_FAULTS,
            "for good"
        );
    }

    #[test]
    fn what_an_observer_says_of_itself_takes_nobody_away() {
        let failed = || Fault::Failed {
            message: "the server is down".to_owned(),
            place: None,
        };
        let noted = |hook: Hook, fault: fn() -> Fault| {
            let mut faults = Faults::default();
            for _ in 0..3 {
                faults.note(hook, &fault(), Instant::now());
            }
            (faults.count(), faults.are_enough())
        };
        assert_eq!(noted(Hook::Timer, failed), (3, false));
        assert_eq!(noted(Hook::SessionRequest, failed), (3, true));
        assert_eq!(noted(Hook::Timer, || late(Some("x"))), (3, true));
        let mut stuck = Faults::default();
        (0..3).for_each(|_| stuck.note_overdue(Hook::Timer));
        assert!(stuck.are_enough(), "it never came back");
        stuck.went_well(Hook::Timer);
        assert!(!stuck.are_enough());
    }
}

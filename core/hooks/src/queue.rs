use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use crate::lane::Ended;
use crate::{Call, Fault, Kind, Limit};

/// How many calls of one extension may wait; more than that is a flood.
const LONGEST: usize = 64;

/// How long a call may be overdue before that is one more fault.
const SPAN: Duration = Duration::from_secs(10);

/// A call that waits for its turn.
pub(crate) struct Job {
    pub(crate) call: Arc<Call>,
    pub(crate) limit: Limit,
    /// When nobody waits for its answer any more.
    pub(crate) until: Instant,
    pub(crate) reply: mpsc::SyncSender<Ended>,
}

/// Why a call is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Too many wait, or the one that runs is overdue.
    Full,
    /// The one that runs is overdue, which was not said yet, or not of the last ten seconds.
    Overdue,
    /// Nobody works here any more.
    Closed,
}

/// The calls of one extension that wait for it: what decides goes first, then what somebody waits
/// to see, then what is only told.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    /// When the call that runs should have ended.
    running: Option<Instant>,
    /// How often it was said that it has not.
    told: u64,
    closed: bool,
}

impl Queue {
    pub(crate) fn push(&self, job: Job) -> Result<(), Refusal> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refusal::Closed);
        }
        let overdue = state
            .running
            .and_then(|until| Instant::now().checked_duration_since(until));
        if let Some(overdue) = overdue {
            let spans = 1 + overdue.as_secs() / SPAN.as_secs();
            if spans <= state.told {
                return Err(Refusal::Full);
            }
            state.told = spans;
            return Err(Refusal::Overdue);
        }
        if state.waiting.len() >= LONGEST && !state.make_room(&job) {
            return Err(Refusal::Full);
        }
        state.waiting.push_back(job);
        self.bell.notify_one();
        Ok(())
    }

    /// Waits for the next call; none when the queue is closed.
    pub(crate) fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.take() {
                state.running = Some(job.until);
                state.told = 0;
                return Some(job);
            }
            state = self
                .bell
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The call that ran has ended.
    pub(crate) fn done(&self) {
        self.lock().running = None;
    }

    /// Ends the queue: what waits is dropped, and its callers see that.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
        self.bell.notify_one();
    }

    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What goes first has the lowest.
fn rank(job: &Job) -> u8 {
    match job.call.hook.kind() {
        Kind::Decide => 0,
        Kind::Provide | Kind::Transform => 1,
        Kind::Observe => 2,
    }
}

impl State {
    /// Gives up the newest of what goes last, if it goes after `job`; its caller hears `Busy`.
    fn make_room(&mut self, job: &Job) -> bool {
        let last = self.waiting.iter().enumerate();
        let last = last.max_by_key(|(at, other)| (rank(other), *at));
        let Some((at, _)) = last.filter(|(_, other)| rank(other) > rank(job)) else {
            return false;
        };
        if let Some(given_up) = self.waiting.remove(at) {
            // Whoever asked may have lost patience.
            let _ = given_up.reply.send((Err(Fault::Busy), Duration::ZERO));
        }
        true
    }

    fn take(&mut self) -> Option<Job> {
        let first = self.waiting.iter().enumerate();
        let (at, _) = first.min_by_key(|(at, job)| (rank(job), *at))?;
        self.waiting.remove(at)
    }
}

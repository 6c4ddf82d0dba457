use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use crate::{Answer, Call, Extension, Fault, HostPort, Limit};

/// What the chain adds to a limit before it stops waiting, so that an extension which ends at
/// its limit by itself can still say where it was.
const GRACE: Duration = Duration::from_millis(250);
/// Faults after which an extension is no longer called.
const MOST_FAULTS: u32 = 3;

/// One extension with a thread of its own: calls of it never wait for calls of another, and a
/// call that does not come back blocks nobody but itself.
pub(crate) struct Lane {
    extension: Arc<dyn Extension>,
    jobs: mpsc::Sender<Job>,
    busy: Arc<AtomicBool>,
    faults: AtomicU32,
}

struct Job {
    call: Arc<Call>,
    limit: Limit,
    reply: mpsc::SyncSender<Result<Answer, Fault>>,
}

/// A call under way.
pub(crate) struct Pending {
    answer: Option<mpsc::Receiver<Result<Answer, Fault>>>,
    refused: Option<Fault>,
    begun: Instant,
    limit: Limit,
}

impl Lane {
    pub(crate) fn spawn(extension: Arc<dyn Extension>, host: HostPort) -> Self {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let busy = Arc::new(AtomicBool::new(false));
        let (worker, flag) = (Arc::clone(&extension), Arc::clone(&busy));
        let name = format!("hook {}", extension.about().name);
        // A thread that cannot be had leaves a closed channel: every call then fails as crashed.
        let _thread = std::thread::Builder::new().name(name).spawn(move || {
            for job in inbox {
                let answer = guarded(worker.as_ref(), &job, &host);
                flag.store(false, Ordering::Release);
                // Nobody waits any more when the call came back late.
                let _ = job.reply.send(answer);
            }
        });
        Self {
            extension,
            jobs,
            busy,
            faults: AtomicU32::new(0),
        }
    }

    pub(crate) fn extension(&self) -> &dyn Extension {
        self.extension.as_ref()
    }

    pub(crate) fn faults(&self) -> u32 {
        self.faults.load(Ordering::Relaxed)
    }

    /// Puts a call on its way.
    pub(crate) fn begin(&self, call: &Arc<Call>, limit: Limit) -> Pending {
        let begun = Instant::now();
        let refuse = |fault| Pending {
            answer: None,
            refused: Some(fault),
            begun,
            limit,
        };
        if self.faults() >= MOST_FAULTS {
            return refuse(Fault::Quarantined {
                faults: self.faults(),
            });
        }
        if self.busy.swap(true, Ordering::AcqRel) {
            return refuse(Fault::Busy);
        }
        let (reply, answer) = mpsc::sync_channel(1);
        match self.jobs.send(Job {
            call: Arc::clone(call),
            limit,
            reply,
        }) {
            Ok(()) => Pending {
                answer: Some(answer),
                refused: None,
                begun,
                limit,
            },
            Err(_) => refuse(Fault::Crashed {
                message: "its thread is gone".to_owned(),
            }),
        }
    }

    /// Waits for a call of this lane; also says how long it took, in microseconds.
    pub(crate) fn finish(&self, pending: Pending) -> (Result<Answer, Fault>, u64) {
        let begun = pending.begun;
        let result = pending.wait();
        match &result {
            Ok(_) => self.faults.store(0, Ordering::Relaxed),
            Err(Fault::Busy | Fault::Quarantined { .. }) => {}
            Err(_) => {
                self.faults.fetch_add(1, Ordering::Relaxed);
            }
        }
        (
            result,
            u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
        )
    }
}

impl Pending {
    fn wait(self) -> Result<Answer, Fault> {
        if let Some(fault) = self.refused {
            return Err(fault);
        }
        let left = (self.limit.wall + GRACE).saturating_sub(self.begun.elapsed());
        let late = || Fault::Late {
            millis: self.limit.wall.as_millis() as u64,
            place: None,
        };
        match self.answer.map(|answer| answer.recv_timeout(left)) {
            Some(Ok(result)) => result,
            Some(Err(mpsc::RecvTimeoutError::Timeout)) | None => Err(late()),
            Some(Err(mpsc::RecvTimeoutError::Disconnected)) => Err(Fault::Crashed {
                message: "its thread ended".to_owned(),
            }),
        }
    }
}

fn guarded(extension: &dyn Extension, job: &Job, host: &HostPort) -> Result<Answer, Fault> {
    let run = std::panic::AssertUnwindSafe(|| extension.call(&job.call, job.limit, host));
    std::panic::catch_unwind(run).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(Fault::Crashed {
            message: text.unwrap_or("it panicked").to_owned(),
        })
    })
}

use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::Exit;

/// How often the end of a process is looked for.
const GLANCE: Duration = Duration::from_millis(50);

/// A process of ours.
#[derive(Clone)]
pub(crate) struct Owned {
    child: Arc<Mutex<Child>>,
}

impl Owned {
    pub(crate) fn new(child: Child) -> Self {
        Self {
            child: Arc::new(Mutex::new(child)),
        }
    }

    /// Waits until it ends. Called once.
    pub(crate) fn wait(&self) -> Exit {
        loop {
            let ended = self
                .child
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .try_wait();
            match ended {
                Ok(None) => std::thread::sleep(GLANCE),
                Ok(Some(status)) => {
                    return Exit {
                        code: status.code(),
                        signal: None,
                    };
                }
                Err(_) => {
                    return Exit {
                        code: None,
                        signal: None,
                    };
                }
            }
        }
    }

    /// There is no polite way that every program knows.
    pub(crate) fn terminate(&self) {
        self.kill();
    }

    /// Ends it.
    pub(crate) fn kill(&self) {
        // It has ended already when this fails.
        let _ended = self
            .child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .kill();
    }
}

/// Process groups are for Unix.
pub(crate) fn own_group(_: &mut Command) {}

/// Process groups are for Unix.
pub(crate) fn end_group(_: u32) {}

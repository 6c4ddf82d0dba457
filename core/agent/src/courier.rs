use std::time::Duration;

use deskhook_session::{ClientFailure, Event, Reason, SessionId};
use deskhook_uplink::{Connection, OutboxError};
use deskhook_wire::Report;
use tokio::sync::{mpsc, oneshot};

use crate::Wake;

/// Puts reports into the outbox one after the other, so that the loop never waits for a disk and
/// the portal hears of things in the order in which they happened.
#[derive(Clone)]
pub(crate) struct Courier {
    letters: mpsc::UnboundedSender<Letter>,
    connection: Connection,
}

/// What the loop wants to know of a report once it is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    None,
    /// It was this session's address.
    AddressOf(SessionId),
    /// It was this session's end.
    EndOf(SessionId),
}

enum Letter {
    Report(Box<Report>, News),
    /// Answered when all before it were seen to, with whether all of them are on disk.
    Mark(oneshot::Sender<bool>),
}

impl Courier {
    pub(crate) fn start(connection: Connection, wakes: mpsc::Sender<Wake>) -> Self {
        let (letters, inbox) = mpsc::unbounded_channel::<Letter>();
        tokio::spawn(carry(connection.clone(), inbox, wakes));
        Self {
            letters,
            connection,
        }
    }

    pub(crate) fn send(&self, report: Report, news: News) {
        self.put(Letter::Report(Box::new(report), news));
    }

    /// How many reports the portal has not dealt with.
    pub(crate) fn unacknowledged(&self) -> usize {
        self.connection.unacknowledged()
    }

    /// Waits until everything that was sent is on disk; says whether it is.
    pub(crate) async fn kept(&self) -> bool {
        let (mark, reached) = oneshot::channel();
        self.put(Letter::Mark(mark));
        // A task that broke off has dropped the mark.
        reached.await.unwrap_or(false)
    }

    /// Waits until the portal has dealt with everything that is on disk, at most `patience`.
    pub(crate) async fn told(&self, patience: Duration) {
        self.connection.drained(patience).await;
    }

    fn put(&self, letter: Letter) {
        // The task lives as long as there is a sender.
        let _ = self.letters.send(letter);
    }
}

/// A report cannot be kept. A session whose address cannot even be written down reaches nobody, and
/// waiting would help no more: it fails.
fn lost(error: &OutboxError, news: News) -> Vec<Wake> {
    let told = error as &dyn std::error::Error;
    tracing::error!(error = told, "a report cannot be kept");
    let News::AddressOf(session) = news else {
        return vec![];
    };
    let source = told.source().map(ToString::to_string).unwrap_or_default();
    let text =
        "This device could not keep its address for your support desk. Its disk may be full.";
    let failure = ClientFailure {
        reason: Reason::own("report-not-kept", text),
        detail: Some(format!("{error}: {source}")),
    };
    let detail = Wake::Detail {
        session: session.clone(),
        detail: failure.detail.clone(),
    };
    let failed = Event::ClientFailed { session, failure };
    vec![detail, Wake::Event(failed)]
}

async fn carry(
    connection: Connection,
    mut inbox: mpsc::UnboundedReceiver<Letter>,
    wakes: mpsc::Sender<Wake>,
) {
    let mut all_kept = true;
    while let Some(letter) = inbox.recv().await {
        let (report, news) = match letter {
            Letter::Report(report, news) => (report, news),
            Letter::Mark(mark) => {
                // Whoever waited may have lost patience.
                let _ = mark.send(all_kept);
                continue;
            }
        };
        match connection.report(*report).await {
            // The loop is gone when nobody receives: the report is on disk.
            Ok(sequence) => drop(wakes.send(Wake::Filed { sequence, news }).await),
            Err(error) => {
                all_kept = false;
                for wake in lost(&error, news) {
                    // The loop is gone when the agent stops: the session has ended with it.
                    let _ = wakes.send(wake).await;
                }
            }
        }
    }
}

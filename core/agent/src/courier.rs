use deskhook_session::SessionId;
use deskhook_uplink::Connection;
use deskhook_wire::Report;
use tokio::sync::mpsc;

use crate::Wake;

/// Puts reports into the outbox one after the other, so that the loop never waits for a disk and
/// the portal hears of things in the order in which they happened.
#[derive(Clone)]
pub(crate) struct Courier {
    letters: mpsc::UnboundedSender<Letter>,
}

struct Letter {
    report: Report,
    address_of: Option<SessionId>,
}

impl Courier {
    pub(crate) fn start(connection: Connection, wakes: mpsc::Sender<Wake>) -> Self {
        let (letters, mut inbox) = mpsc::unbounded_channel::<Letter>();
        tokio::spawn(async move {
            while let Some(letter) = inbox.recv().await {
                match connection.report(letter.report).await {
                    Ok(sequence) => {
                        let unacknowledged = connection.unacknowledged().await;
                        let filed = Wake::Filed {
                            address_of: letter.address_of,
                            sequence,
                            unacknowledged,
                        };
                        // The loop is gone when nobody receives: the report is on disk.
                        let _ = wakes.send(filed).await;
                    }
                    Err(error) => tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "a report cannot be kept"
                    ),
                }
            }
        });
        Self { letters }
    }

    pub(crate) fn send(&self, report: Report, address_of: Option<SessionId>) {
        // The task lives as long as the loop.
        let _ = self.letters.send(Letter { report, address_of });
    }
}

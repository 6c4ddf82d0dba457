use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use deskhook_wire::{
    Acknowledged, HEADER_BOOT, HEADER_COUNTER, HEADER_DEVICE, HEADER_SIGNATURE, HEADER_TIME, Order,
    Orders, PATH_ORDERS, PATH_REPORTS, Report, RequestParts,
};
use tokio::sync::{Mutex, Notify, mpsc};
use url::Url;

use crate::backoff::Backoff;
use crate::disk::at_the_disk;
use crate::enrolment::{client, portal_url};
use crate::refusal::Refusal;
use crate::{Identity, Outbox, OutboxError};

/// How long the portal may hold an orders request open, in seconds.
const WAIT_SECONDS: u32 = 25;

/// What the connection tells the agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// The portal has acknowledged the row with this sequence.
    Acknowledged(u64),
    /// The portal cannot take the row with this sequence, and never will: it is set aside.
    Unwanted {
        /// Which row.
        sequence: u64,
        /// What the portal said.
        message: String,
    },
    /// The portal asks for something.
    Ordered(Box<Order>),
    /// The portal answers again, or no longer.
    Online(bool),
    /// What somebody has to mend before the portal takes this device's requests; none when it
    /// takes them again.
    Problem(Option<String>),
}

/// Why one request failed.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No answer.
    #[error("the portal does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// The portal answered with an error.
    #[error("the portal answered {status}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The portal's stable word; empty where something before the portal answered.
        word: String,
        /// What it said.
        message: String,
        /// What somebody has to mend, where the same again would not help.
        lasting: Option<String>,
    },
    /// The portal answered with something that is no answer.
    #[error("the portal's answer cannot be read")]
    Unread(#[source] serde_json::Error),
    /// The portal's address is none.
    #[error("the portal {0:?} is no https address")]
    Portal(String),
}

/// The connection to the portal: one task delivers the outbox in order, one takes in orders.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<Shared>,
}

struct Shared {
    identity: Identity,
    base: Url,
    http: reqwest::Client,
    boot: String,
    counter: AtomicU64,
    outbox: Mutex<Outbox>,
    /// How many rows are in it.
    rows: AtomicUsize,
    /// A row came in.
    filled: Notify,
    /// There is a reason to try now: the portal answered the other task, or somebody waits.
    try_now: Notify,
    signals: mpsc::Sender<Signal>,
}

impl Connection {
    /// Opens the connection and starts its two tasks; they end when the receiver of `signals` is
    /// dropped. `boot` names this start of the agent.
    pub fn open(
        identity: Identity,
        outbox: Outbox,
        boot: &str,
        signals: mpsc::Sender<Signal>,
    ) -> Result<Self, SendError> {
        let portal = identity.enrolled().portal.clone();
        let base = portal_url(&portal).ok_or(SendError::Portal(portal))?;
        let http = client().map_err(SendError::Unreachable)?;
        let shared = Arc::new(Shared {
            identity,
            base,
            http,
            boot: boot.to_owned(),
            counter: AtomicU64::new(0),
            rows: AtomicUsize::new(outbox.len()),
            outbox: Mutex::new(outbox),
            filled: Notify::new(),
            try_now: Notify::new(),
            signals,
        });
        tokio::spawn(deliver(Arc::clone(&shared)));
        tokio::spawn(listen(Arc::clone(&shared)));
        Ok(Self { shared })
    }

    /// Keeps a report on disk and has it delivered; gives its sequence.
    pub async fn report(&self, report: Report) -> Result<u64, OutboxError> {
        let is_address = matches!(report, Report::Address { .. });
        let mut outbox = self.shared.outbox.lock().await;
        let sequence = at_the_disk(|| outbox.put(millis(), report))?;
        if is_address {
            self.shared.try_now.notify_waiters();
        }
        self.shared.rows.store(outbox.len(), Ordering::Relaxed);
        self.shared.filled.notify_one();
        Ok(sequence)
    }

    /// How many rows the portal has not dealt with.
    pub fn unacknowledged(&self) -> usize {
        self.shared.rows.load(Ordering::Relaxed)
    }

    /// Waits until everything is acknowledged, at most `patience`; says whether it is.
    pub async fn drained(&self, patience: Duration) -> bool {
        let empty = async {
            while self.unacknowledged() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(patience, empty).await.is_ok()
    }
}

/// Delivers the outbox, oldest first. A row that the portal can never take (see
/// [`is_about_the_row`]) is set aside, or it would hold up all others for ever.
async fn deliver(shared: Arc<Shared>) {
    let mut backoff = Backoff::default();
    loop {
        let row = shared.outbox.lock().await.first().cloned();
        let Some(row) = row else {
            tokio::select! {
                () = shared.filled.notified() => continue,
                () = shared.signals.closed() => return,
            }
        };
        let sequence = row.sequence;
        let body = serde_json::to_vec(&row).unwrap_or_default();
        let sent = tokio::select! {
            sent = shared.send("POST", PATH_REPORTS, body) => sent,
            // The row is on disk for the next start.
            () = shared.signals.closed() => return,
        };
        match sent.and_then(|bytes| read::<Acknowledged>(&bytes)) {
            Ok(answer) if answer.acknowledged == sequence => {
                backoff.reset();
                shared.try_now.notify_waiters();
                shared.acknowledged(sequence).await;
            }
            Ok(_) => tracing::warn!(sequence, "the portal acknowledged another row"),
            Err(SendError::Refused {
                status,
                word,
                message,
                ..
            }) if is_about_the_row(status, &word) => {
                tracing::error!(
                    sequence,
                    message,
                    "the portal cannot take a report; it is set aside"
                );
                shared.unwanted(sequence, message).await;
                continue;
            }
            Err(error) => tracing::debug!(%error, "a report was not delivered"),
        }
        let (is_still_first, longest) = {
            let outbox = shared.outbox.lock().await;
            let first = outbox.first().map(|row| row.sequence);
            (first == Some(sequence), longest(&outbox))
        };
        if is_still_first && pause(&shared, backoff.pause(random(), longest)).await {
            return;
        }
    }
}

/// Whether an answer says that this row, and not the next one, can never be taken. A proxy that
/// takes no request at all says so with the same status, but not in the portal's words; only a row
/// that is too large for it stays so.
fn is_about_the_row(status: u16, word: &str) -> bool {
    match status {
        400 | 422 => !word.is_empty(),
        _ => status == 413,
    }
}

/// How long one pause may become: somebody waits for help while an address waits to be told.
fn longest(outbox: &Outbox) -> Duration {
    if outbox.has_address() {
        Backoff::SOMEBODY_WAITS
    } else {
        Backoff::LONGEST
    }
}

/// Takes in orders; also the presence of this device.
async fn listen(shared: Arc<Shared>) {
    let mut backoff = Backoff::default();
    let mut last = 0;
    let mut online = false;
    let mut problem = None;
    loop {
        let path = format!(
            "{PATH_ORDERS}?after={last}&wait={}",
            if online { WAIT_SECONDS } else { 0 }
        );
        let asked = tokio::select! {
            asked = shared.send("GET", &path, vec![]) => asked,
            () = shared.signals.closed() => return,
        };
        match asked.and_then(|bytes| read::<Orders>(&bytes)) {
            Ok(orders) => {
                backoff.reset();
                shared.try_now.notify_waiters();
                last = orders.last;
                shared.problem_is(None, &mut problem).await;
                if !std::mem::replace(&mut online, true) {
                    shared.tell(Signal::Online(true)).await;
                }
                for order in orders.orders {
                    shared.tell(Signal::Ordered(Box::new(order))).await;
                }
            }
            Err(error) => {
                if std::mem::replace(&mut online, false) {
                    shared.tell(Signal::Online(false)).await;
                }
                // Without an answer nothing is known of what the last one refused.
                if let SendError::Refused { lasting, .. } = &error {
                    shared.problem_is(lasting.clone(), &mut problem).await;
                }
                tracing::debug!(%error, "no orders from the portal");
                let longest = longest(&*shared.outbox.lock().await);
                if pause(&shared, backoff.pause(random(), longest)).await {
                    return;
                }
            }
        }
    }
}

/// Waits before the next try; says whether the agent is gone.
async fn pause(shared: &Shared, span: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(span) => false,
        () = shared.try_now.notified() => shared.signals.is_closed(),
        () = shared.signals.closed() => true,
    }
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    // Without random numbers all devices pause alike, which is still a pause.
    let _ = getrandom::fill(&mut bytes);
    u64::from_ne_bytes(bytes)
}

impl Shared {
    async fn acknowledged(&self, sequence: u64) {
        let mut outbox = self.outbox.lock().await;
        if let Err(error) = at_the_disk(|| outbox.acknowledge(sequence)) {
            tracing::error!(%error, "an acknowledged report cannot be removed; it will be sent again");
        }
        self.rows.store(outbox.len(), Ordering::Relaxed);
        drop(outbox);
        self.tell(Signal::Acknowledged(sequence)).await;
    }

    async fn unwanted(&self, sequence: u64, message: String) {
        let mut outbox = self.outbox.lock().await;
        if let Err(error) = at_the_disk(|| outbox.set_aside(sequence)) {
            tracing::error!(%error, "an unwanted report cannot be set aside; it will be sent again");
        }
        self.rows.store(outbox.len(), Ordering::Relaxed);
        drop(outbox);
        self.tell(Signal::Unwanted { sequence, message }).await;
    }

    /// Tells of a problem when it comes, changes or goes.
    async fn problem_is(&self, now: Option<String>, known: &mut Option<String>) {
        if now != *known {
            known.clone_from(&now);
            self.tell(Signal::Problem(now)).await;
        }
    }

    async fn tell(&self, signal: Signal) {
        // A closed receiver means that the agent stops; the tasks see that themselves.
        let _ = self.signals.send(signal).await;
    }

    async fn send(
        &self,
        method: &'static str,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, SendError> {
        let counter = self.counter.fetch_add(1, Ordering::Relaxed) + 1;
        let time = millis() / 1000;
        let device = self.identity.device();
        let parts = RequestParts {
            method,
            path,
            body: &body,
            device,
            boot: &self.boot,
            counter,
            time,
        };
        let signature = parts.sign(self.identity.key());
        let url = self
            .base
            .join(path)
            .map_err(|_| SendError::Portal(self.base.to_string()))?;
        let verb = if method == "GET" {
            reqwest::Method::GET
        } else {
            reqwest::Method::POST
        };
        let response = self
            .http
            .request(verb, url)
            .header(HEADER_DEVICE, device)
            .header(HEADER_BOOT, &self.boot)
            .header(HEADER_COUNTER, counter.to_string())
            .header(HEADER_TIME, time.to_string())
            .header(HEADER_SIGNATURE, signature)
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body)
            .send()
            .await
            .map_err(SendError::Unreachable)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(SendError::Unreachable)?;
        if status.is_success() {
            return Ok(bytes.to_vec());
        }
        let refusal = Refusal::read(status.as_u16(), &bytes);
        Err(SendError::Refused {
            status: refusal.status,
            lasting: refusal.lasting(),
            word: refusal.word,
            message: refusal.message,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, SendError> {
    serde_json::from_slice(bytes).map_err(SendError::Unread)
}

fn millis() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;

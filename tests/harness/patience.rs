use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long a test waits for a state before it gives up: about ten times what anything promises.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often a state is looked at.
pub(crate) const PACE: Duration = Duration::from_millis(10);

/// Waits until `look` sees something, and returns that.
///
/// # Errors
/// Names `what` when it was not seen within [`PATIENCE`].
pub fn until_some<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return Ok(seen);
        }
        if Instant::now() >= deadline {
            bail!("waited {} s in vain: {what}", PATIENCE.as_secs());
        }
        thread::sleep(PACE);
    }
}

/// Waits until `holds` does.
///
/// # Errors
/// Names `what` when it did not hold within [`PATIENCE`].
pub fn until(what: &str, mut holds: impl FnMut() -> bool) -> Result<()> {
    until_some(what, || holds().then_some(()))
}

/// Waits until `look` sees something, and returns that; for tests that are asynchronous.
///
/// # Errors
/// Names `what` when it was not seen within [`PATIENCE`].
pub async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return Ok(seen);
        }
        if Instant::now() >= deadline {
            bail!("waited {} s in vain: {what}", PATIENCE.as_secs());
        }
        tokio::time::sleep(PACE).await;
    }
}

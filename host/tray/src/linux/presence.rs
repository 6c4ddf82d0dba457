mod login;
mod saver;
mod screen;
mod signs;

use std::time::Duration;

use deskhook_agent::{AgentHandle, Presence};
use tokio::sync::mpsc;

use signs::{Sign, Signs, Source};

/// How long a source that is not there, or went away, is left alone before it is looked for again.
const PAUSE: Duration = Duration::from_secs(60);

/// What a source says, and which one.
type Told = mpsc::Sender<(Source, Sign)>;

/// Tells the agent whether the person is at the device, until it stops: the login session (logind),
/// the desktop's screen savers and the X server's are watched. A source that is not there says
/// nothing; with none of them, the person is taken to be there.
pub async fn watch_presence(handle: AgentHandle) {
    let (told, seen) = mpsc::channel(16);
    tokio::select! {
        _ = async { tokio::join!(login::watch(&told), saver::watch(&told), screen::watch(&told)) } => {}
        () = tell(&handle, seen) => {}
        // There is no such snapshot: it resolves when there are no more.
        _ = handle.until(|_| false) => {}
    }
}

async fn tell(handle: &AgentHandle, mut seen: mpsc::Receiver<(Source, Sign)>) {
    let mut signs = Signs::default();
    let mut before = signs.presence();
    while let Some((source, sign)) = seen.recv().await {
        signs.set(source, sign);
        let now = signs.presence();
        if now != before {
            before = now;
            tracing::info!(
                present = now == Presence::Present,
                "the person came or left"
            );
            handle.person_seen(now).await;
        }
    }
}

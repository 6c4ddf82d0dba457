use std::io;
use std::process::{Child, Command};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;

/// How often, and with which pause, a program is tried again that is still open for writing.
pub(crate) const BUSY_TRIES: u32 = 100;
pub(crate) const BUSY_PAUSE: Duration = Duration::from_millis(10);

struct Job {
    command: Command,
    reply: oneshot::Sender<io::Result<Child>>,
}

static STARTER: OnceLock<Mutex<Option<mpsc::Sender<Job>>>> = OnceLock::new();

/// Starts `command` from the one thread that lives as long as the agent: what a client is told
/// of its parent's death follows the thread that started it, and a runtime's threads come and go.
pub(crate) async fn spawn(mut command: Command) -> io::Result<Child> {
    crate::os::own_group(&mut command);
    crate::os::die_with_parent(&mut command);
    let (reply, answer) = oneshot::channel();
    let gone = |_| io::Error::other("the thread that starts clients is gone");
    starter()?
        .send(Job { command, reply })
        .map_err(|_| gone(()))?;
    answer.await.map_err(|_| gone(()))?
}

fn starter() -> io::Result<mpsc::Sender<Job>> {
    let place = STARTER.get_or_init(Mutex::default);
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(jobs) = place.as_ref() {
        return Ok(jobs.clone());
    }
    let (jobs, inbox) = mpsc::channel::<Job>();
    std::thread::Builder::new()
        .name("client starter".to_owned())
        .spawn(move || {
            for mut job in inbox {
                let started = start(&mut job.command);
                if let Err(Ok(mut unwanted)) = job.reply.send(started) {
                    let _ended = unwanted.kill();
                    let _reaped = unwanted.wait();
                }
            }
        })?;
    *place = Some(jobs.clone());
    Ok(jobs)
}

/// A file that was just written may be held open for a moment by another child between its fork
/// and its exec; Linux then says that the text file is busy.
fn start(command: &mut Command) -> io::Result<Child> {
    for _ in 0..BUSY_TRIES {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(BUSY_PAUSE);
            }
            other => return other,
        }
    }
    command.spawn()
}

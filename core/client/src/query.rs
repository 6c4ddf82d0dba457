use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

use crate::RunningClient;
use crate::spawn::{BUSY_PAUSE, BUSY_TRIES};

/// What is read of each stream.
const MOST: u64 = 16 * 1024;

/// What a client's own command line answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the client's program with `arguments`, in the client's environment, for at most `limit`.
pub(crate) async fn run(
    client: &RunningClient,
    arguments: &[String],
    limit: Duration,
) -> io::Result<Answered> {
    let mut child = start_patiently(client, arguments).await?;
    let ended = tokio::time::timeout(limit, collect(&mut child)).await;
    if let (Err(_), Some(id)) = (&ended, child.id()) {
        crate::os::end_group(id);
    }
    match ended {
        Ok(answered) => answered,
        Err(_) => {
            let _ended = child.kill().await;
            let late = format!("no answer within {} ms", limit.as_millis());
            Err(io::Error::new(io::ErrorKind::TimedOut, late))
        }
    }
}

/// A program that was just fetched may be busy for a moment, see `spawn`.
async fn start_patiently(client: &RunningClient, arguments: &[String]) -> io::Result<Child> {
    for _ in 0..BUSY_TRIES {
        match start(client, arguments) {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            other => return other,
        }
    }
    start(client, arguments)
}

fn start(client: &RunningClient, arguments: &[String]) -> io::Result<Child> {
    let mut command = std::process::Command::new(&client.program);
    crate::os::own_group(&mut command);
    command
        .args(
            arguments
                .iter()
                .map(|argument| client.fields.fill(argument)),
        )
        .env_clear()
        .envs(&client.environment)
        .current_dir(&client.fields.state)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Command::from(command).kill_on_drop(true).spawn()
}

async fn collect(child: &mut Child) -> io::Result<Answered> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = tokio::join!(text_of(stdout), text_of(stderr));
    let status = child.wait().await?;
    Ok(Answered {
        code: status.code(),
        stdout: stdout?,
        stderr: stderr?,
    })
}

/// The beginning of a stream; the rest is read and thrown away, so that the program can end.
async fn text_of(stream: Option<impl AsyncRead + Unpin>) -> io::Result<String> {
    let Some(mut stream) = stream else {
        return Ok(String::new());
    };
    let mut bytes = vec![];
    (&mut stream).take(MOST).read_to_end(&mut bytes).await?;
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

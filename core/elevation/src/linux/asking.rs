use std::io;
use std::process::Stdio;

use deskhook_session::{ElevationOutcome, Reason};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use super::ways::{Way, Ways};
use crate::Answer;

/// As much of each output as is read; the answer is one line.
const MOST_OUTPUT: u64 = 64 * 1024;

/// What came of one way.
pub(crate) enum Told {
    /// An answer, and the last word.
    Ended(ElevationOutcome),
    /// This way leads nowhere on this machine; another may.
    Closed(Reason),
}

/// Takes one way to its end. When the future is dropped, the pipe to `deskhook elevate` closes,
/// and that ends the program: a process without rights cannot signal one that has them.
pub(crate) async fn ask(way: Way, ways: &Ways, order: &str) -> io::Result<Told> {
    let mut child = command(way, ways, order).spawn()?;
    let _leash = child.stdin.take();
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let (said, complained) = tokio::join!(text(stdout), text(stderr));
    let status = child.wait().await?;
    Ok(match Answer::find(&said) {
        Some(answer) => Told::Ended(answer.outcome()),
        None => unanswered(way, status.code(), &complained),
    })
}

fn command(way: Way, ways: &Ways, order: &str) -> Command {
    let mut command = Command::new(ways.program(way));
    match way {
        // Without a desktop, pkexec would ask on the terminal that the agent was started from.
        Way::Pkexec => command.arg("--disable-internal-agent"),
        Way::Sudo => command.args(["-n", "--"]),
    };
    command.arg(&ways.deskhook).arg("elevate").arg(order);
    command.env_clear();
    command
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8");
    command.current_dir("/").kill_on_drop(true);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What is left of an output once it is read to its end; only its beginning is kept.
async fn text(output: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut output) = output else {
        return String::new();
    };
    let mut bytes = Vec::new();
    let _ = (&mut output)
        .take(MOST_OUTPUT)
        .read_to_end(&mut bytes)
        .await;
    let _ = tokio::io::copy(&mut output, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// pkexec(1): 126 the dialog was dismissed, 127 not authorised or it could not be asked for.
fn unanswered(way: Way, code: Option<i32>, complained: &str) -> Told {
    let denied = |code, message: &str| {
        Told::Ended(ElevationOutcome::Denied(vec![Reason::own(code, message)]))
    };
    let closed = |message: String| Told::Closed(Reason::own("no-elevation", message));
    let last = complained.lines().rfind(|line| !line.trim().is_empty());
    let last = last.unwrap_or("no reason given").trim_end_matches('.');
    match (way, code) {
        (Way::Pkexec, Some(126)) => denied(
            "not-approved",
            "The operating system's dialog for elevated rights was dismissed.",
        ),
        (Way::Pkexec, Some(127)) if complained.contains("Not authorized") => denied(
            "not-authorized",
            "The operating system (polkit) did not authorise elevated rights.",
        ),
        (Way::Pkexec, Some(127)) if complained.contains("No authentication agent") => closed(
            "polkit cannot ask anybody here: no authentication agent runs, and no rule of an \
             administrator allows it."
                .to_owned(),
        ),
        (Way::Pkexec, _) => closed(format!("polkit cannot be asked: {last}.")),
        (Way::Sudo, _) => closed(format!(
            "No rule of an administrator allows it in sudo: {last}."
        )),
    }
}

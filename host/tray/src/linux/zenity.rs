use std::process::Stdio;

use deskhook_session::Answer;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::{Blank, DialogText};

/// The most bytes that are read of what a dialog prints.
const LONGEST: u64 = 16 * 1024;
/// A dialog outlives its question by this at most, should this process die: seconds.
const GRACE: u64 = 5;
/// Between the fields of a form: a character that no keyboard types.
const BETWEEN: char = '\u{1f}';
const WIDTH: &str = "--width=480";

/// A dialog that is open.
pub(super) struct Opened {
    child: Child,
}

/// How a dialog ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The person answered, or closed it, which is a no.
    Answered(Answer),
    /// It closed itself: its time was over.
    Late,
}

/// Opens the dialog of a question.
pub(super) fn ask(text: &DialogText) -> std::io::Result<Opened> {
    let message = match text.blanks[..] {
        // The title is said in the window too: some desktops cut it short or show none.
        [] => format!("{}\n\n{}", text.title, text.message),
        _ => text.message.clone(),
    };
    let mut command = command(&text.title, &message);
    command.arg(format!("--timeout={}", text.seconds.saturating_add(GRACE)));
    if text.blanks.is_empty() {
        // The first extra button has the focus, so that the Enter of somebody who goes on
        // typing refuses. `--switch` leaves out the buttons whose word is an exit code.
        command.args(["--question", "--switch", "--no-markup", WIDTH]);
        command.arg(format!("--extra-button={}", text.refuse));
        command.arg(format!("--extra-button={}", text.allow));
    } else {
        command.arg("--forms").arg(format!("--separator={BETWEEN}"));
        command.arg(format!("--ok-label={}", text.allow));
        command.arg(format!("--cancel-label={}", text.refuse));
        let labels = text
            .blanks
            .iter()
            .map(|(_, label)| format!("--add-entry={label}"));
        command.args(labels);
    }
    open(command)
}

/// Opens a window that only says something, for at most `seconds`.
pub(super) fn tell((title, message): (&str, &str), seconds: u64) -> std::io::Result<Opened> {
    let mut command = command(title, &format!("{title}\n\n{message}"));
    command.args(["--info", "--no-markup", WIDTH]);
    command.arg(format!("--timeout={seconds}"));
    open(command)
}

/// Text that begins with a dash is still text: it stands behind its option's name. With
/// `--no-markup` zenity shows a text as it is; a form, which has no such option, gets our own
/// words alone.
fn command(title: &str, message: &str) -> Command {
    let mut command = Command::new("zenity");
    command.arg(format!("--title={title}"));
    command.arg(format!("--text={message}"));
    command
}

fn open(mut command: Command) -> std::io::Result<Opened> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let child = command.kill_on_drop(true).spawn()?;
    Ok(Opened { child })
}

impl Opened {
    pub(super) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until it is closed, and reads what it printed as an answer to `text`.
    pub(super) async fn closed(mut self, text: &DialogText) -> Ending {
        let mut printed = String::new();
        if let Some(output) = self.child.stdout.take() {
            let mut output = output.take(LONGEST);
            if output.read_to_string(&mut printed).await.is_err() {
                printed.clear();
            }
        }
        let code = self
            .child
            .wait()
            .await
            .ok()
            .and_then(|status| status.code());
        ending(code, &printed, text)
    }
}

/// What a dialog's end means. Its exit code never agrees to anything: a window that another
/// program destroyed ends with 0 as well. Only the word on the button does.
fn ending(code: Option<i32>, printed: &str, text: &DialogText) -> Ending {
    const TIMEOUT: i32 = 5;
    let printed = printed.strip_suffix('\n').unwrap_or(printed);
    if code == Some(TIMEOUT) && printed.is_empty() {
        return Ending::Late;
    }
    if text.blanks.is_empty() {
        let agreed = printed == text.allow;
        return Ending::Answered(if agreed { Answer::Allow } else { Answer::Deny });
    }
    Ending::Answered(match code {
        Some(0) => details(printed, text),
        _ => Answer::Deny,
    })
}

/// A form that was destroyed prints nothing; one that was sent off with empty fields prints them,
/// and is asked again.
fn details(printed: &str, text: &DialogText) -> Answer {
    let fields: Vec<&str> = printed.split(BETWEEN).collect();
    if fields.len() != text.blanks.len() {
        return Answer::Deny;
    }
    let field = |wanted: Blank| {
        let index = text.blanks.iter().position(|(blank, _)| *blank == wanted)?;
        fields.get(index).map(|field| field.trim().to_owned())
    };
    let (reason, ticket) = (field(Blank::Reason), field(Blank::Ticket));
    Answer::Details { reason, ticket }
}

#[cfg(test)]
mod tests;

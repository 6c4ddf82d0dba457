//! Everything that is printed, and the exit codes.

mod legible;
mod log;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use serde::Serialize;

use legible::{Colours, legible, on_one_line};
pub(crate) use log::log_to_stderr;
#[cfg(feature = "portal")]
pub(crate) use log::log_to_stderr_above;

/// How a command that could do its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; the answer is yes.
    Done,
    /// Done; the answer is no.
    No,
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It was called wrongly.
    Usage(anyhow::Error),
    /// It could not: not running, no network, unreadable file.
    Could(anyhow::Error),
    /// It could not, and this would help.
    Help(anyhow::Error, String),
}

/// How a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

impl From<bool> for Form {
    fn from(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

/// What every command returns.
pub(crate) type Outcome = Result<Exit, Failure>;

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Could(error.into())
    }
}

/// Prints a failure and turns an outcome into the contract's exit code.
pub(crate) fn conclude(outcome: Outcome) -> ExitCode {
    let (error, help, code) = match outcome {
        Ok(Exit::Done) => return ExitCode::SUCCESS,
        Ok(Exit::No) => return ExitCode::from(1),
        Err(Failure::Usage(error)) => (error, None, 2),
        Err(Failure::Could(error)) => (error, None, 3),
        Err(Failure::Help(error, help)) => (error, Some(help), 3),
    };
    fail(&error, help.as_deref());
    ExitCode::from(code)
}

fn fail(error: &anyhow::Error, help: Option<&str>) {
    remark(format!("{} {error}", paint("error:", Colour::Red)));
    for cause in error.chain().skip(1) {
        remark(format!("  because {cause}"));
    }
    if let Some(help) = help {
        remark(format!("{} {help}", paint("help:", Colour::Cyan)));
    }
}

/// A line on standard output, without what a terminal would obey. A reader that has gone away ends
/// nothing.
pub(crate) fn say(line: impl AsRef<str>) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout().lock(), "{}", seen(line.as_ref()));
}

/// The same on standard error.
pub(crate) fn remark(line: impl AsRef<str>) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "{}", seen(line.as_ref()));
}

/// An empty screen, where standard output is a terminal.
pub(crate) fn clear() {
    use std::io::Write as _;
    if std::io::stdout().is_terminal() {
        // ECMA-48: erase in page, then the cursor to its first place.
        let _ = write!(std::io::stdout().lock(), "\u{1b}[2J\u{1b}[H");
    }
}

/// What a stranger wrote, for a line among others of ours.
pub(crate) fn one_line(text: &str) -> String {
    on_one_line(text.trim_end(), Colours::None)
}

fn seen(line: &str) -> String {
    let colours = if coloured() {
        Colours::Shown
    } else {
        Colours::None
    };
    legible(line, colours)
}

/// One JSON document on standard output.
pub(crate) fn json(value: &impl Serialize) -> Result<(), serde_json::Error> {
    use std::io::Write as _;
    // JSON writes control characters out by itself.
    let _ = writeln!(
        std::io::stdout().lock(),
        "{}",
        serde_json::to_string_pretty(value)?
    );
    Ok(())
}

/// The few colours that are used.
#[derive(Clone, Copy)]
pub(crate) enum Colour {
    /// Refusals and errors.
    Red,
    /// What went well.
    Green,
    /// What wants a look.
    Yellow,
    /// What to do.
    Cyan,
    /// What matters less.
    Dim,
    /// What matters more.
    Bold,
}

/// Text in colour, where standard output is a terminal and `NO_COLOR` is not set.
pub(crate) fn paint(text: &str, colour: Colour) -> String {
    if !coloured() {
        return text.to_owned();
    }
    let code = match colour {
        Colour::Red => "31;1",
        Colour::Green => "32",
        Colour::Yellow => "33",
        Colour::Cyan => "36",
        Colour::Dim => "2",
        Colour::Bold => "1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// Whether colours are wanted.
pub(crate) fn coloured() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !refused && std::io::stdout().is_terminal() && std::io::stderr().is_terminal()
}

/// A progress bar on a terminal, and nothing elsewhere.
pub(crate) fn progress(word: &str) -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let form = "{msg} {bar:30} {bytes}/{total_bytes} {eta}";
    let style = indicatif::ProgressStyle::with_template(form)
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
    indicatif::ProgressBar::new(0)
        .with_style(style)
        .with_message(word.to_owned())
}

/// A number with its noun, of which there may be one.
pub(crate) fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        other => format!("{other} {what}s"),
    }
}

//! The program's own log, on standard error: an event is one line, whatever is in it.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::coloured;
use super::legible::{Colours, legible};

/// Warnings and worse, unless `DESKHOOK_LOG` says which.
pub(crate) fn log_to_stderr() {
    log_to_stderr_above("warn");
}

/// As [`log_to_stderr`], with another default.
pub(crate) fn log_to_stderr_above(level: &str) {
    let filter = EnvFilter::try_from_env("DESKHOOK_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let colours = if coloured() {
        Colours::Shown
    } else {
        Colours::None
    };
    // A second call (demo runs two parts in one process) keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Lines(colours))
        .with_ansi(coloured())
        .try_init();
}

/// Writes events so that what a package, a file or a server said makes no line of its own.
#[derive(Clone, Copy)]
struct Lines(Colours);

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

impl Write for Lines {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = one_line(&String::from_utf8_lossy(event), self.0);
        io::stderr().write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// An event comes whole, with the end of its line.
fn one_line(event: &str, colours: Colours) -> String {
    let event = event.strip_suffix('\n').unwrap_or(event);
    legible(event, colours).replace('\n', "\\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_and_cannot_pass_for_two() {
        let forged = "WARN a\n2026-01-01T00:00:00Z ERROR b\r\u{2028}c\u{202e}\u{1b}[2J\n";
        assert_eq!(
            one_line(forged, Colours::None),
            "WARN a\\n2026-01-01T00:00:00Z ERROR b\\u{d}\\u{2028}c\\u{202e}\\u{1b}[2J\n"
        );
        let coloured = "\u{1b}[33m WARN\u{1b}[0m a\n";
        assert_eq!(one_line(coloured, Colours::Shown), coloured);
    }
}

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::Notify;

/// What is kept of a client's output.
const KEPT: usize = 16 * 1024;
/// The longest line that is looked at.
const LINE: usize = 4 * 1024;

/// Which of its two streams a client printed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output: kept, and looked at line by line.
    Output,
    /// Standard error: kept.
    Errors,
}

/// What a client printed: the last 16 KiB of each stream, and of standard output the rest of the
/// last line with each wanted prefix.
pub(crate) struct Printed {
    prefixes: Vec<String>,
    state: Mutex<State>,
    /// Told when a wanted line came, and when the output ended.
    pub(crate) news: Notify,
}

#[derive(Default)]
struct State {
    output: VecDeque<u8>,
    errors: VecDeque<u8>,
    line: Vec<u8>,
    values: Vec<Option<String>>,
    open: usize,
}

impl Printed {
    /// For lines that begin with one of `prefixes`.
    pub(crate) fn new(prefixes: Vec<String>) -> Self {
        let state = State {
            values: vec![None; prefixes.len()],
            open: 2,
            ..State::default()
        };
        Self {
            prefixes,
            state: Mutex::new(state),
            news: Notify::new(),
        }
    }

    /// Reads `from` to its end, so that the client never waits for room in its pipe.
    pub(crate) async fn follow(&self, mut from: impl AsyncRead + Unpin, stream: Stream) {
        let mut chunk = [0; 4096];
        while let Ok(count) = from.read(&mut chunk).await {
            if count == 0 {
                break;
            }
            match stream {
                Stream::Output => self.take(&chunk[..count]),
                Stream::Errors => keep(&mut self.lock().errors, &chunk[..count]),
            }
        }
        self.lock().open -= 1;
        self.news.notify_waiters();
    }

    /// The rest of the last line that began with `prefix`.
    pub(crate) fn value(&self, prefix: &str) -> Option<String> {
        let at = self.prefixes.iter().position(|wanted| wanted == prefix)?;
        self.lock().values[at].clone()
    }

    /// Whether both streams have ended.
    pub(crate) fn is_over(&self) -> bool {
        self.lock().open == 0
    }

    /// What is kept of a stream, as text.
    pub(crate) fn text(&self, stream: Stream) -> String {
        let mut state = self.lock();
        let kept = match stream {
            Stream::Output => &mut state.output,
            Stream::Errors => &mut state.errors,
        };
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }

    fn take(&self, bytes: &[u8]) {
        let mut state = self.lock();
        keep(&mut state.output, bytes);
        let mut found = false;
        for byte in bytes {
            if *byte == b'\n' {
                let line = std::mem::take(&mut state.line);
                found |= self.judge(&String::from_utf8_lossy(&line), &mut state.values);
            } else if state.line.len() < LINE {
                state.line.push(*byte);
            }
        }
        drop(state);
        if found {
            self.news.notify_waiters();
        }
    }

    fn judge(&self, line: &str, values: &mut [Option<String>]) -> bool {
        let mut found = false;
        for (prefix, value) in self.prefixes.iter().zip(values) {
            if let Some(rest) = line.strip_prefix(prefix.as_str()) {
                *value = Some(rest.trim().to_owned());
                found = true;
            }
        }
        found
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(kept: &mut VecDeque<u8>, bytes: &[u8]) {
    kept.extend(bytes);
    let too_many = kept.len().saturating_sub(KEPT);
    kept.drain(..too_many);
}

/// The last `count` lines of `text` that say something, each cut at 200 characters.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<String> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.trim_end().chars().take(200).collect())
        .collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_comes_in_pieces_is_found() {
        let printed = Printed::new(vec!["PORT=".into()]);
        for piece in ["noise\nPO", "RT=59", "01\r", "\nmore"] {
            assert_eq!(printed.value("PORT="), None);
            printed.take(piece.as_bytes());
        }
        assert_eq!(printed.value("PORT=").as_deref(), Some("5901"));
        assert_eq!(printed.value("OTHER="), None);
    }

    #[tokio::test]
    async fn endless_output_takes_no_more_room() {
        let printed = Printed::new(vec!["PORT=".into()]);
        let noise = "x".repeat(1 << 20);
        printed.follow(noise.as_bytes(), Stream::Output).await;
        printed.take(b"y\nPORT=1\n");
        printed.follow(noise.as_bytes(), Stream::Errors).await;
        assert_eq!(printed.text(Stream::Output).len(), KEPT);
        assert_eq!(printed.text(Stream::Errors).len(), KEPT);
        assert_eq!(printed.lock().line.capacity(), 0);
        assert_eq!(printed.value("PORT=").as_deref(), Some("1"));
        assert!(printed.is_over());
    }

    #[test]
    fn the_last_lines_leave_out_the_empty_ones() {
        assert_eq!(last_lines("a\n\nb\n  \nc\n", 2), "b\nc");
        assert_eq!(last_lines("", 2), "");
    }
}

use std::io::{BufRead, BufReader, PipeReader, Read};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Longer lines are cut, in bytes.
const LONGEST_LINE: u64 = 4096;
/// Lines that are logged in one [`SPAN`]; more are counted only.
const MOST_LINES: u32 = 100;
const SPAN: Duration = Duration::from_secs(10);
/// The most that is kept of what a child prints, in bytes.
const MOST_KEPT: usize = 4096;
/// How long the last words of a child that ended are waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where what a child prints goes: bounded, whatever it prints.
#[derive(Clone, Debug, Default)]
pub(crate) enum Output {
    /// Into the log.
    #[default]
    Logged,
    /// To whoever asks.
    Kept(Printed),
}

/// The first 4 KiB of what a child prints, for whoever tells how it ended.
#[derive(Clone, Debug, Default)]
pub struct Printed {
    kept: Arc<(Mutex<Kept>, Condvar)>,
}

#[derive(Debug, Default)]
struct Kept {
    lines: String,
    /// How many children print still.
    printing: u32,
}

impl Printed {
    /// All of it: call it once the child has ended.
    pub fn text(&self) -> String {
        let (_, ended) = self.kept.as_ref();
        let printing = |kept: &mut Kept| kept.printing > 0;
        let waited = ended.wait_timeout_while(self.locked(), PATIENCE, printing);
        let (kept, _) = waited.unwrap_or_else(PoisonError::into_inner);
        kept.lines.trim_end().to_owned()
    }

    fn add(&self, line: &str) {
        let mut kept = self.locked();
        let left = MOST_KEPT - kept.lines.len();
        let line = &line[..line.floor_char_boundary(left.saturating_sub(1))];
        if left > 1 {
            kept.lines.push_str(line);
            kept.lines.push('\n');
        }
    }

    fn begin(&self) {
        self.locked().printing += 1;
    }

    fn end(&self) {
        self.locked().printing -= 1;
        self.kept.1.notify_all();
    }

    fn locked(&self) -> MutexGuard<'_, Kept> {
        self.kept.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes what a child prints to where it goes, until it ends; then `ended` is called. What comes back hangs up
/// once the last word is told.
pub(crate) fn follow(
    pipe: PipeReader,
    (name, output): (&str, &Output),
    ended: impl FnOnce() + Send + 'static,
) -> Receiver<()> {
    let (telling, told) = mpsc::channel::<()>();
    let (owner, output) = (name.to_owned(), output.clone());
    if let Output::Kept(printed) = &output {
        printed.begin();
    }
    let follower = std::thread::Builder::new().name(format!("words of {name}"));
    let lines = BufReader::new(pipe);
    let printed = output.clone();
    // Without the thread the child's words are lost, and it may block when it prints much; its
    // calls then end by their deadlines.
    let started = follower.spawn(move || {
        match &printed {
            Output::Logged => log(lines, &owner),
            Output::Kept(printed) => keep(lines, printed),
        }
        drop(telling);
        ended();
    });
    if let (Err(_), Output::Kept(printed)) = (started, output) {
        printed.end();
    }
    told
}

fn keep(mut lines: impl BufRead, printed: &Printed) {
    while let Some(line) = next(&mut lines) {
        printed.add(&line);
    }
    printed.end();
}

fn log(mut lines: impl BufRead, name: &str) {
    let (mut since, mut count) = (Instant::now(), 0_u32);
    while let Some(line) = next(&mut lines) {
        if since.elapsed() > SPAN {
            if count > MOST_LINES {
                let more = count - MOST_LINES;
                tracing::warn!(child = name, more, "printed more than is logged");
            }
            (since, count) = (Instant::now(), 0);
        }
        count = count.saturating_add(1);
        if count <= MOST_LINES {
            tracing::warn!(child = name, "{line}");
        }
    }
}

/// The next line, or the next piece of one that is too long.
fn next(lines: &mut impl BufRead) -> Option<String> {
    let mut bytes = vec![];
    match lines.take(LONGEST_LINE).read_until(b'\n', &mut bytes) {
        Ok(0) | Err(_) => None,
        Ok(_) => {
            let text = String::from_utf8_lossy(&bytes);
            Some(
                text.trim_end()
                    .chars()
                    .filter(|c| !c.is_control())
                    .collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_and_cleaned() {
        let long = "x".repeat(5000);
        let text = format!("one\n\u{1b}[31mtwo\n{long}\n");
        let mut lines = text.as_bytes();
        assert_eq!(next(&mut lines).as_deref(), Some("one"));
        assert_eq!(next(&mut lines).as_deref(), Some("[31mtwo"));
        assert_eq!(next(&mut lines).map(|line| line.len()), Some(4096));
        assert_eq!(next(&mut lines).map(|line| line.len()), Some(904));
        assert_eq!(next(&mut lines), None);
    }

    #[test]
    fn the_beginning_of_what_is_printed_is_kept_up_to_the_end_of_it() {
        let printed = Printed::default();
        printed.begin();
        let text = "one\n\ntwo\u{7}\n".to_owned() + &"ü\n".repeat(5000);
        keep(text.as_bytes(), &printed);
        let kept = printed.text();
        assert!(kept.starts_with("one\n\ntwo\nü\n"), "{kept}");
        assert!(kept.len() <= MOST_KEPT && kept.len() > MOST_KEPT - 8);
    }
}

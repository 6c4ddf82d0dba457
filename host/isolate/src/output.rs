use std::io::{BufRead, BufReader, PipeReader, Read};
use std::time::{Duration, Instant};

/// Longer lines are cut, in bytes.
const LONGEST_LINE: u64 = 4096;
/// Lines that are logged in one [`SPAN`]; more are counted only.
const MOST_LINES: u32 = 100;
const SPAN: Duration = Duration::from_secs(10);

/// Writes what a child prints into the log, until it ends: bounded, whatever it prints.
pub(crate) fn follow(pipe: PipeReader, name: &str) {
    let owner = name.to_owned();
    // Without the thread the child's words are lost, and it may block when it prints much; its
    // calls then end by their deadlines.
    let _thread = std::thread::Builder::new()
        .name(format!("words of {name}"))
        .spawn(move || read(BufReader::new(pipe), &owner));
}

fn read(mut lines: impl BufRead, name: &str) {
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
}

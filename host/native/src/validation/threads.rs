//! The threads of this process.

use std::time::{Duration, Instant};

/// How often they are counted.
const PACE: Duration = Duration::from_millis(2);
/// How long their number stays the same until it has settled.
const STILL: Duration = Duration::from_millis(50);
/// How long it may take them to end.
const LONGEST: Duration = Duration::from_secs(1);

/// How many there are once none begins and ends any more; none where they cannot be counted.
pub(super) fn settled() -> Option<usize> {
    let until = Instant::now() + LONGEST;
    let (mut number, mut since) = (count()?, Instant::now());
    while since.elapsed() < STILL && Instant::now() < until {
        std::thread::sleep(PACE);
        let now = count()?;
        if now != number {
            (number, since) = (now, Instant::now());
        }
    }
    Some(number)
}

/// How many there are as soon as there are no more than `most`, or when they had their time to end;
/// none where they cannot be counted.
pub(super) fn at_most(most: usize) -> Option<usize> {
    let until = Instant::now() + LONGEST;
    loop {
        let number = count()?;
        if number <= most || Instant::now() > until {
            return Some(number);
        }
        std::thread::sleep(PACE);
    }
}

fn count() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_thread_that_goes_on_is_counted_however_long_one_waits() {
        let (keep, kept) = channel::<()>();
        let waiting = std::thread::spawn(move || kept.recv());
        assert!(settled().unwrap() >= 2);
        assert!(at_most(0).unwrap() >= 2);
        drop(keep);
        waiting.join().unwrap().unwrap_err();
    }
}

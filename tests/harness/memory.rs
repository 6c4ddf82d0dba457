use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::patience::PACE;

/// How long a process's memory must stay as it is before it counts as idle.
const STEADY: Duration = Duration::from_secs(3);
/// When what still changes is taken as it is.
const LONGEST: Duration = Duration::from_secs(60);

/// The memory of one process, in KiB, as `/proc/ID/smaps_rollup` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Resident: what it shares with others counts in full.
    pub resident: u64,
    /// Its share: what it shares with others is divided among them.
    pub share: u64,
    /// What would be free without it.
    pub private: u64,
}

impl Memory {
    /// As it is now.
    ///
    /// # Errors
    /// When the process has ended or is not ours.
    pub fn of(process: u32) -> Result<Self> {
        let path = format!("/proc/{process}/smaps_rollup");
        let text = std::fs::read_to_string(&path).with_context(|| format!("no {path}"))?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next());
            let number = number.with_context(|| format!("no {name} in {path}"))?;
            anyhow::Ok(number.parse::<u64>()?)
        };
        Ok(Self {
            resident: field("Rss:")?,
            share: field("Pss:")?,
            private: field("Private_Clean:")? + field("Private_Dirty:")?,
        })
    }

    /// As soon as it has stayed the same for three seconds.
    ///
    /// # Errors
    /// As for [`Memory::of`].
    pub fn at_rest(process: u32) -> Result<Self> {
        let began = Instant::now();
        let (mut last, mut since) = (Self::of(process)?, began);
        while since.elapsed() < STEADY && began.elapsed() < LONGEST {
            std::thread::sleep(PACE);
            let now = Self::of(process)?;
            if now.private != last.private {
                since = Instant::now();
            }
            last = now;
        }
        Ok(last)
    }
}

use std::time::{Duration, Instant};

use crate::channel::Channel;
use crate::child::Running;
use crate::process::StartError;

/// Deaths that are further apart than this have nothing to do with each other.
const FORGOTTEN: Duration = Duration::from_secs(60);
/// How long after the second death in a row the next child is started; then twice as long each time.
const FIRST_REST: Duration = Duration::from_millis(100);
const LONGEST_REST: Duration = Duration::from_secs(10);

/// The children of one process, one after the other.
#[derive(Default)]
pub(crate) struct Life {
    running: Option<Running>,
    /// Which child it is, from 1.
    number: u64,
    /// How the last one ended that did.
    ended: Option<(u64, String)>,
    deaths: u32,
    last_death: Option<Instant>,
    not_before: Option<Instant>,
}

impl Life {
    /// The running child's number and a new channel into it; `start` makes a child where there is
    /// none.
    pub(crate) fn channel(
        &mut self,
        start: impl Fn() -> Result<Running, StartError>,
    ) -> Result<(Channel, u64), StartError> {
        if self.running.is_none() {
            self.rest()?;
            self.number += 1;
            match start() {
                Ok(child) => self.running = Some(child),
                Err(error) => {
                    self.note_death();
                    return Err(error);
                }
            }
        }
        let channel = self.running.as_ref().map(Running::channel);
        match channel.unwrap_or_else(|| Err(std::io::Error::other("there is no child"))) {
            Ok(channel) => Ok((channel, self.number)),
            Err(error) => {
                self.died(self.number);
                let message = error.to_string();
                Err(StartError::Greeting { message })
            }
        }
    }

    /// Not so soon again after it died twice.
    fn rest(&self) -> Result<(), StartError> {
        let left = self
            .not_before
            .map(|at| at.saturating_duration_since(Instant::now()));
        match left.filter(|left| !left.is_zero()) {
            Some(left) => Err(StartError::Resting {
                millis: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
                deaths: self.deaths,
            }),
            None => Ok(()),
        }
    }

    /// The `number`th child is dead or has to be: how it ended, if nobody was told yet.
    pub(crate) fn died(&mut self, number: u64) -> Option<String> {
        if number != self.number {
            return None;
        }
        let ending = self.running.take()?.end();
        self.note_death();
        self.ended = Some((number, ending.clone()));
        Some(ending)
    }

    /// How the running child ended, if it has although nobody wanted that.
    pub(crate) fn found_dead(&mut self) -> Option<String> {
        self.running.as_mut()?.ending()?;
        self.died(self.number)
    }

    /// How the `number`th child ended, where it was the last one.
    pub(crate) fn ending_of(&self, number: u64) -> Option<String> {
        let (_, ending) = self.ended.as_ref().filter(|(last, _)| *last == number)?;
        Some(ending.clone())
    }

    fn note_death(&mut self) {
        let now = Instant::now();
        let recent = self.last_death.is_some_and(|at| now - at < FORGOTTEN);
        self.deaths = if recent { self.deaths + 1 } else { 1 };
        self.last_death = Some(now);
        let doublings = self.deaths.saturating_sub(2).min(10);
        let rest = (FIRST_REST * 2_u32.pow(doublings)).min(LONGEST_REST);
        self.not_before = (self.deaths > 1).then(|| now + rest);
    }

    pub(crate) fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }
}

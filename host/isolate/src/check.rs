use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use deskhook_hooks::{Findings, Step};
use deskhook_wire::{FromExtension, Opening, ToExtension};

use crate::channel::{Channel, ChannelError};
use crate::extension::{misplaced, receive};
use crate::process::{Process, StartError, cut};

/// How long a check may say nothing while none of its steps is under way.
const SILENCE: Duration = Duration::from_secs(10);
/// How long a check may take altogether.
const LONGEST: Duration = Duration::from_secs(60);
/// The most steps that are watched at the same time; of more, a child only says that they are.
const MOST_STEPS: usize = 64;

/// Why nothing came of a check.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// There is no child for it.
    #[error("it has no process to run in")]
    Start(#[from] StartError),
    /// The child says why not.
    #[error("{0}")]
    Refused(String),
    /// A step did not come back in its time; the child was ended.
    #[error("{step} did not answer within {} s", limit.as_secs_f64())]
    Late {
        /// Which step.
        step: String,
        /// Its time.
        limit: Duration,
    },
    /// The check as a whole did not come back; the child was ended.
    #[error("it was not done within {} s, and was ended", limit.as_secs_f64())]
    Endless {
        /// Its time.
        limit: Duration,
    },
    /// The child died of it.
    #[error("{}its process died ({ending})", during(.step))]
    Died {
        /// What was under way, where that is known.
        step: Option<String>,
        /// How the process ended.
        ending: String,
    },
    /// The child said what nobody understands, and was ended.
    #[error("its process was ended: {message}")]
    Unfit {
        /// What was wrong.
        message: String,
    },
}

impl CheckError {
    /// How long was waited for something that did not come back.
    pub fn waited(&self) -> Duration {
        match self {
            Self::Late { limit, .. } | Self::Endless { limit } => *limit,
            _ => Duration::ZERO,
        }
    }
}

fn during(step: &Option<String>) -> String {
    let step = step.as_ref().map(|step| format!("{step}: "));
    step.unwrap_or_default()
}

impl Process {
    /// Puts an extension through a check in the child, within a minute. A step of it that does not
    /// come back in its own time ends the child.
    pub fn check(&self, opening: &Opening, name: &str) -> Result<Findings, CheckError> {
        let (mut channel, number) = self.channel(Instant::now())?;
        let order = ToExtension::Check {
            opening: Cow::Borrowed(opening),
            name: Cow::Borrowed(name),
        };
        let mut steps = Steps::new(Instant::now() + LONGEST);
        let unfit = |error: ChannelError| {
            self.end(number, &opening.name);
            let message = error.to_string();
            Err(CheckError::Unfit { message })
        };
        match watched(&mut channel, &order, &mut steps) {
            Ok(FromExtension::Checked(findings)) => Ok(readable(findings)),
            Ok(FromExtension::Refused { message }) => Err(CheckError::Refused(cut(message))),
            Ok(other) => unfit(misplaced(&other)),
            Err(ChannelError::Late) => {
                self.end(number, &opening.name);
                Err(steps.late())
            }
            Err(ChannelError::Closed) => Err(CheckError::Died {
                step: steps.names(),
                ending: self.died(number, &opening.name).1,
            }),
            Err(error) => unfit(error),
        }
    }
}

/// Gives the order and listens to the steps, up to what the child says in the end.
fn watched(
    channel: &mut Channel,
    order: &ToExtension<'_>,
    steps: &mut Steps,
) -> Result<FromExtension, ChannelError> {
    channel.send(order, Some(steps.until()))?;
    loop {
        match receive(channel, steps.until())? {
            FromExtension::Step(step) => steps.note(step),
            last => return Ok(last),
        }
    }
}

fn readable(findings: Findings) -> Findings {
    Findings {
        problems: findings.problems.into_iter().map(cut).collect(),
        notes: findings.notes.into_iter().map(cut).collect(),
    }
}

/// The steps of a check that are under way.
struct Steps {
    running: BTreeMap<u64, Running>,
    /// When the whole check has to be over.
    end: Instant,
}

struct Running {
    what: String,
    limit: Duration,
    deadline: Instant,
}

impl Steps {
    fn new(end: Instant) -> Self {
        let running = BTreeMap::new();
        Self { running, end }
    }

    fn note(&mut self, step: Step) {
        match step {
            Step::Begun {
                number,
                what,
                limit_micros,
            } if self.running.len() < MOST_STEPS => {
                let limit = Duration::from_micros(limit_micros).min(LONGEST);
                let step = Running {
                    what: cut(what),
                    limit,
                    deadline: Instant::now() + limit,
                };
                self.running.insert(number, step);
            }
            Step::Begun { .. } => {}
            Step::Finished { number } => drop(self.running.remove(&number)),
        }
    }

    fn next(&self) -> Option<&Running> {
        self.running.values().min_by_key(|step| step.deadline)
    }

    /// How long the next frame is waited for.
    fn until(&self) -> Instant {
        let next = self.next().map(|step| step.deadline);
        next.unwrap_or_else(|| Instant::now() + SILENCE)
            .min(self.end)
    }

    /// What is under way, in words.
    fn names(&self) -> Option<String> {
        let names: BTreeSet<&str> = self.running.values().map(|it| it.what.as_str()).collect();
        let names: Vec<&str> = names.into_iter().collect();
        (!names.is_empty()).then(|| names.join(", or "))
    }

    /// What to say when nothing came until [`Steps::until`].
    fn late(self) -> CheckError {
        match self.next().filter(|step| step.deadline <= self.end) {
            Some(step) => CheckError::Late {
                step: step.what.clone(),
                limit: step.limit,
            },
            None if self.end > Instant::now() => CheckError::Endless { limit: SILENCE },
            None => CheckError::Endless { limit: LONGEST },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(number: u64, millis: u64) -> Step {
        Step::Begun {
            number,
            what: format!("call {number}"),
            limit_micros: millis * 1000,
        }
    }

    #[test]
    fn the_step_whose_time_is_over_first_is_named() {
        let mut steps = Steps::new(Instant::now() + LONGEST);
        for step in [begun(1, 500), begun(2, 20), begun(3, 10)] {
            steps.note(step);
        }
        steps.note(Step::Finished { number: 3 });
        assert_eq!(steps.names().as_deref(), Some("call 1, or call 2"));
        assert_eq!(
            steps.late().to_string(),
            "call 2 did not answer within 0.02 s"
        );
    }

    #[test]
    fn a_check_between_its_steps_and_one_without_end_are_told_apart() {
        let told = |end: Instant| Steps::new(end).late().to_string();
        assert!(told(Instant::now() + LONGEST).contains("within 10 s"));
        assert!(told(Instant::now()).contains("within 60 s"));
        let mut steps = Steps::new(Instant::now());
        steps.note(begun(1, 5000));
        assert!(steps.late().to_string().contains("within 60 s"));
    }

    #[test]
    fn a_flood_of_steps_takes_no_more_memory_than_few() {
        let mut steps = Steps::new(Instant::now() + LONGEST);
        for number in 0..10_000 {
            steps.note(begun(number, 1000));
        }
        assert_eq!(steps.running.len(), MOST_STEPS);
    }
}

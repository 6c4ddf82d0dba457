use std::time::Duration;

use deskhook_hooks::{Hook, Timer};
use deskhook_session::Moment;
use tokio::task::JoinHandle;

use crate::agent::Loop;
use crate::chains;
use crate::perform::request_all;

/// The shortest and the longest time between two calls of one timer, in seconds: a device is not
/// kept awake by what a manifest says.
const SHORTEST: u32 = 10;
const LONGEST: u32 = 24 * 60 * 60;

/// When the extensions of the current generation want their `timer` called next.
#[derive(Default)]
pub(crate) struct Timers {
    alarms: Vec<Alarm>,
}

struct Alarm {
    /// The extension's name.
    name: String,
    every: Duration,
    due: Moment,
    /// The last call, which may still run.
    call: Option<JoinHandle<()>>,
}

impl Timers {
    /// Takes over the timers of a new generation: names and seconds. One that was there with the
    /// same interval keeps its turn: what is loaded again and again would never be called else.
    pub(crate) fn follow(&mut self, now: Moment, wanted: Vec<(String, u32)>) {
        let mut before = std::mem::take(&mut self.alarms);
        let alarm = |(name, seconds): (String, u32)| {
            let every = Duration::from_secs(seconds.clamp(SHORTEST, LONGEST).into());
            let same = |known: &Alarm| known.name == name && known.every == every;
            match before.iter().position(same) {
                Some(at) => before.swap_remove(at),
                None => Alarm {
                    name,
                    every,
                    due: now.after(every),
                    call: None,
                },
            }
        };
        self.alarms = wanted.into_iter().map(alarm).collect();
    }

    /// When the next one is due.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.alarms.iter().map(|alarm| alarm.due).min()
    }

    /// Makes a call for each one that is due: one, however late it is, and none while its last one
    /// still runs.
    pub(crate) fn ring(&mut self, now: Moment, call: impl Fn(&str) -> JoinHandle<()>) {
        for alarm in self.alarms.iter_mut().filter(|alarm| alarm.due <= now) {
            alarm.due = now.after(alarm.every);
            if alarm.call.as_ref().is_none_or(JoinHandle::is_finished) {
                alarm.call = Some(call(&alarm.name));
            }
        }
    }
}

impl Loop {
    /// Calls the timers that are due, each extension alone, in the background.
    pub(crate) fn ring_timers(&mut self) {
        let now = self.now();
        let (chains, wakes) = (&self.chains, &self.wakes);
        self.timers.ring(now, |name| {
            let name = name.to_owned();
            let call = chains.call(Hook::Timer, Timer { name: name.clone() });
            let (chain, wakes) = (chains.current(), wakes.clone());
            tokio::spawn(async move {
                request_all(chains::observe_alone(chain, name, call).await, &wakes).await;
            })
        });
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// Who is called at `second`; the calls never end.
    fn called(timers: &mut Timers, second: u64) -> Vec<String> {
        let called = RefCell::default();
        timers.ring(Moment(second * 1000), |name| {
            let called: &RefCell<Vec<String>> = &called;
            called.borrow_mut().push(name.to_owned());
            tokio::spawn(std::future::pending())
        });
        called.into_inner()
    }

    fn wanted(seconds: &[(&str, u32)]) -> Vec<(String, u32)> {
        let owned = |(name, seconds): &(&str, u32)| ((*name).to_owned(), *seconds);
        seconds.iter().map(owned).collect()
    }

    #[tokio::test]
    async fn each_extension_is_called_at_its_own_interval_and_never_more_often_than_each_10_s() {
        let mut timers = Timers::default();
        timers.follow(Moment(0), wanted(&[("hasty", 0), ("calm", 60)]));
        assert_eq!(timers.next(), Some(Moment(10_000)));
        assert!(called(&mut timers, 9).is_empty());
        assert_eq!(called(&mut timers, 10), ["hasty"]);
        assert_eq!(
            called(&mut timers, 60),
            ["calm"],
            "the other one still runs"
        );
        assert_eq!(timers.next(), Some(Moment(70_000)));
    }

    #[tokio::test]
    async fn what_was_missed_is_made_up_for_once() {
        let mut timers = Timers::default();
        timers.follow(Moment(0), wanted(&[("one", 10)]));
        let ended = |_: &str| tokio::spawn(async {});
        timers.ring(Moment(3_600_000), ended);
        assert_eq!(timers.next(), Some(Moment(3_610_000)));
        tokio::task::yield_now().await;
        assert_eq!(called(&mut timers, 3610), ["one"]);
    }

    #[tokio::test]
    async fn a_new_generation_has_its_own_timers_and_the_same_one_keeps_its_turn() {
        let mut timers = Timers::default();
        timers.follow(
            Moment(0),
            wanted(&[("kept", 10), ("slower", 10), ("gone", 10)]),
        );
        timers.follow(
            Moment(9_000),
            wanted(&[("kept", 10), ("slower", 20), ("new", 10)]),
        );
        assert_eq!(called(&mut timers, 10), ["kept"]);
        assert_eq!(called(&mut timers, 19), ["new"]);
        assert_eq!(called(&mut timers, 29), ["slower"]);
    }
}

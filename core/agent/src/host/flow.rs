use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use deskhook_hooks::{ExtensionRequest, HostCall};

/// What a package may send in a stream: so much at once, and so much more a second. A limit on the
/// time of a call does not keep it from thousands of lines, and every call begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stream {
    /// Lines of the log.
    Log,
    /// Values kept, each of which the disk writes for good.
    Store,
    /// Requests to the agent, some of which a person sees.
    Request,
    /// Requests for a session: each that is refused is an entry of the record.
    Start,
    /// HTTP requests and programs.
    Work,
}

impl Stream {
    fn of(call: &HostCall) -> Option<Self> {
        match call {
            HostCall::Log { .. } => Some(Self::Log),
            HostCall::StoreSet { .. } => Some(Self::Store),
            HostCall::Request(ExtensionRequest::StartSession { .. }) => Some(Self::Start),
            HostCall::Request(_) => Some(Self::Request),
            HostCall::Http { .. } | HostCall::Exec { .. } => Some(Self::Work),
            HostCall::Fact { .. }
            | HostCall::Policy { .. }
            | HostCall::ReadFile { .. }
            | HostCall::Environment { .. }
            | HostCall::StoreGet { .. } => None,
        }
    }

    /// How many at once, and how many a second.
    fn rate(self) -> (f64, f64) {
        match self {
            Self::Log => (200.0, 20.0),
            Self::Store => (64.0, 4.0),
            Self::Request => (16.0, 1.0),
            Self::Start => (4.0, 1.0 / 60.0),
            Self::Work => (32.0, 4.0),
        }
    }

    /// The second of them, in words.
    fn pace(self) -> String {
        let (_, a_second) = self.rate();
        if a_second < 1.0 {
            format!("{} a minute", (a_second * 60.0).round())
        } else {
            format!("{a_second} a second")
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Log => "lines of the log",
            Self::Store => "values kept",
            Self::Request => "requests to the agent",
            Self::Start => "requests for a session",
            Self::Work => "HTTP requests and programs",
        }
    }
}

/// A call that is one too many.
#[derive(Debug, thiserror::Error)]
#[error("too many {}: at most {} at once and {}", .stream.name(), .stream.rate().0, .stream.pace())]
pub(super) struct Overflow {
    pub(super) stream: Stream,
    /// The first since the last that was let through.
    pub(super) is_first: bool,
}

/// What is left of the streams of every package.
#[derive(Default)]
pub(super) struct Flows {
    levels: Mutex<BTreeMap<(String, Stream), Level>>,
}

struct Level {
    left: f64,
    since: Instant,
    overflows: bool,
}

impl Flows {
    /// Lets a call of `package` through at `now`, or not.
    pub(super) fn pass(
        &self,
        package: &str,
        call: &HostCall,
        now: Instant,
    ) -> Result<(), Overflow> {
        let Some(stream) = Stream::of(call) else {
            return Ok(());
        };
        let (at_once, a_second) = stream.rate();
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let level = levels.entry((package.to_owned(), stream));
        let level = level.or_insert(Level {
            left: at_once,
            since: now,
            overflows: false,
        });
        let more = now.saturating_duration_since(level.since).as_secs_f64() * a_second;
        (level.left, level.since) = ((level.left + more).min(at_once), now);
        if level.left >= 1.0 {
            level.left -= 1.0;
            level.overflows = false;
            return Ok(());
        }
        let is_first = !std::mem::replace(&mut level.overflows, true);
        Err(Overflow { stream, is_first })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use deskhook_hooks::LogLevel;

    use super::*;

    fn line() -> HostCall {
        HostCall::Log {
            level: LogLevel::Info,
            message: "again".to_owned(),
        }
    }

    #[test]
    fn a_flood_is_held_and_told_once_and_goes_on_later() {
        let (flows, now) = (Flows::default(), Instant::now());
        let passed = |now| {
            (0..1000)
                .filter(|_| flows.pass("a", &line(), now).is_ok())
                .count()
        };
        assert_eq!(passed(now), 200);
        assert_eq!(passed(now + Duration::from_secs(1)), 20);
        let later = now + Duration::from_secs(3600);
        assert_eq!(passed(later), 200, "what was not used is not saved up");
        let firsts = (0..10).filter(|_| {
            let held = flows.pass("a", &line(), later).unwrap_err();
            held.is_first
        });
        assert_eq!(firsts.count(), 0, "told when it began");
        assert!(
            flows.pass("b", &line(), later).is_ok(),
            "a package pays for its own"
        );
    }

    #[test]
    fn each_stream_has_a_rate_of_its_own() {
        let (flows, now) = (Flows::default(), Instant::now());
        let request = HostCall::Request(ExtensionRequest::RefreshTray {});
        let passed = (0..100).filter(|_| flows.pass("a", &request, now).is_ok());
        assert_eq!(passed.count(), 16);
        assert!(flows.pass("a", &line(), now).is_ok());
        let start = HostCall::Request(ExtensionRequest::StartSession {
            reason: None,
            ticket: None,
        });
        let passed = (0..100).filter(|_| flows.pass("a", &start, now).is_ok());
        assert_eq!(passed.count(), 4);
        let said = flows.pass("a", &start, now).unwrap_err().to_string();
        assert!(said.ends_with("at most 4 at once and 1 a minute"), "{said}");
        let said = flows.pass("a", &request, now).unwrap_err().to_string();
        assert_eq!(
            said,
            "too many requests to the agent: at most 16 at once and 1 a second"
        );
    }
}

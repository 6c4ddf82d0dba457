use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use deskhook_hooks::{HostCall, HostError, HostPort, HostReply, LogLevel};
use deskhook_policy::{Language, LocalText};

/// How long a plugin's own thread waits for the host while no hook runs.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a line of a plugin that is gone waits for the host.
const LAST_WORDS: Duration = Duration::from_millis(50);
/// Lines of the log that are kept before there is a way to the host.
const MOST_LINES: usize = 64;
/// Texts that are remembered as not there.
const MOST_LACKING: usize = 64;
/// Bytes of a line of the log.
const LONGEST_LINE: usize = 4 << 10;

/// A plugin's way to its host: of the call that runs, or of the last one.
#[derive(Default)]
pub(crate) struct Port {
    state: Mutex<State>,
    texts: BTreeMap<String, LocalText>,
    folder: Option<String>,
}

#[derive(Default)]
struct State {
    way: Option<HostPort>,
    ends: Option<Instant>,
    language: String,
    lines: Vec<HostCall>,
    lacking: BTreeSet<String>,
}

/// A call that runs; over when dropped.
pub(crate) struct Running<'a>(&'a Port);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.locked().ends = None;
    }
}

impl Port {
    /// A port of a plugin with these texts and this folder.
    pub(crate) fn of(texts: BTreeMap<String, LocalText>, folder: Option<&Path>) -> Self {
        let folder = folder.and_then(Path::to_str).map(str::to_owned);
        Self {
            state: Mutex::default(),
            texts,
            folder,
        }
    }

    /// A text of the plugin's, in the language of whoever was asked for last.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let mut state = self.locked();
        let language = Language::parse(&state.language);
        let text = self.texts.get(key).and_then(|text| text.get(&language));
        if text.is_none() && state.lacking.len() < MOST_LACKING {
            state.lacking.insert(key.to_owned());
        }
        text.map(str::to_owned)
    }

    /// The texts that were asked for and are not there.
    pub(crate) fn lacking(&self) -> BTreeSet<String> {
        self.locked().lacking.clone()
    }

    pub(crate) fn folder(&self) -> Option<&str> {
        self.folder.as_deref()
    }

    /// From here on, until the guard is dropped, a call with this limit runs for somebody who speaks
    /// `language`.
    pub(crate) fn begin(&self, limit: Duration, (way, language): (&HostPort, &str)) -> Running<'_> {
        let lines = {
            let mut state = self.locked();
            state.way = Some(way.clone());
            state.ends = Some(Instant::now() + limit);
            language.clone_into(&mut state.language);
            std::mem::take(&mut state.lines)
        };
        // A log that nobody reads is no reason to fail, nor to wait for each line.
        let _ = lines
            .into_iter()
            .try_for_each(|line| self.ask(line).map(|_| ()));
        Running(self)
    }

    /// The plugin is gone: no thread of it may ask any more, and the host may go too. Its last lines go to the
    /// host where that still listens, or else to where this process's own words go.
    pub(crate) fn close(&self) {
        let (way, lines) = {
            let mut state = self.locked();
            (state.way.take(), std::mem::take(&mut state.lines))
        };
        let mut listening = way.is_some();
        for line in lines {
            let tell = |way: &HostPort| way.ask(line.clone(), LAST_WORDS).is_ok();
            listening = listening && way.as_ref().is_some_and(tell);
            if let (HostCall::Log { level, message }, false) = (&line, listening) {
                // Whoever follows this process's words may be gone as well.
                let _ = writeln!(
                    std::io::stderr(),
                    "{}: {message}",
                    format!("{level:?}").to_lowercase()
                );
            }
        }
    }

    /// How long somebody waits for the call that runs; none where none runs.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        let ends = self.locked().ends;
        ends.map(|ends| ends.saturating_duration_since(Instant::now()))
    }

    pub(crate) fn ask(&self, call: HostCall) -> HostReply {
        let patience = self.remaining().unwrap_or(PATIENCE);
        let way = self.locked().way.clone();
        way.map_or(Err(HostError::NoAnswer), |way| way.ask(call, patience))
    }

    pub(crate) fn log(&self, level: LogLevel, line: &str) -> HostReply {
        let message = cut(line).to_owned();
        let call = HostCall::Log { level, message };
        let mut state = self.locked();
        // Between two calls nobody may be listening: the next one takes the line along.
        if state.way.is_some() && state.ends.is_some() {
            drop(state);
            return self.ask(call);
        }
        if state.lines.len() < MOST_LINES {
            state.lines.push(call);
        }
        Ok(serde_json::Value::Null)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cut(line: &str) -> &str {
    &line[..line.floor_char_boundary(LONGEST_LINE)]
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{TryRecvError, channel};

    use super::*;

    #[test]
    fn a_closed_port_keeps_no_host_alive() {
        let (questions, inbox) = channel();
        let port = Port::default();
        drop(port.begin(Duration::ZERO, (&HostPort::new("plugin", questions), "en")));
        assert!(matches!(inbox.try_recv(), Err(TryRecvError::Empty)));
        port.close();
        assert!(matches!(inbox.try_recv(), Err(TryRecvError::Disconnected)));
    }
}

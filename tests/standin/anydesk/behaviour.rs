//! How the stand-in behaves, from `standin.conf`: `key=value` lines, as in the real client's files.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

/// How the stand-in behaves.
pub(crate) struct Behaviour {
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Its number, of 9 or 10 digits.
    pub(crate) id: String,
    /// Its alias; only an installed client has one.
    pub(crate) alias: Option<String>,
    /// How long after its start it has no number yet, and answers with nothing.
    pub(crate) ready_after: Duration,
    /// What goes wrong.
    pub(crate) fault: Option<Fault>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never gets a number: every answer is empty.
    NeverReady,
    /// It starts, and dies of a signal once it is ready.
    CrashesAfterStart,
    /// It ends before it does anything.
    ExitsAtOnce,
    /// It answers with what is no number.
    PrintsGarbage,
    /// It takes questions and never answers.
    Hangs,
    /// It answers `0` until it has a number.
    ZeroUntilReady,
}

const FAULTS: &[(&str, Fault)] = &[
    ("never-ready", Fault::NeverReady),
    ("crashes-after-start", Fault::CrashesAfterStart),
    ("exits-at-once", Fault::ExitsAtOnce),
    ("prints-garbage", Fault::PrintsGarbage),
    ("hangs", Fault::Hangs),
    ("zero-until-ready", Fault::ZeroUntilReady),
];

impl Behaviour {
    /// Reads it; where there is no file, a healthy client that is ready at once.
    pub(crate) fn read() -> Result<Self, String> {
        let home = std::env::var_os("HOME").ok_or("HOME is not set")?;
        let folder = PathBuf::from(home).join(".anydesk");
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let text = match fs::read_to_string(folder.join("standin.conf")) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.to_string()),
        };
        let mut behaviour = Self {
            folder,
            id: "123456789".to_owned(),
            alias: None,
            ready_after: Duration::ZERO,
            fault: None,
        };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (key, value) = line
                .split_once('=')
                .ok_or_else(|| format!("no `=` in {line}"))?;
            behaviour.set(key.trim(), value.trim())?;
        }
        Ok(behaviour)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "id" => value.clone_into(&mut self.id),
            "alias" => self.alias = Some(value.to_owned()),
            "ready-after-ms" => {
                let millis = value.parse().map_err(|_| format!("{value} is no number"))?;
                self.ready_after = Duration::from_millis(millis);
            }
            "fault" => {
                let fault = FAULTS.iter().find(|(name, _)| *name == value);
                self.fault = Some(fault.ok_or_else(|| format!("no such fault: {value}"))?.1);
            }
            _ => return Err(format!("no such key: {key}")),
        }
        Ok(())
    }
}

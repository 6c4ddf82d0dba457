use std::path::PathBuf;
use std::time::Duration;

use deskhook_abi::host::{
    Calls, Cancel, Facts, Folder, LOG_DEBUG, LOG_ERROR, LOG_INFO, LOG_WARN, Log, Policy, Requests,
    Store, Translations,
};
use deskhook_abi::{
    self as abi, NO_ANSWER, NOT_FOUND, NOT_GRANTED, Named, OK, Prefixed, Sink, Status, Text,
};

use crate::sink::Draft;
use crate::{Json, Request};

/// The host of a plugin: what it offers, on any thread, for the rest of the process. Outside a
/// hook the host answers too, once the first hook ran.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    raw: *const abi::Host,
}

// SAFETY: by the interface all functions of a host may be called on any thread, and the host
// lives as long as the process.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

/// How loud a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For the author.
    Debug,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warn,
    /// Broken.
    Error,
}

/// Why the host did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostError {
    /// The organisation's policy grants this plugin no such capability.
    NotGranted(String),
    /// Nobody answered in time, or nobody is there.
    NoAnswer,
    /// This host does not offer it at all.
    NotOffered(&'static str),
    /// It was tried and failed.
    Failed(String),
}

impl std::fmt::Display for HostError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotGranted(why) | Self::Failed(why) => f.write_str(why),
            Self::NoAnswer => f.write_str("the host did not answer in time"),
            Self::NotOffered(id) => write!(f, "this host does not offer {id}"),
        }
    }
}

impl std::error::Error for HostError {}

type Get = unsafe extern "C" fn(*const abi::Host, Text, *const Sink, *const Sink) -> Status;

impl Host {
    /// A handle of the host that a plugin was given.
    ///
    /// # Safety
    /// `raw` is a host of this interface that lives for the rest of the process.
    pub(crate) unsafe fn of(raw: *const abi::Host) -> Self {
        Self { raw }
    }

    /// Writes a line to the agent's log.
    pub fn log(self, level: Level, line: &str) {
        let level = match level {
            Level::Debug => LOG_DEBUG,
            Level::Info => LOG_INFO,
            Level::Warn => LOG_WARN,
            Level::Error => LOG_ERROR,
        };
        if let Ok(Log {
            write: Some(write), ..
        }) = self.offer("deskhook.host.log/1")
        {
            // SAFETY: the host's own function; a log that fails is no reason to fail.
            let _ = unsafe { write(self.raw, level, Text::new(line)) };
        }
    }

    /// A fact of the device; none where there is no such fact. Needs `facts:NAME`.
    pub fn fact(self, name: &str) -> Result<Option<Json>, HostError> {
        let id = "deskhook.host.facts/1";
        let get = self
            .offer::<Facts>(id)?
            .get
            .ok_or(HostError::NotOffered(id))?;
        self.get(get, name)
    }

    /// The effective value of a policy key; none where the policy is silent. Needs `policy:KEY`.
    pub fn policy(self, key: &str) -> Result<Option<Json>, HostError> {
        let id = "deskhook.host.policy/1";
        let get = self
            .offer::<Policy>(id)?
            .get
            .ok_or(HostError::NotOffered(id))?;
        self.get(get, key)
    }

    /// A value that this plugin kept; none where there is none.
    pub fn kept(self, key: &str) -> Result<Option<Json>, HostError> {
        let id = "deskhook.host.store/1";
        let get = self
            .offer::<Store>(id)?
            .get
            .ok_or(HostError::NotOffered(id))?;
        self.get(get, key)
    }

    /// Keeps a value, at most 64 KiB; `null` forgets it.
    pub fn keep(self, key: &str, value: &Json) -> Result<(), HostError> {
        let id = "deskhook.host.store/1";
        let set = self
            .offer::<Store>(id)?
            .set
            .ok_or(HostError::NotOffered(id))?;
        let (key, value) = (Text::new(key), Text::new(value.as_text()));
        // SAFETY: the host's own function; all that is passed lives during the call.
        done(|error| unsafe { set(self.raw, key, value, error) })
    }

    /// Asks the agent to do something; the agent decides.
    pub fn request(self, request: &Request) -> Result<(), HostError> {
        let id = "deskhook.host.request/1";
        let send = self
            .offer::<Requests>(id)?
            .send
            .ok_or(HostError::NotOffered(id))?;
        let json = request.json();
        // SAFETY: the host's own function; all that is passed lives during the call.
        done(|error| unsafe { send(self.raw, Text::new(&json), error) })
    }

    /// What the agent does for a plugin after it looked at the grant, as JSON in and out: see
    /// `deskhook_host_calls` in the header. None where there is no such value.
    pub fn call(self, request: &Json) -> Result<Option<Json>, HostError> {
        let id = "deskhook.host.call/1";
        let send = self
            .offer::<Calls>(id)?
            .send
            .ok_or(HostError::NotOffered(id))?;
        self.get(send, request.as_text())
    }

    /// Sends a GET request; the status and the body. Needs `net:HOST`.
    pub fn http_get(self, url: &str) -> Result<(u16, String), HostError> {
        let url = Json::of_text(url);
        let request = format!(
            r#"{{"call":"http","method":"GET","url":{}}}"#,
            url.as_text()
        );
        let answer = self.call(&Json::new(request))?.unwrap_or_else(Json::null);
        let status = answer.field("status").and_then(|it| it.as_f64());
        let body = answer.field("body").and_then(|it| it.as_string());
        match (status, body) {
            // A status has three digits.
            (Some(status), Some(body)) => Ok((status as u16, body)),
            _ => Err(HostError::Failed(
                "the host's answer is none of HTTP".to_owned(),
            )),
        }
    }

    /// Reads a text file of at most 256 KiB. Needs `fs.read:PATH`.
    pub fn read_file(self, path: &str) -> Result<String, HostError> {
        let path = Json::of_text(path);
        let request = format!(r#"{{"call":"read-file","path":{}}}"#, path.as_text());
        let answer = self.call(&Json::new(request))?;
        let text = answer.and_then(|text| text.as_string());
        text.ok_or_else(|| HostError::Failed("the host's answer is no text".to_owned()))
    }

    /// A text of the manifest in the person's language, `{name}` in it replaced by the value of that
    /// name in `values`, a JSON object; none where the manifest has no such text.
    pub fn text(self, key: &str, values: &Json) -> Result<Option<String>, HostError> {
        let id = "deskhook.host.text/1";
        let get = self
            .offer::<Translations>(id)?
            .get
            .ok_or(HostError::NotOffered(id))?;
        let value = Draft::default();
        let sink = value.sink();
        let (key, values) = (Text::new(key), Text::new(values.as_text()));
        // SAFETY: the host's own function; all that is passed lives during the call.
        let got = told(|error| unsafe { get(self.raw, key, values, &raw const sink, error) });
        match got {
            Ok(()) => Ok(Some(value.finish())),
            Err((NOT_FOUND, _)) => Ok(None),
            Err((status, why)) => Err(refusal(status, why)),
        }
    }

    /// The folder of this plugin's own, for files; none where this host has none for it.
    pub fn folder(self) -> Result<Option<PathBuf>, HostError> {
        let id = "deskhook.host.folder/1";
        let path = self
            .offer::<Folder>(id)?
            .path
            .ok_or(HostError::NotOffered(id))?;
        let value = Draft::default();
        let sink = value.sink();
        // SAFETY: the host's own function; all that is passed lives during the call.
        match unsafe { path(self.raw, &raw const sink) } {
            OK => Ok(Some(PathBuf::from(value.finish()))),
            NOT_FOUND => Ok(None),
            status => Err(refusal(status, String::new())),
        }
    }

    /// How long somebody still waits for the hook that runs; nothing where nobody does, and
    /// where the host cannot tell, for ever.
    pub fn remaining(self) -> Duration {
        match self.offer("deskhook.host.cancel/1") {
            Ok(Cancel {
                remaining_millis: Some(remaining),
                ..
            }) => {
                // SAFETY: the host's own function.
                Duration::from_millis(unsafe { remaining(self.raw) })
            }
            _ => Duration::MAX,
        }
    }

    /// Whether nobody waits any more for the hook that runs.
    pub fn is_cancelled(self) -> bool {
        self.remaining().is_zero()
    }

    fn get(self, get: Get, name: &str) -> Result<Option<Json>, HostError> {
        let value = Draft::default();
        let sink = value.sink();
        // SAFETY: the host's own function; all that is passed lives during the call.
        let got = told(|error| unsafe { get(self.raw, Text::new(name), &raw const sink, error) });
        match got {
            Ok(()) => Ok(Some(Json::new(value.finish()))),
            Err((NOT_FOUND, _)) => Ok(None),
            Err((status, why)) => Err(refusal(status, why)),
        }
    }

    fn offer<T: Prefixed>(self, id: &'static str) -> Result<T, HostError> {
        let missing = HostError::NotOffered(id);
        // SAFETY: the host lives for ever and says its size.
        let Ok(abi::Host {
            get_extension: Some(get),
            ..
        }) = (unsafe { abi::read(self.raw) })
        else {
            return Err(missing);
        };
        // SAFETY: the host's own function.
        let found = unsafe { get(self.raw, Text::new(id)) };
        // SAFETY: by the interface that id is answered with null or a struct of this type.
        unsafe { abi::read(found.cast::<T>()) }.map_err(|_| missing)
    }
}

fn told(act: impl FnOnce(*const Sink) -> Status) -> Result<(), (Status, String)> {
    let error = Draft::default();
    let sink = error.sink();
    match act(&raw const sink) {
        OK => Ok(()),
        status => Err((status, error.finish())),
    }
}

fn done(act: impl FnOnce(*const Sink) -> Status) -> Result<(), HostError> {
    told(act).map_err(|(status, why)| refusal(status, why))
}

fn refusal(status: Status, why: String) -> HostError {
    match status {
        NOT_GRANTED => HostError::NotGranted(why),
        NO_ANSWER => HostError::NoAnswer,
        status if why.is_empty() => {
            HostError::Failed(format!("the host failed with {}", Named(status)))
        }
        _ => HostError::Failed(why),
    }
}

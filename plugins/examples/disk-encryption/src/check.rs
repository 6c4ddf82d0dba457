use std::path::Path;

use deskhook_sdk::{Failure, Fields, Hook, Host, Json, Plugin, SessionRequest, Verdict};

use crate::settings::{self, Require};
use crate::state::{Protection, State};
use crate::{linux, vendor};

/// The check, and what the device's state says of it.
pub struct DiskEncryption {
    /// What was seen last; asking a vendor's program takes longer than a state may take.
    seen: Option<State>,
}

impl Plugin for DiskEncryption {
    const ID: &'static str = "org.deskhook.disk-encryption";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const ABI_MINOR: u16 = 1;
    const HOOKS: &'static [Hook] = &[Hook::SessionRequest, Hook::StateCollect];

    fn new(_: Host) -> Result<Self, Failure> {
        Ok(Self { seen: None })
    }

    fn session_request(
        &mut self,
        asked: &SessionRequest<'_>,
        host: Host,
    ) -> Result<Verdict, Failure> {
        let require = settings::require(host)?;
        if require == Require::Off {
            return Ok(Verdict::Abstain);
        }
        let state = look(asked.context.device.os, host)?;
        self.seen = Some(state.clone());
        judge(require, &state, host)
    }

    fn state_collect(&mut self, input: &str, host: Host) -> Result<Option<Fields>, Failure> {
        let os = Json::new(input)
            .field("device")
            .and_then(|it| it.field("os"));
        let os = os.and_then(|os| os.as_string()).unwrap_or_default();
        let state = match self.seen.take().filter(|_| os != "linux") {
            Some(seen) => seen,
            None => look(&os, host)?,
        };
        let fields = Fields::new()
            .text("disk-encryption", state.protection.word())
            .text("disk-encryption-detail", &cut(&state.detail));
        self.seen = Some(state).filter(|state| state.protection != Protection::Unknown);
        Ok(Some(fields))
    }
}

fn look(os: &str, host: Host) -> Result<State, Failure> {
    Ok(match os {
        "linux" => {
            let states = settings::paths(host)?;
            let states = states.iter().map(|path| linux::look(Path::new("/"), path));
            State::worst(states.collect())
        }
        "macos" => vendor::file_vault(host),
        "windows" => vendor::bit_locker(host),
        other => State::unknown(format!("disks of {other:?} are not known here")),
    })
}

fn judge(require: Require, state: &State, host: Host) -> Result<Verdict, Failure> {
    let (code, key) = match state.protection {
        Protection::On => return Ok(Verdict::Allow),
        Protection::Off => ("disk-not-encrypted", "plain"),
        Protection::Unknown => ("disk-encryption-unknown", "unknown"),
    };
    let message = text(host, key, &state.detail)?;
    if require == Require::Deny {
        return Ok(Verdict::deny(code, message));
    }
    let (title, anyway) = (text(host, "title", "")?, text(host, "anyway", "")?);
    Ok(Verdict::ask(title, format!("{message} {anyway}")))
}

fn text(host: Host, key: &str, detail: &str) -> Result<String, Failure> {
    let values = serde_json::json!({ "detail": cut(detail) }).to_string();
    let text = host.text(key, &Json::new(values))?;
    text.ok_or_else(|| Failure::new(format!("the manifest has no text {key:?}")))
}

/// A field takes 1 KiB, and nobody reads as much.
fn cut(detail: &str) -> String {
    detail[..detail.floor_char_boundary(400)].to_owned()
}

#[cfg(test)]
mod tests;

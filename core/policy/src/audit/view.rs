use std::sync::Arc;

use serde_json::Value;

use super::deviation::Deviation;
use crate::{AnyDeskClient, Direction, Policy, Provenance, Resolved, Setting};

/// The section that describes the organisation's AnyDesk client.
const CLIENT: &str = "Integration.AnyDesk.Client";

/// The policy of one audience, with who set what.
pub(super) struct View<'r> {
    pub(super) policy: &'r Policy,
    provenance: &'r Provenance,
}

/// What a missing key is missed beside.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    /// What enables the client, whatever its direction is.
    Client,
    /// What makes it a supporter's client.
    Direction,
}

impl<'r> View<'r> {
    pub(super) fn new(resolved: &'r Resolved) -> Self {
        Self {
            policy: &resolved.policy,
            provenance: &resolved.provenance,
        }
    }

    /// What sets `key`.
    pub(super) fn winner(&self, key: &str) -> Option<&'r Setting> {
        self.provenance.get(key)?.winner.as_ref()
    }

    /// Whether `key` is true.
    pub(super) fn is_on(&self, key: &str) -> bool {
        self.policy.get(key) == Some(&Value::Bool(true))
    }

    /// The organisation's AnyDesk client, where one is enabled or described.
    pub(super) fn client(&self) -> Option<&'r AnyDeskClient> {
        self.anchor(Anchor::Client).map(|_| &self.policy.anydesk)
    }

    /// The client that others connect to. One that may go both ways is judged as such, and so is
    /// one that nothing is said of: the vendor's default goes both ways.
    pub(super) fn receiving(&self) -> Option<&'r AnyDeskClient> {
        self.client()
            .filter(|client| client.direction != Some(Direction::Outgoing))
    }

    /// A supporter's client, which only connects to others.
    pub(super) fn connecting(&self) -> Option<&'r AnyDeskClient> {
        self.client()
            .filter(|client| client.direction == Some(Direction::Outgoing))
    }

    fn anchor(&self, anchor: Anchor) -> Option<&'r Setting> {
        let direction = self.winner(&client_key("Direction"));
        if matches!(anchor, Anchor::Direction) {
            return direction;
        }
        let enabled = "Integration.AnyDesk.Enabled";
        if self.is_on(enabled) {
            return self.winner(enabled);
        }
        let mut written = self
            .provenance
            .under(CLIENT)
            .filter_map(|t| t.winner.as_ref());
        direction.or_else(|| written.next())
    }

    /// A deviation of the client's `key`: at what sets it, else at `anchor`. What a supporter's
    /// client needs is written for supporters, also where it comes from a broader layer.
    pub(super) fn deviation(
        &self,
        key: &str,
        anchor: Anchor,
        message: impl Into<String>,
    ) -> Option<Deviation> {
        let key = client_key(key);
        let at = self.anchor(anchor)?;
        let setting = self.winner(&key).unwrap_or(at);
        let mut deviation = Deviation::new(key, setting, message);
        let rank = |setting: &Setting| (setting.layer.scope, setting.layer.priority);
        if matches!(anchor, Anchor::Direction) && rank(at) > rank(setting) {
            deviation.layer = Arc::clone(&at.layer);
        }
        Some(deviation)
    }

    /// The vendor's own keys whose name begins with `prefix` and whose value switches something
    /// on: the rest of the name, and the name as it is spelled.
    pub(super) fn advanced_on(&self, prefix: &str) -> impl Iterator<Item = (String, &'r str)> {
        self.advanced(prefix, |value| switch(value) == Some(true))
    }

    /// The same of those whose value switches something off.
    pub(super) fn advanced_off(&self, prefix: &str) -> impl Iterator<Item = (String, &'r str)> {
        self.advanced(prefix, |value| switch(value) == Some(false))
    }

    fn advanced(
        &self,
        prefix: &str,
        says: fn(&Value) -> bool,
    ) -> impl Iterator<Item = (String, &'r str)> {
        let advanced = self.policy.anydesk.advanced.iter();
        advanced
            .filter(move |(_, value)| says(value))
            .filter_map(move |(name, _)| {
                let rest = name.to_lowercase().strip_prefix(prefix)?.to_owned();
                Some((rest, name.as_str()))
            })
    }

    /// The vendor's own key `wanted`, given in lower case: its name as it is spelled, and its value.
    pub(super) fn advanced_at(&self, wanted: &str) -> Option<(&'r str, &'r Value)> {
        let mut advanced = self.policy.anydesk.advanced.iter();
        let (name, value) = advanced.find(|(name, _)| name.to_lowercase() == wanted)?;
        Some((name.as_str(), value))
    }
}

/// The dotted path of a key of the client.
pub(super) fn client_key(key: &str) -> String {
    format!("{CLIENT}.{key}")
}

/// The vendor's files write 1 and 0 where JSON has booleans. None is no switch.
fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::Number(number) => Some(number.as_f64() != Some(0.0)),
        Value::String(text) => {
            let text = text.trim().to_ascii_lowercase();
            let words = [("1", true), ("true", true), ("0", false), ("false", false)];
            let mut words = words.into_iter();
            words.find(|(word, _)| *word == text).map(|(_, on)| on)
        }
        _ => None,
    }
}

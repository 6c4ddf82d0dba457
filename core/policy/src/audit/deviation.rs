use std::sync::Arc;

use serde_json::Value;

use super::Change;
use crate::{LayerName, Setting};

/// What a rule found at one audience.
pub(super) struct Deviation {
    /// Which of several like things it is: a profile, a client. Empty where there is only one.
    pub(super) about: String,
    /// What is wrong, in lower case.
    pub(super) message: String,
    /// The key that it is about, which may be one that nobody set.
    pub(super) key: String,
    /// What sets the key, or what makes it missed.
    pub(super) setting: Setting,
    /// The layer whose like mends it.
    pub(super) layer: Arc<LayerName>,
    pub(super) change: Change,
    /// What the person has to know who mends it.
    pub(super) hint: Option<String>,
}

impl Deviation {
    pub(super) fn new(
        key: impl Into<String>,
        setting: &Setting,
        message: impl Into<String>,
    ) -> Self {
        Self {
            about: String::new(),
            message: message.into(),
            key: key.into(),
            setting: setting.clone(),
            layer: Arc::clone(&setting.layer),
            change: Change::default(),
            hint: None,
        }
    }

    pub(super) fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    pub(super) fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.change.settings.insert(key.into(), value.into());
        self
    }

    pub(super) fn remove(mut self, key: impl Into<String>) -> Self {
        self.change.remove.push(key.into());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

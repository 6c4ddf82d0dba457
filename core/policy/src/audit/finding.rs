use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::deviation::Deviation;
use super::{Audience, Exception, Fix, Rule, State};
use crate::{LayerName, Place};

/// One deviation, for everybody whom it concerns.
///
/// Serialises as `id` (of its rule), `severity`, `title`, `guide`, `message`, `about`, `key`, the place (`file`,
/// `line`, `column`, `span`), `layer`, `audiences`, `open`, `exception`, `fix`, `fingerprint`.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule that is not followed.
    pub rule: &'static Rule,
    /// What is wrong, in lower case, without the place.
    pub message: String,
    /// Which of several like things it is about: a profile, a client; else empty.
    pub about: String,
    /// The dotted path of the key, which may be one that no layer sets.
    pub key: String,
    /// Where the key is set; where no layer does, what makes it missed.
    pub place: Place,
    /// The layer that the place is in.
    pub layer: Arc<LayerName>,
    /// For whom it is so.
    pub audiences: Vec<Arc<Audience>>,
    /// What the organisation said of it, for these audiences.
    pub exception: Option<Exception>,
    /// What mends it.
    pub fix: Fix,
}

impl Finding {
    pub(super) fn new(
        rule: &'static Rule,
        deviation: Deviation,
        exception: Option<Exception>,
    ) -> Self {
        Self {
            rule,
            message: deviation.message,
            about: deviation.about,
            key: deviation.key,
            place: deviation.setting.place,
            layer: deviation.setting.layer,
            audiences: vec![],
            exception,
            fix: Fix {
                beside: deviation.layer.as_ref().clone(),
                change: deviation.change,
                hint: deviation.hint,
            },
        }
    }

    /// Whether nobody decided that it may be so.
    pub fn is_open(&self) -> bool {
        let mut exception = self.exception.iter();
        !exception.any(|exception| exception.state == State::Holds)
    }

    /// A name of this deviation that stays when lines move and when more people are concerned:
    /// 32 hex digits of a SHA-256 over the rule, the key, the layer that would mend it and what it is about.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let layer = &self.fix.beside;
        let (scope, name) = (layer.scope.to_string(), layer.name.to_lowercase());
        let key = self.key.to_lowercase();
        for part in [self.rule.id, &key, &scope, &name, &self.about] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digits = hash.finalize();
        digits
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// What makes it the same for another audience.
    pub(super) fn identity(&self) -> String {
        let Self {
            rule,
            place,
            key,
            about,
            message,
            exception,
            fix,
            ..
        } = self;
        format!("{rule:?} {place:?} {key} {about} {message} {exception:?} {fix:?}")
    }
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The fields in the order in which they are read.
        #[derive(Serialize)]
        struct Shown<'a> {
            id: &'a str,
            severity: super::Level,
            title: &'a str,
            guide: super::Basis,
            message: &'a str,
            #[serde(skip_serializing_if = "str::is_empty")]
            about: &'a str,
            key: &'a str,
            #[serde(flatten)]
            place: &'a Place,
            layer: &'a LayerName,
            audiences: Vec<&'a Audience>,
            open: bool,
            exception: &'a Option<Exception>,
            advice: &'a str,
            fix: &'a Fix,
            fingerprint: String,
        }
        let shown = Shown {
            id: self.rule.id,
            severity: self.rule.level,
            title: self.rule.title,
            guide: self.rule.basis,
            message: &self.message,
            about: &self.about,
            key: &self.key,
            place: &self.place,
            layer: &self.layer,
            audiences: self.audiences.iter().map(AsRef::as_ref).collect(),
            open: self.is_open(),
            exception: &self.exception,
            advice: self.rule.advice,
            fix: &self.fix,
            fingerprint: self.fingerprint(),
        };
        shown.serialize(serializer)
    }
}

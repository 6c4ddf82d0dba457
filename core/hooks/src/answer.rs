use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use deskhook_session::Verdict;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Hook, Kind, MenuPatch};

/// The most bytes of a text in a verdict: people read it, in a dialog, on a page.
const LONGEST_TEXT: usize = 4096;
/// The most requests in one answer of `menu.click`.
const MOST_REQUESTS: usize = 16;

/// What an extension answered, read and checked for its hook.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Nothing: an abstention, no patch, no value.
    Nothing,
    /// A hook of kind `decide`.
    Verdict(Verdict),
    /// A hook of kind `decide`: an abstention with something worth knowing. Built-in checks alone
    /// say it, so it has no form on a pipe.
    Note(String),
    /// `tray.menu`.
    Menu(MenuPatch),
    /// `consent.prompt`.
    Consent(ConsentPatch),
    /// `client.launch`.
    Launch(LaunchPatch),
    /// `address.report`, `state.collect`.
    Fields(FieldsPatch),
    /// A hook of kind `provide`.
    Value(String),
    /// `menu.click`.
    Requests(Vec<ExtensionRequest>),
}

/// A verdict on the wire and in Lua: `{verdict = "deny", code = "...", message = "..."}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "verdict", rename_all = "lowercase", deny_unknown_fields)]
#[schemars(rename = "Verdict")]
pub enum VerdictAnswer {
    /// Nothing against it.
    Allow {},
    /// No, and why.
    Deny {
        /// A stable word for programs.
        code: String,
        /// The sentence that the person reads.
        message: String,
    },
    /// Ask the person first.
    Ask {
        /// First line of the question.
        title: String,
        /// The question.
        message: String,
        /// Seconds until silence is a no, 5 to 600.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 5, max = 600))]
        timeout: Option<u32>,
    },
}

impl VerdictAnswer {
    /// Seconds that a question may wait for its answer.
    pub const TIMEOUT: RangeInclusive<u32> = 5..=600;
}

impl TryFrom<VerdictAnswer> for Verdict {
    type Error = AnswerError;

    /// A no without a word, or a question that asks nothing, is none.
    fn try_from(answer: VerdictAnswer) -> Result<Self, AnswerError> {
        Ok(match answer {
            VerdictAnswer::Allow {} => Self::Allow,
            VerdictAnswer::Deny { code, message } => Self::Deny {
                code: said("code", code)?,
                message: said("message", message)?,
            },
            VerdictAnswer::Ask {
                title,
                message,
                timeout,
            } => Self::Ask {
                title: said("title", title)?,
                message: said("message", message)?,
                timeout: timeout.map(|seconds| {
                    seconds.clamp(
                        *VerdictAnswer::TIMEOUT.start(),
                        *VerdictAnswer::TIMEOUT.end(),
                    )
                }),
            },
        })
    }
}

fn said(field: &'static str, text: String) -> Result<String, AnswerError> {
    if text.trim().is_empty() {
        return Err(AnswerError::Empty(field));
    }
    if text.len() > LONGEST_TEXT {
        return Err(AnswerError::TooLong(field));
    }
    Ok(text)
}

impl From<&Verdict> for VerdictAnswer {
    fn from(verdict: &Verdict) -> Self {
        match verdict.clone() {
            Verdict::Allow => Self::Allow {},
            Verdict::Deny { code, message } => Self::Deny { code, message },
            Verdict::Ask {
                title,
                message,
                timeout,
            } => Self::Ask {
                title,
                message,
                timeout,
            },
        }
    }
}

/// What a `consent.prompt` hook may answer: at most 16 fields, 256 bytes a line, 4 KiB a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentPatch {
    /// First line.
    pub title: Option<String>,
    /// The text.
    pub message: Option<String>,
    /// More lines; one whose id is there already takes its place.
    pub fields: Vec<ConsentField>,
}

/// A line of the consent dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentField {
    /// Name, for programs.
    pub id: String,
    /// What the person reads.
    pub label: String,
}

/// What a `client.launch` hook may answer: the whole new arguments, more environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LaunchPatch {
    /// The arguments that replace those given.
    pub arguments: Option<Vec<String>>,
    /// Added to the environment.
    pub environment: BTreeMap<String, String>,
}

/// What `address.report` and `state.collect` may answer: at most 32 fields, a name of at most 64
/// bytes, a value (text, number or boolean) of at most 1 KiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FieldsPatch {
    /// Name to value: a text, a number or a boolean.
    #[schemars(extend("additionalProperties" = {"type": ["string", "number", "boolean"]}))]
    pub fields: BTreeMap<String, Value>,
}

/// What an extension may ask for, by `deskhook.request.*` or as the answer of `menu.click`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "request", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExtensionRequest {
    /// Start a session.
    StartSession {
        /// Why.
        #[serde(default)]
        reason: Option<String>,
        /// The ticket's number.
        #[serde(default)]
        ticket: Option<String>,
    },
    /// End the session.
    StopSession {},
    /// Show a notification.
    Notify {
        /// First line.
        #[serde(default)]
        title: String,
        /// The rest.
        message: String,
    },
    /// Make the menu anew.
    RefreshTray {},
}

/// Why an answer does not fit its hook.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// Its shape is not that of the hook.
    #[error("the answer does not fit the hook {hook}, which wants {wants}")]
    Shape {
        /// Which hook.
        hook: Hook,
        /// What it wants, in words.
        wants: &'static str,
        /// What does not fit.
        #[source]
        source: serde_json::Error,
    },
    /// A field is larger than allowed.
    #[error("the field {0:?} is too large: at most 32 fields, 64 bytes a name, 1 KiB a value")]
    TooLarge(String),
    /// A verdict says nothing where people read or programs look.
    #[error("the {0} of the verdict is empty")]
    Empty(&'static str),
    /// A text of a verdict is longer than anybody reads.
    #[error("the {0} of the verdict is longer than 4 KiB")]
    TooLong(&'static str),
    /// Somebody clicked once.
    #[error("{0} requests in one answer: at most {MOST_REQUESTS}")]
    TooManyRequests(usize),
    /// A part of the consent dialog is longer than a person reads.
    #[error(
        "the consent dialog's {0} is too long: at most 256 bytes a line, 4 KiB a message, 16 fields"
    )]
    ConsentTooLong(&'static str),
    /// A field's value is a list or an object.
    #[error("the field {0:?} is neither text, number nor boolean")]
    FieldType(String),
}

impl Answer {
    /// Reads what an extension answered to `hook`. `null`, and for a hook that observes anything,
    /// is [`Answer::Nothing`]. Unknown fields are refused.
    pub fn read(hook: Hook, value: Value) -> Result<Self, AnswerError> {
        if value.is_null() {
            return Ok(Self::Nothing);
        }
        let wants = hook.wants();
        let shape = |source| AnswerError::Shape {
            hook,
            wants,
            source,
        };
        match hook {
            Hook::TrayMenu => serde_json::from_value(value).map(Self::Menu).map_err(shape),
            Hook::ConsentPrompt => {
                let patch: ConsentPatch = serde_json::from_value(value).map_err(shape)?;
                check_consent(&patch)?;
                Ok(Self::Consent(patch))
            }
            Hook::ClientLaunch => serde_json::from_value(value)
                .map(Self::Launch)
                .map_err(shape),
            Hook::MenuClick => few(read_requests(value).map_err(shape)?).map(Self::Requests),
            Hook::AddressReport | Hook::StateCollect => {
                let patch: FieldsPatch = serde_json::from_value(value).map_err(shape)?;
                check_fields(&patch)?;
                Ok(Self::Fields(patch))
            }
            _ => match hook.kind() {
                Kind::Decide => serde_json::from_value::<VerdictAnswer>(value)
                    .map_err(shape)
                    .and_then(|verdict| verdict.try_into().map(Self::Verdict)),
                Kind::Provide => serde_json::from_value(value)
                    .map(Self::Value)
                    .map_err(shape),
                Kind::Transform | Kind::Observe => Ok(Self::Nothing),
            },
        }
    }

    /// The answer as it goes over a pipe: what [`Answer::read`] reads.
    pub fn to_value(&self) -> Value {
        let made = match self {
            Self::Nothing | Self::Note(_) => Ok(Value::Null),
            Self::Verdict(verdict) => serde_json::to_value(VerdictAnswer::from(verdict)),
            Self::Menu(patch) => serde_json::to_value(patch),
            Self::Consent(patch) => serde_json::to_value(patch),
            Self::Launch(patch) => serde_json::to_value(patch),
            Self::Fields(patch) => serde_json::to_value(patch),
            Self::Value(text) => Ok(Value::String(text.clone())),
            Self::Requests(requests) => serde_json::to_value(requests),
        };
        made.unwrap_or(Value::Null)
    }
}

impl Hook {
    /// What an answer to this hook looks like, in words.
    pub fn wants(self) -> &'static str {
        match self {
            Self::TrayMenu => "nil or {tooltip, icon, add, set, remove}",
            Self::ConsentPrompt => "nil or {title, message, fields}",
            Self::ClientLaunch => "nil or {arguments, environment}",
            Self::AddressReport | Self::StateCollect => "nil or {fields = {name = value}}",
            Self::MenuClick => "nil, a request or a list of requests",
            _ => match self.kind() {
                Kind::Decide => {
                    "nil, deskhook.allow(), deskhook.deny{code, message} or deskhook.ask{title, message}"
                }
                Kind::Provide => "nil or a string",
                Kind::Transform | Kind::Observe => "nothing",
            },
        }
    }
}

fn read_requests(value: Value) -> Result<Vec<ExtensionRequest>, serde_json::Error> {
    if value.is_array() {
        serde_json::from_value(value)
    } else if value.as_object().is_some_and(serde_json::Map::is_empty) {
        Ok(vec![])
    } else {
        serde_json::from_value(value).map(|one| vec![one])
    }
}

fn few(requests: Vec<ExtensionRequest>) -> Result<Vec<ExtensionRequest>, AnswerError> {
    match requests.len() {
        0..=MOST_REQUESTS => Ok(requests),
        many => Err(AnswerError::TooManyRequests(many)),
    }
}

fn check_consent(patch: &ConsentPatch) -> Result<(), AnswerError> {
    let size = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let long = |field: &ConsentField| field.id.len() > 256 || field.label.len() > 256;
    let too_long = [
        ("title", size(&patch.title) > 256),
        ("message", size(&patch.message) > 4096),
        ("list of fields", patch.fields.len() > 16),
        ("field", patch.fields.iter().any(long)),
    ];
    match too_long.into_iter().find(|(_, is_long)| *is_long) {
        Some((part, _)) => Err(AnswerError::ConsentTooLong(part)),
        None => Ok(()),
    }
}

fn check_fields(patch: &FieldsPatch) -> Result<(), AnswerError> {
    for (count, (name, value)) in patch.fields.iter().enumerate() {
        let size = value.as_str().map_or(0, str::len);
        if count >= 32 || name.len() > 64 || size > 1024 {
            return Err(AnswerError::TooLarge(name.chars().take(64).collect()));
        }
        if value.is_array() || value.is_object() || value.is_null() {
            return Err(AnswerError::FieldType(name.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

use deskhook_session::{Judgement, Reason, Supporter, Verdict};
use serde::{Deserialize, Serialize};

/// A supporter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SupporterShape {
    /// Who it is for the portal, whatever they are called: one yes of a person may hold for them
    /// again. None where the portal does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that people read.
    pub name: String,
    /// The organisation that they work for.
    #[serde(default)]
    pub organisation: String,
    /// Whether the portal signed them in itself.
    #[serde(default)]
    pub verified: bool,
}

impl From<SupporterShape> for Supporter {
    fn from(shape: SupporterShape) -> Self {
        Self {
            id: shape.id,
            name: shape.name,
            organisation: shape.organisation,
            verified: shape.verified,
        }
    }
}

impl From<&Supporter> for SupporterShape {
    fn from(supporter: &Supporter) -> Self {
        Self {
            id: supporter.id.clone(),
            name: supporter.name.clone(),
            organisation: supporter.organisation.clone(),
            verified: supporter.verified,
        }
    }
}

/// A person at a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PersonShape {
    /// The account's name.
    pub name: String,
    /// The name that people read.
    #[serde(default)]
    pub display_name: String,
    /// Language tag.
    #[serde(default)]
    pub language: String,
}

/// Why something was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ReasonShape {
    /// A stable word for programs.
    pub code: String,
    /// The sentence that people read.
    pub message: String,
    /// Which check, package, plugin, or `deskhook`.
    #[serde(default)]
    pub by: String,
}

impl From<&Reason> for ReasonShape {
    fn from(reason: &Reason) -> Self {
        Self {
            code: reason.code.clone(),
            message: reason.message.clone(),
            by: reason.by.clone(),
        }
    }
}

/// One voice of a decision, as the portal and `--json` show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CheckShape {
    /// Which check, package or plugin.
    pub by: String,
    /// `allow`, `deny`, `ask`, `abstain`.
    pub verdict: String,
    /// The code of a denial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The sentence of a denial or a question, or a note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl From<&Judgement> for CheckShape {
    fn from(judgement: &Judgement) -> Self {
        let (verdict, code, message) = match &judgement.verdict {
            Some(Verdict::Allow) => ("allow", None, judgement.note.clone()),
            Some(Verdict::Deny { code, message }) => {
                ("deny", Some(code.clone()), Some(message.clone()))
            }
            Some(Verdict::Ask { message, .. }) => ("ask", None, Some(message.clone())),
            None => ("abstain", None, judgement.note.clone()),
        };
        Self {
            by: judgement.by.clone(),
            verdict: verdict.to_owned(),
            code,
            message,
            micros: judgement.micros,
        }
    }
}

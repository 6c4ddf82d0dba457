use serde::Serialize;

use super::deviation::Deviation;
use super::view::View;

/// How grave a deviation is. Ordered from light to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth a decision; many organisations have good reasons.
    Note,
    /// A recommendation is not followed.
    Warning,
    /// Somebody gets in, or farther, whom nobody meant to let in.
    Error,
}

impl Level {
    /// Its name, as SARIF has it too.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Which document a rule comes from, with the heading that it stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// AnyDesk's Security Best Practices, version 2.0 of 1 April 2024.
    Guide(&'static str),
    /// RealmJoin's documentation of its AnyDesk integration.
    RealmJoin(&'static str),
    /// Ours: the guide's reason holds for a key that is Deskhook's own, or says it of a risk that
    /// the guide's reader has to judge alone.
    Own,
}

impl Basis {
    /// The document's name.
    pub fn document(&self) -> &'static str {
        match self {
            Self::Guide(_) => "AnyDesk Security Best Practices 2.0",
            Self::RealmJoin(_) => "RealmJoin: AnyDesk",
            Self::Own => "Deskhook",
        }
    }

    /// The heading.
    pub fn section(&self) -> Option<&'static str> {
        match self {
            Self::Guide(section) | Self::RealmJoin(section) => Some(section),
            Self::Own => None,
        }
    }
}

/// As `AnyDesk Security Best Practices 2.0, Settings`.
impl std::fmt::Display for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.document())?;
        match self.section() {
            Some(section) => write!(f, ", {section}"),
            None => Ok(()),
        }
    }
}

/// As `{"document": ..., "section": ...}`.
impl Serialize for Basis {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut basis = serializer.serialize_struct("Basis", 2)?;
        basis.serialize_field("document", self.document())?;
        basis.serialize_field("section", &self.section())?;
        basis.end()
    }
}

/// How a rule is looked at.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// By this, over the policy of one audience.
    Policy(fn(&View<'_>) -> Vec<Deviation>),
    /// By people: no key of a policy holds what it is about.
    Manual,
}

/// One recommendation.
///
/// Serialises as `id`, `level`, `guide`, `title`, `says`, `advice`, `manual`.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its stable name, in kebab case: `acl-open`.
    pub id: &'static str,
    /// How grave a deviation is.
    pub level: Level,
    /// Where it comes from.
    pub basis: Basis,
    /// It in a few words.
    pub title: &'static str,
    /// What is recommended and why.
    pub says: &'static str,
    /// What to do about a deviation.
    pub advice: &'static str,
    pub(super) check: Check,
}

impl Rule {
    /// Whether only people can look at it.
    pub fn is_manual(&self) -> bool {
        matches!(self.check, Check::Manual)
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}

/// There is one rule of each id.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut rule = serializer.serialize_struct("Rule", 7)?;
        rule.serialize_field("id", self.id)?;
        rule.serialize_field("severity", &self.level)?;
        rule.serialize_field("guide", &self.basis)?;
        rule.serialize_field("title", self.title)?;
        rule.serialize_field("says", self.says)?;
        rule.serialize_field("advice", self.advice)?;
        rule.serialize_field("manual", &self.is_manual())?;
        rule.end()
    }
}

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What a bundle may decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything: what code runs and who gets in. Its key is kept offline.
    Critical,
    /// Everything else.
    Routine,
}

impl Role {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Critical, Self::Routine];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Routine => "routine",
        }
    }

    /// The role of that name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// An Ed25519 public key that policy of one role is signed by.
///
/// Serialised as `{"role", "id", "public"}`: the base64 of the key, and the first 16 hex digits
/// of its SHA-256 as its name, which must fit it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "KeyShape", into = "KeyShape")]
pub struct PolicyKey {
    /// What it signs.
    pub role: Role,
    /// Its name, 16 hex digits.
    pub id: String,
    /// The key.
    pub public: VerifyingKey,
}

/// Why a text is no key, or no list of them.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not the JSON that `policy keygen` writes.
    #[error("line {line}, column {column} cannot be read: {text}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the parser says.
        text: String,
    },
    /// Another document than a key.
    #[error("entry {number} is not what `policy keygen` prints: {text}")]
    Entry {
        /// The how-manieth, from 1.
        number: usize,
        /// What is wrong with it.
        text: String,
    },
    /// Not a key of this kind.
    #[error("the key \"{0}\" is no Ed25519 key in base64")]
    Malformed(String),
    /// A slip in either.
    #[error("the key {id} is called {named}: one of the two is a slip")]
    OtherName {
        /// What the key's name would be.
        id: String,
        /// What stands there.
        named: String,
    },
    /// There twice.
    #[error("the key {0} stands there twice")]
    Twice(String),
    /// A list of nothing.
    #[error("there is no key in it")]
    None,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyShape {
    role: Role,
    id: String,
    public: String,
    /// Whose it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// A trust file that is one document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyList {
    keys: Vec<PolicyKey>,
}

impl PolicyKey {
    /// A key with the name that is its own.
    pub fn new(role: Role, public: VerifyingKey) -> Self {
        let digest = Sha256::digest(public.as_bytes());
        let digits = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
        let id = digits.collect();
        Self { role, id, public }
    }

    /// The keys of a trust file: lines as `policy keygen` prints them, one key each, or
    /// `{"keys": [...]}` of such.
    ///
    /// # Errors
    /// Where something else stands in it, a key is there twice, or there is none.
    pub fn list(text: &str) -> Result<Vec<Self>, KeyError> {
        let mut keys: Vec<Self> = vec![];
        let documents = serde_json::Deserializer::from_str(text).into_iter();
        for (number, document) in documents.enumerate() {
            let document: Value = document.map_err(|error| unreadable(&error))?;
            let read = documented(document).map_err(|error| KeyError::Entry {
                number: number + 1,
                text: error.to_string(),
            });
            keys.extend(read?);
        }
        for (number, key) in keys.iter().enumerate() {
            if keys[..number].iter().any(|other| other.id == key.id) {
                return Err(KeyError::Twice(key.id.clone()));
            }
        }
        if keys.is_empty() {
            return Err(KeyError::None);
        }
        Ok(keys)
    }

    /// The line that stands in a trust file.
    pub fn line(&self) -> String {
        let public = BASE64.encode(self.public.as_bytes());
        let Self { role, id, .. } = self;
        format!(r#"{{"role": "{role}", "id": "{id}", "public": "{public}"}}"#)
    }

    /// Whether a text can be the name of a key.
    pub(super) fn is_id(text: &str) -> bool {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        text.len() == 16 && text.bytes().all(digit)
    }
}

fn documented(document: Value) -> Result<Vec<PolicyKey>, serde_json::Error> {
    if document.get("keys").is_some() {
        let list: KeyList = serde_json::from_value(document)?;
        return Ok(list.keys);
    }
    Ok(vec![serde_json::from_value(document)?])
}

fn unreadable(error: &serde_json::Error) -> KeyError {
    let text = error.to_string();
    // The place stands beside it.
    let text = text.split(" at line ").next().unwrap_or_default();
    KeyError::Json {
        line: error.line(),
        column: error.column(),
        text: text.to_owned(),
    }
}

impl TryFrom<KeyShape> for PolicyKey {
    type Error = KeyError;

    fn try_from(shape: KeyShape) -> Result<Self, KeyError> {
        let malformed = || KeyError::Malformed(shape.public.escape_debug().to_string());
        let bytes = BASE64.decode(&shape.public).map_err(|_| malformed())?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| malformed())?;
        let public = VerifyingKey::from_bytes(&bytes).map_err(|_| malformed())?;
        if public.is_weak() {
            return Err(malformed());
        }
        let key = Self::new(shape.role, public);
        if key.id != shape.id {
            let (id, named) = (key.id, shape.id.escape_debug().to_string());
            return Err(KeyError::OtherName { id, named });
        }
        Ok(key)
    }
}

impl From<PolicyKey> for KeyShape {
    fn from(key: PolicyKey) -> Self {
        Self {
            role: key.role,
            id: key.id,
            public: BASE64.encode(key.public.as_bytes()),
            comment: None,
        }
    }
}

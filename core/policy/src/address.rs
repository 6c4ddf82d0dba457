use serde::{Deserialize, Serialize};

/// The longest address that is accepted, in bytes.
const MAX_BYTES: usize = 128;

/// The address of a remote-desktop client, as its supporter's side dials it.
///
/// Grammar: a number of 9 or 10 digits (AnyDesk, RustDesk), an alias `name@namespace`, a
/// `scheme://host:port` of plain ASCII, or a bare token of letters, digits and `. _ - :`.
/// At most 128 bytes; never white space, quotes, control characters or `%`, so that it can
/// stand in a link and on a page as it is. An address is text from a device: hostile until
/// it was parsed here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// Why a text is not an [`Address`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing but white space.
    #[error("the address is empty")]
    Empty,
    /// More than 128 bytes.
    #[error("the address has {0} bytes; at most {MAX_BYTES} are allowed")]
    TooLong(usize),
    /// A character that no address has.
    #[error("the address has {0:?} in it; letters, digits and . _ - @ : / [ ] are allowed")]
    Character(char),
}

impl Address {
    /// Reads an address; white space around it and inside a number is dropped.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let trimmed = text.trim();
        let joined: String = if trimmed.chars().all(|c| c.is_ascii_digit() || c == ' ') {
            trimmed.chars().filter(|c| *c != ' ').collect()
        } else {
            trimmed.to_owned()
        };
        if joined.is_empty() {
            return Err(AddressError::Empty);
        }
        if joined.len() > MAX_BYTES {
            return Err(AddressError::TooLong(joined.len()));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-@:/[]".contains(c);
        match joined.chars().find(|c| !allowed(*c)) {
            Some(found) => Err(AddressError::Character(found)),
            None => Ok(Self(joined)),
        }
    }

    /// The address as it is dialled.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as people read it: a number in groups of three, counted from the right.
    pub fn grouped(&self) -> String {
        if !self.0.bytes().all(|b| b.is_ascii_digit()) {
            return self.0.clone();
        }
        let lead = self.0.len() % 3;
        let (head, tail) = self.0.split_at(lead);
        let mut groups: Vec<&str> = if head.is_empty() { vec![] } else { vec![head] };
        groups.extend((0..tail.len() / 3).map(|i| &tail[i * 3..i * 3 + 3]));
        groups.join(" ")
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_with_spaces_and_shown_in_groups() {
        let address = Address::parse(" 123 456 7890\n").unwrap();
        assert_eq!(address.as_str(), "1234567890");
        assert_eq!(address.grouped(), "1 234 567 890");
        assert_eq!(
            Address::parse("123456789").unwrap().grouped(),
            "123 456 789"
        );
    }

    #[test]
    fn aliases_and_urls_stay_as_they_are() {
        for text in ["jo.doe@acme", "vnc://127.0.0.1:5901", "vnc://[::1]:5901"] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.as_str(), address.grouped().as_str()), (text, text));
        }
    }

    #[test]
    fn text_that_could_break_a_page_or_a_shell_is_refused() {
        for text in [
            "", "  ", "1 <b>", "a;b", "a\"b", "a%20b", "a b", "ü@x", "a\u{0}b",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(
            Address::parse(&"9".repeat(129)),
            Err(AddressError::TooLong(129))
        );
    }
}

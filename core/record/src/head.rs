use std::fmt;
use std::str::FromStr;

/// The end of a chain: how many entries it has and the hash of the last one. As text
/// `<entries>:<64 hex digits>`. Keep it where the record's owner cannot reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub entries: u64,
    /// The last entry's hash; zeros where there is none.
    pub hash: [u8; 32],
}

/// A text that is no [`Head`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no head of a record; it looks like 42: and 64 hex digits")]
pub struct HeadError(String);

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.entries, hex::encode(self.hash))
    }
}

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (entries, hash) = text.trim().split_once(':')?;
            Some(Self {
                entries: entries.parse().ok()?,
                hash: hash_from_hex(hash)?,
            })
        };
        read().ok_or_else(|| HeadError(text.chars().take(80).collect()))
    }
}

// Lower case only: a second spelling of the same hash would be a changed line unnoticed.
pub(crate) fn hash_from_hex(text: &str) -> Option<[u8; 32]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Head {
            entries: 42,
            hash: [0xab; 32],
        };
        assert_eq!(head.to_string().parse(), Ok(head));
        for wrong in ["", "42", "42:", "x:00", &head.to_string().to_uppercase()] {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }
}

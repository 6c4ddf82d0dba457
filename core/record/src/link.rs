use sha2::{Digest as _, Sha256};

use crate::head::hash_from_hex;
use crate::{Entry, Head, Why};

/// The longest line, in bytes without its line feed.
pub(crate) const LONGEST: usize = 64 * 1024;

const BEFORE: &str = "{\"entry\":";
const BETWEEN: &str = ",\"hash\":\"";
const AFTER: &str = "\"}";

/// One entry in its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The entry's canonical form: the bytes that are hashed.
    pub canonical: String,
    /// The head of the chain with it.
    pub head: Head,
}

/// Why an entry cannot become a link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// More than 64 KiB.
    #[error("the entry {action} has {bytes} bytes; a record takes at most {LONGEST}")]
    TooLong {
        /// The entry's action.
        action: String,
        /// Its size.
        bytes: usize,
    },
}

impl Link {
    /// Links `entry` behind `head`.
    pub fn after(head: &Head, entry: &Entry) -> Result<Self, LinkError> {
        let link = Self::join(head, entry.canonical(head.entries + 1));
        let bytes = link.line().len();
        if bytes > LONGEST {
            let action = entry.action.clone();
            return Err(LinkError::TooLong { action, bytes });
        }
        Ok(link)
    }

    /// The link's line of JSON, without a line feed.
    pub fn line(&self) -> String {
        let hash = hex::encode(self.head.hash);
        format!("{BEFORE}{}{BETWEEN}{hash}{AFTER}", self.canonical)
    }

    /// Checks that this link stands right behind `head`.
    pub fn follow(&self, head: &Head) -> Result<(), Why> {
        let expected = head.entries + 1;
        let found = Entry::from_canonical(&self.canonical).map(|(number, _)| number);
        match found {
            None => Err(Why::Unreadable),
            Some(found) if found != expected => Err(Why::Order { expected, found }),
            Some(_) if Self::join(head, self.canonical.clone()).head != self.head => {
                Err(Why::Changed(expected))
            }
            Some(_) => Ok(()),
        }
    }

    pub(crate) fn join(head: &Head, canonical: String) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(head.hash);
        hasher.update(canonical.as_bytes());
        let head = Head {
            entries: head.entries + 1,
            hash: hasher.finalize().into(),
        };
        Self { canonical, head }
    }
}

/// A line taken apart: the canonical form's text, its number and the hash that it claims.
pub(crate) struct Claim<'a> {
    pub(crate) canonical: &'a str,
    pub(crate) number: u64,
    pub(crate) hash: [u8; 32],
}

impl<'a> Claim<'a> {
    pub(crate) fn read(line: &'a str) -> Option<Self> {
        let inner = line.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
        let (canonical, hash) = inner.rsplit_once(BETWEEN)?;
        let (number, _) = Entry::from_canonical(canonical)?;
        Some(Self {
            canonical,
            number,
            hash: hash_from_hex(hash)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_follows_the_head_that_it_was_made_behind_and_no_other() {
        let first = Link::after(&Head::default(), &Entry::default()).unwrap();
        let second = Link::after(&first.head, &Entry::default()).unwrap();
        assert_eq!(first.follow(&Head::default()), Ok(()));
        assert_eq!(second.follow(&first.head), Ok(()));
        let (expected, found) = (1, 2);
        let missing = second.follow(&Head::default());
        assert_eq!(missing, Err(Why::Order { expected, found }));
        let mut changed = second.clone();
        changed.canonical = changed.canonical.replace("\"at\":\"\"", "\"at\":\"x\"");
        assert_eq!(changed.follow(&first.head), Err(Why::Changed(2)));
    }
}

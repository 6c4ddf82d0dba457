use std::io::{self, BufRead, Read as _};

use crate::link::{Claim, LONGEST};
use crate::{Head, Link};

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The head of the part that holds: all of it where `broken` is none.
    pub head: Head,
    /// The first place where the chain does not hold.
    pub broken: Option<Break>,
}

impl Report {
    /// How many entries hold.
    pub fn entries(&self) -> u64 {
        self.head.entries
    }

    /// Whether the whole record holds.
    pub fn holds(&self) -> bool {
        self.broken.is_none()
    }
}

/// Where a chain does not hold, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Break {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong there.
    pub why: Why,
}

/// What is wrong with a line of a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// Not a line of a record at all, or longer than 64 KiB.
    #[error("this is no entry of a record")]
    Unreadable,
    /// The line does not end: its writer was stopped, or the file was cut.
    #[error("the last line was not written to its end")]
    Unfinished,
    /// Entries are missing, doubled or in another order.
    #[error("entry {found} stands where entry {expected} belongs")]
    Order {
        /// The number that belongs there.
        expected: u64,
        /// The number that stands there.
        found: u64,
    },
    /// The entry, its hash or an earlier one was changed.
    #[error("entry {0} was changed: its hash does not follow from what stands before it")]
    Changed(u64),
    /// The record ends before the head that is known.
    #[error("entries are missing at the end: {expected} are known, {found} are there")]
    Truncated {
        /// Entries of the known head.
        expected: u64,
        /// Entries that are there.
        found: u64,
    },
    /// Another chain than the one that the known head belongs to: it was written anew.
    #[error("entry {0} is not the one whose head is known: the record was written anew")]
    Rewritten(u64),
}

/// Reads a record and checks every link; with a `known` head also that nothing was cut off or
/// written anew up to it. Fails only where reading itself fails.
pub fn verify(mut reader: impl BufRead, known: Option<&Head>) -> io::Result<Report> {
    let mut head = Head::default();
    let mut line = 0;
    let broken = loop {
        line += 1;
        let read = match next_line(&mut reader)? {
            Line::End => break missing_end(&head, known).map(|why| Break { line, why }),
            Line::Bad(why) => break Some(Break { line, why }),
            Line::Text(text) => follow(&head, &text).and_then(|next| meet(&next, known)),
        };
        match read {
            Ok(next) => head = next,
            Err(why) => break Some(Break { line, why }),
        }
    };
    Ok(Report { head, broken })
}

enum Line {
    Text(String),
    Bad(Why),
    End,
}

fn next_line(reader: &mut impl BufRead) -> io::Result<Line> {
    let mut bytes = Vec::new();
    let limit = LONGEST as u64 + 1;
    let read = reader.take(limit).read_until(b'\n', &mut bytes)?;
    Ok(match bytes.pop() {
        None => Line::End,
        Some(b'\n') => String::from_utf8(bytes).map_or(Line::Bad(Why::Unreadable), Line::Text),
        Some(_) if read as u64 == limit => Line::Bad(Why::Unreadable),
        Some(_) => Line::Bad(Why::Unfinished),
    })
}

fn follow(head: &Head, line: &str) -> Result<Head, Why> {
    let claim = Claim::read(line).ok_or(Why::Unreadable)?;
    let expected = head.entries + 1;
    if claim.number != expected {
        let found = claim.number;
        return Err(Why::Order { expected, found });
    }
    let link = Link::join(head, claim.canonical.to_owned());
    if link.head.hash == claim.hash {
        Ok(link.head)
    } else {
        Err(Why::Changed(expected))
    }
}

fn meet(head: &Head, known: Option<&Head>) -> Result<Head, Why> {
    match known {
        Some(known) if known.entries == head.entries && known.hash != head.hash => {
            Err(Why::Rewritten(head.entries))
        }
        _ => Ok(*head),
    }
}

fn missing_end(head: &Head, known: Option<&Head>) -> Option<Why> {
    let expected = known?.entries;
    let found = head.entries;
    (expected > found).then_some(Why::Truncated { expected, found })
}

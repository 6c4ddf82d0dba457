use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use deskhook_wire::{Delivery, Report};

use crate::identity::{sync_folder, write_private};

/// What is to be told to the portal, on disk until the portal has acknowledged it.
///
/// One file a row, `outbox/<device>/<sequence>.json`, written whole (write aside, sync, rename, sync
/// the folder); `next` beside them holds the sequence that comes next. A row is removed only after its
/// acknowledgement, and a sequence is never used again, so that the portal can tell a repetition
/// from news. What the portal can never take is kept aside. At most 10,000 rows: then the oldest that are not an address or the end of a session make room.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    rows: BTreeMap<u64, Delivery>,
    next: u64,
}

/// Why the outbox cannot keep a row.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// A file cannot be read, written or removed.
    #[error("cannot use {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A name that cannot name a folder: a portal of ours gives none such.
    #[error("the device's name {0:?} cannot name a folder")]
    Device(String),
    /// A report that has no JSON form.
    #[error("a report cannot be written down")]
    Shape(#[source] serde_json::Error),
}

const MOST_ROWS: usize = 10_000;
/// The most rows that are kept aside.
const MOST_UNWANTED: usize = 100;
const NEXT_FILE: &str = "next";

impl Outbox {
    /// Opens the outbox of `device` in `state`. Rows of another device (of an earlier enrolment in
    /// this folder) stay where they are and are never sent: what one portal may know is not another
    /// one's to read. A row that is no JSON (no writer of ours leaves one) is set aside as
    /// `<sequence>.damaged`.
    pub fn open(state: &Path, device: &str) -> Result<Self, OutboxError> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
        if device.is_empty() || device.starts_with('.') || !device.bytes().all(plain) {
            return Err(OutboxError::Device(device.chars().take(80).collect()));
        }
        let all = state.join("outbox");
        let folder = all.join(device);
        let file = |path: &Path| {
            let path = path.to_owned();
            move |source| OutboxError::File { path, source }
        };
        fs::create_dir_all(&folder).map_err(file(&folder))?;
        let mut rows = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(file(&folder))? {
            let path = entry.map_err(file(&folder))?.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            match fs::read(&path)
                .ok()
                .and_then(|bytes| serde_json::from_slice::<Delivery>(&bytes).ok())
            {
                Some(delivery) => {
                    rows.insert(delivery.sequence, delivery);
                }
                None => fs::rename(&path, path.with_extension("damaged")).map_err(file(&path))?,
            }
        }
        let kept = fs::read_to_string(folder.join(NEXT_FILE))
            .ok()
            .and_then(|text| text.trim().parse().ok());
        let behind_rows = rows.keys().next_back().map_or(1, |last| last + 1);
        let next = kept.unwrap_or(1).max(behind_rows);
        let aside = of_others(&all, &folder);
        if aside > 0 {
            tracing::warn!(
                rows = aside,
                folder = %all.display(),
                "reports of an earlier enrolment are set aside; they are not sent"
            );
        }
        Ok(Self { folder, rows, next })
    }

    /// Keeps a report; it is on disk when this returns. Gives its sequence.
    pub fn put(&mut self, at: u64, report: Report) -> Result<u64, OutboxError> {
        self.make_room()?;
        let sequence = self.next;
        let delivery = Delivery {
            sequence,
            at,
            report,
        };
        let bytes = serde_json::to_vec(&delivery).map_err(OutboxError::Shape)?;
        // The counter goes first: a crash between the two leaves a gap, never a repetition.
        self.write(
            &self.folder.join(NEXT_FILE),
            (sequence + 1).to_string().as_bytes(),
        )?;
        self.write(&self.path(sequence), &bytes)?;
        self.next = sequence + 1;
        self.rows.insert(sequence, delivery);
        Ok(sequence)
    }

    /// The oldest row.
    pub fn first(&self) -> Option<&Delivery> {
        self.rows.values().next()
    }

    /// How many rows are not acknowledged.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether everything is acknowledged.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether an address waits to be told.
    pub fn has_address(&self) -> bool {
        let mut reports = self.rows.values().map(|row| &row.report);
        reports.any(|report| matches!(report, Report::Address { .. }))
    }

    /// The portal has it: forgets the row.
    pub fn acknowledge(&mut self, sequence: u64) -> Result<(), OutboxError> {
        if self.rows.remove(&sequence).is_none() {
            return Ok(());
        }
        let path = self.path(sequence);
        let removed = fs::remove_file(&path).and_then(|()| sync_folder(&self.folder));
        removed.map_err(|source| OutboxError::File { path, source })
    }

    /// The portal can never take it: keeps the row as `<sequence>.unwanted`, for people.
    pub fn set_aside(&mut self, sequence: u64) -> Result<(), OutboxError> {
        if self.rows.remove(&sequence).is_none() {
            return Ok(());
        }
        let path = self.path(sequence);
        let moved = fs::rename(&path, path.with_extension("unwanted"));
        let moved = moved.and_then(|()| sync_folder(&self.folder));
        moved.map_err(|source| OutboxError::File { path, source })?;
        self.forget_unwanted();
        Ok(())
    }

    /// Keeps the newest of what was set aside.
    fn forget_unwanted(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut aside: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "unwanted"))
            .collect();
        aside.sort();
        let surplus = aside.len().saturating_sub(MOST_UNWANTED);
        for path in &aside[..surplus] {
            // One that cannot be removed is tried again the next time.
            let _ = fs::remove_file(path);
        }
    }

    fn make_room(&mut self) -> Result<(), OutboxError> {
        if self.rows.len() < MOST_ROWS {
            return Ok(());
        }
        let passing =
            |row: &Delivery| !matches!(row.report, Report::Address { .. } | Report::Ended { .. });
        let oldest = self
            .rows
            .values()
            .find(|row| passing(row))
            .or_else(|| self.rows.values().next());
        match oldest.map(|row| row.sequence) {
            Some(sequence) => self.acknowledge(sequence),
            None => Ok(()),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), OutboxError> {
        write_private(path, bytes).map_err(|source| OutboxError::File {
            path: path.to_owned(),
            source,
        })
    }

    fn path(&self, sequence: u64) -> PathBuf {
        self.folder.join(format!("{sequence:020}.json"))
    }
}

/// Rows in other folders than the device's `own`.
fn of_others(all: &Path, own: &Path) -> usize {
    let entries = |folder: &Path| {
        let found = fs::read_dir(folder).into_iter().flatten();
        found.flatten().map(|entry| entry.path())
    };
    let is_row = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    let folders = entries(all).filter(|path| path != own && path.is_dir());
    folders
        .flat_map(|folder| entries(&folder))
        .filter(is_row)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(state: &Path) -> Outbox {
        Outbox::open(state, "d-1").unwrap()
    }

    fn report(text: &str) -> Report {
        Report::Ended {
            session: text.into(),
            outcome: "stopped".into(),
            reasons: vec![],
            seconds: 1,
        }
    }

    #[test]
    fn rows_survive_and_leave_in_order_and_a_sequence_is_never_used_again() {
        let state = tempfile::tempdir().unwrap();
        let mut outbox = open(state.path());
        assert_eq!(
            (
                outbox.put(1, report("a")).unwrap(),
                outbox.put(2, report("b")).unwrap()
            ),
            (1, 2)
        );
        let mut again = open(state.path());
        assert_eq!(again.first().unwrap().report, report("a"));
        again.acknowledge(1).unwrap();
        again.acknowledge(1).unwrap();
        again.acknowledge(2).unwrap();
        let mut empty = open(state.path());
        assert!(empty.is_empty());
        assert_eq!(empty.put(3, report("c")).unwrap(), 3);
    }

    #[test]
    fn rows_of_an_earlier_enrolment_are_never_sent_as_another_device() {
        let state = tempfile::tempdir().unwrap();
        open(state.path()).put(1, report("secret")).unwrap();
        let mut other = Outbox::open(state.path(), "d-2").unwrap();
        assert!(other.is_empty());
        assert_eq!(other.put(2, report("news")).unwrap(), 1);
        let first = open(state.path());
        assert_eq!(first.first().unwrap().report, report("secret"));
        for bad in ["", "..", "../d-1", "a/b", ".x"] {
            let opened = Outbox::open(state.path(), bad);
            assert!(matches!(opened, Err(OutboxError::Device(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_lost_counter_does_not_repeat_what_is_still_there() {
        let state = tempfile::tempdir().unwrap();
        let mut outbox = open(state.path());
        outbox.put(1, report("a")).unwrap();
        fs::write(state.path().join("outbox/d-1/next"), "garbage").unwrap();
        assert_eq!(open(state.path()).put(1, report("b")).unwrap(), 2);
    }

    #[test]
    fn an_unwanted_row_is_kept_for_people_and_not_sent_again() {
        let state = tempfile::tempdir().unwrap();
        let mut outbox = open(state.path());
        outbox.put(1, report("a")).unwrap();
        outbox.put(2, report("b")).unwrap();
        outbox.set_aside(1).unwrap();
        assert_eq!(outbox.first().unwrap().sequence, 2);
        assert_eq!(open(state.path()).len(), 1);
        let kept = state
            .path()
            .join("outbox/d-1/00000000000000000001.unwanted");
        assert!(fs::read_to_string(kept).unwrap().contains("\"a\""));
    }

    #[test]
    fn a_damaged_row_is_set_aside() {
        let state = tempfile::tempdir().unwrap();
        open(state.path());
        fs::write(
            state.path().join("outbox/d-1/00000000000000000007.json"),
            "{",
        )
        .unwrap();
        assert!(open(state.path()).is_empty());
        assert!(
            state
                .path()
                .join("outbox/d-1/00000000000000000007.damaged")
                .exists()
        );
    }
}

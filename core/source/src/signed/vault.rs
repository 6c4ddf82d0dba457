use std::fs::File;
use std::path::{Path, PathBuf};

use deskhook_policy::Problem;

use super::kept::{Ratchet, Slot};
use super::refusal::problem;
use super::sealed::{self, Sealed};

/// The files inside the folder. Each knows its own checksum.
const LOCK: &str = "lock";
const RATCHET: &str = "ratchet";
const SLOTS: [&str; 2] = ["slot-a", "slot-b"];

/// The folder that remembers which bundles were accepted; one process at a time has it open.
///
/// Two slots hold the same last good policy, and the ratchet what must never fall. What changes
/// is written in the order slot, ratchet, slot: after a crash anywhere between, one slot is whole
/// and no older than the ratchet.
pub(super) struct Vault {
    folder: PathBuf,
    slots: [Sealed; 2],
    ratchet: Sealed,
    /// Locked until this is dropped.
    _lock: File,
}

/// Why the memory cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum VaultError {
    #[error("the folder {} cannot be made", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    #[error("{} cannot be locked", .0.display())]
    Lock(PathBuf, #[source] std::io::Error),
}

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The slots that are whole, the newest first.
    pub(super) slots: Vec<Slot>,
    /// None where it is damaged, or was never written.
    pub(super) ratchet: Option<Ratchet>,
    /// Whether enough is left to know what was accepted: nothing was ever, or the ratchet is
    /// whole, or every slot is.
    pub(super) is_known: bool,
    pub(super) problems: Vec<Problem>,
}

impl VaultError {
    pub(super) fn problem(&self) -> Problem {
        let (Self::Folder(path, source) | Self::Lock(path, source)) = self;
        let message = format!("no signed policy holds: {self}: {source}");
        problem("memory-unusable", &path.display().to_string(), message)
            .with_help("this account has to be able to write there")
    }
}

impl Vault {
    pub(super) fn open(folder: &Path) -> Result<Self, VaultError> {
        let failed = |error| VaultError::Folder(folder.to_owned(), error);
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(failed)?;
        let path = folder.join(LOCK);
        let failed = |error| VaultError::Lock(path.clone(), error);
        let mut options = File::options();
        let lock = options.create(true).truncate(false).write(true).open(&path);
        let lock = lock.map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(Self {
            slots: SLOTS.map(|name| sealed::read(&folder.join(name))),
            ratchet: sealed::read(&folder.join(RATCHET)),
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    /// What the files say. One that is whole and not of this form counts as damaged.
    pub(super) fn recall(&self) -> Memory {
        let whole = |sealed: &Sealed| match sealed {
            Sealed::Whole(value) => Slot::from_value(value),
            Sealed::Missing | Sealed::Damaged => None,
        };
        let mut slots: Vec<Slot> = self.slots.iter().filter_map(whole).collect();
        slots.sort_by_key(|slot| std::cmp::Reverse(slot.number));
        let ratchet = match &self.ratchet {
            Sealed::Whole(value) => Ratchet::from_value(value),
            Sealed::Missing | Sealed::Damaged => None,
        };
        let damaged = |sealed: &&Sealed| **sealed != Sealed::Missing && whole(sealed).is_none();
        let slots_are_whole = self.slots.iter().find(damaged).is_none();
        let none = self.ratchet == Sealed::Missing && slots.is_empty();
        let is_known = ratchet.is_some() || (slots_are_whole && (none || !slots.is_empty()));
        let mut problems = vec![];
        if !is_known {
            problems.push(self.lost());
        } else if !slots_are_whole || (ratchet.is_none() && self.ratchet != Sealed::Missing) {
            problems.push(self.mended());
        }
        Memory {
            slots,
            ratchet,
            is_known,
            problems,
        }
    }

    fn lost(&self) -> Problem {
        let folder = self.folder.display().to_string();
        let message =
            "no signed policy holds: what this device had accepted can no longer be known";
        problem("memory-damaged", &folder, message).with_help(
            "make sure that the newest bundles are in the policy folder, then remove this folder",
        )
    }

    fn mended(&self) -> Problem {
        let folder = self.folder.display().to_string();
        let message = "a file in this folder is damaged; what it held is known from the others";
        Problem {
            severity: deskhook_policy::Severity::Warning,
            ..problem("memory-mended", &folder, message)
        }
    }

    /// Writes what differs: first one slot, then the ratchet, then the other slot.
    pub(super) fn keep(&self, slot: &Slot, ratchet: &Ratchet) -> std::io::Result<()> {
        let (slot, ratchet) = (slot.to_value(), ratchet.to_value());
        let files = [
            (SLOTS[0], &self.slots[0], &slot),
            (RATCHET, &self.ratchet, &ratchet),
            (SLOTS[1], &self.slots[1], &slot),
        ];
        for (name, before, now) in files {
            if !matches!(before, Sealed::Whole(before) if before == now) {
                sealed::write(&self.folder.join(name), now)?;
            }
        }
        Ok(())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

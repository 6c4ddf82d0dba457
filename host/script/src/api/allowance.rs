use crate::vm::Complaint;

/// What is left of the bytes that one call may take out of its VM. The VM's memory is bounded, but
/// one text in it that is named a thousand times is a thousand texts outside.
pub(super) struct Allowance {
    most: usize,
    left: usize,
}

impl Allowance {
    pub(super) fn of(most: usize) -> Self {
        Self { most, left: most }
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Complaint> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| format!("more than {} KiB of text", self.most / 1024))?;
        Ok(())
    }
}

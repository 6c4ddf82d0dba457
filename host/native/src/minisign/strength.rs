use scrypt::Params;

/// How hard a password is to try, as minisign writes it beside a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Strength {
    pub(super) operations: u64,
    pub(super) memory: u64,
}

impl Strength {
    /// 32 MiB and about a tenth of a second.
    pub(super) const OURS: Self = Self {
        operations: 1 << 20,
        memory: 32 << 20,
    };

    /// The parameters of scrypt that libsodium's `crypto_pwhash_scryptsalsa208sha256` picks for it;
    /// none where it wants more than the 1 GiB that minisign itself may use.
    pub(super) fn parameters(self) -> Option<Params> {
        const BLOCK: u64 = 8;
        let operations = self.operations.max(32_768);
        let is_short = operations < self.memory / 32;
        let most = if is_short {
            operations / (BLOCK * 4)
        } else {
            self.memory / (BLOCK * 128)
        };
        let log = (1..63_u8).find(|log| (1_u64 << log) > most / 2)?;
        let parallel = if is_short {
            1
        } else {
            let most = (operations / 4) >> log;
            most.min(0x3fff_ffff) / BLOCK
        };
        let fits = log <= 20;
        let parallel = u32::try_from(parallel.max(1)).ok()?;
        let block = u32::try_from(BLOCK).ok()?;
        Params::new(log, block, parallel).ok().filter(|_| fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(operations: u64, memory: u64) -> Option<(u8, u32, u32)> {
        let strength = Strength { operations, memory };
        let found = strength.parameters()?;
        Some((found.log_n(), found.r(), found.p()))
    }

    #[test]
    fn parameters_are_those_that_libsodium_picks() {
        // SENSITIVE, which `minisign -G` writes, and INTERACTIVE.
        assert_eq!(parameters(33_554_432, 1 << 30), Some((20, 8, 1)));
        assert_eq!(parameters(524_288, 16 << 20), Some((14, 8, 1)));
        let Strength { operations, memory } = Strength::OURS;
        assert_eq!(parameters(operations, memory), Some((15, 8, 1)));
        assert_eq!(parameters(u64::MAX, u64::MAX), None, "no machine has that");
    }
}

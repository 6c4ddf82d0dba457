use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use deskhook_policy::{Layer, Problem, Severity};
use deskhook_wire::Role;

use super::bundle::{SKEW, VerifiedBundle, fingerprint, read_bundle, verify};
use super::kept::{Floor, KeptBundle, Ratchet, Slot};
use super::refusal::{problem, shown};
use super::vault::{Memory, Vault};
use super::{BundleRefusal, Keyring};

/// A bundle in use.
struct Held {
    verified: VerifiedBundle,
    kept: KeptBundle,
    sha256: String,
}

/// A bundle in the policy folder.
struct Candidate {
    name: String,
    bytes: Vec<u8>,
}

/// What came of it.
pub(super) struct Read {
    pub(super) layers: Vec<Layer>,
    pub(super) problems: Vec<Problem>,
    /// Whether no bundle is in use, and none was ever.
    pub(super) is_empty: bool,
    /// How many bundles were refused.
    pub(super) refused: usize,
    /// Whether nothing may begin by a bundle in use.
    pub(super) frozen: bool,
    /// When the answer would be another one without any change of a file, in seconds since 1970.
    pub(super) due: Option<u64>,
}

/// One reading of signed policy.
pub(super) struct Reading {
    keyring: Keyring,
    vault: Option<Vault>,
    is_known: bool,
    ratchet: Ratchet,
    /// The newest slot, as it was read.
    slot: Slot,
    held: BTreeMap<Role, Held>,
    /// The roles whose bundle in use lies in the policy folder.
    present: Vec<Role>,
    problems: Vec<Problem>,
    refused: usize,
    now: u64,
    due: Option<u64>,
}

impl Reading {
    /// Begins with what is remembered.
    pub(super) fn new(keyring: Keyring, vault: Option<Vault>, now: u64) -> Self {
        let memory = vault.as_ref().map(Vault::recall);
        let mut memory = memory.unwrap_or_else(|| Memory {
            is_known: true,
            ..Memory::default()
        });
        // The second one seldom says anything else.
        memory
            .slots
            .dedup_by(|one, other| one.bundles == other.bundles);
        let newest = memory.slots.first();
        let successions = match (&memory.ratchet, newest) {
            // A slot is written first, so it may know of more.
            (Some(ratchet), Some(slot)) if slot.successions.len() > ratchet.successions.len() => {
                slot.successions.clone()
            }
            (Some(ratchet), _) => ratchet.successions.clone(),
            (None, slot) => slot.map(|it| it.successions.clone()).unwrap_or_default(),
        };
        let mut reading = Self {
            keyring,
            is_known: memory.is_known,
            slot: newest.cloned().unwrap_or_default(),
            ratchet: Ratchet {
                successions,
                ..memory.ratchet.unwrap_or_default()
            },
            vault,
            held: BTreeMap::new(),
            present: vec![],
            problems: memory.problems,
            refused: 0,
            now,
            due: None,
        };
        for text in &reading.ratchet.successions {
            reading.keyring.follow(text.as_bytes());
        }
        if reading.is_known {
            memory.slots.iter().for_each(|slot| reading.remember(slot));
            let issued = reading
                .held
                .values()
                .map(|held| held.verified.bundle.issued);
            // A clock that was set back makes no bundle last longer. Less what a signer may be ahead:
            // so bundles that are each a day ahead of the former one do not move it on.
            let least = issued.max().unwrap_or(0).saturating_sub(SKEW);
            reading.now = least.max(now);
        }
        reading
    }

    /// The bundles of a slot, as far as no newer slot had one. They were in time when they were
    /// accepted, and signed by a key that may have handed over since.
    fn remember(&mut self, slot: &Slot) {
        for (role, kept) in &slot.bundles {
            if self.held.contains_key(role) {
                continue;
            }
            let keys = self.keyring.ever();
            match verify(&kept.name, kept.text.as_bytes(), &keys) {
                Ok(verified) if verified.bundle.role == *role => {
                    let (kept, sha256) = (kept.clone(), fingerprint(kept.text.as_bytes()));
                    self.hold(Held {
                        verified,
                        kept,
                        sha256,
                    });
                }
                Ok(_) => {}
                Err(refusal) => {
                    let message = format!("the last good {role} bundle no longer holds: {refusal}");
                    self.problems
                        .push(problem("last-good-untrusted", &kept.name, message));
                }
            }
        }
    }

    /// Takes a bundle into use.
    fn hold(&mut self, held: Held) {
        let bundle = &held.verified.bundle;
        let floor = Floor {
            serial: bundle.serial,
            sha256: held.sha256.clone(),
        };
        for key in &held.verified.signers {
            self.ratchet.raise(&key.id, &floor);
        }
        self.held.insert(bundle.role, held);
    }

    /// Judges every bundle in the policy folder: keys that take over first, then the newest ones.
    pub(super) fn bundles(&mut self, paths: &BTreeSet<PathBuf>) {
        if !self.is_known {
            self.refused += paths.len();
            return;
        }
        let mut candidates = vec![];
        for path in paths {
            let name = path.display().to_string();
            match read_bundle(path).map_err(BundleRefusal::File) {
                Ok(bytes) => candidates.push(Candidate { name, bytes }),
                Err(refusal) => self.refuse(&name, &refusal),
            }
        }
        while let Some(at) = candidates.iter().position(|it| self.takes_over(it)) {
            candidates.remove(at);
        }
        let mut verified = vec![];
        for candidate in candidates {
            match verify(&candidate.name, &candidate.bytes, self.keyring.current()) {
                Ok(bundle) => verified.push((bundle, candidate)),
                Err(_) if self.is_held(&candidate) => {}
                Err(refusal) => self.refuse(&candidate.name, &refusal),
            }
        }
        verified.sort_by_key(|(verified, _)| std::cmp::Reverse(verified.bundle.serial));
        for (bundle, candidate) in verified {
            let name = candidate.name.clone();
            if let Err(refusal) = self.judge(bundle, candidate) {
                self.refuse(&name, &refusal);
            }
        }
    }

    /// Whether there is nothing more to do about a bundle, because it names a key that takes over.
    fn takes_over(&mut self, candidate: &Candidate) -> bool {
        let Candidate { name, bytes } = candidate;
        let known = |text: &String| fingerprint(text.as_bytes()) == fingerprint(bytes);
        if self.ratchet.successions.iter().any(known) {
            return true;
        }
        let Ok(verified) = verify(name, bytes, self.keyring.current()) else {
            return false;
        };
        let Some(next) = verified.bundle.next.clone() else {
            return false;
        };
        if verified.signers.iter().all(|signer| signer.id == next.id) {
            return true;
        }
        if let Err(refusal) = verified.is_timely(self.now) {
            self.refuse(name, &refusal);
            return true;
        }
        self.keyring.hand_over(&verified.signers, next);
        self.count_again();
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.ratchet.successions.push(text);
        true
    }

    /// The key that took over may have signed the bundles in use as well: then their serials are
    /// its own, too.
    fn count_again(&mut self) {
        let keys = self.keyring.ever();
        for held in self.held.values() {
            let KeptBundle { name, text } = &held.kept;
            let Ok(verified) = verify(name, text.as_bytes(), &keys) else {
                continue;
            };
            let floor = Floor {
                serial: verified.bundle.serial,
                sha256: held.sha256.clone(),
            };
            for key in &verified.signers {
                self.ratchet.raise(&key.id, &floor);
            }
        }
    }

    fn is_held(&self, candidate: &Candidate) -> bool {
        let mut held = self.held.values();
        held.any(|held| held.kept.text.as_bytes() == candidate.bytes)
    }

    /// Takes a verified bundle into use, or says why not.
    fn judge(
        &mut self,
        verified: VerifiedBundle,
        Candidate { name, bytes }: Candidate,
    ) -> Result<(), BundleRefusal> {
        let (role, serial) = (verified.bundle.role, verified.bundle.serial);
        let sha256 = fingerprint(&bytes);
        if self.held.get(&role).is_some_and(|it| it.sha256 == sha256) {
            self.present.push(role);
            return Ok(());
        }
        let floor = self.ratchet.floor(role, self.keyring.current());
        if let Some(floor) = floor {
            if serial < floor.serial {
                let had = floor.serial;
                return Err(BundleRefusal::Older { role, serial, had });
            }
            if serial == floor.serial && sha256 != floor.sha256 {
                return Err(BundleRefusal::Reused(serial));
            }
        }
        if let Some(held) = self.held.get(&role).map(|it| &it.verified.bundle) {
            // Serials count by key: between two keys it is time that tells.
            let unknown = floor.is_none_or(|floor| floor.serial < held.serial);
            if unknown && verified.bundle.issued < held.issued {
                let earlier = held.issued - verified.bundle.issued;
                return Err(BundleRefusal::Earlier { role, earlier });
            }
        }
        verified.is_timely(self.now)?;
        // What was verified is JSON after lines of ASCII.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        self.hold(Held {
            verified,
            kept: KeptBundle { name, text },
            sha256,
        });
        self.present.push(role);
        Ok(())
    }

    fn refuse(&mut self, name: &str, refusal: &BundleRefusal) {
        let mut problems = refusal.problems(name);
        match refusal {
            BundleRefusal::NotYet { ahead } => self.look_again(self.now + ahead - SKEW),
            // Left beside the one that replaced it.
            BundleRefusal::Older { role, .. } | BundleRefusal::Earlier { role, .. }
                if self.present.contains(role) =>
            {
                problems
                    .iter_mut()
                    .for_each(|it| it.severity = Severity::Warning);
                self.problems.extend(problems);
                return;
            }
            _ => {}
        }
        self.refused += 1;
        self.problems.extend(problems);
    }

    fn look_again(&mut self, at: u64) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Keeps what changed, and says what holds.
    pub(super) fn finish(mut self) -> Read {
        if self.is_known {
            self.keep();
        }
        let held = self.held.iter();
        let frozen = held.filter_map(|it| self.frozen(it));
        let lost = Role::ALL.into_iter().filter_map(|role| self.lost(role));
        let why: Vec<Problem> = frozen.chain(lost).collect();
        let frozen = !why.is_empty();
        self.problems.extend(why);
        let ends = self.held.values().map(|held| held.verified.bundle.expires);
        if let Some(end) = ends.filter(|end| *end > self.now).min() {
            self.look_again(end);
        }
        let is_empty = self.is_known && self.held.is_empty();
        let held = self.held.into_values();
        let layers = held.flat_map(|held| held.verified.layers);
        Read {
            layers: layers.collect(),
            is_empty,
            problems: self.problems,
            refused: self.refused,
            frozen,
            due: self.due,
        }
    }

    /// Why nothing may begin by a bundle in use.
    fn frozen(&self, (role, held): (&Role, &Held)) -> Option<Problem> {
        let name = &held.kept.name;
        let bundle = &held.verified.bundle;
        let effect = "it restricts as before, and no client and no elevated rights are there";
        if bundle.expires <= self.now {
            let ago = shown(self.now - bundle.expires);
            let message = format!("the {role} policy in use expired {ago} ago: {effect}");
            let help = "sign its layers anew and put the new bundle into the policy folder";
            return Some(problem("policy-expired", name, message).with_help(help));
        }
        let floor = self.ratchet.floor(*role, self.keyring.current())?;
        (floor.serial > bundle.serial).then(|| {
            let message = format!("the {role} policy in use is not the newest one: {effect}");
            problem("policy-old", name, message).with_help("put the newest bundle there again")
        })
    }

    /// A role that had a policy and has none that can be used: what it restricted is not known.
    fn lost(&self, role: Role) -> Option<Problem> {
        let vault = self.vault.as_ref().filter(|_| self.is_known)?;
        let is_used = self.keyring.current().iter().any(|key| key.role == role);
        let floor = self.ratchet.floor(role, &self.keyring.ever());
        let had = floor.is_some() || self.slot.bundles.contains_key(&role);
        (is_used && had && !self.held.contains_key(&role)).then(|| {
            let message = format!(
                "the {role} policy that held here can no longer be used: until a new one comes, no client and no elevated rights are there"
            );
            let folder = vault.folder().display().to_string();
            problem("policy-lost", &folder, message)
                .with_help("put a bundle that a trusted key signed into the policy folder")
        })
    }

    fn keep(&mut self) {
        let Some(vault) = &self.vault else {
            return;
        };
        let mut slot = Slot {
            number: self.slot.number,
            successions: self.ratchet.successions.clone(),
            // One that a new trust file no longer covers stays, in case that file was a slip.
            bundles: self.slot.bundles.clone(),
        };
        for (role, held) in &self.held {
            slot.bundles.insert(*role, held.kept.clone());
        }
        if slot == Slot::default() {
            return;
        }
        if slot != self.slot {
            slot.number += 1;
        }
        if let Err(error) = vault.keep(&slot, &self.ratchet) {
            let folder = vault.folder().display().to_string();
            let message = format!("what was accepted cannot be kept: {error}");
            let help = "after a restart, an older bundle could be put in its place";
            self.problems
                .push(problem("memory-not-kept", &folder, message).with_help(help));
        }
    }
}

use std::collections::BTreeSet;

/// Who is to blame when a child dies in which several extensions run.
///
/// One that was alone in a call is guilty. Several are suspects, and a suspect is called only
/// while no other suspect is, until a call of it came back: so the next death names the guilty
/// one, and no other pays for it.
#[derive(Debug, Default)]
pub(crate) struct Blame {
    calling: BTreeSet<String>,
    suspects: BTreeSet<String>,
    guilty: BTreeSet<String>,
    /// Which child's death was looked into last.
    judged: u64,
}

impl Blame {
    /// Whether `name` may be called now; it is then under way until [`Blame::came_back`].
    pub(crate) fn enter(&mut self, name: &str) -> bool {
        let taken = self.suspects.contains(name)
            && self
                .calling
                .iter()
                .any(|other| self.suspects.contains(other));
        if !taken {
            self.calling.insert(name.to_owned());
        }
        !taken
    }

    /// A call of `name` came back, with an answer or a fault of its own: whether somebody may have
    /// waited for that.
    pub(crate) fn came_back(&mut self, name: &str) -> bool {
        self.calling.remove(name);
        self.suspects.remove(name)
    }

    /// A call of `name` was not heard of by anybody.
    pub(crate) fn left(&mut self, name: &str) {
        self.calling.remove(name);
    }

    /// The `number`th child was ended because of `name`.
    pub(crate) fn convict(&mut self, number: u64, name: &str) {
        if self.judged < number {
            self.judged = number;
            self.guilty = BTreeSet::from([name.to_owned()]);
        }
    }

    /// `name` was in a call when the `number`th child died: whether it is to blame.
    pub(crate) fn died(&mut self, number: u64, name: &str) -> bool {
        if self.judged < number {
            self.judged = number;
            self.judge();
        }
        self.calling.remove(name);
        self.guilty.contains(name)
    }

    fn judge(&mut self) {
        let known: BTreeSet<String> = self.calling.intersection(&self.suspects).cloned().collect();
        self.guilty = match (known.is_empty(), self.calling.len()) {
            (false, _) => known,
            (true, 1) => self.calling.clone(),
            (true, _) => BTreeSet::new(),
        };
        // Once one is known, the others are cleared, and it alone stays a suspect.
        self.suspects = if self.guilty.is_empty() {
            self.calling.clone()
        } else {
            self.guilty.clone()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_was_alone_is_to_blame() {
        let mut blame = Blame::default();
        assert!(blame.enter("a"));
        assert!(blame.died(1, "a"));
        assert!(blame.enter("a"));
    }

    #[test]
    fn suspects_are_called_one_by_one_until_the_guilty_one_is_known() {
        let mut blame = Blame::default();
        for name in ["a", "b", "c"] {
            assert!(blame.enter(name));
        }
        assert!(!blame.died(1, "a") && !blame.died(1, "b") && !blame.died(1, "c"));
        assert!(blame.enter("a") && !blame.enter("b"), "one at a time");
        assert!(blame.enter("d"), "who is no suspect does not wait");
        blame.came_back("a");
        assert!(blame.enter("b"));
        assert!(blame.died(2, "b"), "alone among suspects");
        assert!(!blame.died(2, "d"), "beside a suspect");
        assert!(blame.enter("c"));
        assert!(blame.enter("b"), "nobody else is a suspect");
        assert!(!blame.died(3, "c"), "a suspect beside it is known");
        assert!(blame.died(3, "b"));
    }

    #[test]
    fn a_child_that_was_ended_for_one_blames_no_other() {
        let mut blame = Blame::default();
        assert!(blame.enter("slow") && blame.enter("other"));
        blame.convict(1, "slow");
        assert!(!blame.died(1, "other"));
        assert!(blame.died(1, "slow"));
    }
}

//! Where a policy deviates from the vendor's security guide, for whom, and the layer that mends it.
//!
//! Every recommendation is a [`Rule`] of one table, [`rules()`]. [`audit()`] resolves the policy for
//! each [`Audience`] on its own, since what is right for a supporter is wrong for those who are
//! helped, and holds it against each rule.

mod access;
mod audience;
mod deviation;
mod exception;
mod finding;
mod fix;
mod index;
mod rule;
mod rules;
mod view;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;

pub use audience::Audience;
pub use exception::{Exception, State};
pub use finding::Finding;
pub use fix::{Change, Fix};
pub use rule::{Basis, Level, Rule};
pub use rules::rules;

use crate::resolve::apply;
use crate::{Layer, Problem};
use index::Index;
use rule::Check;
use view::View;

/// What came of an audit.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Every deviation: errors first, then in the order of the rules and of the places.
    pub findings: Vec<Finding>,
    /// What is wrong with the layers that apply to one of the audiences, each once.
    pub problems: Vec<Problem>,
}

impl Audit {
    /// Whether the policy holds: no finding is open but notes.
    pub fn holds(&self) -> bool {
        let mut open = self.findings.iter().filter(|finding| finding.is_open());
        !open.any(|finding| finding.rule.level > Level::Note)
    }
}

/// Holds the policy that `layers` make for each of `audiences` against every rule, as of `today`.
///
/// The same deviation at several audiences is one finding that names them all. One that an
/// exception covers for some of them and not for others is two.
pub fn audit(layers: &[Layer], audiences: &[Audience], today: Date) -> Audit {
    let index = Index::new(layers);
    let mut auditing = Auditing::default();
    for audience in audiences {
        let resolved = apply(index.of(audience), &audience.subject());
        auditing.problems(&resolved.problems);
        let view = View::new(&resolved);
        let audience = Arc::new(audience.clone());
        for (order, rule) in rules().enumerate() {
            let Check::Policy(check) = rule.check else {
                continue;
            };
            let exception = exception::of(&view, rule.id, today);
            for deviation in check(&view) {
                let found = Finding::new(rule, deviation, exception.clone());
                auditing.add(order, found, &audience);
            }
        }
    }
    auditing.finish()
}

/// What was found so far.
#[derive(Default)]
struct Auditing {
    findings: Vec<(usize, Finding)>,
    places: HashMap<String, usize>,
    problems: Vec<Problem>,
    told: HashSet<String>,
}

impl Auditing {
    fn problems(&mut self, problems: &[Problem]) {
        for problem in problems {
            if self.told.insert(format!("{problem:?}")) {
                self.problems.push(problem.clone());
            }
        }
    }

    fn add(&mut self, order: usize, found: Finding, audience: &Arc<Audience>) {
        let at = *self.places.entry(found.identity()).or_insert_with(|| {
            self.findings.push((order, found));
            self.findings.len() - 1
        });
        self.findings[at].1.audiences.push(Arc::clone(audience));
    }

    fn finish(mut self) -> Audit {
        self.findings
            .sort_by(|(one_order, one), (other_order, other)| {
                let place = |finding: &Finding| {
                    (finding.place.file().to_owned(), finding.place.span().start)
                };
                let level = other.rule.level.cmp(&one.rule.level);
                level
                    .then(one_order.cmp(other_order))
                    .then_with(|| place(one).cmp(&place(other)))
            });
        let findings = self.findings.into_iter().map(|(_, finding)| finding);
        Audit {
            findings: findings.collect(),
            problems: self.problems,
        }
    }
}

//! Many layers become one policy.

mod expiry;
mod explain;
mod merge;
mod order;
mod provenance;
mod subject;
mod tree;

pub use explain::{Explanation, explain};
pub use provenance::{LayerName, Overridden, Provenance, Setting, Trail, Why};
pub use subject::Subject;
pub(crate) use subject::same;

use crate::{AnyDeskClient, Layer, LocalText, Policy, Problem, typed};

/// One policy, why every value of it is what it is, and what was wrong on the way.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// The effective policy.
    pub policy: Policy,
    /// Who set each key, and what that overrode.
    pub provenance: Provenance,
    /// What is wrong with the layers that apply, in the order in which they apply.
    pub problems: Vec<Problem>,
}

impl Resolved {
    /// Takes every client away: what holds while a layer file is broken that was never good.
    pub fn turn_integrations_off(&mut self) {
        self.policy.clients.clear();
        self.policy.anydesk = AnyDeskClient::default();
        if let Some(tree) = self.policy.tree.as_object_mut() {
            tree.remove("Integration");
        }
        self.provenance.turn_off("integration", &Why::Off);
        self.policy.start_text = LocalText::None;
        self.policy.version = typed::version(&self.policy.tree, "integrations are off");
    }
}

/// Applies every layer that is for `subject`.
///
/// Pure, and the same whatever order the layers come in: they are sorted by scope (tenant,
/// all-users, group, user, device), then by priority, then by name, then by file; what comes
/// later wins.
///
/// Objects merge by key; lists and scalars are replaced; an object that meets a scalar is a
/// conflict, and the broader value stays. A layer's removals act on what is broader than it,
/// before its own settings. `Allow.*` keeps an explicit false from wherever it came, and
/// consent and isolation only ever get stricter than the broadest layer that set them.
pub fn resolve(layers: &[Layer], subject: &Subject) -> Resolved {
    apply(layers, subject)
}

/// The same over layers that were picked from more.
pub(crate) fn apply<'l>(
    layers: impl IntoIterator<Item = &'l Layer>,
    subject: &Subject,
) -> Resolved {
    let merged = merge::merge(&order::sorted(layers), subject);
    let tree = tree::grow(&merged.held);
    let organization = merged.organization.clone();
    let (provenance, mut problems) = merged.finish();
    let (policy, found) = typed::policy(tree, &organization, &provenance);
    problems.extend(found);
    Resolved {
        policy,
        provenance,
        problems,
    }
}

use super::{Resolved, Why};
use crate::{ElevationPolicy, LocalText, typed};

impl Resolved {
    /// What holds once signed policy is out of date: all that it restricts, and neither a client nor
    /// elevated rights, so that nothing begins by a policy that somebody keeps from being renewed.
    pub fn expire(&mut self) {
        self.policy.clients.clear();
        self.policy.start_text = LocalText::None;
        self.policy.elevation = ElevationPolicy::default();
        for section in ["Integration", "Elevation"] {
            if let Some(tree) = self.policy.tree.as_object_mut() {
                tree.remove(section);
            }
            let section = section.to_lowercase();
            self.provenance.turn_off(&section, &Why::Expired);
        }
        self.policy.expired = true;
        self.policy.version = typed::version(&self.policy.tree, "the signed policy is out of date");
    }
}

//! From the effective tree to the typed [`Policy`]. Every value was held against its type
//! before, layer by layer; what is said here is about values that do not fit together.

mod branch;
mod clients;
mod exceptions;
mod sections;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Policy, Problem, Provenance};
use branch::Branch;

/// Types the effective tree.
pub(crate) fn policy(
    tree: Value,
    organization: &str,
    provenance: &Provenance,
) -> (Policy, Vec<Problem>) {
    let root = Branch::new(&tree);
    let named = root.at("Organization").text("Name");
    let organization = named.unwrap_or_else(|| organization.to_owned());
    let anydesk = root.at("Integration").at("AnyDesk").value("Client");
    let clients = clients::clients(root.at("Integration"), provenance);
    let exceptions = exceptions::exceptions(root.at("Audit").at("Exceptions"), provenance);
    let policy = Policy {
        version: version(&tree, &organization),
        organization,
        clients: clients.specs,
        anydesk,
        start_text: clients.start_text,
        session: sections::session(root.at("Session")),
        tray: sections::tray(root.at("Tray")),
        web_links: root.value("WebLinks"),
        link_scheme: root.at("Links").text("Scheme"),
        elevation: sections::elevation(root.at("Elevation")),
        extensions: sections::extensions(root.at("Extensions")),
        allow: sections::allow(root.at("Allow")),
        expired: false,
        audit_exceptions: exceptions.decided,
        tree,
    };
    let mut problems = clients.problems;
    problems.extend(exceptions.problems);
    (policy, problems)
}

/// The first 12 hex digits of the SHA-256 of the tree in canonical form: keys sorted, no space.
pub(crate) fn version(tree: &Value, organization: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(organization.as_bytes());
    hash.update([0]);
    hash.update(tree.to_string().as_bytes());
    let digits = hash.finalize();
    digits
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

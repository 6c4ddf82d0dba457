use serde::Serialize;

use super::ClientRole;
use super::form::{FormEntry, form};
use super::lines::{VendorLine, lines};
use super::role::word;
use crate::{Direction, Problem, Resolved};

/// What somebody types into the vendor's generator to build a custom client.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClientSettings {
    /// Whose client it is.
    pub role: ClientRole,
    /// Which way its sessions go.
    pub direction: Direction,
    /// The lines for the field "Advanced", in their order.
    pub lines: Vec<VendorLine>,
    /// The options beside it, for which no key is known.
    pub form: Vec<FormEntry>,
    /// What was left out, what is missing, what is not certain.
    pub remarks: Vec<String>,
}

/// What policy says of the AnyDesk client of a role. Nothing is added that no layer says, but the
/// direction where it is left open.
///
/// # Errors
/// When the policy wants the client of the other role: with the place that says so.
pub fn client_settings(resolved: &Resolved, role: ClientRole) -> Result<ClientSettings, Problem> {
    if let Some(problem) = role.contradiction(resolved) {
        return Err(problem);
    }
    let direction = role.wanted(resolved).0;
    let made = lines(resolved, role);
    let (form, left_out) = form(resolved, role);
    let mut remarks = missing(resolved, role);
    remarks.extend(made.remarks);
    remarks.extend(left_out);
    Ok(ClientSettings {
        role,
        direction,
        lines: made.lines,
        form,
        remarks,
    })
}

/// What the guide's use case has and this policy does not.
fn missing(resolved: &Resolved, role: ClientRole) -> Vec<String> {
    let client = &resolved.policy.anydesk;
    let mut remarks = vec![];
    match client.direction {
        None => remarks.push(format!(
            "Direction is not set: the role {role} makes the client {}",
            word(role.direction())
        )),
        Some(Direction::Bidirectional) => remarks.push(format!(
            "Direction is bidirectional, where the vendor's guide wants the client of the role {role} {}",
            word(role.direction())
        )),
        Some(_) => {}
    }
    match role {
        ClientRole::EndUser if client.remove_preset_profiles.is_empty() => remarks.push(
            "RemovePresetProfiles is not set: the vendor's guide removes the four preset profiles"
                .to_owned(),
        ),
        ClientRole::Support if client.namespace.is_none() && client.register_alias.is_none() => {
            remarks.push(
                "neither Namespace nor RegisterAlias is set: the vendor's guide registers the \
                 supporter's alias in the organisation's namespace"
                    .to_owned(),
            );
        }
        ClientRole::EndUser | ClientRole::Support => {}
    }
    remarks
}

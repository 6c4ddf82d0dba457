use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::{Anchor, View, client_key};
use crate::audit::{Basis, Level, Rule};
use crate::{AnyDeskClient, Scope};

use super::profiles;

pub(super) static RULES: [Rule; 4] = [
    Rule {
        id: "unattended-everywhere",
        level: Level::Error,
        basis: Basis::Guide("Unattended Access"),
        title: "Unattended access is not for everybody",
        says: "Access by a password is for devices that are monitored, and for people who reach their \
               own device from elsewhere. Where somebody sits at the device it is not needed. So it is \
               switched on by a layer that names a group, a user or a device, and never for all.",
        advice: "switch it off here, and on in a layer for those who need it",
        check: Check::Policy(everywhere),
    },
    Rule {
        id: "unattended-access",
        level: Level::Note,
        basis: Basis::Guide("Unattended Access"),
        title: "Unattended access has a reason",
        says: "Where it is on for a group, a user or a device, an exception says what it is for: \
               monitoring, or work from elsewhere.",
        advice: "write the reason down as an exception, or switch it off",
        check: Check::Policy(somewhere),
    },
    Rule {
        id: "unattended-two-factor",
        level: Level::Error,
        basis: Basis::Guide("Two-factor authentication for Unattended Access"),
        title: "Unattended access asks for a second factor",
        says: "Beside the password a code of an authenticator app is asked for, so that a password that \
               leaked opens nothing.",
        advice: "set Client.UnattendedAccess.TwoFactor to true and set the app up on the device",
        check: Check::Policy(second_factor),
    },
    Rule {
        id: "unattended-profile",
        level: Level::Warning,
        basis: Basis::Guide("Unattended Access"),
        title: "The password for unattended access belongs to a profile of the organisation's",
        says: "Passwords are set for each permission profile, so that whoever comes in without a person \
               may do what the work needs and not everything.",
        advice: "name one of Client.PermissionProfiles under Client.UnattendedAccess.Profile",
        check: Check::Policy(profile),
    },
];

/// The vendor's own key for it, as it is seen in scripts.
const ADVANCED: &str = "ad.features.unattended";
const ENABLED: &str = "UnattendedAccess.Enabled";

/// The key under `Client` that switches unattended access on.
pub(super) fn switch(view: &View<'_>) -> Option<String> {
    let client = view.client()?;
    if client.unattended_access.enabled == Some(true) {
        return Some(ENABLED.to_owned());
    }
    let mut advanced = view
        .advanced_on(ADVANCED)
        .filter(|(rest, _)| rest.is_empty());
    advanced.next().map(|(_, name)| format!("Advanced.{name}"))
}

/// The same, with unattended access off.
pub(super) fn switched_off(found: Deviation, switch: &str) -> Deviation {
    let key = client_key(switch);
    match switch {
        ENABLED => found.set(key, false),
        _ => found.set(key, 0),
    }
}

fn receiving<'r>(view: &View<'r>) -> Option<(&'r AnyDeskClient, String)> {
    Some((view.receiving()?, switch(view)?))
}

fn everywhere(view: &View<'_>) -> Vec<Deviation> {
    let message = "a password alone opens every device: unattended access is on for everybody";
    let found = switched_on(view, message);
    found
        .filter(|found| found.layer.scope <= Scope::AllUsers)
        .into_iter()
        .collect()
}

fn somewhere(view: &View<'_>) -> Vec<Deviation> {
    let message = "unattended access is on, and nothing says what for";
    let found = switched_on(view, message);
    found
        .filter(|found| found.layer.scope > Scope::AllUsers)
        .into_iter()
        .collect()
}

fn switched_on(view: &View<'_>, message: &str) -> Option<Deviation> {
    let (_, switch) = receiving(view)?;
    let found = view.deviation(&switch, Anchor::Client, message)?;
    Some(switched_off(found, &switch))
}

fn second_factor(view: &View<'_>) -> Vec<Deviation> {
    let found = receiving(view).and_then(|(client, switch)| {
        if client.unattended_access.two_factor == Some(true) {
            return None;
        }
        let key = match client.unattended_access.two_factor {
            Some(_) => "UnattendedAccess.TwoFactor",
            None => switch.as_str(),
        };
        let message = "unattended access asks for no second factor";
        let found = view.deviation(key, Anchor::Client, message)?;
        let found = found.set(client_key("UnattendedAccess.TwoFactor"), true);
        Some(found.hint("the app is set up in the client's settings, which have to be open for it"))
    });
    found.into_iter().collect()
}

fn profile(view: &View<'_>) -> Vec<Deviation> {
    let found = receiving(view).and_then(|(client, switch)| {
        let named = client.unattended_access.profile.as_ref();
        let same = |one: &String, other: &String| one.eq_ignore_ascii_case(other);
        let known = named.is_some_and(|named| profiles::own(client).any(|own| same(own, named)));
        if known {
            return None;
        }
        let key = "UnattendedAccess.Profile";
        let (at, message) = match named {
            None => (
                switch.as_str(),
                "the password for unattended access belongs to no profile".to_owned(),
            ),
            Some(named) => (
                key,
                format!(
                    "the profile for unattended access, {named}, is none of the organisation's"
                ),
            ),
        };
        let found = view.deviation(at, Anchor::Client, message)?;
        let own = profiles::own(client).next();
        let name = own.cloned().unwrap_or_else(|| "Unattended".to_owned());
        let found = match own {
            Some(_) => found,
            None => found.set(client_key("PermissionProfiles.Unattended.input"), true),
        };
        Some(found.set(client_key(key), name))
    });
    found.into_iter().collect()
}

use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::{Anchor, View, client_key};
use crate::audit::{Basis, Level, Rule};

use super::{permissions, unattended};

const USE_CASE: Basis = Basis::Guide("Use Case, Outgoing-only client");

pub(super) static RULES: [Rule; 4] = [
    Rule {
        id: "outgoing-login",
        level: Level::Error,
        basis: Basis::Guide("Force user login"),
        title: "Whoever connects to others has signed in",
        says: "A client that makes connections asks for an account first, so that somebody who gets \
               hold of a supporter's device cannot connect to all the others.",
        advice: "set Client.ForceUserLogin to true, and give every supporter a my.anydesk account",
        check: Check::Policy(login),
    },
    Rule {
        id: "outgoing-alias",
        level: Level::Warning,
        basis: USE_CASE,
        title: "A supporter's client has an alias in the organisation's namespace",
        says: "The client registers its alias in the organisation's namespace by itself. That is what \
               the access control lists of all the others let in.",
        advice: "set Client.RegisterAlias to true",
        check: Check::Policy(alias),
    },
    Rule {
        id: "outgoing-permissions",
        level: Level::Warning,
        basis: USE_CASE,
        title: "A supporter's client permits nothing",
        says: "Nobody connects to a client that only connects to others, so all permissions are off.",
        advice: "switch every permission off in the layer for the support staff",
        check: Check::Policy(nothing_permitted),
    },
    Rule {
        id: "outgoing-unattended",
        level: Level::Error,
        basis: Basis::Guide("Unattended Access"),
        title: "A supporter's client has no unattended access",
        says: "From a supporter's device every other one can be reached. Nobody comes in there, with or \
               without a password.",
        advice: "set Client.UnattendedAccess.Enabled to false in the layer for the support staff",
        check: Check::Policy(nobody_in),
    },
];

fn login(view: &View<'_>) -> Vec<Deviation> {
    let open = view
        .connecting()
        .filter(|client| client.force_user_login != Some(true));
    let found = open.and_then(|_| {
        let message = "whoever has a supporter's device may connect: ForceUserLogin is not true";
        let found = view.deviation("ForceUserLogin", Anchor::Direction, message)?;
        Some(found.set(client_key("ForceUserLogin"), true))
    });
    found.into_iter().collect()
}

/// The guide's use case writes `ad.anydesk`, RealmJoin's notes `ad.anynet`.
const REGISTER: [&str; 2] = [
    "ad.anydesk.register.add_to_namespace",
    "ad.anynet.register.add_to_namespace",
];

fn alias(view: &View<'_>) -> Vec<Deviation> {
    let whole = |key: &&str| view.advanced_on(key).any(|(rest, _)| rest.is_empty());
    let found = view.connecting().and_then(|client| {
        if client.register_alias == Some(true) || REGISTER.iter().any(whole) {
            return None;
        }
        let message =
            "a supporter's client registers no alias that access control lists could let in";
        let found = view.deviation("RegisterAlias", Anchor::Direction, message)?;
        Some(found.set(client_key("RegisterAlias"), true))
    });
    found.into_iter().collect()
}

fn nothing_permitted(view: &View<'_>) -> Vec<Deviation> {
    let grants = permissions::grants(view);
    let found = view.connecting().and_then(|_| {
        let first = grants.first()?;
        let named = grants.iter().map(|grant| match grant.profile.as_str() {
            "" => grant.permission.clone(),
            profile => format!("{} of {profile}", grant.permission),
        });
        let named: Vec<String> = named.collect();
        let message = format!("a supporter's client permits {}", named.join(", "));
        let found = view.deviation(&first.key, Anchor::Direction, message)?;
        Some(permissions::taken_away(found, &grants))
    });
    found.into_iter().collect()
}

fn nobody_in(view: &View<'_>) -> Vec<Deviation> {
    let found = view.connecting().and_then(|_| {
        let switch = unattended::switch(view)?;
        let message = "a password opens a supporter's device: unattended access is on";
        let found = view.deviation(&switch, Anchor::Direction, message)?;
        Some(unattended::switched_off(found, &switch))
    });
    found.into_iter().collect()
}

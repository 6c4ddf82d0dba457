//! The guide asks for the permissions that are needed and no others, and names none. The levels
//! here are ours: an error for what the vendor's own default profile leaves out (privacy mode and
//! tunnels), a warning for what takes files, a recording or control away from the person, a note
//! for what stops their work.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::{Anchor, View, client_key};
use crate::audit::{Basis, Level, Rule};

const SECTION: Basis = Basis::Guide("Permissions for the connection");
const ADVICE: &str =
    "take it out of the profile, or write down with an exception who needs it and why";

pub(super) static RULES: [Rule; 6] = [
    Rule {
        id: "permission-tunnel",
        level: Level::Error,
        basis: SECTION,
        title: "No profile opens a tunnel",
        says: "A profile grants what a session needs. TCP tunnels and VPN reach past the screen into \
               the network of the device; the vendor's own default profile has no TCP tunnel.",
        advice: ADVICE,
        check: Check::Policy(|view| {
            find(
                view,
                &["tcp_tunnel", "vpn"],
                "opens a tunnel into the device's network",
            )
        }),
    },
    Rule {
        id: "permission-privacy-mode",
        level: Level::Error,
        basis: SECTION,
        title: "No profile hides what is done from the person",
        says: "A profile grants what a session needs. Privacy mode blacks out the screen, so that the \
               person cannot see what is done; the vendor's own default profile leaves it out.",
        advice: ADVICE,
        check: Check::Policy(|view| {
            find(
                view,
                &["privacy_feature"],
                "hides the screen from the person",
            )
        }),
    },
    Rule {
        id: "permission-block-input",
        level: Level::Warning,
        basis: SECTION,
        title: "No profile takes mouse and keyboard from the person",
        says: "A profile grants what a session needs. Whoever sits at the device should always be able \
               to step in.",
        advice: ADVICE,
        check: Check::Policy(|view| {
            find(
                view,
                &["block_input"],
                "takes mouse and keyboard from the person",
            )
        }),
    },
    Rule {
        id: "permission-files",
        level: Level::Warning,
        basis: SECTION,
        title: "No profile moves files",
        says: "A profile grants what a session needs. File manager and files on the clipboard carry \
               data off the device and programs onto it.",
        advice: ADVICE,
        check: Check::Policy(|view| {
            find(
                view,
                &["file_manager", "clipboard_files"],
                "moves files on and off the device",
            )
        }),
    },
    Rule {
        id: "permission-recording",
        level: Level::Warning,
        basis: SECTION,
        title: "No profile records sessions",
        says: "A profile grants what a session needs. A recording keeps everything that was on the \
               person's screen, at the supporter's side.",
        advice: ADVICE,
        check: Check::Policy(|view| {
            find(view, &["record_session"], "records what is on the screen")
        }),
    },
    Rule {
        id: "permission-restart",
        level: Level::Note,
        basis: SECTION,
        title: "No profile restarts the device",
        says: "A profile grants what a session needs. A restart ends the person's work.",
        advice: ADVICE,
        check: Check::Policy(|view| find(view, &["restart"], "restarts the device")),
    },
];

/// A permission that is on.
pub(super) struct Grant {
    /// Its profile; empty for one that holds in all, as old clients had it.
    pub(super) profile: String,
    /// Its name, in lower case.
    pub(super) permission: String,
    /// The key under `Client` that grants it.
    pub(super) key: String,
    /// What takes it away.
    pub(super) off: Value,
}

/// Every permission that is on, as a profile says it or by one of the vendor's own keys.
pub(super) fn grants(view: &View<'_>) -> Vec<Grant> {
    let mut grants = vec![];
    for (profile, permissions) in &view.policy.anydesk.permission_profiles {
        let on = permissions.iter().filter(|(_, on)| **on);
        grants.extend(on.map(|(name, _)| Grant {
            profile: profile.clone(),
            permission: name.trim().to_lowercase(),
            key: format!("PermissionProfiles.{profile}.{name}"),
            off: Value::Bool(false),
        }));
    }
    let advanced = view.advanced_on("ad.security.").filter_map(|(rest, name)| {
        let (profile, permission) = match rest.strip_prefix("permission_profiles.") {
            Some(rest) => rest.split_once(".permissions.")?,
            None => ("", rest.as_str()),
        };
        Some(Grant {
            profile: profile.to_owned(),
            permission: permission.to_owned(),
            key: format!("Advanced.{name}"),
            off: Value::from(0),
        })
    });
    grants.extend(advanced);
    grants
}

/// What grants one of `permissions`: one finding for each profile.
fn find(view: &View<'_>, permissions: &[&str], what: &str) -> Vec<Deviation> {
    if view.receiving().is_none() {
        return vec![];
    }
    let mut profiles: BTreeMap<String, Vec<Grant>> = BTreeMap::new();
    for grant in grants(view) {
        if permissions.contains(&grant.permission.as_str()) {
            profiles
                .entry(grant.profile.clone())
                .or_default()
                .push(grant);
        }
    }
    let each = profiles.into_iter().filter_map(|(profile, grants)| {
        let names: Vec<&str> = grants
            .iter()
            .map(|grant| grant.permission.as_str())
            .collect();
        let whose = match profile.as_str() {
            "" => "every profile".to_owned(),
            profile => format!("the profile {profile}"),
        };
        let message = format!("{whose} {what}: {}", names.join(", "));
        let found = view.deviation(&grants.first()?.key, Anchor::Client, message)?;
        Some(taken_away(found.about(profile), &grants))
    });
    each.collect()
}

/// The same, with every one of `grants` off.
pub(super) fn taken_away(found: Deviation, grants: &[Grant]) -> Deviation {
    let each = grants.iter();
    each.fold(found, |found, grant| {
        found.set(client_key(&grant.key), grant.off.clone())
    })
}

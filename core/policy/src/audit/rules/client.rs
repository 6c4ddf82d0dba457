use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::{Anchor, View, client_key};
use crate::audit::{Basis, Level, Rule};

pub(super) static RULES: [Rule; 5] = [
    Rule {
        id: "settings-open",
        level: Level::Warning,
        basis: Basis::Guide("Settings"),
        title: "The client's settings are closed",
        says: "An installed custom client needs no changes, so its settings are shut. They stay open \
               only where a second factor for unattended access has to be set up in them.",
        advice: "set Client.DisableSettings to true",
        check: Check::Policy(settings),
    },
    Rule {
        id: "address-book-open",
        level: Level::Warning,
        basis: Basis::Guide("Settings"),
        title: "A client that is connected to has no address book",
        says: "Whoever only receives connections has nobody to look up: the address book is taken out.",
        advice: "set Client.DisableAddressBook to true",
        check: Check::Policy(address_book),
    },
    Rule {
        id: "tcp-listening",
        level: Level::Warning,
        basis: Basis::RealmJoin("AnyDesk deployment"),
        title: "The client takes no direct TCP connections",
        says: "The client for end users is built with Disable TCP listen port: sessions come by way \
               of the vendor's network, and no port of the device is open to its neighbours.",
        advice: "set Client.DisableTcpListen to true",
        check: Check::Policy(tcp),
    },
    Rule {
        id: "license-unassigned",
        level: Level::Note,
        basis: Basis::RealmJoin("AnyDesk deployment"),
        title: "The client counts on the organisation's licence",
        says: "The client is built with Assign to license, so that it is on the organisation's list of \
               clients and can be taken off it when the device goes.",
        advice: "set Client.AssignToLicense to true",
        check: Check::Policy(license),
    },
    Rule {
        id: "minimum-version",
        level: Level::Warning,
        basis: Basis::Guide("Legal Notice"),
        title: "Old clients are not accepted",
        says: "The newest version is to be used and updates are to be applied; a version that is no \
               longer supported is open to attacks that are known.",
        advice: "set Client.MinimumVersion to the newest version that was rolled out",
        check: Check::Policy(version),
    },
];

/// Finds a switch of the client that is not on.
fn off(view: &View<'_>, key: &str, value: Option<bool>, what: &str) -> Option<Deviation> {
    let message = match value {
        Some(true) => return None,
        Some(false) => format!("{what}: {key} is false"),
        None => format!("{what}: {key} is not set"),
    };
    let found = view.deviation(key, Anchor::Client, message)?;
    Some(found.set(client_key(key), true))
}

fn settings(view: &View<'_>) -> Vec<Deviation> {
    let Some(client) = view.client() else {
        return vec![];
    };
    let unattended = &client.unattended_access;
    if unattended.enabled == Some(true) && unattended.two_factor == Some(true) {
        return vec![];
    }
    let what = "the AnyDesk client's settings can be changed on the device";
    let found = off(view, "DisableSettings", client.disable_settings, what);
    found.into_iter().collect()
}

fn address_book(view: &View<'_>) -> Vec<Deviation> {
    let found = view.receiving().and_then(|client| {
        let what = "an AnyDesk client that others connect to has an address book";
        off(
            view,
            "DisableAddressBook",
            client.disable_address_book,
            what,
        )
    });
    found.into_iter().collect()
}

fn tcp(view: &View<'_>) -> Vec<Deviation> {
    let found = view.receiving().and_then(|client| {
        let what = "the AnyDesk client listens for direct TCP connections";
        off(view, "DisableTcpListen", client.disable_tcp_listen, what)
    });
    found.into_iter().collect()
}

fn license(view: &View<'_>) -> Vec<Deviation> {
    let found = view.client().and_then(|client| {
        let what = "the AnyDesk client is not counted on the organisation's licence";
        off(view, "AssignToLicense", client.assign_to_license, what)
    });
    found.into_iter().collect()
}

/// What to write in the fix of an organisation that has to look its own version up.
const HINT: &str = "write the newest version that was rolled out";

fn version(view: &View<'_>) -> Vec<Deviation> {
    let mut found = vec![];
    if view
        .client()
        .is_some_and(|client| client.minimum_version.is_none())
    {
        let message = "any old version of AnyDesk will do: MinimumVersion is not set";
        let anydesk = view.deviation("MinimumVersion", Anchor::Client, message);
        found.extend(anydesk.map(|it| {
            let it = it
                .about("AnyDesk")
                .set(client_key("MinimumVersion"), "9.0.4");
            it.hint(HINT)
        }));
    }
    let enabled = "Integration.RustDesk.Enabled";
    let key = "Integration.RustDesk.Client.MinimumVersion";
    if view.is_on(enabled) && view.policy.get(key).is_none() {
        let message = "any old version of RustDesk will do: MinimumVersion is not set";
        found.extend(view.winner(enabled).map(|setting| {
            let it = Deviation::new(key, setting, message).about("RustDesk");
            it.set(key, "1.4.9").hint(HINT)
        }));
    }
    found
}

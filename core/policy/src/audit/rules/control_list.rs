use crate::AnyDeskClient;
use crate::audit::access::{Reach, allowed, covers, everybody_of, reach};
use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::{Anchor, View, client_key};
use crate::audit::{Basis, Level, Rule};

use super::namespace::own;

const SECTION: Basis = Basis::Guide("Access Control List and custom Namespace");
const KEY: &str = "AccessControlList";
/// The vendor's own keys for the list, which hold before what policy says elsewhere.
const SWITCH: &str = "ad.security.acl_enabled";
const LIST: &str = "ad.security.acl_list";

pub(super) static RULES: [Rule; 4] = [
    Rule {
        id: "acl-missing",
        level: Level::Error,
        basis: SECTION,
        title: "Whoever may connect is on a list",
        says: "Every client that can be connected to has an access control list, so that only clients \
               that are on it may ask for a session.",
        advice: "set Client.AccessControlList to the organisation's namespace, such as [\"*@acme\"]",
        check: Check::Policy(missing),
    },
    Rule {
        id: "acl-open",
        level: Level::Error,
        basis: SECTION,
        title: "No wildcard on the list lets strangers in",
        says: "The list names the organisation's own namespace. A bare *, one over the public namespace \
               @ad or over IDs, or one that leaves the namespace open lets in clients that anybody can get.",
        advice: "take these entries off the list; a single client is named by its whole ID or alias",
        check: Check::Policy(open),
    },
    Rule {
        id: "acl-foreign-namespace",
        level: Level::Warning,
        basis: SECTION,
        title: "No wildcard on the list is over another organisation's namespace",
        says: "With a namespace of its own an organisation lets in its own devices alone. Who is in \
               another one's namespace is for that one to say.",
        advice: "name the other organisation's supporters one by one, or write down why with an exception",
        check: Check::Policy(foreign),
    },
    Rule {
        id: "acl-namespace",
        level: Level::Warning,
        basis: SECTION,
        title: "The organisation's namespace is on the list",
        says: "The whole namespace of the organisation is let in by one wildcard, *@namespace, so that \
               every supporter can connect and nobody has to be added by hand.",
        advice: "add the organisation's namespace to Client.AccessControlList",
        check: Check::Policy(without_own),
    },
];

fn missing(view: &View<'_>) -> Vec<Deviation> {
    let open = view
        .receiving()
        .filter(|client| client.access_control_list.is_none());
    let found = open.and_then(|client| {
        let message = "anybody may ask for a session: there is no AccessControlList";
        let found = view.deviation(KEY, Anchor::Client, message)?;
        Some(mended(found, client))
    });
    found.into_iter().chain(switched_off(view)).collect()
}

/// The list may be there and be switched off.
fn switched_off(view: &View<'_>) -> Option<Deviation> {
    view.receiving()?;
    let (_, name) = view
        .advanced_off(SWITCH)
        .find(|(rest, _)| rest.is_empty())?;
    let message = format!("anybody may ask for a session: {name} switches the list off");
    let key = format!("Advanced.{name}");
    let found = view.deviation(&key, Anchor::Client, message)?;
    Some(found.set(client_key(&key), true))
}

fn open(view: &View<'_>) -> Vec<Deviation> {
    find(
        view,
        |reach, _| *reach == Reach::Anybody,
        "lets strangers in",
    )
}

fn foreign(view: &View<'_>) -> Vec<Deviation> {
    let other = |reach: &Reach, client: &AnyDeskClient| match (reach, own(client)) {
        (Reach::Namespace(namespace), Some(own)) => !namespace.eq_ignore_ascii_case(own),
        _ => false,
    };
    find(view, other, "lets in whoever another organisation chooses")
}

/// Finds the entries that `is_wrong` is said of.
fn find(
    view: &View<'_>,
    is_wrong: impl Fn(&Reach, &AnyDeskClient) -> bool,
    what: &str,
) -> Vec<Deviation> {
    let Some(client) = view.receiving() else {
        return vec![];
    };
    let own = listed(view, client, &is_wrong, what);
    let vendors = written(view, |entry| is_wrong(&reach(entry), client), what);
    own.into_iter().chain(vendors).collect()
}

/// The entries of policy's own list that `is_wrong` is said of.
fn listed(
    view: &View<'_>,
    client: &AnyDeskClient,
    is_wrong: impl Fn(&Reach, &AnyDeskClient) -> bool,
    what: &str,
) -> Option<Deviation> {
    let list = client.access_control_list.iter().flatten();
    let (wrong, right): (Vec<&String>, Vec<&String>) =
        list.partition(|entry| is_wrong(&reach(entry), client));
    if wrong.is_empty() {
        return None;
    }
    let shown: Vec<String> = wrong.iter().map(|entry| format!("\"{entry}\"")).collect();
    let message = format!("the access control list {what}: {}", shown.join(", "));
    let found = view.deviation(KEY, Anchor::Client, message)?;
    let list = with_own(right.into_iter().cloned().collect(), client);
    Some(found.set(client_key(KEY), list))
}

/// The entries of the vendor's own key that `is_wrong` is said of. What is left stays as it is.
fn written(view: &View<'_>, is_wrong: impl Fn(&str) -> bool, what: &str) -> Option<Deviation> {
    let (name, value) = view.advanced_at(LIST)?;
    let entries = value.as_str()?.split(';').map(str::trim);
    let entries = entries.filter(|entry| !entry.is_empty());
    let (wrong, right): (Vec<&str>, Vec<&str>) =
        entries.partition(|entry| allowed(entry).is_some_and(|entry| is_wrong(&entry)));
    if wrong.is_empty() {
        return None;
    }
    let shown: Vec<String> = wrong.iter().map(|entry| format!("\"{entry}\"")).collect();
    let message = format!("{name} {what}: {}", shown.join(", "));
    let key = format!("Advanced.{name}");
    let found = view.deviation(&key, Anchor::Client, message)?;
    if right.is_empty() {
        return Some(found.remove(client_key(&key)));
    }
    Some(found.set(client_key(&key), right.join(";")))
}

fn without_own(view: &View<'_>) -> Vec<Deviation> {
    let found = view.receiving().and_then(|client| {
        let (list, own) = (client.access_control_list.as_ref()?, own(client)?);
        if list.iter().any(|entry| covers(entry, own)) {
            return None;
        }
        let message =
            format!("the organisation's namespace, *@{own}, is not on the access control list");
        let found = view.deviation(KEY, Anchor::Client, message)?;
        Some(mended(found, client))
    });
    found.into_iter().collect()
}

/// The list as it should be; where the organisation's namespace is not known, one that lets in
/// those few who were named, and else nobody.
fn mended(found: Deviation, client: &AnyDeskClient) -> Deviation {
    let entries = client.access_control_list.clone().unwrap_or_default();
    let safe = entries
        .into_iter()
        .filter(|entry| reach(entry) != Reach::Anybody);
    let list = with_own(safe.collect(), client);
    let nobody = list.is_empty();
    let found = found.set(client_key(KEY), list);
    if nobody {
        return found.hint("this lets nobody in; put your namespace there: [\"*@acme\"]");
    }
    found
}

fn with_own(mut list: Vec<String>, client: &AnyDeskClient) -> Vec<String> {
    if let Some(own) = own(client)
        && !list.iter().any(|entry| covers(entry, own))
    {
        list.push(everybody_of(own));
    }
    list
}

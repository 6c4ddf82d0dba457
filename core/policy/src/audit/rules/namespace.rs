use crate::AnyDeskClient;
use crate::audit::access::{PUBLIC, Reach, reach};
use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::{Anchor, View, client_key};
use crate::audit::{Basis, Level, Rule};

pub(super) static RULES: [Rule; 2] = [
    Rule {
        id: "namespace-missing",
        level: Level::Warning,
        basis: Basis::Guide("Access Control List and custom Namespace"),
        title: "The organisation has a namespace of its own",
        says: "Aliases in a namespace that only the organisation can give out tell its devices from all \
               others, and can be let in as a whole. In the public one, @ad, everybody can have a name.",
        advice: "set Client.Namespace to the namespace that the licence has",
        check: Check::Policy(missing),
    },
    Rule {
        id: "alias-unregistered",
        level: Level::Note,
        basis: Basis::RealmJoin("AnyDesk deployment"),
        title: "A client that is connected to registers an alias",
        says: "The client for end users is built with Automatically register alias, so that devices \
               are known by a name of the organisation's and not by a number.",
        advice: "set Client.RegisterAlias to true",
        check: Check::Policy(alias),
    },
];

/// The namespace that is the organisation's alone, where it is named.
pub(super) fn own(client: &AnyDeskClient) -> Option<&str> {
    let namespace = client.namespace.as_deref();
    namespace.filter(|namespace| !namespace.eq_ignore_ascii_case(PUBLIC))
}

fn missing(view: &View<'_>) -> Vec<Deviation> {
    let Some(client) = view.client().filter(|client| own(client).is_none()) else {
        return vec![];
    };
    let message = match &client.namespace {
        Some(_) => "the namespace is the public one, in which everybody can have a name",
        None => "the organisation's own namespace is not named",
    };
    let found = view.deviation("Namespace", Anchor::Client, message);
    let fixed = found.map(|found| {
        let found = found.set(client_key("Namespace"), guess(view, client));
        found.hint("write the namespace that my.anydesk shows for your licence")
    });
    fixed.into_iter().collect()
}

/// What the namespace is called most likely: as on the access control list, else as the
/// organisation itself.
fn guess(view: &View<'_>, client: &AnyDeskClient) -> String {
    let entries = client.access_control_list.iter().flatten();
    let mut listed = entries.filter_map(|entry| match reach(entry) {
        Reach::Namespace(namespace) => Some(namespace),
        _ => None,
    });
    let name = view.policy.organization.to_lowercase();
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(25)
        .collect();
    let fit = |name: &String| !name.is_empty() && name != PUBLIC;
    let listed = listed
        .next()
        .filter(|name| name.len() <= 64 && name.is_ascii());
    listed
        .or(Some(name).filter(fit))
        .unwrap_or_else(|| "your-namespace".to_owned())
}

fn alias(view: &View<'_>) -> Vec<Deviation> {
    let found = view.receiving().and_then(|client| {
        if client.register_alias == Some(true) {
            return None;
        }
        let message = "the AnyDesk client registers no alias by itself: RegisterAlias is not true";
        let found = view.deviation("RegisterAlias", Anchor::Client, message)?;
        Some(found.set(client_key("RegisterAlias"), true))
    });
    found.into_iter().collect()
}

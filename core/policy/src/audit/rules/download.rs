use serde_json::Value;

use crate::audit::deviation::Deviation;
use crate::audit::fix::is_word;
use crate::audit::rule::Check;
use crate::audit::view::View;
use crate::audit::{Basis, Level, Rule};

pub(super) static RULES: [Rule; 2] = [
    Rule {
        id: "bootstrapper-unpinned",
        level: Level::Error,
        basis: Basis::Own,
        title: "A client that is fetched is pinned",
        says: "A custom client carries every one of the guide's settings. A download that nothing is \
               known of may be somebody else's: its SHA-256 is part of the policy.",
        advice: "write the SHA-256 that `deskhook policy pin` prints for the address",
        check: Check::Policy(unpinned),
    },
    Rule {
        id: "bootstrapper-any",
        level: Level::Error,
        basis: Basis::Own,
        title: "No client is run that is not the pinned one",
        says: "With AllowUnpinned whatever comes from the address is run on every device.",
        advice: "set AllowUnpinned to false and pin the download",
        check: Check::Policy(allowed),
    },
];

/// A client that is fetched, as keys.
struct Fetched {
    /// As `policy pin --client` has it.
    name: String,
    url: String,
    sums: String,
    any: String,
    /// The key that takes the download away, with the value that does; none removes it.
    away: (String, Option<Value>),
}

/// The enabled clients that have an address to fetch them from.
fn fetched(view: &View<'_>) -> Vec<Fetched> {
    let known = [
        ("anydesk", "Integration.AnyDesk"),
        ("rustdesk", "Integration.RustDesk"),
    ];
    let known = known
        .into_iter()
        .filter(|(_, section)| view.is_on(&format!("{section}.Enabled")));
    let known = known.map(|(name, section)| Fetched {
        name: name.to_owned(),
        url: format!("{section}.BootstrapperUrl"),
        sums: format!("{section}.BootstrapperSha256"),
        any: format!("{section}.AllowUnpinned"),
        away: (format!("{section}.BootstrapperUrl"), None),
    });
    let clients = view
        .policy
        .get("Integration.Clients")
        .and_then(Value::as_object);
    let own = clients
        .into_iter()
        .flatten()
        .filter(|(_, client)| client.get("Enabled") != Some(&Value::Bool(false)));
    let own = own.map(|(name, client)| {
        let section = format!("Integration.Clients.{name}");
        let elsewhere = client.get("Executables").and_then(Value::as_array);
        let elsewhere = elsewhere.is_some_and(|places| !places.is_empty()) && is_word(name);
        let off = (format!("{section}.Enabled"), Some(Value::Bool(false)));
        Fetched {
            name: name.clone(),
            url: format!("{section}.Download.Url"),
            sums: format!("{section}.Download.Sha256"),
            any: format!("{section}.Download.AllowUnpinned"),
            away: if elsewhere {
                (format!("{section}.Download.Url"), None)
            } else {
                off
            },
        }
    });
    let all = known.chain(own);
    all.filter(|client| view.winner(&client.url).is_some())
        .collect()
}

fn unpinned(view: &View<'_>) -> Vec<Deviation> {
    let pinned = |client: &Fetched| {
        let sums = view.policy.get(&client.sums).and_then(Value::as_array);
        sums.is_some_and(|sums| !sums.is_empty())
    };
    let open = fetched(view).into_iter().filter(|client| !pinned(client));
    open.filter_map(|client| {
        let setting = view.winner(&client.url)?;
        let address = setting.value.as_str().unwrap_or_default();
        let message = format!("nothing says what the download of {} must be", client.name);
        let found = Deviation::new(client.sums, setting, message).about(&client.name);
        let hint = format!(
            "`deskhook policy pin --client {} {address}` prints the line that pins it; until then this keeps the download away",
            client.name
        );
        let found = match client.away {
            (key, Some(value)) => found.set(key, value),
            (key, None) => found.remove(key),
        };
        Some(found.hint(hint))
    })
    .collect()
}

fn allowed(view: &View<'_>) -> Vec<Deviation> {
    let open = fetched(view)
        .into_iter()
        .filter(|client| view.is_on(&client.any));
    open.filter_map(|client| {
        let setting = view.winner(&client.any)?;
        let message = format!(
            "whatever is fetched for {} is run: AllowUnpinned is true",
            client.name
        );
        let found = Deviation::new(&client.any, setting, message).about(client.name);
        Some(found.set(client.any, false))
    })
    .collect()
}

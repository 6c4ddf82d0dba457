use crate::Direction;
use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::{Anchor, View, client_key};
use crate::audit::{Basis, Level, Rule};

pub(super) static RULES: [Rule; 1] = [Rule {
    id: "direction",
    level: Level::Error,
    basis: Basis::Guide("Incoming- and outgoing-only clients"),
    title: "A client goes one way only",
    says: "Those who are helped have a client that only receives connections, so that none starts \
           from their devices; support staff have one that only makes them, so that nobody connects \
           to theirs. A client that may do both, which is the vendor's default, keeps neither door shut.",
    advice: "make the client incoming, and outgoing in a layer for the group of the support staff",
    check: Check::Policy(direction),
}];

fn direction(view: &View<'_>) -> Vec<Deviation> {
    let client = view.client();
    let message = match client.map(|client| client.direction) {
        Some(None) => "nothing says which way the AnyDesk client connects, so it goes both ways",
        Some(Some(Direction::Bidirectional)) => {
            "the AnyDesk client may connect and be connected to"
        }
        _ => return vec![],
    };
    let found = view.deviation("Direction", Anchor::Client, message);
    let fixed = found.map(|found| {
        let found = found.set(client_key("Direction"), "incoming");
        found.hint("for support staff write outgoing, in a layer for their group")
    });
    fixed.into_iter().collect()
}

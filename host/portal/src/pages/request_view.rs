use deskhook_wire::{OrderKind, ReasonShape};

use crate::clock::{Millis, SECOND};
use crate::pages::Moment;
use crate::pages::row::{Row, client_title};
use crate::rights::{Right, Verb};
use crate::store::orders::KeptOrder;
use crate::store::sessions::Session;
use crate::visitor::Visitor;

/// How long after the answer a page still opens the client by itself.
const FRESH: Millis = 30 * SECOND;

/// An order as the supporter follows it.
pub(crate) struct RequestView {
    pub(crate) id: String,
    /// `busy`, `ok`, `bad`, `quiet`.
    pub(crate) tone: &'static str,
    pub(crate) title: String,
    pub(crate) reasons: Vec<ReasonShape>,
    /// Since when an answer is awaited. How long the person has is not known here: their policy
    /// says so.
    pub(crate) asked: Option<Moment>,
    /// The link that opens the client, and what it says.
    pub(crate) link: Option<(String, String)>,
    /// Whether the page opens the link by itself.
    pub(crate) opens: bool,
    /// Why there is no link, where there should be one.
    pub(crate) no_link: Option<String>,
}

impl RequestView {
    pub(crate) fn of(
        order: &KeptOrder,
        row: &Row,
        (session, visitor): (Option<&Session>, &Visitor),
        now: Millis,
    ) -> Self {
        let state = order.state(now);
        let own = order.account == visitor.account.id;
        let may_open = own && visitor.may(Right::Verb(Verb::SessionConnect));
        let current = session.filter(|session| session.id == order.session);
        let current = current.filter(|_| may_open && state == "joined");
        let no_link = current.and_then(|session| session.link_refused.clone());
        let link = current.and_then(|session| {
            let client = session
                .client
                .as_deref()
                .map(client_title)
                .unwrap_or_default();
            Some((session.link.clone()?, format!("Open {client}")))
        });
        let fresh = order.ended_at.is_some_and(|ended| now - ended < FRESH);
        let person = row
            .person
            .clone()
            .unwrap_or_else(|| "the person".to_owned());
        Self {
            id: order.id.clone(),
            tone: match state {
                "sent" | "asking" => "busy",
                "joined" | "granted" => "ok",
                "disconnected" => "quiet",
                _ => "bad",
            },
            title: title(order, state, (&person, own)),
            reasons: told(&order.reasons),
            asked: order
                .is_open(now)
                .then(|| Moment::of(order.created_at, now)),
            opens: link.is_some() && fresh,
            link,
            no_link,
        }
    }
}

/// Reasons as people read them: whose they are stands there where it is not the agent itself.
pub(crate) fn told(reasons: &[ReasonShape]) -> Vec<ReasonShape> {
    let mut told = reasons.to_vec();
    let own = told.iter_mut().filter(|reason| reason.by == "deskhook");
    own.for_each(|reason| reason.by.clear());
    told
}

fn title(order: &KeptOrder, state: &str, (person, own): (&str, bool)) -> String {
    let who = &order.supporter;
    let asker = if own { "You" } else { who };
    let begins = match person {
        "the person" => "The person",
        name => name,
    };
    match &order.kind {
        OrderKind::Join { .. } => match state {
            "sent" if own => format!("Asking {person} to let you in…"),
            "asking" if own => format!("Asking {person} to let you in. Waiting for the answer…"),
            "sent" | "asking" => format!("{who} asks {person} to be let in…"),
            "joined" if own => format!("{begins} let you in."),
            "joined" => format!("{begins} let {who} in."),
            "expired" => format!("No answer. {begins} did not react in time."),
            _ if own => "You were not let in.".to_owned(),
            _ => format!("{who} was not let in."),
        },
        OrderKind::Disconnect { .. } => match state {
            "sent" | "asking" => "Ending the session…".to_owned(),
            "disconnected" => format!("{asker} ended the session."),
            _ => "The device did not confirm that the session ended.".to_owned(),
        },
        OrderKind::Elevate { program, .. } => elevation_title(program, state, order.code),
    }
}

fn elevation_title(program: &str, state: &str, code: Option<i32>) -> String {
    match (state, code) {
        ("sent" | "asking", _) => format!("{program}: elevated rights are asked for. Waiting…"),
        ("granted", Some(0)) => format!("{program} ran with elevated rights and succeeded."),
        ("granted", Some(code)) => {
            format!("{program} ran with elevated rights and ended with code {code}.")
        }
        ("granted", None) => format!("{program} was given elevated rights."),
        ("denied" | "refused", _) => format!("{program} was not given elevated rights."),
        ("expired", _) => format!("No answer about {program}. The request ran out."),
        _ => format!("{program} could not be run with elevated rights."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_the_agent_itself_names_nobody() {
        let reason = |by: &str| ReasonShape {
            code: "refused".into(),
            message: "The person refused.".into(),
            by: by.to_owned(),
        };
        let told = told(&[reason("deskhook"), reason("business-hours")]);
        let by: Vec<&str> = told.iter().map(|reason| reason.by.as_str()).collect();
        assert_eq!(by, ["", "business-hours"]);
    }
}

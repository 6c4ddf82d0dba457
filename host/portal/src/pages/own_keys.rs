use crate::clock::{self, Millis};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::keys;
use crate::pages::Moment;
use crate::rights::{Right, Section, Verb};
use crate::store::api_keys::ApiKey;
use crate::visitor::Visitor;

/// The part of the profile for who may make API keys.
pub(crate) struct Keys {
    pub(crate) rows: Vec<Row>,
    /// What a key of this visitor may be allowed.
    pub(crate) scopes: Vec<String>,
    /// The name and the text of the key that was made just now, shown once.
    pub(crate) made: Option<(String, String)>,
}

/// A key, without the key itself.
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) scopes: String,
    pub(crate) made: Moment,
    pub(crate) used: Option<Moment>,
    pub(crate) ends: Moment,
    pub(crate) ran_out: bool,
}

impl Keys {
    pub(crate) async fn of(
        desk: &Desk,
        visitor: &Visitor,
        made: Option<(String, String)>,
    ) -> Result<Option<Self>, Failure> {
        if !visitor.may(Right::Verb(Verb::ApiKeyCreate)) {
            return Ok(None);
        }
        let now = clock::now();
        let found = keys::list(desk, visitor).await?;
        Ok(Some(Self {
            rows: found.into_iter().map(|key| Row::of(key, now)).collect(),
            scopes: scopes(visitor),
            made,
        }))
    }
}

impl Row {
    fn of(key: ApiKey, now: Millis) -> Self {
        let scopes: Vec<String> = key.scopes.iter().map(ToString::to_string).collect();
        Self {
            id: key.id,
            name: key.name,
            scopes: scopes.join(", "),
            made: Moment::of(key.created_at, now),
            used: key.used_at.map(|at| Moment::of(at, now)),
            ends: Moment::of(key.expires_at, now),
            ran_out: key.expires_at <= now,
        }
    }
}

/// What a route of the API asks for: a key with anything else could do nothing with it.
const USABLE: [Right; 7] = [
    Right::view(Section::Clients),
    Right::view(Section::Sessions),
    Right::Verb(Verb::SessionConnect),
    Right::Verb(Verb::SessionDisconnect),
    Right::Verb(Verb::ElevationRequest),
    Right::Verb(Verb::ApiKeyCreate),
    Right::Verb(Verb::AuditExport),
];

/// What of it the visitor may.
fn scopes(visitor: &Visitor) -> Vec<String> {
    let held = USABLE.into_iter().filter(|right| visitor.may(*right));
    held.map(|right| right.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes;
    use crate::web::table::Access;

    #[test]
    fn a_key_is_offered_what_some_route_of_the_api_asks_for() {
        let places = routes::places().into_iter();
        let needed = places
            .filter(|place| place.path.starts_with("/api/"))
            .filter_map(|place| match place.access {
                Access::Needs(right) => Some(right.to_string()),
                Access::Open | Access::SignedIn | Access::Device => None,
            });
        let usable = USABLE.map(|right| right.to_string());
        assert_eq!(needed.collect::<BTreeSet<_>>(), BTreeSet::from(usable));
    }
}

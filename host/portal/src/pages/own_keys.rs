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

/// Every right that the visitor has: the verbs, and of each section what there is.
fn scopes(visitor: &Visitor) -> Vec<String> {
    let sections = Section::ALL
        .into_iter()
        .flat_map(|section| [Right::view(section), Right::edit(section)]);
    let all = sections.chain(Verb::ALL.map(Right::Verb));
    let held = all.filter(|right| visitor.may(*right));
    held.map(|right| right.to_string()).collect()
}

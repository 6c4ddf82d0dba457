use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, AUTHORIZATION, COOKIE};

use crate::PortalConfig;
use crate::clock::{self, MINUTE};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::rights::{Level, Right, Role, Section};
use crate::secret::{Fingerprint, Secret};
use crate::store::accounts::{self, Account};
use crate::store::devices::Reach;
use crate::store::{api_keys, sign_ins};

/// Who makes a request, as the database knows them at this moment.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) account: Account,
    pub(crate) way: Way,
    /// The hub's revision before anything was read for them.
    pub(crate) revision: u64,
}

/// How they are known.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// By a browser's cookie; its forms carry the token.
    Browser {
        sign_in: Fingerprint,
        form_token: String,
    },
    /// By an API key, which may do less than its owner.
    Key(Vec<Right>),
}

impl Visitor {
    /// Whether they may: the role allows it, and so does the key where they come with one.
    pub(crate) fn may(&self, right: Right) -> bool {
        let scoped = match &self.way {
            Way::Browser { .. } => true,
            Way::Key(scopes) => scopes.iter().any(|scope| scope.covers(right)),
        };
        scoped && self.account.role.may(right)
    }

    pub(crate) fn may_view(&self, section: Section) -> bool {
        self.may(Right::Section(section, Level::View))
    }

    /// Refuses who may not.
    pub(crate) fn need(&self, right: Right) -> Result<(), Failure> {
        if self.may(right) {
            Ok(())
        } else {
            Err(Failure::NotAllowed(right))
        }
    }

    /// Which devices they see: a plain user only those that were enrolled for them.
    pub(crate) fn reach(&self) -> Reach {
        match self.account.role {
            Role::User => Reach::Own(self.account.name.clone()),
            _ => Reach::All,
        }
    }

    /// How the record names them.
    pub(crate) fn actor(&self) -> String {
        format!("account:{}", self.account.name)
    }

    /// The sign-in of the browser that they come with.
    pub(crate) fn sign_in(&self) -> Option<&Fingerprint> {
        match &self.way {
            Way::Browser { sign_in, .. } => Some(sign_in),
            Way::Key(_) => None,
        }
    }

    pub(crate) fn form_token(&self) -> &str {
        match &self.way {
            Way::Browser { form_token, .. } => form_token,
            Way::Key(_) => "",
        }
    }
}

/// Stands at what a page's script reads without anybody's doing.
const BY_ITSELF: &str = "deskhook-by-itself";

/// The cookie's name: with TLS one that no other host and no plain page can set.
pub(crate) fn cookie_name(config: &PortalConfig) -> &'static str {
    if config.is_secure() {
        "__Host-deskhook"
    } else {
        "deskhook"
    }
}

/// Who makes a request with these headers. Read from the database each time: a role that was
/// changed or an account that was shut out counts from the next request on.
pub(crate) async fn identify(desk: &Desk, headers: &HeaderMap) -> Result<Visitor, Failure> {
    let revision = desk.hub.revision();
    let (account, way) = known(desk, headers).await?;
    match account.disabled_at {
        None => Ok(Visitor {
            account,
            way,
            revision,
        }),
        Some(_) => Err(Failure::NotSignedIn),
    }
}

async fn known(desk: &Desk, headers: &HeaderMap) -> Result<(Account, Way), Failure> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let text = value
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix("Bearer "));
        let key = text
            .and_then(Secret::presented)
            .ok_or(Failure::NotSignedIn)?;
        return by_key(desk, key).await;
    }
    let secret = cookie(headers, cookie_name(&desk.config)).ok_or(Failure::NotSignedIn)?;
    by_cookie(desk, secret, asked_by(headers)).await
}

/// What made a browser ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Somebody who does something: the sign-in does not run out.
    Hand,
    /// The page by itself, to keep what it shows true.
    Page,
}

/// A page that is left open holds a stream of events, and reads itself anew when told to.
fn asked_by(headers: &HeaderMap) -> Asked {
    let streams = headers
        .get(ACCEPT)
        .is_some_and(|kinds| kinds == "text/event-stream");
    match streams || headers.contains_key(BY_ITSELF) {
        true => Asked::Page,
        false => Asked::Hand,
    }
}

async fn by_key(desk: &Desk, key: Secret) -> Result<(Account, Way), Failure> {
    let now = clock::now();
    let found = desk.store.read(move |connection| {
        let Some(key) = api_keys::find(connection, &key.fingerprint(), now)? else {
            return Ok(None);
        };
        let account = accounts::find(connection, key.account)?;
        Ok(account.map(|account| (account, key)))
    });
    let (account, key) = found.await?.ok_or(Failure::NotSignedIn)?;
    if key.used_at.is_none_or(|at| now - at > MINUTE) {
        desk.store
            .write(move |unit| api_keys::touch(unit, key.id, now))
            .await?;
    }
    Ok((account, Way::Key(key.scopes)))
}

async fn by_cookie(desk: &Desk, secret: Secret, asked: Asked) -> Result<(Account, Way), Failure> {
    let (hash, form_token) = (secret.fingerprint(), secret.form_token());
    let now = clock::now();
    let found = desk.store.read(move |connection| {
        let Some(sign_in) = sign_ins::find(connection, &hash, now)? else {
            return Ok(None);
        };
        let account = accounts::find(connection, sign_in.account)?;
        Ok(account.map(|account| (account, sign_in.seen_at)))
    });
    let (account, seen_at) = found.await?.ok_or(Failure::NotSignedIn)?;
    if asked == Asked::Hand && now - seen_at > MINUTE {
        desk.store
            .write(move |unit| sign_ins::touch(unit, &hash, now))
            .await?;
    }
    let way = Way::Browser {
        sign_in: hash,
        form_token,
    };
    Ok((account, way))
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let cookies = headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    Secret::presented(value)
}

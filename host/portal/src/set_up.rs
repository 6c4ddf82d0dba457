//! Set-up from the command line, on the data folder itself: also while a portal runs on it.
//! There is no set-up page that somebody else could find first.

use std::io;
use std::path::Path;

use deskhook_record::Entry;
use rusqlite::{Connection, TransactionBehavior};

use crate::clock::{self, DAY, Millis};
use crate::desk::deed;
use crate::hostile;
use crate::rights::{Right, RightError, Role};
use crate::secret::Secret;
use crate::store::accounts::Account;
use crate::store::api_keys::ApiKey;
use crate::store::one_time::{self, Issued, Purpose};
use crate::store::{StoreError, accounts, api_keys, audit, connect};

/// How long a sign-in link works.
pub(crate) const LINK_LASTS: Millis = DAY;
/// How long an enrolment token works.
pub(crate) const TOKEN_LASTS: Millis = DAY;
/// How long an API key works.
const KEY_LASTS: Millis = 365 * DAY;

/// Who acts, as the record names them.
const ACTOR: &str = "command-line";

/// Why something could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The database.
    #[error("could not write the portal's database")]
    Store(#[from] StoreError),
    /// Not a name that people can have.
    #[error("{0:?} is no name: 1 to 64 characters on one line")]
    Name(String),
    /// Somebody has this name.
    #[error("there is an account {0:?} already")]
    Taken(String),
    /// Nobody has this name.
    #[error("there is no account {0:?}")]
    Unknown(String),
    /// Not a right.
    #[error("a scope is wrong")]
    Scope(#[from] RightError),
    /// A key that may do nothing.
    #[error("a key needs at least one scope")]
    NoScope,
    /// More than the key's owner may do.
    #[error("{role} may not {scope}, so their key may not either")]
    Above {
        /// The owner's role.
        role: &'static str,
        /// The scope.
        scope: String,
    },
}

/// Adds an account. The path (and query) of its one-time sign-in link, good for a day.
pub fn add_user(data_dir: &Path, name: &str, role: Role) -> Result<String, SetUpError> {
    let name = checked_name(name)?;
    in_transaction(data_dir, |connection| {
        let now = clock::now();
        let added = accounts::add(connection, &name, role, now)?;
        let account = added.ok_or_else(|| SetUpError::Taken(name.clone()))?;
        let mut entry = deed(ACTOR, "account.added", &name);
        entry.fields.insert("role".into(), role.name().into());
        audit::append(connection, &entry)?;
        Ok(make_link(connection, account, ACTOR)?)
    })
}

/// A new one-time sign-in link of an account: its path, good for a day. Earlier links stop
/// working; passwords and signed-in browsers stay as they are.
pub fn sign_in_link(data_dir: &Path, name: &str) -> Result<String, SetUpError> {
    in_transaction(data_dir, |connection| {
        let found = accounts::by_name(connection, name)?;
        let account = found.ok_or_else(|| SetUpError::Unknown(name.to_owned()))?;
        audit::append(connection, &deed(ACTOR, "account.link_made", &account.name))?;
        Ok(make_link(connection, account.id, ACTOR)?)
    })
}

/// A one-time token that enrols one device within a day: in `group`, and for `person`, whose
/// account then counts as verified.
pub fn new_token(
    data_dir: &Path,
    group: Option<&str>,
    person: Option<&str>,
) -> Result<String, SetUpError> {
    let group = group.map(checked_name).transpose()?;
    let person = person.map(checked_name).transpose()?;
    in_transaction(data_dir, |connection| {
        let purpose = Purpose::Enrol { group, person };
        Ok(make_token(connection, purpose, ACTOR)?)
    })
}

/// An API key of the account `owner`, good for a year. Scopes are rights such as `clients:view` and
/// `session.connect`, none above what the owner's role allows.
pub fn new_key(
    data_dir: &Path,
    name: &str,
    owner: &str,
    scopes: &[&str],
) -> Result<String, SetUpError> {
    let name = checked_name(name)?;
    let scopes = read_scopes(scopes.iter().copied())?;
    in_transaction(data_dir, |connection| {
        let found = accounts::by_name(connection, owner)?;
        let account = found.ok_or_else(|| SetUpError::Unknown(owner.to_owned()))?;
        if let Some(scope) = scopes.iter().find(|scope| !account.role.may(**scope)) {
            return Err(SetUpError::Above {
                role: account.role.title(),
                scope: scope.to_string(),
            });
        }
        let (_, key) = make_key(connection, (&account, name), scopes, ACTOR)?;
        Ok(key)
    })
}

/// The scopes of a key, each once; at least one.
pub(crate) fn read_scopes<'a>(
    scopes: impl Iterator<Item = &'a str>,
) -> Result<Vec<Right>, SetUpError> {
    let mut read: Vec<Right> = vec![];
    for scope in scopes {
        let scope = scope.parse()?;
        if !read.contains(&scope) {
            read.push(scope);
        }
    }
    if read.is_empty() {
        return Err(SetUpError::NoScope);
    }
    Ok(read)
}

/// Makes a key of an account. What it is listed as, and the key itself, which is kept nowhere.
pub(crate) fn make_key(
    connection: &Connection,
    (owner, name): (&Account, String),
    scopes: Vec<Right>,
    by: &str,
) -> Result<(ApiKey, String), StoreError> {
    let (key, now) = (Secret::fresh("dhk_"), clock::now());
    let new = ApiKey {
        id: 0,
        account: owner.id,
        name,
        scopes,
        created_at: now,
        expires_at: now + KEY_LASTS,
        used_at: None,
    };
    let made = api_keys::add(connection, &key.fingerprint(), new)?;
    audit::append(connection, &key_deed(by, "api_key.made", owner, &made))?;
    Ok((made, key.text().to_owned()))
}

/// Begins an entry of the record about a key.
pub(crate) fn key_deed(by: &str, action: &str, owner: &Account, key: &ApiKey) -> Entry {
    let mut entry = deed(by, action, &owner.name);
    let told: Vec<String> = key.scopes.iter().map(ToString::to_string).collect();
    entry.fields.insert("key".into(), key.id.into());
    entry.fields.insert("name".into(), key.name.as_str().into());
    entry.fields.insert("scopes".into(), told.into());
    entry
}

/// Issues a sign-in link; earlier ones stop working. Its path.
pub(crate) fn make_link(
    connection: &Connection,
    account: i64,
    by: &str,
) -> Result<String, StoreError> {
    let (secret, now) = (Secret::fresh(""), clock::now());
    one_time::revoke_links(connection, account, now)?;
    let issued = fresh(Purpose::SignIn(account), by, LINK_LASTS);
    one_time::issue(connection, &secret.fingerprint(), &issued)?;
    Ok(format!("/welcome/{}", secret.text()))
}

/// Issues an enrolment token.
pub(crate) fn make_token(
    connection: &Connection,
    purpose: Purpose,
    by: &str,
) -> Result<String, StoreError> {
    let secret = Secret::fresh("dht_");
    let mut entry = deed(by, "token.made", "enrolment");
    if let Purpose::Enrol { group, person } = &purpose {
        entry.fields.insert("group".into(), group.clone().into());
        entry.fields.insert("person".into(), person.clone().into());
    }
    audit::append(connection, &entry)?;
    one_time::issue(
        connection,
        &secret.fingerprint(),
        &fresh(purpose, by, TOKEN_LASTS),
    )?;
    Ok(secret.text().to_owned())
}

/// A name that people can have: what it is without what cannot be seen.
pub(crate) fn checked_name(name: &str) -> Result<String, SetUpError> {
    let plain = hostile::name(name);
    if plain.is_empty() || plain != name.trim() {
        return Err(SetUpError::Name(hostile::line(name, 80)));
    }
    Ok(plain)
}

fn fresh(purpose: Purpose, by: &str, lasts: Millis) -> Issued {
    let now = clock::now();
    Issued {
        purpose,
        made_by: by.to_owned(),
        created_at: now,
        expires_at: now + lasts,
        used_at: None,
        used_by: None,
    }
}

/// The file of the data folder with the address of the portal that runs on it.
const ADDRESS: &str = "address";

/// Keeps the address where people and agents reach the portal that runs on this folder, for who
/// makes links and tokens on it.
pub fn remember_address(data_dir: &Path, address: &str) -> io::Result<()> {
    std::fs::write(data_dir.join(ADDRESS), format!("{address}\n"))
}

/// The address that a portal on this folder had last; none where none ran.
pub fn remembered_address(data_dir: &Path) -> Option<String> {
    let text = std::fs::read_to_string(data_dir.join(ADDRESS)).ok()?;
    let url = crate::public_url(text.trim()).ok()?;
    Some(url.as_str().trim_end_matches('/').to_owned())
}

fn in_transaction<T>(
    data_dir: &Path,
    work: impl FnOnce(&Connection) -> Result<T, SetUpError>,
) -> Result<T, SetUpError> {
    let mut connection = connect(data_dir)?;
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StoreError::from)?;
    let done = work(&transaction)?;
    transaction.commit().map_err(StoreError::from)?;
    Ok(done)
}

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::HeaderMap;
use axum::response::Redirect;
use serde::Deserialize;

use crate::clock;
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::pages::{Frame, Moment, Page, show};
use crate::rights::{Right, Role, Section};
use crate::set_up;
use crate::store::accounts::{self, Account};
use crate::store::{StoreError, Unit, audit, sign_ins};
use crate::visitor::Visitor;

/// An account in the list.
struct Row {
    id: i64,
    name: String,
    display_name: String,
    role: Role,
    state: &'static str,
    tone: &'static str,
    seen: Option<Moment>,
    /// Whether this visitor may change it.
    editable: bool,
    is_own: bool,
    is_disabled: bool,
}

#[derive(Template)]
#[template(path = "users.html")]
struct Users {
    frame: Frame,
    rows: Vec<Row>,
    may_edit: bool,
    /// Roles that this visitor may give.
    roles: Vec<Role>,
    /// For whom, and the sign-in link, shown once.
    link: Option<(String, String)>,
}

pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Page {
    render(&desk, &visitor, &headers, None).await
}

async fn render(
    desk: &Desk,
    visitor: &Visitor,
    headers: &HeaderMap,
    link: Option<(String, String)>,
) -> Page {
    let found = desk.store.read(accounts::list).await?;
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    let base = desk.config.base(host);
    let given = Role::ALL
        .into_iter()
        .filter(|role| may_give(visitor, *role));
    show(&Users {
        frame: Frame::of(desk, visitor, headers, "/users").await?,
        rows: found
            .into_iter()
            .map(|account| Row::of(account, visitor))
            .collect(),
        may_edit: visitor.may(Right::edit(Section::Users)),
        roles: given.collect(),
        link: link.map(|(name, path)| (name, format!("{base}{path}"))),
    })
}

/// Owners are made and changed by owners only: else an admin could become one.
fn may_give(visitor: &Visitor, role: Role) -> bool {
    role != Role::Owner || visitor.account.role == Role::Owner
}

impl Row {
    fn of(account: Account, visitor: &Visitor) -> Self {
        let now = clock::now();
        let (state, tone) = match (account.disabled_at, account.has_password) {
            (Some(_), _) => ("shut out", "bad"),
            (None, false) => ("invited", "busy"),
            (None, true) => ("active", "ok"),
        };
        let may = visitor.may(Right::edit(Section::Users));
        Self {
            id: account.id,
            state,
            tone,
            seen: account.seen_at.map(|at| Moment::of(at, now)),
            editable: may && may_give(visitor, account.role),
            is_own: account.id == visitor.account.id,
            is_disabled: account.disabled_at.is_some(),
            role: account.role,
            name: account.name,
            display_name: account.display_name,
        }
    }
}

/// A new account.
#[derive(Debug, Deserialize)]
pub(crate) struct NewUser {
    name: String,
    role: String,
}

pub(crate) async fn add(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Form(form): Form<NewUser>,
) -> Page {
    let name = set_up::checked_name(&form.name).map_err(|e| Failure::because(&e))?;
    let role = read_role(&visitor, &form.role)?;
    let (actor, wanted) = (visitor.actor(), name.clone());
    let added = desk.store.write(move |unit| {
        let Some(id) = accounts::add(unit, &wanted, role, clock::now())? else {
            return Ok(None);
        };
        let mut entry = deed(&actor, "account.added", &wanted);
        entry.fields.insert("role".into(), role.name().into());
        audit::append(unit, &entry)?;
        set_up::make_link(unit, id, &actor).map(Some)
    });
    let taken = || Failure::Conflict(format!("There is an account {name:?} already."));
    let link = added.await?.ok_or_else(taken)?;
    render(&desk, &visitor, &headers, Some((name, link))).await
}

fn read_role(visitor: &Visitor, text: &str) -> Result<Role, Failure> {
    let role: Role = text
        .parse()
        .map_err(|_| Failure::Invalid("There is no such role.".to_owned()))?;
    if may_give(visitor, role) {
        Ok(role)
    } else {
        Err(Failure::Conflict("Only an owner makes owners.".to_owned()))
    }
}

/// A new one-time link: for who lost it, or forgot the password.
pub(crate) async fn link(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Page {
    let by = visitor.clone();
    let made = change(&desk, &visitor, id, move |unit, account| {
        audit::append(unit, &deed(&by.actor(), "account.link_made", &account.name))?;
        let link = set_up::make_link(unit, account.id, &by.actor())?;
        Ok(Ok((account.name.clone(), link)))
    });
    let link = made.await?;
    render(&desk, &visitor, &headers, Some(link)).await
}

/// Another role.
#[derive(Debug, Deserialize)]
pub(crate) struct NewRole {
    role: String,
}

pub(crate) async fn set_role(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<i64>,
    Form(form): Form<NewRole>,
) -> Result<Redirect, Failure> {
    let role = read_role(&visitor, &form.role)?;
    let (actor, by) = (visitor.actor(), visitor.clone());
    change(&desk, &visitor, id, move |unit, account| {
        accounts::set_role(unit, account.id, role)?;
        // What was opened in the old role is not carried into the new one.
        let kept = by.sign_in().filter(|_| account.id == by.account.id);
        sign_ins::remove_others(unit, account.id, kept)?;
        let mut entry = deed(&actor, "account.role_changed", &account.name);
        entry.fields.insert("role".into(), role.name().into());
        audit::append(unit, &entry)?;
        keep_an_owner(unit, account)
    })
    .await?;
    Ok(Redirect::to("/users"))
}

/// In or out.
#[derive(Debug, Deserialize)]
pub(crate) struct Access {
    access: String,
}

pub(crate) async fn set_access(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<i64>,
    Form(form): Form<Access>,
) -> Result<Redirect, Failure> {
    let out = form.access == "out";
    if out && id == visitor.account.id {
        return Err(Failure::Conflict(
            "You cannot shut yourself out.".to_owned(),
        ));
    }
    let actor = visitor.actor();
    change(&desk, &visitor, id, move |unit, account| {
        accounts::set_disabled(unit, account.id, out.then(clock::now))?;
        if out {
            sign_ins::remove_others(unit, account.id, None)?;
        }
        let action = if out {
            "account.disabled"
        } else {
            "account.enabled"
        };
        audit::append(unit, &deed(&actor, action, &account.name))?;
        keep_an_owner(unit, account)
    })
    .await?;
    Ok(Redirect::to("/users"))
}

/// What a change answers: a value, or why it may not be.
type Changed<T> = Result<Result<T, Failure>, StoreError>;

/// Changes an account that this visitor may change; nothing of it stays where it may not be.
async fn change<T: Send + 'static>(
    desk: &Desk,
    visitor: &Visitor,
    id: i64,
    work: impl FnOnce(&mut Unit<'_>, &Account) -> Changed<T> + Send + 'static,
) -> Result<T, Failure> {
    let by = visitor.clone();
    let changed = desk.store.attempt(move |unit| {
        let Some(account) = accounts::find(unit, id)? else {
            return Ok(Err(Failure::NotFound));
        };
        if !may_give(&by, account.role) {
            return Ok(Err(Failure::Conflict(
                "Only an owner changes owners.".to_owned(),
            )));
        }
        work(unit, &account)
    });
    changed.await?
}

/// Refuses a change of the last owner who can sign in.
fn keep_an_owner(unit: &Unit<'_>, changed: &Account) -> Changed<()> {
    if changed.role != Role::Owner || accounts::owners(unit)? > 0 {
        return Ok(Ok(()));
    }
    Ok(Err(Failure::Conflict(
        "The organization needs an owner who can sign in. Nobody else who is one has a password."
            .to_owned(),
    )))
}

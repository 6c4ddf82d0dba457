//! Pages for people: rendered here, live by a small script, whole without it.

mod assets;
mod audit;
mod device;
mod device_view;
mod devices;
mod enrolment;
mod fact;
pub(crate) mod failure;
mod frame;
mod live;
mod moment;
mod opening;
mod own_keys;
mod profile;
mod request_view;
mod roles;
mod row;
mod sessions;
mod sign_in;
mod users;
mod welcome;

use axum::response::Html;
pub(crate) use frame::Appearance;
use frame::Frame;
use moment::Moment;

use crate::api;
use crate::failure::Failure;
use crate::rights::{Section, Verb};
use crate::web::table::{Table, get, post};

/// A page's HTML.
type Page = Result<Html<String>, Failure>;

fn show(page: &impl askama::Template) -> Page {
    page.render().map(Html).map_err(|error| {
        tracing::error!(%error, "a page could not be rendered");
        Failure::Unavailable
    })
}

/// A field of a form that may be left empty.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// Every page and form, with the right that each needs.
pub(crate) fn routes(table: Table) -> Table {
    people(desk(table))
        .add(get("/").signed_in(), frame::home)
        .add(get("/assets/{version}/{file}").open(), assets::asset)
        .add(get("/live").view(Section::Clients), live::live)
        .add(get("/live/awake").signed_in(), live::awake)
        .add(post("/appearance").open(), frame::set_appearance)
        .add(get("/sign-in").open(), sign_in::form)
        .add(post("/sign-in").open(), sign_in::sign_in)
        .add(post("/sign-out").signed_in(), sign_in::sign_out)
        .add(get("/welcome/{token}").open(), welcome::form)
        .add(post("/welcome/{token}").open(), welcome::welcome)
        .add(get("/profile").signed_in(), profile::page)
        .add(
            post("/profile/name").edit(Section::PersonalProfile),
            profile::rename,
        )
        .add(
            post("/profile/keys").verb(Verb::ApiKeyCreate),
            profile::make_key,
        )
        .add(
            post("/profile/keys/{id}/revoke").verb(Verb::ApiKeyCreate),
            profile::revoke_key,
        )
        .add(post("/profile/password").signed_in(), profile::set_password)
        .add(
            post("/profile/sign-out-others").signed_in(),
            profile::sign_out_others,
        )
}

fn desk(table: Table) -> Table {
    table
        .add(get("/devices").view(Section::Clients), devices::page)
        .add(get("/devices/{id}").view(Section::Clients), device::page)
        .add(
            post("/devices/{id}/connect").verb(Verb::SessionConnect),
            device::connect,
        )
        .add(
            post("/devices/{id}/opened").verb(Verb::SessionConnect),
            opening::opened,
        )
        .add(
            post("/devices/{id}/disconnect").verb(Verb::SessionDisconnect),
            device::disconnect,
        )
        .add(
            post("/devices/{id}/remove").edit(Section::Clients),
            device::remove,
        )
        .add(
            post("/devices/{id}/elevate").verb(Verb::ElevationRequest),
            device::elevate,
        )
        .add(get("/sessions").view(Section::Sessions), sessions::page)
        .add(
            get("/sessions/{number}").view(Section::Sessions),
            sessions::one,
        )
        .add(get("/audit").view(Section::Sessions), audit::page)
        .add(get("/audit/export").verb(Verb::AuditExport), api::export)
        .add(get("/enrolment").edit(Section::Clients), enrolment::page)
        .add(post("/enrolment").edit(Section::Clients), enrolment::make)
}

fn people(table: Table) -> Table {
    table
        .add(get("/users").view(Section::Users), users::page)
        .add(post("/users").edit(Section::Users), users::add)
        .add(post("/users/{id}/link").edit(Section::Users), users::link)
        .add(
            post("/users/{id}/role").edit(Section::Users),
            users::set_role,
        )
        .add(
            post("/users/{id}/access").edit(Section::Users),
            users::set_access,
        )
        .add(get("/roles").view(Section::Roles), roles::page)
}

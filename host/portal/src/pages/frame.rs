use axum::extract::Form;
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, http::HeaderValue};
use serde::Deserialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::pages::assets;
use crate::rights::{Right, Section};
use crate::shapes::{self, Standing};
use crate::store::devices;
use crate::visitor::Visitor;
use crate::web::origin;

/// What stands around every page of somebody who is signed in.
pub(crate) struct Frame {
    pub(crate) organization: String,
    pub(crate) name: String,
    pub(crate) role: &'static str,
    pub(crate) rail: Vec<Entry>,
    pub(crate) sees_devices: bool,
    pub(crate) waiting: usize,
    pub(crate) revision: u64,
    pub(crate) form_token: String,
    pub(crate) appearance: Appearance,
    pub(crate) css: String,
    pub(crate) script: String,
    pub(crate) icon: String,
    pub(crate) icons: String,
}

/// An entry of the rail.
pub(crate) struct Entry {
    pub(crate) path: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) title: &'static str,
    pub(crate) is_here: bool,
}

/// Every section that has a page, with the right that shows it.
const RAIL: &[(&str, &str, Right)] = &[
    ("/devices", "Devices", Right::view(Section::Clients)),
    ("/sessions", "Sessions", Right::view(Section::Sessions)),
    ("/audit", "Audit", Right::view(Section::Sessions)),
    ("/users", "Users", Right::view(Section::Users)),
    ("/roles", "Roles", Right::view(Section::Roles)),
    ("/enrolment", "Enrolment", Right::edit(Section::Clients)),
];

impl Frame {
    /// The frame of a page that belongs to the rail's entry `here`.
    pub(crate) async fn of(
        desk: &Desk,
        visitor: &Visitor,
        headers: &HeaderMap,
        here: &str,
    ) -> Result<Self, Failure> {
        let sees_devices = visitor.may_view(Section::Clients);
        let waiting = if sees_devices {
            waiting(desk, visitor).await?
        } else {
            0
        };
        Ok(Self {
            waiting,
            appearance: Appearance::of(headers),
            ..Self::plain(desk, visitor, here)
        })
    }

    /// The frame without what the database and the request say: for pages about failures.
    pub(crate) fn plain(desk: &Desk, visitor: &Visitor, here: &str) -> Self {
        let rail = RAIL.iter().filter(|(_, _, right)| visitor.may(*right));
        let entry = |(path, title, _): &(&'static str, &'static str, Right)| Entry {
            path,
            icon: path.trim_start_matches('/'),
            title,
            is_here: *path == here,
        };
        Self {
            organization: desk.config.organization.clone(),
            name: visitor.account.display_name.clone(),
            role: visitor.account.role.title(),
            rail: rail.map(entry).collect(),
            sees_devices: visitor.may_view(Section::Clients),
            waiting: 0,
            revision: visitor.revision,
            form_token: visitor.form_token().to_owned(),
            appearance: Appearance::Auto,
            css: assets::path("portal.css"),
            script: assets::path("portal.js"),
            icon: assets::path("icon.svg"),
            icons: assets::path("icons.svg"),
        }
    }
}

pub(crate) async fn waiting(desk: &Desk, visitor: &Visitor) -> Result<usize, Failure> {
    let reach = visitor.reach();
    let busy = desk
        .store
        .read(move |connection| devices::in_sessions(connection, &reach))
        .await?;
    let now = crate::clock::now();
    let standings = busy
        .iter()
        .map(|device| shapes::standing(device, &desk.hub, now).0);
    Ok(standings
        .filter(|standing| *standing == Standing::Waiting)
        .count())
}

/// The first page that the role may see.
pub(crate) async fn home(Extension(visitor): Extension<Visitor>) -> Redirect {
    let mut rail = RAIL.iter().filter(|(_, _, right)| visitor.may(*right));
    Redirect::to(rail.next().map_or("/profile", |(path, _, _)| path))
}

/// Light, dark, or as the system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Appearance {
    Auto,
    Light,
    Dark,
}

impl Appearance {
    /// What this browser was set to.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let cookies = headers
            .get_all(COOKIE)
            .into_iter()
            .filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|text| text.split(';')).map(str::trim);
        match pairs.find_map(|pair| pair.strip_prefix("appearance=")) {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::Auto,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the switch turns to next.
    pub(crate) fn next(self) -> &'static str {
        match self {
            Self::Auto => "light",
            Self::Light => "dark",
            Self::Dark => "auto",
        }
    }
}

/// The switch of the top bar.
#[derive(Debug, Deserialize)]
pub(crate) struct Switch {
    appearance: Appearance,
}

/// Remembers the appearance in this browser and goes back to where the switch was.
pub(crate) async fn set_appearance(headers: HeaderMap, Form(switch): Form<Switch>) -> Response {
    let back = origin::page_before(&headers).unwrap_or_else(|| "/".to_owned());
    let word = switch.appearance.word();
    let cookie = format!("appearance={word}; Path=/; Max-Age=31536000; SameSite=Lax");
    let mut response = Redirect::to(&back).into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

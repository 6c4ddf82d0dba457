use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};

use crate::desk::Desk;
use crate::failure::Failure;
use crate::pages::assets;
use crate::pages::frame::{Appearance, Frame};
use crate::rights::Right;
use crate::visitor::Visitor;

/// Something went wrong, for somebody who is signed in.
#[derive(Template)]
#[template(path = "failure.html")]
struct Framed<'a> {
    frame: Frame,
    title: &'a str,
    message: String,
    right: Option<String>,
    /// The page that it was asked from.
    from: Option<String>,
}

/// The same for who is not.
#[derive(Template)]
#[template(path = "failure_bare.html")]
struct Bare<'a> {
    door: Door,
    title: &'a str,
    message: String,
    from: Option<String>,
}

/// What stands around the pages of somebody who is not signed in.
pub(crate) struct Door {
    pub(crate) organization: String,
    pub(crate) appearance: Appearance,
    pub(crate) css: String,
    pub(crate) script: String,
    pub(crate) icon: String,
}

impl Door {
    pub(crate) fn of(desk: &Desk, appearance: Appearance) -> Self {
        Self {
            organization: desk.config.organization.clone(),
            appearance,
            css: assets::path("portal.css"),
            script: assets::path("portal.js"),
            icon: assets::path("icon.svg"),
        }
    }
}

/// A failure as a page: what is wrong, why, what to do, and the way back.
pub(crate) fn show(
    desk: &Desk,
    visitor: Option<&Visitor>,
    (appearance, from): (Appearance, Option<String>),
    failure: &Failure,
) -> Response {
    let (title, message) = (failure.title(), failure.message());
    let page = match visitor {
        Some(visitor) => Framed {
            frame: Frame {
                appearance,
                ..Frame::plain(desk, visitor, "")
            },
            title,
            message,
            right: missing(failure).map(|right| right.to_string()),
            from,
        }
        .render(),
        None => Bare {
            door: Door::of(desk, appearance),
            title,
            message,
            from,
        }
        .render(),
    };
    // The page itself is what failed last: then the words alone.
    let page = page.unwrap_or_else(|_| title.to_owned());
    (failure.status(), Html(page)).into_response()
}

fn missing(failure: &Failure) -> Option<Right> {
    match failure {
        Failure::NotAllowed(right) => Some(*right),
        _ => None,
    }
}

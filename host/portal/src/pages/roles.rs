use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;

use crate::desk::Desk;
use crate::pages::{Frame, Page, show};
use crate::rights::{Right, Role, Section, Verb};
use crate::visitor::Visitor;

/// A row of the table: a section or a verb, and what each role may.
struct Row {
    title: String,
    cells: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "roles.html")]
struct Roles {
    frame: Frame,
    roles: Vec<&'static str>,
    sections: Vec<Row>,
    verbs: Vec<Row>,
}

/// Who may do what: the table that every request is judged by.
pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Page {
    let section = |section: Section| Row {
        title: section.name().replace('_', " "),
        cells: Role::ALL.map(|role| role.level(section).name()).to_vec(),
    };
    let verb = |verb: Verb| Row {
        title: verb.title().to_owned(),
        cells: Role::ALL
            .map(|role| {
                if role.may(Right::Verb(verb)) {
                    "yes"
                } else {
                    "none"
                }
            })
            .to_vec(),
    };
    show(&Roles {
        frame: Frame::of(&desk, &visitor, &headers, "/roles").await?,
        roles: Role::ALL.map(Role::title).to_vec(),
        sections: Section::ALL.map(section).into_iter().collect(),
        verbs: Verb::ALL.map(verb).into_iter().collect(),
    })
}

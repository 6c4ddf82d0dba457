use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};

use crate::desk::Desk;
use crate::rights::{Level, Right, Section, Verb};
use crate::web::admission;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Open,
    /// Who is signed in at a browser, whatever the role.
    SignedIn,
    /// A device, by its signature.
    Device,
    /// Who has the right.
    Needs(Right),
}

/// Something that a request may carry beside its path and body, for the API's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// `query` or `header`.
    pub(crate) place: &'static str,
    /// `string` or `integer`.
    pub(crate) kind: &'static str,
    pub(crate) about: &'static str,
}

/// One in the query; may be left out.
pub(crate) const fn query(
    name: &'static str,
    kind: &'static str,
    about: &'static str,
) -> Parameter {
    Parameter {
        name,
        place: "query",
        kind,
        about,
    }
}

/// One in a header; has to be there.
pub(crate) const fn header(
    name: &'static str,
    kind: &'static str,
    about: &'static str,
) -> Parameter {
    Parameter {
        name,
        place: "header",
        kind,
        about,
    }
}

/// A route and who may use it. There is no way to one without naming the access.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    /// One sentence, for the API's description.
    pub(crate) about: &'static str,
    /// The JSON type that its body has.
    pub(crate) takes: Option<&'static str>,
    /// The JSON type that it answers with; `[T]` is a list of T.
    pub(crate) gives: Option<&'static str>,
    /// The kind of its answer, where that is no JSON.
    pub(crate) gives_text: Option<&'static str>,
    /// What it takes beside path and body.
    pub(crate) asks: &'static [Parameter],
}

/// A route of which the access has not been named yet.
pub(crate) struct Draft(Method, &'static str);

pub(crate) const fn get(path: &'static str) -> Draft {
    Draft(Method::GET, path)
}

pub(crate) const fn post(path: &'static str) -> Draft {
    Draft(Method::POST, path)
}

pub(crate) const fn delete(path: &'static str) -> Draft {
    Draft(Method::DELETE, path)
}

impl Draft {
    pub(crate) fn open(self) -> Place {
        self.with(Access::Open)
    }

    pub(crate) fn signed_in(self) -> Place {
        self.with(Access::SignedIn)
    }

    pub(crate) fn device(self) -> Place {
        self.with(Access::Device)
    }

    pub(crate) fn view(self, section: Section) -> Place {
        self.with(Access::Needs(Right::Section(section, Level::View)))
    }

    pub(crate) fn edit(self, section: Section) -> Place {
        self.with(Access::Needs(Right::Section(section, Level::Edit)))
    }

    pub(crate) fn verb(self, verb: Verb) -> Place {
        self.with(Access::Needs(Right::Verb(verb)))
    }

    fn with(self, access: Access) -> Place {
        Place {
            method: self.0,
            path: self.1,
            access,
            about: "",
            takes: None,
            gives: None,
            gives_text: None,
            asks: &[],
        }
    }
}

impl Place {
    pub(crate) fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    pub(crate) fn takes(self, shape: &'static str) -> Self {
        Self {
            takes: Some(shape),
            ..self
        }
    }

    pub(crate) fn gives(self, shape: &'static str) -> Self {
        Self {
            gives: Some(shape),
            ..self
        }
    }

    pub(crate) fn gives_text(self, kind: &'static str) -> Self {
        Self {
            gives_text: Some(kind),
            ..self
        }
    }

    pub(crate) fn asks(self, asks: &'static [Parameter]) -> Self {
        Self { asks, ..self }
    }
}

/// All routes. The only way to a router.
pub(crate) struct Table {
    desk: Arc<Desk>,
    router: Router<Arc<Desk>>,
    places: Vec<Place>,
}

impl Table {
    pub(crate) fn new(desk: Arc<Desk>) -> Self {
        Self {
            desk,
            router: Router::new(),
            places: Vec::new(),
        }
    }

    /// Adds a route; its handler runs only for callers who may.
    pub(crate) fn add<H, T>(mut self, place: Place, handler: H) -> Self
    where
        H: Handler<T, Arc<Desk>>,
        T: 'static,
    {
        let filter = match place.method {
            Method::POST => MethodFilter::POST,
            Method::DELETE => MethodFilter::DELETE,
            // Answers HEAD as well.
            _ => MethodFilter::GET,
        };
        let guard = from_fn_with_state((self.desk.clone(), place.access), admission::admit);
        self.router = self
            .router
            .route(place.path, on(filter, handler).route_layer(guard));
        self.places.push(place);
        self
    }

    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }

    pub(crate) fn into_router(self) -> Router<Arc<Desk>> {
        self.router
    }
}

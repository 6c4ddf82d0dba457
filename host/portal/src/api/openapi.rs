use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::web::table::{Access, Place};

/// The OpenAPI 3.1 document of the API, made of the table of routes and the wire's shapes.
#[derive(Clone)]
pub(crate) struct Description(Value);

impl Description {
    pub(crate) fn of(places: &[Place]) -> Self {
        let mut paths: BTreeMap<&str, serde_json::Map<String, Value>> = BTreeMap::new();
        for place in places
            .iter()
            .filter(|place| place.path.starts_with("/api/"))
        {
            let method = place.method.as_str().to_lowercase();
            paths
                .entry(place.path)
                .or_default()
                .insert(method, operation(place));
        }
        Self(json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Deskhook portal",
                "version": env!("CARGO_PKG_VERSION"),
                "description": "Programs come with an API key; agents sign each request.",
            },
            "paths": paths,
            "components": {
                "schemas": deskhook_wire::api_schemas(),
                "securitySchemes": {
                    "key": {"type": "http", "scheme": "bearer"},
                    "device": {
                        "type": "apiKey", "in": "header", "name": deskhook_wire::HEADER_SIGNATURE,
                    },
                },
            },
        }))
    }

    pub(crate) fn json(&self) -> axum::Json<Value> {
        axum::Json(self.0.clone())
    }
}

fn operation(place: &Place) -> Value {
    let (security, right) = match place.access {
        Access::Open => (json!([]), None),
        Access::Device => (json!([{"device": []}]), None),
        Access::SignedIn => (json!([{"key": []}]), None),
        Access::Needs(right) => (json!([{"key": []}]), Some(right.to_string())),
    };
    let mut operation = json!({
        "summary": place.about,
        "security": security,
        "parameters": parameters(place.path),
        "responses": {
            "200": answer(place.gives),
            "default": {"description": "Refused", "content": content("ApiError")},
        },
    });
    if let Some(right) = right {
        operation["x-right"] = right.into();
    }
    if let Some(shape) = place.takes {
        operation["requestBody"] = json!({"required": true, "content": content(shape)});
    }
    operation
}

fn answer(shape: Option<&str>) -> Value {
    match shape {
        Some(shape) => json!({"description": "Done", "content": content(shape)}),
        None => json!({"description": "Done"}),
    }
}

fn content(shape: &str) -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let schema = match shape
        .strip_prefix('[')
        .and_then(|shape| shape.strip_suffix(']'))
    {
        Some(item) => json!({"type": "array", "items": reference(item)}),
        None => reference(shape),
    };
    json!({"application/json": {"schema": schema}})
}

fn parameters(path: &str) -> Value {
    let names = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    names.map(parameter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes;

    #[test]
    fn every_shape_that_a_route_names_is_described() {
        let schemas = deskhook_wire::api_schemas();
        let places = routes::places();
        let shapes = places
            .iter()
            .flat_map(|place| [place.takes, place.gives])
            .flatten();
        for shape in shapes {
            let name = shape.trim_matches(['[', ']']);
            assert!(schemas.contains_key(name), "{name}");
        }
        let api = |place: &&Place| place.path.starts_with("/api/") && place.about.is_empty();
        assert_eq!(
            places.iter().filter(api).count(),
            0,
            "each is told in a sentence"
        );
    }
}

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
        "operationId": name(place),
        "summary": place.about,
        "security": security,
        "parameters": parameters(place),
        "responses": {
            "200": answer(place),
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

/// `getDevicesById`: the method and the path.
fn name(place: &Place) -> String {
    let parts = place.path.trim_start_matches("/api/v1").split('/');
    let words = parts.flat_map(|part| {
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(parameter) => vec!["by", parameter],
            None => part.split(['.', '-']).collect(),
        }
    });
    let mut name = place.method.as_str().to_lowercase();
    for word in words {
        let mut characters = word.chars();
        name.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        name.extend(characters);
    }
    name
}

fn answer(place: &Place) -> Value {
    if let Some(kind) = place.gives_text {
        return json!({"description": "Done", "content": {kind: {"schema": {"type": "string"}}}});
    }
    match place.gives {
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

fn parameters(place: &Place) -> Vec<Value> {
    let names = place
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let of_path = names.map(
        |name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}),
    );
    let others = place.asks.iter().map(|asked| {
        json!({
            "name": asked.name,
            "in": asked.place,
            "required": asked.place == "header",
            "description": asked.about,
            "schema": {"type": asked.kind},
        })
    });
    of_path.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_says_what_it_takes_and_gives() {
        let Description(told) = Description::of(&routes::places());
        let paths = told["paths"].as_object().unwrap();
        let operations = paths
            .values()
            .flat_map(|path| path.as_object().unwrap().values());
        let mut names = std::collections::BTreeSet::new();
        for operation in operations {
            assert!(
                names.insert(operation["operationId"].as_str().unwrap()),
                "{operation}"
            );
            assert!(
                operation["responses"]["200"]["content"].is_object(),
                "{operation}"
            );
        }
        assert!(names.contains("postDevicesByIdConnect"), "{names:?}");
        let named = |path: &str, method: &str| -> Vec<&str> {
            let parameters = paths[path][method]["parameters"].as_array().unwrap();
            parameters
                .iter()
                .map(|one| one["name"].as_str().unwrap())
                .collect()
        };
        assert_eq!(named("/api/v1/sessions", "get"), ["device", "before"]);
        let orders = named("/api/v1/agent/orders", "get");
        for name in ["after", "wait", "deskhook-device", "deskhook-signature"] {
            assert!(orders.contains(&name), "{orders:?}");
        }
        assert_eq!(named("/api/v1/agent/enrol", "post"), ["deskhook-signature"]);
        let audit = &paths["/api/v1/audit"]["get"]["responses"]["200"]["content"];
        assert!(audit["application/jsonl"].is_object(), "{audit}");
    }

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

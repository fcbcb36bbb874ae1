//! A module's routes with their description, erased so that modules can stand in one list.

use std::{fmt, sync::Arc};

use poem::{Endpoint, EndpointExt, IntoEndpoint, endpoint::BoxEndpoint};
use poem_openapi::{ApiResponse, OpenApi, OpenApiService, Webhook, payload::Json, types::ToJSON};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};

/// 201 with what was made.
#[derive(Debug, ApiResponse)]
pub enum Created<T: ToJSON> {
    /// It was made; this is how it reads now.
    #[oai(status = 201)]
    Created(Json<T>),
}

impl<T: ToJSON> Created<T> {
    /// Wraps what was made.
    pub fn new(made: T) -> Self {
        Self::Created(Json(made))
    }
}

/// 204: done, and nothing to say.
#[derive(Debug, ApiResponse)]
pub enum NoContent {
    /// Done.
    #[oai(status = 204)]
    Done,
}

/// Routes and their OpenAPI document.
#[derive(Clone)]
pub struct Api {
    endpoint: Arc<BoxEndpoint<'static>>,
    spec: Arc<Value>,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.spec["paths"].as_object().map_or(0, Map::len);
        write!(f, "Api({paths} paths)")
    }
}

impl Api {
    /// Erases one `#[OpenApi]` or a tuple of them.
    pub fn new<T: OpenApi + 'static>(api: T) -> Self {
        Self::from_service(OpenApiService::new(api, "", ""))
    }

    fn from_service<T: OpenApi + 'static, W: Webhook + 'static>(service: OpenApiService<T, W>) -> Self {
        let spec = merged(&service.spec()).expect("poem-openapi writes JSON");
        Self {
            endpoint: Arc::new(service.into_endpoint().map_to_response().boxed()),
            spec: Arc::new(spec),
        }
    }

    /// Answers requests whose path is as in the document.
    pub fn endpoint(&self) -> impl Endpoint<Output = poem::Response> + use<> {
        self.endpoint.clone()
    }

    /// The OpenAPI document of these routes alone.
    pub fn spec(&self) -> &Value {
        &self.spec
    }
}

/// A document as poem-openapi writes it. A path that several of a module's parts have is written once for each of them, with the
/// operations of that part: here it has all of them.
fn merged(document: &str) -> serde_json::Result<Value> {
    #[derive(Deserialize)]
    struct Document {
        paths: Paths,
        #[serde(flatten)]
        rest: Map<String, Value>,
    }
    let Document {
        paths: Paths(paths),
        mut rest,
    } = serde_json::from_str(document)?;
    rest.insert("paths".to_owned(), paths.into());
    Ok(rest.into())
}

struct Paths(Map<String, Value>);

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Merging;
        impl<'de> Visitor<'de> for Merging {
            type Value = Map<String, Value>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("paths with their operations")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut paths = Map::new();
                while let Some((path, operations)) = entries.next_entry::<String, Map<String, Value>>()? {
                    let known = paths.entry(path).or_insert_with(|| Map::new().into());
                    if let Value::Object(known) = known {
                        known.extend(operations);
                    }
                }
                Ok(paths)
            }
        }
        deserializer.deserialize_map(Merging).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_two_parts_has_the_operations_of_both() {
        let written = r#"{"openapi": "3", "paths": {"/a": {"get": 1}, "/b": {"get": 2}, "/a": {"post": 3}}, "tags": []}"#;
        let document = serde_json::json!({
            "openapi": "3", "paths": {"/a": {"get": 1, "post": 3}, "/b": {"get": 2}}, "tags": [],
        });
        assert_eq!(merged(written).unwrap(), document);
    }
}

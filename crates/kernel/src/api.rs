//! A module's routes with their description, erased so that modules can stand in one list.

use std::sync::Arc;

use poem::{Endpoint, EndpointExt, IntoEndpoint, endpoint::BoxEndpoint};
use poem_openapi::{ApiResponse, OpenApi, OpenApiService, Webhook, payload::Json, types::ToJSON};

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
    spec: Arc<serde_json::Value>,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let paths = self.spec["paths"].as_object().map_or(0, serde_json::Map::len);
        write!(f, "Api({paths} paths)")
    }
}

impl Api {
    /// Erases one `#[OpenApi]` or a tuple of them.
    pub fn new<T: OpenApi + 'static>(api: T) -> Self {
        Self::from_service(OpenApiService::new(api, "", ""))
    }

    fn from_service<T: OpenApi + 'static, W: Webhook + 'static>(service: OpenApiService<T, W>) -> Self {
        let spec = serde_json::from_str(&service.spec()).expect("poem-openapi writes JSON");
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
    pub fn spec(&self) -> &serde_json::Value {
        &self.spec
    }
}

//! The operations of the API: their paths' methods, the schemas of their bodies, their errors.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderValue, Method},
};
use serde_json::Value;

use crate::{body::Kept, counting::counted, misfit::BodySchema, openapi::Document, problem};

/// The path pattern of an API operation: the framework's own contains the inner route twice.
#[derive(Clone, Debug)]
pub(super) struct RouteLabel(pub(super) Arc<str>);

/// A path in the OpenAPI document.
pub(super) struct PathFacts {
    label: RouteLabel,
    /// Its methods.
    allow: HeaderValue,
    /// Whether an operation has no permission: then its body must be small.
    pub(super) is_public: bool,
    /// The JSON bodies of its operations, by method.
    bodies: BTreeMap<String, Arc<BodySchema>>,
}

impl PathFacts {
    pub(super) fn of(path: &str, document: &Document, schemas: &Arc<Value>) -> Self {
        let segments = path.split('/').map(|segment| match segment.strip_prefix(':') {
            Some(name) => format!("{{{name}}}"),
            None => segment.to_owned(),
        });
        let described = segments.collect::<Vec<_>>().join("/");
        let described = document.value["paths"][described.as_str()].as_object();
        let operations = || described.into_iter().flatten();
        let methods: BTreeSet<&str> = operations()
            .flat_map(|(method, _)| match method.as_str() {
                // Every GET also answers HEAD.
                "get" => vec!["GET", "HEAD"],
                "post" => vec!["POST"],
                "put" => vec!["PUT"],
                "patch" => vec!["PATCH"],
                "delete" => vec!["DELETE"],
                _ => vec![],
            })
            .collect();
        let methods = methods.into_iter().collect::<Vec<_>>().join(", ");
        Self {
            label: RouteLabel(format!("/api/v1{path}").into()),
            allow: HeaderValue::from_str(&methods).unwrap_or(problem::READ_ONLY),
            is_public: operations().any(|(_, operation)| operation["x-permission"].is_null()),
            bodies: operations()
                .filter_map(|(method, operation)| {
                    Some((
                        method.to_uppercase(),
                        Arc::new(BodySchema::of(operation, schemas)?),
                    ))
                })
                .collect(),
        }
    }

    fn has(&self, method: &Method) -> bool {
        let methods = self.allow.to_str().unwrap_or_default();
        methods.split(", ").any(|known| known == method.as_str())
    }
}

pub(super) async fn unknown_operation(request: Request) -> poem::Result<Response> {
    counted(&request).await?;
    Err(poem::error::NotFoundError.into())
}

pub(super) async fn labelled<E: Endpoint>(
    endpoint: Arc<E>,
    request: Request,
    facts: Arc<PathFacts>,
) -> poem::Result<Response> {
    if !facts.has(request.method()) {
        counted(&request).await?;
    }
    let schema = facts.bodies.get(request.method().as_str());
    let given = schema.and_then(|schema| Some((&**schema, Kept::of(&request, schema)?)));
    let mut response = answered(endpoint, request, facts.allow.clone(), given).await?;
    response.set_data(facts.label.clone());
    Ok(response)
}

/// Turns errors into problems, with the methods of the path and the request.
pub(super) async fn allowed<E: Endpoint>(
    endpoint: Arc<E>,
    request: Request,
    allow: HeaderValue,
) -> poem::Result<Response> {
    answered(endpoint, request, allow, None).await
}

/// Errors become problems while it is known which methods the path has and what was asked; `given` is the body and what it
/// should be.
async fn answered<E: Endpoint>(
    endpoint: Arc<E>,
    request: Request,
    allow: HeaderValue,
    given: Option<(&BodySchema, Kept)>,
) -> poem::Result<Response> {
    let uri = request.original_uri().clone();
    match endpoint.call(request).await {
        Ok(response) => Ok(response.into_response()),
        Err(error) => {
            let misread = given.as_ref().map(|(_, kept)| kept.misread()).unwrap_or_default();
            let error = if misread.is_empty() {
                error
            } else {
                kernel::Error::invalid_fields(misread).into()
            };
            let operation = problem::Operation {
                allow: &allow,
                uri: &uri,
                body: given.and_then(|(schema, kept)| Some((schema, kept.value()?))),
            };
            Ok(problem::from_poem(error, Some(operation)).await)
        }
    }
}

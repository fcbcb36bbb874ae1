//! The HTTP application: modules' routes, live stream, documentation, health, the portal.

mod api;
mod docs;
mod observe;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use kernel::{Authenticator, Module, SystemDb};
use poem::{
    Endpoint, EndpointExt, IntoResponse, Request, Response, Route, RouteMethod,
    endpoint::{BoxEndpoint, make},
    get,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{CatchPanic, Compression, CookieJarManager},
};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use api::{PathFacts, allowed, labelled, unknown_operation};
use docs::documentation;
use observe::observe;

pub use observe::RequestId;

use crate::{
    assets,
    body::{self, API_BODY, Bodies, BodyLimits, PUBLIC_BODY, WEBHOOK_BODY, bounded, capped},
    counting::checked,
    host_name::HostNames,
    live::{Hub, LiveLimits, Places, socket},
    openapi::{self, Conflict, Document},
    problem,
    redis::Redis,
    request::{Parameters, readable_headers},
};

/// A sign-in that the demo shows on its first page.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct DemoLogin {
    /// Label of the button.
    pub label: String,
    /// E-mail.
    pub email: String,
    /// Password; demo only.
    pub password: String,
}

/// Configuration for the portal before sign-in: `GET /api/config`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct PublicConfig {
    /// The name on screen.
    pub brand: Brand,
    /// Whether the simulator runs inside.
    pub simulator: bool,
    /// The demo's sign-ins; absent outside the demo.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub demo_logins: Vec<DemoLogin>,
    /// The platform's version.
    pub version: String,
}

/// The name on screen.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Brand {
    /// As shown.
    pub name: String,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: "WhatsApp Pro".to_owned(),
        }
    }
}

/// Adds routes to the application's root.
pub type MoreRoutes = Box<dyn FnOnce(Route) -> Route + Send>;

/// The parts of the application besides its modules.
pub struct AppOptions {
    /// Shown to the portal.
    pub config: PublicConfig,
    /// Turns requests into callers.
    pub authenticator: Arc<dyn Authenticator>,
    /// Adds routes at the root, such as the simulator's when it runs inside.
    pub more_routes: Option<MoreRoutes>,
    /// The accepted host names.
    pub hosts: HostNames,
    /// Whether the public address is https.
    pub https: bool,
    /// How often a live connection is pinged and its credentials are checked.
    pub live_ping: Duration,
    /// How many live connections there may be.
    pub live_limits: LiveLimits,
    /// `/readyz` asks whether it answers; none when there is no Redis.
    pub redis: Option<Redis>,
    /// Limits on request bodies.
    pub bodies: BodyLimits,
}

impl std::fmt::Debug for AppOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AppOptions({:?})", self.config)
    }
}

/// The application, ready to be served.
pub struct App {
    /// The whole HTTP application.
    pub endpoint: BoxEndpoint<'static>,
    /// The OpenAPI document it serves.
    pub document: Document,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "App({} paths)", self.document.paths.len())
    }
}

impl App {
    /// Puts the application together.
    ///
    /// # Errors
    /// When two modules contradict each other.
    pub fn build(
        modules: &[Box<dyn Module>],
        system: &SystemDb,
        hub: &Hub,
        options: AppOptions,
    ) -> Result<Self, Conflict> {
        let apis: Vec<_> = modules.iter().map(|module| module.api()).collect();
        let document = openapi::merge(&apis)?;
        let streamed: BTreeMap<&str, u64> = modules
            .iter()
            .flat_map(|module| module.streamed_bodies())
            .copied()
            .collect();
        let mut v1 = Route::new();
        let mut paths = document.paths.iter().collect::<Vec<_>>();
        paths.sort();
        let schemas = Arc::new(document.value["components"]["schemas"].clone());
        for (path, index) in paths {
            let facts = Arc::new(PathFacts::of(path, &document, &schemas));
            let most = if facts.is_public { PUBLIC_BODY } else { API_BODY };
            let parameters = Parameters::of(&document.value["paths"][openapi::braced(path)]);
            let operation = apis[*index]
                .endpoint()
                .before(move |request: Request| {
                    let verdict = parameters.check(&request);
                    checked(request, verdict)
                })
                .around(in_time)
                .around(move |endpoint, request| labelled(endpoint, request, facts.clone()));
            v1 = match streamed.get(path.as_str()) {
                Some(limit) => v1.at(path, capped(operation, *limit)),
                None => v1.at(path, bounded(operation, most)),
            };
        }
        v1 = v1
            .at(
                "/live",
                // It takes no body.
                bounded(get(socket::live), 0)
                    .with(CookieJarManager::new())
                    .data(hub.clone())
                    .data(rights(modules, options.live_ping, options.live_limits)),
            )
            .at("/*path", make(unknown_operation));
        let mut route = Route::new()
            .nest("/api/v1", v1)
            .nest("/api", documentation(&document, options.config));
        route = operations(route, system, options.redis);
        let mut plain = BTreeSet::new();
        for public in modules.iter().flat_map(|module| module.public_routes()) {
            plain.extend(public.path.split('/').nth(1));
            let allow = HeaderValue::from_static(public.allow);
            let endpoint = public
                .endpoint
                .around(move |endpoint, request| allowed(endpoint, request, allow.clone()));
            route = route.at(public.path, bounded(endpoint, WEBHOOK_BODY));
        }
        let routes = plain.clone();
        route = route.at(
            "/*path",
            make(move |request| {
                let answer = assets::portal(&request, &routes);
                async move { answer }
            }),
        );
        if let Some(more) = options.more_routes {
            route = more(route);
        }
        let bodies = Bodies::new(options.bodies);
        let endpoint = route
            .catch_all_error(|error| problem::from_poem(error, None))
            .with(CatchPanic::new().with_handler(problem::Panicked))
            .with(Compression::new())
            .before(move |request| {
                let first = request.uri().path().split('/').nth(1).unwrap_or_default();
                let is_ours = plain.contains(first) || request.uri().path().starts_with("/api/v1");
                let verdict = if is_ours {
                    readable_headers(&request)
                } else {
                    Ok(())
                };
                checked(uncompressed(request, &plain), verdict)
            })
            .before(move |request: Request| {
                let verdict = options.hosts.verdict(&request);
                checked(request, verdict)
            })
            .around(move |endpoint, request| body::guard(endpoint, request, bodies.clone()))
            .data(options.authenticator)
            .around(move |endpoint, request| observe(endpoint, request, options.https))
            .map_to_response()
            .boxed();
        Ok(Self { endpoint, document })
    }
}

/// Timeout of a read-only operation. It changes nothing, so it can be cancelled: with a database that is slow at every step,
/// callers must not wait for the sum of them.
const READ_WITHIN: Duration = Duration::from_secs(15);

async fn in_time<E: Endpoint>(endpoint: Arc<E>, request: Request) -> poem::Result<Response> {
    if request.method() != Method::GET {
        return endpoint.call(request).await.map(IntoResponse::into_response);
    }
    match tokio::time::timeout(READ_WITHIN, endpoint.call(request)).await {
        Ok(answer) => answer.map(IntoResponse::into_response),
        Err(_) => Err(kernel::Error::unavailable(
            "The server could not answer in time. Try again in a moment.",
        )
        .into()),
    }
}

fn rights(modules: &[Box<dyn Module>], ping: Duration, limits: LiveLimits) -> socket::Rights {
    let of_module = modules.iter().flat_map(|module| module.permissions());
    let modules = of_module
        .map(|permission| (permission.name, permission.module))
        .collect();
    socket::Rights {
        modules: Arc::new(modules),
        ping,
        places: Places::new(limits),
    }
}

/// Ranges and a module's public routes are not compressed: a range is a part of the uncompressed file. Nor are the portal's files, which
/// are compressed already.
fn uncompressed(mut request: Request, plain: &BTreeSet<&str>) -> Request {
    if assets::is_page(request.uri().path(), plain) {
        assets::Encodings::take(&mut request);
    }
    let first = request.uri().path().split('/').nth(1).unwrap_or_default();
    if plain.contains(first) || request.headers().contains_key(header::RANGE) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    request
}

fn operations(route: Route, system: &SystemDb, redis: Option<Redis>) -> Route {
    let ready: RouteMethod = {
        let system = system.clone();
        get(make(move |_| {
            let (system, redis) = (system.clone(), redis.clone());
            async move { Ok::<_, poem::Error>(readiness(&system, redis).await) }
        }))
    };
    route
        .at("/healthz", get(make(|_| async { Ok::<_, poem::Error>("ok") })))
        .at("/readyz", ready)
        // Metrics have their own listener: 404, rather than the portal's first page.
        .at(
            "/metrics",
            make(|_| async { Err::<Response, poem::Error>(poem::error::NotFoundError.into()) }),
        )
}

/// Ready means that the database responds. Redis carries only hints, so its absence is reported but the process stays ready.
async fn readiness(system: &SystemDb, redis: Option<Redis>) -> Response {
    let timeout = Duration::from_secs(2);
    let on = system.across_tenants("asks only whether it answers");
    let database = tokio::time::timeout(timeout, on.execute_unprepared("SELECT 1")).await;
    let database = matches!(database, Ok(Ok(_)));
    let redis = match redis {
        None => "not used",
        Some(redis) => match tokio::time::timeout(timeout, redis.answers()).await {
            Ok(Ok(())) => "ok",
            _ => "away",
        },
    };
    let body = serde_json::json!({ "database": if database { "ok" } else { "away" }, "redis": redis });
    let status = if database {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Response::builder()
        .status(status)
        .content_type("application/json")
        .body(body.to_string())
}

//! The HTTP application: modules' routes, live stream, documentation, health, the portal.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use kernel::{Authenticator, Module, RateNote, SystemDb};
use poem::{
    Endpoint, EndpointExt, FromRequest, IntoResponse, Request, Response, Route, RouteMethod,
    endpoint::{BoxEndpoint, make},
    get, handler,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{CatchPanic, Compression, CookieJarManager},
    web::{Data, RemoteAddr},
};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::Instrument;

use crate::{
    assets,
    body::{self, API_BODY, Bodies, BodyLimits, Kept, PUBLIC_BODY, WEBHOOK_BODY, bounded, capped},
    counting::{checked, counted},
    host_name::HostNames,
    live::{Hub, LiveLimits, Places, socket},
    misfit::BodySchema,
    openapi::{self, Conflict, Document},
    problem,
    redis::Redis,
    request::{Parameters, readable_headers},
    security_headers::{self, Area},
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

fn documentation(document: &Document, config: PublicConfig) -> Route {
    let spec = serde_json::to_string_pretty(&document.value).unwrap_or_default();
    let swagger = Arc::new(
        utoipa_swagger_ui::Config::from("/api/openapi.json")
            .try_it_out_enabled(true)
            // A key that is tried out stays in the page: the browser's storage would keep it for the browser's next user.
            .persist_authorization(false)
            // It would send the document's address to an external server.
            .validator_url("none"),
    );
    let config = serde_json::to_string(&config).unwrap_or_default();
    let json = |text: String| {
        // All answers share one copy.
        let text = Bytes::from(text);
        get(make(move |_| {
            let response = Response::builder()
                .content_type("application/json")
                .body(text.clone());
            async move { Ok::<_, poem::Error>(response) }
        }))
    };
    Route::new()
        .at("/openapi.json", json(spec))
        .at("/config", json(config))
        .at(
            "/docs",
            get(make(|_| async {
                Ok::<_, poem::Error>(poem::web::Redirect::see_other("/api/docs/").into_response())
            })),
        )
        .at("/docs/", get(swagger_page).data(swagger.clone()))
        .at("/docs/*tail", get(swagger_page).data(swagger))
        .at(
            "/*path",
            make(|_| async { Err::<Response, poem::Error>(poem::error::NotFoundError.into()) }),
        )
}

#[handler]
fn swagger_page(request: &Request, config: Data<&Arc<utoipa_swagger_ui::Config<'static>>>) -> Response {
    let tail: String = request.raw_path_param("tail").unwrap_or_default().to_owned();
    match utoipa_swagger_ui::serve(&tail, config.0.clone()) {
        Ok(Some(file)) => Response::builder()
            .content_type(&file.content_type)
            .body(with_way_back(&tail, file.bytes)),
        Ok(None) => StatusCode::NOT_FOUND.into(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into(),
    }
}

/// The page of the description with a link to the portal, which it has not by itself.
fn with_way_back(tail: &str, bytes: Cow<'static, [u8]>) -> Bytes {
    const PAGE: &str = "<div id=\"swagger-ui\">";
    const LINK: &str = "<p style=\"margin:0;padding:12px 20px;font:14px sans-serif\"><a href=\"/\">Back to the portal</a></p>";
    let page = matches!(tail, "" | "/" | "index.html").then(|| std::str::from_utf8(&bytes));
    match page {
        Some(Ok(page)) => Bytes::from(page.replacen(PAGE, &format!("{LINK}{PAGE}"), 1)),
        _ => assets::uncopied(bytes),
    }
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

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// One span, the metrics and the common headers of each response. Labels are route patterns, never raw paths, which contain
/// ids and tokens.
async fn observe<E: Endpoint>(endpoint: Arc<E>, mut request: Request, https: bool) -> poem::Result<Response> {
    let id = request_id(&request);
    let method = request.method().clone();
    let peer = <&RemoteAddr>::from_request_without_body(&request)
        .await
        .map(ToString::to_string)
        .unwrap_or_default();
    let span = tracing::info_span!("request", id = %id, %method, peer, tenant = tracing::field::Empty);
    request.extensions_mut().insert(RequestId(id.clone()));
    let area = Area::of(request.uri().path());
    let counted = RateNote::default();
    request.extensions_mut().insert(counted.clone());
    let started = Instant::now();
    let result = endpoint.call(request).instrument(span.clone()).await;
    let mut response = match result {
        Ok(response) => response.into_response(),
        Err(error) => problem::from_poem(error, None).await,
    };
    let route = match (
        response.data::<RouteLabel>(),
        response.data::<poem::PathPattern>(),
    ) {
        (Some(label), _) => label.0.clone(),
        (None, Some(pattern)) => pattern.0.clone(),
        (None, None) => "other".into(),
    };
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    span.in_scope(|| tracing::debug!(%route, status, seconds, "answered"));
    metrics::counter!("wapro_http_requests_total", "method" => method_label(&method), "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("wapro_http_request_seconds", "route" => route).record(seconds);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Some((policy, left)) = counted.fields() {
        for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
        }
    }
    security_headers::add(headers, area, https);
    Ok(response)
}

/// The path pattern of an API operation: the framework's own contains the inner route twice.
#[derive(Clone, Debug)]
struct RouteLabel(Arc<str>);

/// A path in the OpenAPI document.
struct PathFacts {
    label: RouteLabel,
    /// Its methods.
    allow: HeaderValue,
    /// Whether an operation has no permission: then its body must be small.
    is_public: bool,
    /// The JSON bodies of its operations, by method.
    bodies: BTreeMap<String, Arc<BodySchema>>,
}

impl PathFacts {
    fn of(path: &str, document: &Document, schemas: &Arc<Value>) -> Self {
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

async fn unknown_operation(request: Request) -> poem::Result<Response> {
    counted(&request).await?;
    Err(poem::error::NotFoundError.into())
}

async fn labelled<E: Endpoint>(
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
async fn allowed<E: Endpoint>(
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

/// A method's name. Unknown methods share one label, so that clients cannot create metric series.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    KNOWN
        .iter()
        .find(|known| *known == method)
        .map_or("other", Method::as_str)
}

/// The id of a request in the log, and in the response's `X-Request-Id`.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// A proxy's id is kept if it is short and safe; otherwise a new one is created.
fn request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    match given {
        Some(id)
            if (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
        {
            id.to_owned()
        }
        _ => uuid::Uuid::new_v4().simple().to_string(),
    }
}

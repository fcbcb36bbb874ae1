//! What applies before any operation: host names, response headers, the metrics listener, the cookie's name.
//!
//! It does not depend on data, so one profile is enough.

use std::{net::SocketAddr, time::Duration};

use futures_util::FutureExt;
use host::Roles;
use identity::{PasswordCost, Role};
use kernel::TenantId;
use reqwest::header::HeaderMap;
use serde_json::json;
use server::{Config, Platform, Setup};
use testkit::{PASSWORD, Profile, Services, TestApp};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

/// A server as an operator has it: no simulator, no tenant.
struct Server {
    base: String,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    identity: identity::Identity,
    http: reqwest::Client,
    end: oneshot::Sender<()>,
    served: JoinHandle<anyhow::Result<()>>,
    services: Services,
}

impl Server {
    async fn start(configure: impl FnOnce(&mut Config)) -> Self {
        let mut services = Services::make(Profile::Embedded).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        services.config.listen = listener.local_addr().unwrap();
        configure(&mut services.config);
        let setup = Setup {
            password_cost: PasswordCost::FOR_TESTS,
            live_ping: Duration::from_millis(200),
            ..Setup::new(Roles {
                serve: true,
                work: true,
            })
        };
        let platform = Platform::start(&services.config, setup).await.unwrap();
        let (metrics, identity) = (platform.metrics, platform.identity.clone());
        let (end, ended) = oneshot::channel::<()>();
        let served = tokio::spawn(platform.serve(listener, ended.map(|_| ())));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            base: format!("http://{}", services.config.listen),
            address: services.config.listen,
            metrics,
            identity,
            http,
            end,
            served,
            services,
        }
    }

    /// A person who is an administrator of another tenant.
    async fn person(&self, email: &str) -> TenantId {
        let reseller = self.identity.create_reseller("Northwind").await.unwrap();
        let tenant = self.identity.create_tenant(reseller, "Acme").await.unwrap();
        let user = self
            .identity
            .create_user(email, "Ada", PASSWORD.into())
            .await
            .unwrap();
        self.identity.add_member(tenant, user, Role::Admin).await.unwrap();
        tenant
    }

    async fn stop(self) {
        drop((self.http, self.identity));
        let _ = self.end.send(());
        self.served.await.unwrap().unwrap();
        self.services.remove().await;
    }
}

/// Sends bytes and reads everything that comes back: the status and the text.
async fn raw(address: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer))
        .await
        .expect("an answer in time")
        .unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.unwrap_or_default(), text)
}

fn get(target: &str, host_lines: &str) -> String {
    format!("GET {target} HTTP/1.1\r\n{host_lines}Connection: close\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_the_portals_is_a_problem_and_not_its_first_page() {
    let server = Server::start(|_| {}).await;
    for path in [
        "/_sim/state",
        "/_sim",
        "//api/v1/tags",
        "/API/v1/tags",
        "/%61pi/v1/tags",
        "/api/v2/tags",
        "/api/v1/none",
    ] {
        for method in [reqwest::Method::GET, reqwest::Method::POST] {
            let answer = server
                .http
                .request(method.clone(), format!("{}{path}", server.base))
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), 404, "{method} {path}");
            let problem: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "no_such_path", "{method} {path}");
        }
    }
    let page = server
        .http
        .get(format!("{}/inbox", server.base))
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn only_its_own_host_names_are_answered_to() {
    let server = Server::start(|config| {
        config.public_url = "https://wa.example.com".to_owned();
        config.allowed_hosts = vec!["intern.example".to_owned()];
    })
    .await;
    for (lines, status) in [
        ("Host: wa.example.com\r\n", 200),
        ("Host: WA.example.com:443\r\n", 200),
        ("Host: wa.example.com.\r\n", 200),
        ("Host: intern.example:8080\r\n", 200),
        ("Host: localhost:8080\r\n", 200),
        ("Host: 127.0.0.1\r\n", 200),
        ("Host: [::1]:8080\r\n", 200),
        ("", 421),
        ("Host:\r\n", 421),
        ("Host: evil.example\r\n", 421),
        ("Host: localhost.evil.example\r\n", 421),
        ("Host: 127.0.0.1.evil.example:8080\r\n", 421),
        ("Host: user@localhost\r\n", 421),
        ("Host: ::1\r\n", 421),
        ("Host: localhost\r\nHost: evil.example\r\n", 421),
        // What a proxy says of the host is not looked at, for better or worse.
        ("Host: evil.example\r\nX-Forwarded-Host: wa.example.com\r\n", 421),
        ("Host: evil.example\r\nForwarded: host=wa.example.com\r\n", 421),
        ("Host: wa.example.com\r\nX-Forwarded-Host: evil.example\r\n", 200),
    ] {
        let (answered, text) = raw(server.address, &get("/api/config", lines)).await;
        assert_eq!(answered, status, "{lines:?}: {text}");
        if status == 421 {
            assert!(text.contains(r#""code":"unknown_host""#), "{text}");
            assert!(text.contains("application/problem+json"), "{text}");
            assert!(!text.contains("evil.example"), "it is not repeated: {text}");
        }
    }
    // Every part of the server, whatever it would have answered.
    let evil = "Host: evil.example\r\n";
    for path in [
        "/",
        "/inbox",
        "/assets/nothing.js",
        "/api/docs/",
        "/api/openapi.json",
        "/api/v1/contacts",
        "/api/v1/live",
        "/media/x",
        "/webhooks/whatsapp/x",
        "/metrics",
        "/healthz/x",
        "//healthz",
    ] {
        assert_eq!(raw(server.address, &get(path, evil)).await.0, 421, "{path}");
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(raw(server.address, &get(path, evil)).await.0, 200, "{path}");
        assert_eq!(raw(server.address, &get(path, "")).await.0, 200, "{path}");
    }
    // A target in absolute form names the host, too.
    for (target, lines, status) in [
        ("http://evil.example/api/config", "Host: localhost\r\n", 421),
        ("http://localhost/api/config", evil, 421),
        ("http://localhost/api/config", "Host: localhost\r\n", 200),
    ] {
        assert_eq!(
            raw(server.address, &get(target, lines)).await.0,
            status,
            "{target} {lines}"
        );
    }
    // A body is not waited for.
    let body = format!("POST /api/v1/session HTTP/1.1\r\n{evil}Content-Length: 1000000\r\n\r\n{{");
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 421");
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn http2_names_its_host_in_the_target() {
    let server = Server::start(|config| config.allowed_hosts = vec!["intern.example".to_owned()]).await;
    let client = reqwest::Client::builder()
        .http2_prior_knowledge()
        .resolve("evil.example", server.address)
        .resolve("intern.example", server.address)
        .build()
        .unwrap();
    let port = server.address.port();
    for (host, path, status) in [
        ("evil.example", "/api/config", 421),
        ("evil.example", "/healthz", 200),
        ("intern.example", "/api/config", 200),
        ("127.0.0.1", "/api/config", 200),
    ] {
        let answer = client
            .get(format!("http://{host}:{port}{path}"))
            .send()
            .await
            .unwrap();
        assert_eq!(
            (answer.version(), answer.status().as_u16()),
            (reqwest::Version::HTTP_2, status),
            "{host}{path}"
        );
    }
    drop(client);
    server.stop().await;
}

/// What every answer says, and what each part says of its content.
fn checked(path: &str, headers: &HeaderMap, https: bool) {
    let header = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    };
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("referrer-policy"), "same-origin", "{path}");
    assert_eq!(header("x-frame-options"), "SAMEORIGIN", "{path}");
    assert!(headers.contains_key("x-request-id"), "{path}");
    let transport = header("strict-transport-security");
    assert_eq!(transport, if https { "max-age=31536000" } else { "" }, "{path}");
    let policy = header("content-security-policy");
    let says = |directive: &str| policy.split(';').any(|one| one.trim() == directive);
    assert!(!policy.contains("unsafe-eval"), "{path}: {policy}");
    let scripts = policy.split(';').find(|one| one.trim().starts_with("script-src"));
    assert!(
        scripts.is_none_or(|scripts| scripts.trim() == "script-src 'self'"),
        "{path}: {policy}"
    );
    if path.starts_with("/api/v1") {
        assert!(says("default-src 'none'"), "{path}: {policy}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
    } else if path.starts_with("/api/docs") {
        assert!(
            says("default-src 'none'") && says("script-src 'self'"),
            "{path}: {policy}"
        );
        assert!(
            says("connect-src 'self'") && says("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
    } else {
        assert!(
            says("default-src 'self'") && says("frame-ancestors 'self'"),
            "{path}: {policy}"
        );
        assert!(
            says("base-uri 'self'") && says("form-action 'self'"),
            "{path}: {policy}"
        );
    }
}

#[tokio::test]
async fn the_headers_of_portal_description_api_and_errors() {
    for https in [false, true] {
        let server = Server::start(|config| {
            if https {
                config.public_url = "https://wa.example.com".to_owned();
            }
        })
        .await;
        for (path, status) in [
            ("/", 200),
            ("/inbox", 200),
            ("/assets/nothing.js", 404),
            ("/api/docs", 303),
            ("/api/docs/", 200),
            ("/api/docs/swagger-ui-bundle.js", 200),
            ("/api/docs/swagger-initializer.js", 200),
            ("/api/docs/nothing", 404),
            ("/api/openapi.json", 200),
            ("/api/config", 200),
            ("/api/nothing", 404),
            ("/api/v1/contacts", 401),
            ("/api/v1/nothing", 404),
            ("/api/v1/live", 401),
            ("/media/nothing", 404),
            ("/webhooks/whatsapp/nothing", 404),
            ("/metrics", 404),
            ("/healthz", 200),
            ("/readyz", 200),
        ] {
            let answer = server
                .http
                .get(format!("{}{path}", server.base))
                .send()
                .await
                .unwrap();
            assert_eq!(answer.status(), status, "{path}");
            checked(path, answer.headers(), https);
        }
        let foreign = server
            .http
            .get(format!("{}/api/v1/contacts", server.base))
            .header("host", "evil.example");
        checked("/api/v1/contacts", foreign.send().await.unwrap().headers(), https);
        let broken = server
            .http
            .post(format!("{}/api/v1/session", server.base))
            .body("{");
        checked("/api/v1/session", broken.send().await.unwrap().headers(), https);
        server.stop().await;
    }
}

#[tokio::test]
async fn the_description_keeps_no_key_in_the_browser() {
    let server = Server::start(|_| {}).await;
    let script = format!("{}/api/docs/swagger-initializer.js", server.base);
    let script = server
        .http
        .get(script)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(script.contains("/api/openapi.json"), "{script}");
    let kept: String = script.chars().filter(|it| !it.is_whitespace()).collect();
    assert!(!kept.contains("\"persistAuthorization\":true"), "{script}");
    assert!(kept.contains("\"validatorUrl\":\"none\""), "{script}");
    // The page has no inline script that the policy would have to let through.
    let page = format!("{}/api/docs/", server.base);
    let page = server.http.get(page).send().await.unwrap().text().await.unwrap();
    assert!(
        page.matches("<script").count() == page.matches("<script src=").count(),
        "{page}"
    );
    assert!(page.contains("<a href=\"/\">Back to the portal</a>"), "{page}");
    server.stop().await;
}

#[tokio::test]
async fn metrics_are_on_a_listener_of_their_own() {
    let server = Server::start(|_| {}).await;
    let metrics = server.metrics.unwrap();
    let (status, text) = raw(metrics, &get("/metrics", "Host: localhost\r\n")).await;
    assert_eq!(status, 200, "{text}");
    assert!(text.contains("text/plain; version=0.0.4"), "{text}");
    for (path, lines, status) in [
        ("/metrics", "Host: evil.example\r\n", 421),
        ("/", "Host: localhost\r\n", 404),
        ("/api/v1/contacts", "Host: localhost\r\n", 404),
        ("/readyz", "Host: localhost\r\n", 404),
    ] {
        assert_eq!(raw(metrics, &get(path, lines)).await.0, status, "{path}");
    }
    assert_eq!(
        raw(server.address, &get("/metrics", "Host: localhost\r\n"))
            .await
            .0,
        404
    );

    // An address that is taken keeps nobody from working, and an empty one switches it off.
    let second = Server::start(|config| config.metrics_listen = Some(metrics)).await;
    assert_eq!(second.metrics, None);
    assert_eq!(raw(second.address, &get("/readyz", "")).await.0, 200);
    second.stop().await;
    let third = Server::start(|config| config.metrics_listen = None).await;
    assert_eq!(third.metrics, None);
    third.stop().await;
    server.stop().await;

    // A worker answers nothing but these.
    let services = Services::make(Profile::Embedded).await;
    let worker = Setup::new(Roles {
        serve: false,
        work: true,
    });
    let worker = Platform::start(&services.config, worker).await.unwrap();
    let metrics = worker.metrics.unwrap();
    assert_eq!(raw(metrics, &get("/metrics", "Host: localhost\r\n")).await.0, 200);
    worker.work(std::future::ready(())).await;
    services.remove().await;
}

#[tokio::test]
async fn behind_a_proxy_each_client_has_its_own_limit_of_attempts() {
    let server = Server::start(|config| {
        config.public_url = "https://wa.example.com".to_owned();
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    server.person("ada@acme.example").await;
    let sign_in = async |client: &str, password: &str| {
        let request = server.http.post(format!("{}/api/v1/session", server.base));
        let request = request.header("x-forwarded-for", client);
        let body = json!({ "email": "ada@acme.example", "password": password });
        request.json(&body).send().await.unwrap()
    };
    let mut last = 0;
    for _ in 0..6 {
        last = sign_in("198.51.100.1", "wrong").await.status().as_u16();
    }
    assert_eq!(last, 429);
    // The limit applies to the address that the proxy saw, not to the one that the client claims, and to no other client.
    assert_eq!(sign_in("203.0.113.9, 198.51.100.1", PASSWORD).await.status(), 429);
    assert_eq!(sign_in("198.51.100.1, 203.0.113.9", PASSWORD).await.status(), 200);
    server.stop().await;
}

#[tokio::test]
async fn over_https_the_cookie_is_for_this_host_only_and_opens_the_live_stream() {
    let server = Server::start(|config| config.public_url = "https://wa.example.com".to_owned()).await;
    server.person("ada@acme.example").await;
    let body = json!({ "email": "ada@acme.example", "password": PASSWORD });
    let signed_in = server
        .http
        .post(format!("{}/api/v1/session", server.base))
        .json(&body);
    let signed_in = signed_in.send().await.unwrap();
    assert_eq!(signed_in.status(), 200);
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-wapro_session="), "{cookie}");
    for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.split("; ").any(|part| part == flag), "{cookie}");
    }
    assert!(!cookie.to_lowercase().contains("domain="), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let old_name = cookie.trim_start_matches("__Host-");
    let live = async |cookie: &str| {
        let upgrade = format!(
            "GET /api/v1/live HTTP/1.1\r\nHost: wa.example.com\r\nOrigin: https://wa.example.com\r\n\
             Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(upgrade.as_bytes()).await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        String::from_utf8_lossy(&first[9..]).into_owned()
    };
    assert_eq!(live(cookie).await, "101");
    assert_eq!(live(old_name).await, "401");
    server.stop().await;
}

/// The simulator has no authentication: nobody may use it to send requests to other servers of our network.
#[tokio::test]
async fn the_simulator_inside_asks_nobody_but_this_server() {
    let app = TestApp::start(Profile::Embedded).await;
    let house = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}/x", house.local_addr().unwrap());
    let control = async |method: reqwest::Method, path: &str, body: serde_json::Value| {
        let request = app
            .http
            .request(method, format!("{}/_sim/{path}", app.base))
            .json(&body);
        let answer = request.send().await.unwrap();
        (
            answer.status().as_u16(),
            answer.json::<serde_json::Value>().await.unwrap(),
        )
    };
    let post = reqwest::Method::POST;
    for url in [
        elsewhere.as_str(),
        "http://169.254.169.254/",
        "http://10.0.0.1/",
        "https://evil.example/",
    ] {
        let (_, answer) = control(post.clone(), "handshake", json!({ "url": url })).await;
        assert_eq!(answer["ok"], false, "{url}: {answer}");
        assert!(
            answer["reason"].as_str().unwrap().contains("simulator.reach"),
            "{answer}"
        );
        let (status, _) = control(post.clone(), "apps", json!({ "callback_url": url })).await;
        assert_eq!(status, 400, "{url}");
    }
    let knobs =
        json!({ "fetch_links": true, "link_hosts": [house.local_addr().unwrap().to_string(), "127.0.0.1"] });
    control(reqwest::Method::PATCH, "config", knobs).await;
    app.acme.customer_writes("447700900123", "Hi");
    app.settled().await;
    let image =
        json!({ "to": { "phone": "+447700900123" }, "type": "image", "image": { "link": elsewhere } });
    app.acme.post("/messages", image).await;
    app.settled().await;
    // Its own server it may ask: that is where its webhooks go.
    let own = json!({ "url": app.globex.webhook_url, "verify_token": app.globex.verify_token });
    let (_, answer) = control(post, "handshake", own).await;
    assert_eq!(answer["ok"], true, "{answer}");
    assert!(house.accept().now_or_never().is_none(), "nobody has come");
    app.stop().await;
}

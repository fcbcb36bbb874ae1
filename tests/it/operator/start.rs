//! Starts as documented: without demo and simulator unless requested, and never where other machines can reach them.

use serde_json::Value;
use testkit::{Profile, Services};

use super::{Server, environment, session, sign_in, told};

/// Paths of the simulator that an attacker would try first.
const SIMULATOR: &[&str] = &["/_sim/health", "/_sim/apps", "/_sim/export", "/_sim/users"];

async fn get(url: String) -> (u16, Value) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// Runs `wapro` with these arguments in a clean folder, as the systemd unit and the image do.
async fn starts_closed(arguments: &[&str]) {
    let services = Services::make(Profile::Embedded).await;
    let environment = environment(&services.config);
    let server = Server::start(arguments, &environment).await;
    assert!(
        server.welcome.contains("Nobody can sign in yet"),
        "{}",
        server.welcome
    );
    assert!(!server.welcome.contains("wapro_"), "{}", server.welcome);
    let (_, config) = get(format!("{}/api/config", server.base)).await;
    assert_eq!(config["simulator"], false);
    assert!(
        config
            .get("demo_logins")
            .is_none_or(|logins| logins.as_array().unwrap().is_empty())
    );
    for path in SIMULATOR {
        let (status, body) = get(format!("{}{path}", server.base)).await;
        // A path that nobody knows is the portal's page, or 404: never the simulator's answer.
        assert!(status == 404 || body.is_null(), "{path}: {status} {body}");
    }
    for (email, password) in [
        ("admin@demo.example", "demo-password"),
        ("maya@acme.example", "demo-password"),
    ] {
        assert_eq!(sign_in(&server.base, email, password).await.0.status, 401);
    }

    let advice: Vec<&str> = server
        .welcome
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("wapro "))
        .collect();
    assert_eq!(advice.len(), 3, "{}", server.welcome);
    for line in advice {
        let words = words(line);
        let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        told(&arguments, &environment, "a password of mine\n")
            .await
            .expect(0);
    }
    let (answer, cookie) = sign_in(&server.base, "you@example.com", "a password of mine").await;
    assert_eq!(answer.status, 200, "{}", answer.json);
    assert_eq!(
        session(&server.base, &cookie).await.1["tenant"]["name"],
        "My business"
    );
    server.end().await;

    // The next start has somebody, and gives no advice any more.
    let server = Server::start(arguments, &environment).await;
    assert!(
        !server.welcome.contains("Nobody can sign in yet"),
        "{}",
        server.welcome
    );
    server.end().await;
    services.remove().await;
}

/// Splits a line as a shell would, with double quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(place, part)| {
            if place % 2 == 1 {
                vec![part.to_owned()]
            } else {
                part.split_whitespace().map(str::to_owned).collect()
            }
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn run_has_no_demo_and_nobody_until_somebody_is_made() {
    starts_closed(&["run"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_subcommand_is_run() {
    starts_closed(&[]).await;
}

/// One profile: the check looks at no database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_and_simulator_do_not_start_where_others_can_reach_them() {
    let services = Services::make(Profile::Embedded).await;
    let base = environment(&services.config);
    let data = services.config.data_dir.join("untouched");
    for (arguments, settings) in [
        (&["run", "--demo"][..], &[("LISTEN", "0.0.0.0:0")][..]),
        (&["run", "--demo"], &[("PUBLIC_URL", "https://wa.example.com")]),
        (&["run"], &[("DEMO", "true"), ("LISTEN", "[::]:0")]),
        (
            &["run"],
            &[("SIMULATOR__ENABLED", "true"), ("PUBLIC_URL", "http://10.0.0.1")],
        ),
        (&[], &[("SIMULATOR__ENABLED", "true"), ("LISTEN", "0.0.0.0:0")]),
        (
            &["serve"],
            &[("SIMULATOR__ENABLED", "true"), ("LISTEN", "0.0.0.0:0")],
        ),
        (
            &["worker"],
            &[("DEMO", "true"), ("PUBLIC_URL", "https://wa.example.com")],
        ),
        (&["seed"], &[("PUBLIC_URL", "https://wa.example.com")]),
        (&["seed"], &[("LISTEN", "0.0.0.0:0")]),
        (&["simulator"], &[("LISTEN", "0.0.0.0:0")]),
    ] {
        let mut environment = base.clone();
        environment.push(("WAPRO_DATA_DIR".to_owned(), data.display().to_string()));
        environment.extend(
            settings
                .iter()
                .map(|(key, value)| (format!("WAPRO_{key}"), (*value).to_owned())),
        );
        let refused = told(arguments, &environment, "").await.expect(1);
        assert!(
            refused.err.contains("allow_demo_and_simulator_on_public_address"),
            "{arguments:?} {refused:?}"
        );
        assert!(!data.exists(), "{arguments:?}: nothing was made");
    }
    services.remove().await;
}

/// One profile: the demo is made by `run`, which is the same on both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_from_before_is_warned_of_and_its_key_stays_off_what_is_no_terminal() {
    let services = Services::make(Profile::Embedded).await;
    let environment = environment(&services.config);
    let server = Server::start(&["run", "--demo"], &environment).await;
    assert!(
        server.welcome.contains("admin@demo.example"),
        "{}",
        server.welcome
    );
    assert!(
        !server.welcome.contains("wapro_"),
        "an API key went into a pipe: {}",
        server.welcome
    );
    let (_, config) = get(format!("{}/api/config", server.base)).await;
    assert_eq!(
        (
            config["simulator"] == true,
            config["demo_logins"].as_array().map(Vec::len)
        ),
        (true, Some(3))
    );
    server.end().await;

    let server = Server::start(&["run"], &environment).await;
    assert!(!server.welcome.contains("demo-password"), "{}", server.welcome);
    let (_, config) = get(format!("{}/api/config", server.base)).await;
    assert!(
        config["simulator"] == false && config.get("demo_logins").is_none(),
        "{config}"
    );
    for person in ["admin@demo.example", "maya@acme.example"] {
        told(
            &["user", "set-password", person],
            &environment,
            "another password",
        )
        .await
        .expect(0);
    }
    // Until the password is changed the person is there: that is what the warning is about.
    assert_eq!(
        sign_in(&server.base, "omar@globex.example", "demo-password")
            .await
            .0
            .status,
        200
    );
    assert_eq!(
        sign_in(&server.base, "admin@demo.example", "demo-password")
            .await
            .0
            .status,
        401
    );
    let said = server.end().await;
    assert!(
        said.contains("omar@globex.example") && said.contains("set-password"),
        "{said}"
    );

    // `doctor` finds nothing wrong with it on this machine, but it does where others come in.
    let here = told(&["doctor"], &environment, "").await;
    assert!(
        here.out
            .contains("ok    Anyone who knows the demo's public password"),
        "{here:?}"
    );
    let mut public = environment.clone();
    public.push(("WAPRO_PUBLIC_URL".to_owned(), "https://wa.example.com".to_owned()));
    let public = told(&["doctor"], &public, "").await.expect(1);
    assert!(
        public
            .out
            .contains("WRONG Anyone who knows the demo's public password"),
        "{public:?}"
    );
    services.remove().await;
}

/// A demo asked for beside real people is not made, and its sign-ins are not shown.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_beside_real_people_is_not_made() {
    let services = Services::make(Profile::Embedded).await;
    let environment = environment(&services.config);
    told(&["reseller", "add", "Northwind"], &environment, "")
        .await
        .expect(0);
    told(&["tenant", "add", "Acme"], &environment, "").await.expect(0);
    let ana = [
        "user",
        "add",
        "ana@acme.example",
        "--name",
        "Ana",
        "--tenant",
        "Acme",
        "--role",
        "owner",
    ];
    told(&ana, &environment, "a password of mine").await.expect(0);
    let server = Server::start(&["run", "--demo"], &environment).await;
    assert!(!server.welcome.contains("demo-password"), "{}", server.welcome);
    let (_, config) = get(format!("{}/api/config", server.base)).await;
    assert!(config.get("demo_logins").is_none(), "{config}");
    assert_eq!(
        sign_in(&server.base, "admin@demo.example", "demo-password")
            .await
            .0
            .status,
        401
    );
    assert!(server.end().await.contains("the demo is not made"));
    services.remove().await;
}

/// The address of a port that is free now.
fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// One profile: the check looks at no database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_knows_a_running_servers_metrics() {
    let services = Services::make(Profile::Embedded).await;
    let with_metrics = |address: &str| {
        let mut environment = environment(&services.config);
        environment.push(("WAPRO_METRICS_LISTEN".to_owned(), address.to_owned()));
        environment
    };
    let ours = free_port();
    let server = Server::start(&["run"], &with_metrics(&ours)).await;
    let doctor = told(&["doctor"], &with_metrics(&ours), "").await.expect(0);
    let line = format!("ok    Metrics are at http://{ours}/metrics.");
    assert!(
        doctor.out.contains(&line) && !doctor.out.contains("WARN"),
        "{doctor:?}"
    );
    server.end().await;

    // Somebody else's listener is no error, but said.
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let doctor = told(&["doctor"], &with_metrics(&address), "").await.expect(0);
    let line = format!("WARN  The address of the metrics, {address}, cannot be used");
    assert!(doctor.out.contains(&line), "{doctor:?}");
    services.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_server_without_redis_is_warned_of() {
    let services = Services::make(Profile::Production).await;
    let mut environment = environment(&services.config);
    environment.retain(|(name, _)| name != "WAPRO_REDIS_URL");
    let doctor = told(&["doctor"], &environment, "").await.expect(0);
    assert!(
        doctor
            .out
            .contains("WARN  database_url names a database server, but redis_url is empty"),
        "{doctor:?}"
    );
    let server = Server::start(&["run"], &environment).await;
    let said = server.end().await;
    assert!(said.contains("redis_url is empty"), "{said}");
    services.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_version_has_the_commands_name() {
    let version = told(&["--version"], &[], "").await.expect(0);
    assert!(version.out.starts_with("wapro "), "{version:?}");
}

fn with(environment: &[(String, String)], more: &[(&str, &str)]) -> Vec<(String, String)> {
    let more = more
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    environment
        .iter()
        .filter(|(name, _)| !more.clone().any(|(known, _)| known == *name))
        .cloned()
        .chain(more.clone())
        .collect()
}

/// One profile: other databases have a server and take several processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_on_an_embedded_database_is_refused() {
    let services = Services::make(Profile::Embedded).await;
    let environment = environment(&services.config);
    let server = Server::start(&["run"], &environment).await;
    for command in ["run", "serve", "worker"] {
        let refused = told(&[command], &environment, "").await.expect(1);
        assert!(
            refused
                .err
                .contains("another wapro runs on the embedded database"),
            "{refused:?}"
        );
    }
    // Commands of the operator do not serve.
    told(&["reseller", "add", "Northwind"], &environment, "")
        .await
        .expect(0);
    told(&["user", "list"], &environment, "").await.expect(0);
    told(&["doctor"], &environment, "").await.expect(0);
    let key = std::fs::read_to_string(services.config.data_dir.join("encryption.key")).unwrap();
    assert!(
        key.starts_with("local-") && key.len() == "local-".len() + 8 + 1 + 64,
        "a different id"
    );
    server.end().await;
    Server::start(&["run"], &environment).await.end().await;
    services.remove().await;
}

/// One profile: none of it is about the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_finds_what_the_start_refuses() {
    let services = Services::make(Profile::Embedded).await;
    let environment = environment(&services.config);
    let key = |id: &str, digit: &str| format!("{id}:{}", digit.repeat(64));
    let twice = format!("[\"{}\",\"{}\"]", key("k2", "1"), key("k2", "2"));
    let shared = free_port();
    for (settings, said) in [
        (
            &[("WAPRO_ENCRYPTION_KEYS", "[\"k1:short\"]")][..],
            "`encryption_keys`",
        ),
        (
            &[("WAPRO_ENCRYPTION_KEYS", &*twice)][..],
            "two vault keys have the id `k2`",
        ),
        (
            &[("WAPRO_SIMULATOR__KNOBS", "{no_such_knob=1}")][..],
            "`simulator.knobs.no_such_knob`",
        ),
        (&[("WAPRO_API_RATE", "0")][..], "`api_rate`"),
        (
            &[("WAPRO_LISTEN", &*shared), ("WAPRO_METRICS_LISTEN", &*shared)][..],
            "`metrics_listen` and `listen` are the same address",
        ),
    ] {
        let environment = with(&environment, settings);
        for command in ["doctor", "run"] {
            let refused = told(&[command], &environment, "").await.expect(1);
            assert!(
                format!("{}{}", refused.out, refused.err).contains(said),
                "{command}: {refused:?}"
            );
        }
    }
    std::fs::write(services.config.data_dir.join("encryption.key"), "local:hunter2").unwrap();
    for command in ["doctor", "run"] {
        let refused = told(&[command], &environment, "").await.expect(1);
        let said = format!("{}{}", refused.out, refused.err);
        assert!(
            said.contains("encryption.key is damaged") && !said.contains("hunter2"),
            "{command}: {refused:?}"
        );
    }
    services.remove().await;
}

/// One profile: the simulator is in the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_works_at_another_address_than_before() {
    let services = Services::make(Profile::Embedded).await;
    let (before, now) = (free_port(), free_port());
    let environment = environment(&services.config);
    told(&["seed"], &with(&environment, &[("WAPRO_LISTEN", &*before)]), "")
        .await
        .expect(0);
    let server = Server::start(
        &["run", "--demo"],
        &with(&environment, &[("WAPRO_LISTEN", &*now)]),
    )
    .await;
    let (status, apps) = get(format!("{}/_sim/apps", server.base)).await;
    let apps = apps.to_string();
    assert!(
        status == 200 && apps.contains(&format!("http://{now}/webhooks/")) && !apps.contains(&before),
        "{apps}"
    );
    server.end().await;
    services.remove().await;
}

//! An account with ten thousand templates, on both databases: how long a sync takes, a page of the list, and a check. Platform and
//! simulator run in this process, so the memory of a sync is that of both.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use cloud_sim::{Provision, SimConfig};
use host::Roles;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use server::{Config, Platform, Setup};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{
    plan::Plan,
    proc::memory,
    report::{Row, Whose},
    rounds::{histogram, latency, record},
    services::{Scratch, Services},
    world::client,
};

/// Pages of each kind.
const PAGES: usize = 500;
/// Milliseconds that one of a hundred pages may take.
const WISH: f64 = 10.0;

/// A platform with its simulator and one number.
struct Installation {
    base: String,
    http: reqwest::Client,
    key: String,
    waba_id: String,
    end: oneshot::Sender<()>,
    server: JoinHandle<anyhow::Result<()>>,
    scratch: Option<Scratch>,
    _dir: TempDir,
}

impl Installation {
    /// On MariaDB and Redis, or on SQLite.
    async fn start(on: Option<&Services>) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut config = Config::defaults()?;
        config.data_dir = dir.path().to_owned();
        config.listen = listener.local_addr()?;
        config.metrics_listen = None;
        (config.api_rate, config.api_burst) = (100_000, 100_000);
        let mut scratch = None;
        if let Some(services) = on {
            let database = services.database("templates").await?;
            config.database_url = SecretString::from(database.url.clone());
            config.redis_url = SecretString::from(services.redis.clone());
            config.redis_prefix.clone_from(&database.name);
            scratch = Some(database);
        }
        let base = format!("http://{}", config.listen);
        let simulator = SimConfig {
            public_url: base.clone(),
            ..SimConfig::profile(cloud_sim::Profile::Fast)
        };
        let roles = Roles {
            serve: true,
            work: true,
        };
        let setup = Setup {
            simulator: Some(simulator),
            ..Setup::new(roles)
        };
        let platform = Platform::start(&config, setup).await?;
        let (key, number) = tenant(&platform).await?;
        let (end, ended) = oneshot::channel::<()>();
        let server = tokio::spawn(platform.serve(listener, async { drop(ended.await) }));
        let installation = Self {
            base,
            http: client()?,
            key,
            waba_id: number["waba_id"].as_str().unwrap_or_default().to_owned(),
            end,
            server,
            scratch,
            _dir: dir,
        };
        installation.post("/channels", &number).await?;
        Ok(installation)
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let url = format!("{}/api/v1{path}", self.base);
        let answer = self.http.get(url).bearer_auth(&self.key).send().await?;
        ensure!(answer.status().is_success(), "{path} answers {}", answer.status());
        Ok(answer.json().await?)
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/api/v1{path}", self.base);
        let answer = self
            .http
            .post(url)
            .bearer_auth(&self.key)
            .json(body)
            .send()
            .await?;
        ensure!(answer.status().is_success(), "{path} answers {}", answer.status());
        Ok(answer.json().await?)
    }

    /// The account, once it is being read no more.
    async fn account(&self) -> anyhow::Result<Value> {
        loop {
            let accounts = self.get("/templates/accounts").await?;
            let account = accounts["items"]
                .get(0)
                .cloned()
                .context("the tenant has an account")?;
            if account["syncing"] == false && account["synced_at"].is_string() {
                return Ok(account);
            }
            ensure!(account["problem"].is_null(), "{account}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn stop(self) -> anyhow::Result<()> {
        drop(self.http);
        let _ = self.end.send(());
        self.server.await??;
        match self.scratch {
            Some(scratch) => scratch.remove().await,
            None => Ok(()),
        }
    }
}

/// A tenant's key with every right, and a number of the simulator to connect.
async fn tenant(platform: &Platform) -> anyhow::Result<(String, Value)> {
    let identity = &platform.identity;
    let reseller = identity.create_reseller("Bench").await?;
    let tenant = platform
        .system
        .tenant(identity.create_tenant(reseller, "Bench").await?);
    let rights: Vec<&str> = identity.permissions().iter().map(|right| right.name).collect();
    let key = identity.create_api_key(&tenant, "Bench", &rights, None).await?;
    let simulator = platform.simulator.as_ref().context("the simulator is inside")?;
    let number = simulator
        .provision(&Provision::default())
        .map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let number = json!({
        "name": "Bench", "kind": "simulated", "phone_number_id": number.phone_number_id, "waba_id": number.waba_id,
        "access_token": number.access_token, "app_secret": number.app_secret, "verify_token": number.verify_token,
    });
    Ok((key.secret.expose_secret().to_owned(), number))
}

/// Measures it.
///
/// # Errors
/// When the account cannot be read.
pub async fn measure(plan: &Plan, services: &Services) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (database, on) in [("SQLite", None), ("MariaDB", Some(services))] {
        let installation = Installation::start(on).await?;
        let measured = measure_on(&installation, database, plan.templates).await;
        installation.stop().await?;
        rows.extend(measured?);
    }
    Ok(rows)
}

async fn measure_on(on: &Installation, database: &str, count: u32) -> anyhow::Result<Vec<Row>> {
    for number in 0..count {
        make(on, number).await?;
    }
    let mut rows = sync(on, database, count).await?;
    for (what, query) in [
        ("a page, from any place", ""),
        (
            "a page of one status and category",
            "&status=REJECTED&category=MARKETING",
        ),
        ("a page of what a search finds", "&search=number%207"),
        ("a search that finds nothing", "&search=nowhere%20to%20be%20found"),
    ] {
        rows.push(pages(on, format!("{database}: {what}"), query).await?);
    }
    rows.push(checks(on, database).await?);
    Ok(rows)
}

/// Checks of a template that somebody writes, with other words each time.
async fn checks(on: &Installation, database: &str) -> anyhow::Result<Row> {
    let mut took = histogram();
    for number in 0..PAGES {
        let text = format!(
            "Dear {{{{1}}}}, the parcel {number} that you wait for is in our shop from {{{{2}}}} on."
        );
        let body = json!({ "template": {
            "name": format!("parcel_{number}"), "language": "en", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": text, "example": { "body_text": [["Ana", "Monday"]] } }],
        } });
        let began = Instant::now();
        let answer = on.post("/templates/check", &body).await?;
        record(&mut took, began.elapsed());
        ensure!(answer["acceptable"] == true, "a check answers {answer}");
    }
    let latency = latency(&took);
    let row = Row::new(
        "",
        Whose::Ours,
        format!("{database}: a check"),
        latency.p99_ms,
        "ms",
    );
    Ok(Row {
        latency: Some(latency),
        ..row
    }
    .wish("p99 at most 10 ms", latency.p99_ms <= WISH))
}

/// Puts a template into the simulator's account, without webhooks.
async fn make(on: &Installation, number: u32) -> anyhow::Result<()> {
    let text = format!(
        "Dear {{{{1}}}}, the order number {number} that you placed with us is packed and leaves our house on {{{{2}}}}. You can follow it \
         on every step of its way, and write to us here whenever something is not as you expect it."
    );
    let template = json!({
        "id": format!("66{number:010}"), "waba_id": on.waba_id, "name": format!("order_update_{number:05}"),
        "language": "en_US", "category": if number.is_multiple_of(3) { "MARKETING" } else { "UTILITY" },
        "status": if number.is_multiple_of(10) { "REJECTED" } else { "APPROVED" }, "parameter_format": "POSITIONAL",
        "rejected_reason": "NONE", "quality": "GREEN",
        "components": [
            { "type": "HEADER", "format": "TEXT", "text": "Your order" },
            { "type": "BODY", "text": text, "example": { "body_text": [["Ana", "Monday"]] } },
            { "type": "FOOTER", "text": "Northwind" },
            { "type": "BUTTONS", "buttons": [
                { "type": "URL", "text": "Follow it", "url": "https://northwind.example/{{1}}", "example": ["A-77"] },
                { "type": "QUICK_REPLY", "text": "Thank you" },
            ] },
        ],
    });
    let url = format!("{}/_sim/templates", on.base);
    let answer = on.http.post(url).json(&template).send().await?;
    ensure!(
        answer.status().is_success(),
        "the simulator answers {}",
        answer.status()
    );
    Ok(())
}

/// A sync that finds everything new, and one that finds nothing new.
async fn sync(on: &Installation, database: &str, count: u32) -> anyhow::Result<Vec<Row>> {
    on.account().await?;
    let mut rows = Vec::new();
    for what in ["a sync that finds all new", "a sync that finds nothing new"] {
        // A list counts as of whole seconds.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let before = memory(std::process::id()).rss_mib;
        let began = Instant::now();
        on.post("/templates/sync", &json!({})).await?;
        let account = on.account().await?;
        let took = began.elapsed().as_secs_f64();
        ensure!(
            account["templates"].as_u64() >= Some(u64::from(count)),
            "{account}"
        );
        let grown = memory(std::process::id()).rss_mib - before;
        let note = format!("{count} templates, {took:.1} s, {grown:.0} MiB more memory afterwards");
        let what = format!("{database}: {what}, with the simulator's share");
        rows.push(Row::new("", Whose::Ours, what, f64::from(count) / took, "templates/s").note(note));
    }
    Ok(rows)
}

/// Pages one after the other, from the first to the last and around again.
async fn pages(on: &Installation, what: String, query: &str) -> anyhow::Result<Row> {
    let (mut took, mut after) = (histogram(), String::new());
    for _ in 0..PAGES {
        let began = Instant::now();
        let page = on.get(&format!("/templates?limit=50{query}{after}")).await?;
        record(&mut took, began.elapsed());
        after = page["next"]
            .as_str()
            .map_or_else(String::new, |next| format!("&after={next}"));
    }
    let latency = latency(&took);
    let row = Row::new("", Whose::Ours, what, latency.p99_ms, "ms");
    Ok(Row {
        latency: Some(latency),
        ..row
    }
    .wish("p99 at most 10 ms", latency.p99_ms <= WISH))
}

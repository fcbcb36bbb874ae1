//! `wapro doctor`: checks the installation and says what to do.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    time::Duration,
};

use host::{blob::Place, redis::Redis};
use migrations::Migrator;
use tokio::net::TcpListener;

use crate::{
    commands::{admin, vault},
    config::Config,
    demo,
    platform::existing_vault_keys,
    world,
};

/// One finding: whether it is ok, and its text.
type Finding = (bool, String);

/// Checks the configuration and everything it names. Warnings come last and are no errors.
///
/// # Errors
/// When something is wrong; each finding has been printed.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn doctor(config: Config) -> anyhow::Result<()> {
    let mut findings = vec![(true, "The configuration can be read.".to_owned())];
    findings.push(data_dir(&config));
    findings.extend(refused_at_start(&config));
    let (found, current) = database(&config).await;
    findings.push(found);
    if current {
        findings.extend(installation(&config).await);
    }
    findings.extend(redis(&config).await);
    findings.push(files(&config).await);
    findings.push(listen(&config).await);
    findings.push(public_url(&config));
    findings.extend(config.proxies_missing().map(|why| (false, why.to_owned())));
    let mut warnings: Vec<String> = config.redis_missing().map(str::to_owned).into_iter().collect();
    match metrics(&config).await {
        Ok(text) => findings.push((true, text)),
        Err(warning) => warnings.push(warning),
    }
    for (well, text) in &findings {
        println!("{} {text}", if *well { "ok   " } else { "WRONG" });
    }
    for text in warnings {
        println!("WARN  {text}");
    }
    let wrong = findings.iter().filter(|(well, _)| !well).count();
    anyhow::ensure!(wrong == 0, "{wrong} of {} checks failed", findings.len());
    Ok(())
}

/// Whether a server answers at the configured address: for health checks of containers.
///
/// # Errors
/// When it does not, or is not ready.
pub async fn probe(config: Config) -> anyhow::Result<()> {
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(3))
        .build()?;
    let address = on_this_machine(config.listen);
    let answer = http.get(format!("http://{address}/readyz")).send().await?;
    anyhow::ensure!(
        answer.status().is_success(),
        "not ready: {}",
        answer.text().await.unwrap_or_default()
    );
    Ok(())
}

/// What the start refuses besides what the configuration itself refuses, by the same checks.
fn refused_at_start(config: &Config) -> Vec<Finding> {
    let checks = [
        existing_vault_keys(config).map(drop),
        config.refuse_public_demo(),
        config.refuse_shared_address(),
    ];
    let refused = checks.into_iter().filter_map(Result::err);
    let texts = refused.map(|error| format!("{error:#}"));
    texts
        .map(|text| (false, format!("{}.", text.trim_end_matches('.'))))
        .collect()
}

fn data_dir(config: &Config) -> Finding {
    if !config.data_dir.exists() {
        let text = format!(
            "The data folder {} will be made by the first start.",
            config.data_dir.display()
        );
        return (true, text);
    }
    let probe = config.data_dir.join(".doctor");
    let written = std::fs::write(&probe, b"ok");
    let _ = std::fs::remove_file(&probe);
    match written {
        Ok(()) => (
            true,
            format!("The data folder {} can be written.", config.data_dir.display()),
        ),
        Err(error) => (
            false,
            format!(
                "The data folder {} cannot be written: {error}. Choose another with WAPRO_DATA_DIR.",
                config.data_dir.display()
            ),
        ),
    }
}

/// The finding, and whether the schema is up to date, so that further checks are possible.
async fn database(config: &Config) -> (Finding, bool) {
    let database = config.database();
    let embedded = database.is_sqlite();
    // A check creates nothing: the file would belong to the user who runs it.
    if embedded && !Path::new(world::sqlite_path(&database.url)).exists() {
        let text = "There is no embedded database yet: the first start makes it.".to_owned();
        return ((true, text), false);
    }
    let kind = if embedded { "embedded database" } else { "database" };
    match database.pending::<Migrator>().await {
        Ok(0) => {
            let text = format!("The {kind} answers and its schema is up to date.");
            ((true, text), true)
        }
        Ok(pending) => {
            let text = format!("The {kind} answers; {pending} migrations will be applied at the next start.");
            ((true, text), false)
        }
        Err(error) => {
            let text = format!("The {kind} cannot be reached: {error}. Check WAPRO_DATABASE_URL.");
            ((false, text), false)
        }
    }
}

/// Checks stored data: secrets under old keys, users of a demo.
async fn installation(config: &Config) -> Vec<Finding> {
    let mut findings = match vault::findings(config).await {
        Ok(findings) => findings,
        Err(error) => vec![(
            false,
            format!("The stored secrets cannot be looked at: {error:#}."),
        )],
    };
    match demo_people(config).await {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push((false, format!("The people cannot be looked at: {error:#}."))),
    }
    findings
}

/// Whether users can sign in with the demo's public password: an error where other machines can reach the server.
async fn demo_people(config: &Config) -> anyhow::Result<Option<Finding>> {
    let identity = admin::open_identity(config).await?;
    if identity.is_empty().await? {
        let text = "Nobody can sign in yet: `wapro user add` makes the first administrator.";
        return Ok(Some((true, text.to_owned())));
    }
    let people = demo::leftovers(&identity).await?;
    let text = format!(
        "Anyone who knows the demo's public password can sign in as {}: `wapro user set-password` gives each another.",
        people.join(", ")
    );
    Ok((!people.is_empty()).then(|| (config.reachable_by().is_none(), text)))
}

async fn redis(config: &Config) -> Option<Finding> {
    let options = config.redis()?;
    let redis = match Redis::new(&options) {
        Ok(redis) => redis,
        Err(error) => return Some((false, format!("WAPRO_REDIS_URL cannot be read: {error}."))),
    };
    Some(match redis.answers().await {
        Ok(()) => (true, "Redis answers.".to_owned()),
        Err(error) => (
            false,
            format!("Redis cannot be reached: {error}. Check WAPRO_REDIS_URL."),
        ),
    })
}

async fn files(config: &Config) -> Finding {
    if config.media.url.is_empty() && !config.data_dir.exists() {
        return (
            true,
            "The folder of files will be made by the first start.".to_owned(),
        );
    }
    let opened = config
        .files()
        .and_then(|place| {
            // A folder that an administrator creates must belong to the service.
            if let Place::Folder(folder) = &place {
                world::make_private_folder(folder)?;
            }
            Ok(place)
        })
        .and_then(|place| place.open().map_err(|wrong| anyhow::anyhow!("{wrong}")));
    let checked = match opened {
        Ok(store) => store
            .check()
            .await
            .map_err(|error| match std::error::Error::source(&error) {
                Some(cause) => cause.to_string(),
                None => error.to_string(),
            }),
        Err(error) => Err(error.to_string()),
    };
    match checked {
        Ok(()) => (
            true,
            "The file store can be written, read and cleaned.".to_owned(),
        ),
        Err(error) => (
            false,
            format!("The file store cannot be used: {error}. Check WAPRO_MEDIA__URL and its credentials."),
        ),
    }
}

async fn listen(config: &Config) -> Finding {
    match TcpListener::bind(config.listen).await {
        Ok(_) => (true, format!("The address {} is free.", config.listen)),
        Err(_) if probe(config.clone()).await.is_ok() => {
            (true, format!("A server answers at {}.", config.listen))
        }
        Err(error) => (
            false,
            format!(
                "The address {} cannot be used: {error}. Choose another with WAPRO_LISTEN.",
                config.listen
            ),
        ),
    }
}

fn public_url(config: &Config) -> Finding {
    match config.public_url() {
        Ok(_) if config.public_url.is_empty() && config.listen.ip().is_unspecified() => (
            false,
            "No public address is set, and others cannot reach the listen address: set WAPRO_PUBLIC_URL."
                .to_owned(),
        ),
        Ok(url) if url.scheme() == "https" => (true, format!("WhatsApp will be told to reach {url}.")),
        Ok(url) => (
            true,
            format!(
                "The public address is {url}: fine for the simulator; WhatsApp itself needs https (WAPRO_PUBLIC_URL)."
            ),
        ),
        Err(error) => (false, error.to_string()),
    }
}

/// Where metrics are or will be; an error is a warning, because a process also runs without them.
async fn metrics(config: &Config) -> Result<String, String> {
    let Some(address) = config.metrics_listen else {
        return Ok("Metrics are off (WAPRO_METRICS_LISTEN is empty).".to_owned());
    };
    match TcpListener::bind(address).await {
        Ok(_) => Ok(format!("Metrics will be at http://{address}/metrics.")),
        Err(_) if has_metrics(address).await => Ok(format!("Metrics are at http://{address}/metrics.")),
        Err(error) => Err(format!(
            "The address of the metrics, {address}, cannot be used ({error}), and no wapro answers there: the next start \
             runs without metrics. Choose another with WAPRO_METRICS_LISTEN."
        )),
    }
}

/// Whether metrics are told at the address.
async fn has_metrics(address: SocketAddr) -> bool {
    let asked = reqwest::Client::builder()
        .timeout(Duration::from_secs(3))
        .build()
        .map(|http| http.get(format!("http://{}/metrics", on_this_machine(address))));
    let Ok(request) = asked else { return false };
    request.send().await.is_ok_and(|answer| {
        let kind = answer.headers().get("content-type");
        answer.status().is_success()
            && kind.is_some_and(|kind| kind.as_bytes().starts_with(METRICS.as_bytes()))
    })
}

/// The `Content-Type` of metrics.
const METRICS: &str = "text/plain; version=0.0.4";

/// The address under which this machine reaches a listener, which may listen on every address.
fn on_this_machine(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()));
    }
    address
}

//! `wapro doctor`: is everything as it should be, and if not, what to do.

use std::time::Duration;

use migrations::Migrator;
use tokio::net::TcpListener;

use crate::config::Config;

/// One finding: whether it is well, and in words.
type Finding = (bool, String);

/// Checks the configuration and everything it names.
///
/// # Errors
/// When something is wrong; each finding has been printed then.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn doctor(config: Config) -> anyhow::Result<()> {
    let mut findings = vec![(true, "The configuration can be read.".to_owned())];
    findings.push(data_dir(&config));
    findings.push(database(&config).await);
    findings.extend(redis(&config).await);
    findings.push(files(&config).await);
    findings.push(listen(&config).await);
    findings.push(public_url(&config));
    findings.extend(simulator(&config));
    for (well, text) in &findings {
        println!("{} {text}", if *well { "ok   " } else { "WRONG" });
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
    // A server that listens on every address is asked on this one.
    let host = if config.listen.ip().is_unspecified() {
        "127.0.0.1".to_owned()
    } else {
        config.listen.ip().to_string()
    };
    let answer = http
        .get(format!("http://{host}:{}/readyz", config.listen.port()))
        .send()
        .await?;
    anyhow::ensure!(
        answer.status().is_success(),
        "not ready: {}",
        answer.text().await.unwrap_or_default()
    );
    Ok(())
}

fn data_dir(config: &Config) -> Finding {
    let probe = config.data_dir.join(".doctor");
    let written = std::fs::create_dir_all(&config.data_dir).and_then(|()| std::fs::write(&probe, b"ok"));
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

async fn database(config: &Config) -> Finding {
    let kind = if config.database().is_sqlite() {
        "embedded database"
    } else {
        "database"
    };
    match config.database().pending::<Migrator>().await {
        Ok(0) => (true, format!("The {kind} answers and its schema is up to date.")),
        Ok(pending) => (
            true,
            format!("The {kind} answers; {pending} migrations will be applied at the next start."),
        ),
        Err(error) => (
            false,
            format!("The {kind} cannot be reached: {error}. Check WAPRO_DATABASE_URL."),
        ),
    }
}

async fn redis(config: &Config) -> Option<Finding> {
    let url = config.redis()?;
    let connection = match host::redis::connection(&url) {
        Ok(connection) => connection,
        Err(error) => return Some((false, format!("WAPRO_REDIS_URL cannot be read: {error}."))),
    };
    Some(match host::redis::answers(connection).await {
        Ok(()) => (true, "Redis answers.".to_owned()),
        Err(error) => (
            false,
            format!("Redis cannot be reached: {error}. Check WAPRO_REDIS_URL."),
        ),
    })
}

async fn files(config: &Config) -> Finding {
    let opened = config
        .files()
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
                "The address {} cannot be had: {error}. Choose another with WAPRO_LISTEN.",
                config.listen
            ),
        ),
    }
}

fn public_url(config: &Config) -> Finding {
    match config.public_url() {
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

fn simulator(config: &Config) -> Option<Finding> {
    let open = config.simulator.enabled && !config.listen.ip().is_loopback();
    open.then(|| {
        (false, "The simulator is on and the server is reachable from outside: anybody could steer it. Set WAPRO_SIMULATOR__ENABLED=false.".to_owned())
    })
}

//! Ingest in the shape of other programs, as an HTTP server in its own process: the same server library, the same signature
//! check, the same pool library and pool size as the platform.
//!
//! `single`: the simplest implementation. One INSERT and commit per event, then 200. Unique by the body's digest.
//!
//! `courier`: SELECT the contact; BEGIN, UPDATE its address, COMMIT; INSERT the message: 5 statements; and 4 Redis calls:
//! look up the fingerprint, write it, queue the task, increment its owner's count. Then 200. (The real one keeps statuses
//! in memory only; here every event is as durable as its messages are.)

use std::{path::Path, sync::Arc};

use anyhow::Context;
use clap::{Args, ValueEnum};
use poem::{Body, EndpointExt, Request, Server, endpoint::make, http::StatusCode, listener::TcpListener};
use redis::{AsyncCommands, aio::MultiplexedConnection};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Connection, MySqlPool};

use crate::{
    process::{Running, free_port},
    services::pool,
    world::World,
};

/// Connections of the pool: as many as the platform has by default.
const CONNECTIONS: u32 = 16;

/// Which shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
pub enum Kind {
    /// One commit an event.
    Single,
    /// Five statements and four Redis calls an event.
    Courier,
}

/// What its process is told.
#[derive(Clone, Debug, Args, Serialize)]
pub struct Receive {
    /// Which shape.
    #[arg(value_enum)]
    pub kind: Kind,
    /// Port of 127.0.0.1.
    #[arg(long)]
    pub port: u16,
    /// First part of its Redis keys.
    #[arg(long)]
    pub prefix: String,
}

/// Starts one as a process, over the world's database.
///
/// # Errors
/// When it does not come up.
pub async fn start(world: &World, kind: Kind, secret: &str, log: &Path) -> anyhow::Result<(Running, String)> {
    let (program, port) = (std::env::current_exe()?, free_port()?.to_string());
    let kind = match kind {
        Kind::Single => "single",
        Kind::Courier => "courier",
    };
    let settings = vec![
        ("SHAPE_DATABASE".to_owned(), world.database_url().to_owned()),
        ("SHAPE_REDIS".to_owned(), world.services.redis.clone()),
        ("SHAPE_SECRET".to_owned(), secret.to_owned()),
    ];
    let prefix = format!("bench:{}", std::process::id());
    let words = ["receive", kind, "--port", &port, "--prefix", &prefix];
    let base = format!("http://127.0.0.1:{port}");
    let running = Running::start(&program, &words, &settings, log)?
        .ready(&world.http, &format!("{base}/ready"), log)
        .await?;
    Ok((running, base))
}

struct Receiver {
    kind: Kind,
    pool: MySqlPool,
    redis: MultiplexedConnection,
    secret: SecretString,
    prefix: String,
}

/// Serves until it is ended: the process behind [`start`].
///
/// # Errors
/// When a service does not answer.
pub async fn serve(receive: Receive) -> anyhow::Result<()> {
    let named = |variable: &str| std::env::var(variable).with_context(|| format!("{variable} is missing"));
    let pool = pool(&named("SHAPE_DATABASE")?, CONNECTIONS).await?;
    for statement in tables(receive.kind) {
        sqlx::query(*statement).execute(&pool).await?;
    }
    let redis = redis::Client::open(named("SHAPE_REDIS")?)?;
    let receiver = Arc::new(Receiver {
        kind: receive.kind,
        pool,
        redis: redis.get_multiplexed_async_connection().await?,
        secret: named("SHAPE_SECRET")?.into(),
        prefix: receive.prefix,
    });
    let webhook = make(move |request: Request| {
        let receiver = receiver.clone();
        async move { receiver.receive(request).await }
    });
    let routes = poem::Route::new()
        .at("/webhook", poem::post(webhook))
        .at(
            "/ready",
            poem::get(make(|_| async { Ok::<_, poem::Error>("ready") })),
        )
        .map_to_response();
    Server::new(TcpListener::bind(format!("127.0.0.1:{}", receive.port)))
        .run(routes)
        .await?;
    Ok(())
}

fn tables(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Single => &[
            "CREATE TABLE IF NOT EXISTS si_event (id BIGINT PRIMARY KEY AUTO_INCREMENT, digest BINARY(16) UNIQUE, \
                           body LONGBLOB, received_at DATETIME(6))",
        ],
        Kind::Courier => &[
            "CREATE TABLE IF NOT EXISTS ci_contact (id BIGINT PRIMARY KEY, urn VARCHAR(40) UNIQUE, seen_at DATETIME(6))",
            "CREATE TABLE IF NOT EXISTS ci_message (id BIGINT PRIMARY KEY AUTO_INCREMENT, contact_id BIGINT, external_id CHAR(32) UNIQUE, \
             body TEXT, created_at DATETIME(6), INDEX (contact_id, created_at))",
            "INSERT IGNORE INTO ci_contact SELECT seq, CONCAT('4477', LPAD(seq, 8, '0')), NULL FROM seq_0_to_9999",
        ],
    }
}

impl Receiver {
    async fn receive(&self, request: Request) -> poem::Result<StatusCode> {
        let (request, body) = request.split();
        let body = body_of(body).await?;
        let signature = request.header("x-hub-signature-256");
        if !cloud_api::signature::verify(&self.secret, signature, &body) {
            return Ok(StatusCode::UNAUTHORIZED);
        }
        let digest = Sha256::digest(&body);
        let taken = match self.kind {
            Kind::Single => self.single(&digest[..16], &body).await,
            Kind::Courier => self.courier(&hex(&digest[..16]), &body).await,
        };
        match taken {
            Ok(()) => Ok(StatusCode::OK),
            Err(error) => {
                eprintln!("{error:#}");
                Ok(StatusCode::SERVICE_UNAVAILABLE)
            }
        }
    }

    async fn single(&self, digest: &[u8], body: &[u8]) -> anyhow::Result<()> {
        sqlx::query("INSERT IGNORE INTO si_event (digest, body, received_at) VALUES (?, ?, NOW(6))")
            .bind(digest)
            .bind(body)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn courier(&self, digest: &str, body: &[u8]) -> anyhow::Result<()> {
        let urn = who(body)?;
        let mut redis = self.redis.clone();
        let fingerprint = format!("{}:ci:seen:{digest}", self.prefix);
        let seen: bool = redis.exists(&fingerprint).await?;
        if seen {
            return Ok(());
        }
        let mut connection = self.pool.acquire().await?;
        let (contact,): (i64,) = sqlx::query_as("SELECT id FROM ci_contact WHERE urn = ?")
            .bind(&urn)
            .fetch_one(&mut *connection)
            .await?;
        let mut tx = connection.begin().await?;
        sqlx::query("UPDATE ci_contact SET seen_at = NOW(6) WHERE id = ?")
            .bind(contact)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        sqlx::query(
            "INSERT INTO ci_message (contact_id, external_id, body, created_at) VALUES (?, ?, ?, NOW(6))",
        )
        .bind(contact)
        .bind(digest)
        .bind(std::str::from_utf8(body)?)
        .execute(&mut *connection)
        .await?;
        drop(connection);
        let _: () = redis.set_ex(&fingerprint, 1, 60).await?;
        let _: () = redis.rpush(format!("{}:ci:tasks", self.prefix), digest).await?;
        let _: () = redis.zincr(format!("{}:ci:owners", self.prefix), &urn, 1).await?;
        Ok(())
    }
}

async fn body_of(mut body: poem::RequestBody) -> poem::Result<bytes::Bytes> {
    let body: Body = body.take()?;
    Ok(body.into_bytes_limit(3 << 20).await?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Who wrote, or was written to.
fn who(body: &[u8]) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct Hook {
        entry: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        changes: Vec<Change>,
    }
    #[derive(Deserialize)]
    struct Change {
        value: Value,
    }
    #[derive(Deserialize)]
    struct Value {
        #[serde(default)]
        messages: Vec<Message>,
        #[serde(default)]
        statuses: Vec<Status>,
    }
    #[derive(Deserialize)]
    struct Message {
        from: String,
    }
    #[derive(Deserialize)]
    struct Status {
        recipient_id: String,
    }
    let hook: Hook = serde_json::from_slice(body)?;
    let value = hook
        .entry
        .into_iter()
        .next()
        .and_then(|entry| entry.changes.into_iter().next())
        .context("no change")?
        .value;
    let of_message = value.messages.into_iter().next().map(|message| message.from);
    of_message
        .or_else(|| {
            value
                .statuses
                .into_iter()
                .next()
                .map(|status| status.recipient_id)
        })
        .context("neither message nor status")
}

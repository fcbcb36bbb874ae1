//! What the machine allows right now: the figures to compare all others with.

use std::{
    io::{Seek, SeekFrom, Write},
    time::{Duration, Instant},
};

use anyhow::Context;
use sqlx::{MySqlPool, QueryBuilder};

use crate::{
    report::{Row, Whose},
    rounds::{histogram, latency, median, record},
    services::{Services, pool},
};

/// How long each bound is measured.
const FOR: Duration = Duration::from_millis(1_500);
/// Rows of the multi-row statement.
const ROWS: usize = 500;
/// A token bucket such as a rate limit by Redis needs. KEYS: bucket. ARGV: microseconds a unit, burst, units.
const BUCKET: &str = r"
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local each, burst, n = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = tonumber(redis.call('GET', KEYS[1]) or now)
if full < now then full = now end
local next = full + each * n
local wait = next - now - each * burst
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1)
return 0";

/// Measures them.
///
/// # Errors
/// When a database refuses.
pub async fn measure(services: &Services) -> anyhow::Result<Vec<Row>> {
    let scratch = services.database("bounds").await?;
    let pool = pool(&scratch.url, 32).await?;
    sqlx::query(
        "CREATE TABLE bound (id BIGINT PRIMARY KEY AUTO_INCREMENT, tenant BINARY(16), conversation BINARY(16), contact BINARY(16), \
         at DATETIME(6), body VARCHAR(200), INDEX (tenant, at), INDEX (tenant, conversation), INDEX (tenant, contact))",
    )
    .execute(&pool)
    .await?;
    let mut rows = vec![tokio::task::spawn_blocking(fdatasync).await??];
    for connections in [1, 8, 32] {
        rows.push(commits(&pool, connections).await?);
    }
    rows.push(multi_row(&pool).await?);
    for connections in [1, 16] {
        rows.push(bucket(services, connections).await?);
    }
    pool.close().await;
    scratch.remove().await?;
    Ok(rows)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a count of what was done in a second or two"
)]
fn per_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Overwrites 4 KiB and waits for the disk, as a database does for a commit. In the folder where MariaDB has its data.
fn fdatasync() -> anyhow::Result<Row> {
    let mut file = tempfile::tempfile()?;
    let block = [7_u8; 4096];
    file.write_all(&block)?;
    file.sync_all()?;
    let (began, mut took) = (Instant::now(), histogram());
    while began.elapsed() < FOR {
        let one = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&block)?;
        file.sync_data()?;
        record(&mut took, one.elapsed());
    }
    Ok(Row {
        latency: Some(latency(&took)),
        ..Row::new(
            "",
            Whose::Bound,
            "fdatasync of 4 KiB, overwritten",
            per_second(took.len(), began.elapsed()),
            "a second",
        )
    })
}

const ONE: &str = "INSERT INTO bound (tenant, conversation, contact, at, body) VALUES (RANDOM_BYTES(16), RANDOM_BYTES(16), \
                   RANDOM_BYTES(16), NOW(6), 'Welcome and congratulations! This message shows that your number can send.')";

/// One row and its commit at a time, three secondary indexes.
async fn commits(pool: &MySqlPool, connections: u32) -> anyhow::Result<Row> {
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let pool = pool.clone();
        tasks.spawn(async move {
            let mut connection = pool.acquire().await?;
            let mut took = histogram();
            while began.elapsed() < FOR {
                let one = Instant::now();
                sqlx::query(ONE).execute(&mut *connection).await?;
                record(&mut took, one.elapsed());
            }
            anyhow::Ok(took)
        });
    }
    let mut took = histogram();
    while let Some(of_one) = tasks.join_next().await {
        took.add(of_one??)
            .context("the histograms have the same bounds")?;
    }
    let what = format!("one row a commit, {connections} connections");
    Ok(Row {
        latency: Some(latency(&took)),
        ..Row::new(
            "",
            Whose::Bound,
            what,
            per_second(took.len(), began.elapsed()),
            "rows/s",
        )
    })
}

/// Statements of 500 rows, each its own commit, on one connection.
async fn multi_row(pool: &MySqlPool) -> anyhow::Result<Row> {
    let (began, mut rates) = (Instant::now(), Vec::new());
    while began.elapsed() < FOR {
        let mut insert = QueryBuilder::new("INSERT INTO bound (tenant, conversation, contact, at, body) ");
        let body = "Welcome and congratulations! This message shows that your number can send.";
        insert.push_values(0..ROWS, |mut row, number| {
            let key = (number as u128 + 1)
                .wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
                .to_be_bytes();
            row.push_bind(key.to_vec())
                .push_bind(key.to_vec())
                .push_bind(key.to_vec())
                .push("NOW(6)")
                .push_bind(body);
        });
        let one = Instant::now();
        insert.build().execute(pool).await?;
        rates.push(per_second(ROWS as u64, one.elapsed()));
    }
    let what = format!("{ROWS} rows a statement and commit, 1 connection");
    Ok(Row::new("", Whose::Bound, what, median(&rates), "rows/s")
        .note(format!("median of {} statements", rates.len())))
}

/// Calls of the token bucket's script.
async fn bucket(services: &Services, connections: u32) -> anyhow::Result<Row> {
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..connections {
        let mut redis = services.redis().await?;
        tasks.spawn(async move {
            let (script, mut count) = (redis::Script::new(BUCKET), 0_u64);
            while began.elapsed() < FOR {
                let key = format!("bench:bucket:{number}");
                let _: i64 = script
                    .key(key)
                    .arg(1)
                    .arg(1_000_000)
                    .arg(1)
                    .invoke_async(&mut redis)
                    .await?;
                count += 1;
            }
            anyhow::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(of_one) = tasks.join_next().await {
        count += of_one??;
    }
    let what = format!("Redis EVALSHA of a token bucket, {connections} connections");
    Ok(Row::new(
        "",
        Whose::Bound,
        what,
        per_second(count, began.elapsed()),
        "calls/s",
    ))
}

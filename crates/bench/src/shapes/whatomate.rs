//! The whatomate shape: a worker takes one job at a time from a Redis stream and finishes it before the next.
//!
//! A message: 9 statements and 3 × (BEGIN, COMMIT), 3 Redis calls, 1 HTTP call, one after the other:
//! XREADGROUP COUNT 1; SELECT campaign, recipient, account, template, contact; HTTP; BEGIN INSERT message COMMIT; BEGIN
//! UPDATE recipient COMMIT; BEGIN UPDATE the campaign's counter COMMIT; SELECT COUNT(*) of the recipients that are still
//! pending (is the campaign done?); PUBLISH progress; XACK. Default: one worker.

use std::sync::Arc;

use anyhow::Context;
use redis::{AsyncCommands, aio::MultiplexedConnection, streams::StreamReadReply};
use sqlx::{Connection, MySqlPool};

use super::{Stop, Traffic, Workers};
use crate::services::{Services, pool};

const GROUP: &str = "workers";
/// Jobs in the stream, more than the shape gets done in a run.
const JOBS: u64 = 30_000;

const TABLES: [&str; 9] = [
    "CREATE TABLE wm_campaign (id BIGINT PRIMARY KEY, status VARCHAR(20), sent_count BIGINT, failed_count BIGINT)",
    "CREATE TABLE wm_account (id BIGINT PRIMARY KEY, phone_id VARCHAR(40), token VARCHAR(300))",
    "CREATE TABLE wm_template (id BIGINT PRIMARY KEY, name VARCHAR(100), body TEXT)",
    "CREATE TABLE wm_contact (id BIGINT PRIMARY KEY AUTO_INCREMENT, phone VARCHAR(20) UNIQUE, name VARCHAR(100))",
    "CREATE TABLE wm_recipient (id BIGINT PRIMARY KEY AUTO_INCREMENT, campaign_id BIGINT, phone VARCHAR(20), \
     status VARCHAR(20), wamid VARCHAR(100), sent_at DATETIME(6), INDEX (campaign_id), INDEX (status))",
    "CREATE TABLE wm_message (id BIGINT PRIMARY KEY AUTO_INCREMENT, contact_id BIGINT, account_id BIGINT, body TEXT, \
     status VARCHAR(20), wamid VARCHAR(100), created_at DATETIME(6), INDEX (contact_id), INDEX (wamid))",
    "INSERT INTO wm_campaign VALUES (1, 'processing', 0, 0)",
    "INSERT INTO wm_account VALUES (1, '1', 'token')",
    "INSERT INTO wm_template VALUES (1, 'hello_world', 'Welcome and congratulations!')",
];

/// Its tables and stream, ready for any number of workers.
pub struct Campaign {
    pool: MySqlPool,
    redis: Vec<MultiplexedConnection>,
    stream: String,
    progress: String,
}

impl Campaign {
    /// Makes the tables with `backlog` pending recipients, and the stream; for up to `workers` workers.
    ///
    /// # Errors
    /// When a database refuses.
    pub async fn make(
        services: &Services,
        database_url: &str,
        prefix: &str,
        backlog: u64,
        workers: usize,
    ) -> anyhow::Result<Arc<Self>> {
        let pool = pool(database_url, 32).await?;
        for statement in TABLES {
            sqlx::query(statement).execute(&pool).await?;
        }
        sqlx::query(
            "INSERT INTO wm_recipient (campaign_id, phone, status) \
             SELECT 1, CONCAT('4477', LPAD(seq, 8, '0')), 'pending' FROM seq_1_to_10000000 WHERE seq <= ?",
        )
        .bind(backlog)
        .execute(&pool)
        .await
        .context("the recipients")?;
        sqlx::query("INSERT INTO wm_contact (phone, name) SELECT phone, 'Somebody' FROM wm_recipient")
            .execute(&pool)
            .await?;
        let stream = format!("{prefix}:wm:jobs");
        let mut redis = Vec::new();
        for _ in 0..workers {
            redis.push(services.redis().await?);
        }
        let first = redis.first_mut().context("at least one worker")?;
        let _: () = first.xgroup_create_mkstream(&stream, GROUP, "0").await?;
        for from in (1..=JOBS.min(backlog)).step_by(1_000) {
            let mut pipe = redis::pipe();
            for recipient in from..(from + 1_000).min(backlog + 1) {
                pipe.xadd(&stream, "*", &[("recipient", recipient)]).ignore();
            }
            pipe.query_async::<()>(first).await?;
        }
        Ok(Arc::new(Self {
            pool,
            redis,
            stream,
            progress: format!("{prefix}:wm:progress"),
        }))
    }

    /// Starts the first `workers` workers.
    pub fn start(self: &Arc<Self>, traffic: &Arc<Traffic>, workers: usize) -> Workers {
        let mut running = Workers::default();
        for (index, redis) in self.redis.iter().take(workers).enumerate() {
            let (campaign, traffic, redis) = (self.clone(), traffic.clone(), redis.clone());
            running.spawn(move |stop| async move { campaign.work(index, redis, &traffic, &stop).await });
        }
        running
    }

    async fn work(
        &self,
        index: usize,
        mut redis: MultiplexedConnection,
        traffic: &Traffic,
        stop: &Stop,
    ) -> anyhow::Result<()> {
        let consumer = format!("worker-{index}");
        while !stop.asked() {
            let read: Option<StreamReadReply> = redis::cmd("XREADGROUP")
                .arg(&[
                    "GROUP",
                    GROUP,
                    &consumer,
                    "COUNT",
                    "1",
                    "STREAMS",
                    &self.stream,
                    ">",
                ])
                .query_async(&mut redis)
                .await?;
            let Some(job) = read.and_then(|reply| reply.keys.into_iter().next()?.ids.into_iter().next())
            else {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            };
            let recipient: i64 = job.get("recipient").context("a job names its recipient")?;
            self.send(recipient, traffic).await?;
            let _: () = redis.publish(&self.progress, recipient).await?;
            let _: () = redis.xack(&self.stream, GROUP, &[&job.id]).await?;
        }
        Ok(())
    }

    async fn send(&self, recipient: i64, traffic: &Traffic) -> anyhow::Result<()> {
        let pool = &self.pool;
        let (status,): (String,) = sqlx::query_as("SELECT status FROM wm_campaign WHERE id = ?")
            .bind(1)
            .fetch_one(pool)
            .await?;
        anyhow::ensure!(status == "processing", "the campaign is {status}");
        let (phone,): (String,) = sqlx::query_as("SELECT phone FROM wm_recipient WHERE id = ?")
            .bind(recipient)
            .fetch_one(pool)
            .await?;
        sqlx::query("SELECT phone_id, token FROM wm_account WHERE id = ?")
            .bind(1)
            .fetch_one(pool)
            .await?;
        sqlx::query("SELECT name, body FROM wm_template WHERE id = ?")
            .bind(1)
            .fetch_one(pool)
            .await?;
        let (contact,): (i64,) = sqlx::query_as("SELECT id FROM wm_contact WHERE phone = ?")
            .bind(&phone)
            .fetch_one(pool)
            .await?;
        let wamid = traffic.send(None).await?;
        let mut connection = pool.acquire().await?;
        let mut tx = connection.begin().await?;
        sqlx::query(
            "INSERT INTO wm_message (contact_id, account_id, body, status, wamid, created_at) VALUES (?, 1, ?, 'sent', ?, NOW(6))",
        )
        .bind(contact)
        .bind("Welcome and congratulations!")
        .bind(&wamid)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut tx = connection.begin().await?;
        sqlx::query("UPDATE wm_recipient SET status = 'sent', wamid = ?, sent_at = NOW(6) WHERE id = ?")
            .bind(&wamid)
            .bind(recipient)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        let mut tx = connection.begin().await?;
        sqlx::query("UPDATE wm_campaign SET sent_count = sent_count + 1 WHERE id = 1")
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        sqlx::query("SELECT COUNT(*) FROM wm_recipient WHERE campaign_id = 1 AND status = 'pending'")
            .fetch_one(&mut *connection)
            .await?;
        Ok(())
    }

    /// Messages that its tables say are sent.
    ///
    /// # Errors
    /// The database's.
    pub async fn written(&self) -> anyhow::Result<i64> {
        let (count,): (i64,) = sqlx::query_as("SELECT sent_count FROM wm_campaign WHERE id = 1")
            .fetch_one(&self.pool)
            .await?;
        Ok(count)
    }
}

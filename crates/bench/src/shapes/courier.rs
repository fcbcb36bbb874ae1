//! The courier shape: one serial dispatcher pops messages from Redis and passes them to 32 senders; statuses are written in
//! batches.
//!
//! A message: 6 Redis calls (the dispatcher's pop; a Lua script for the rate per channel and second; sent today?, sent yesterday?;
//! mark as sent with an expiry; complete, another script), 1 HTTP call, and
//! at most a thousandth of a statement: up to 1,000 statuses or what came in 500 ms in one.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use redis::{AsyncCommands, Script, aio::MultiplexedConnection};
use sqlx::{MySqlPool, QueryBuilder};
use tokio::sync::{Mutex, mpsc};

use super::{Traffic, Workers};
use crate::services::{Services, pool};

/// Senders of one instance, its default.
pub const SENDERS: usize = 32;
/// Channels in the queue.
const CHANNELS: i64 = 32;
/// Messages in the queue, more than the shape gets done in a run.
const QUEUED: i64 = 60_000;
/// Statuses in one statement at most.
const BATCH: usize = 1_000;
/// How long statuses wait to be written together.
const LINGER: Duration = Duration::from_millis(500);

/// Takes the next message of the least busy channel, unless the channel has used up its wall second. KEYS: prefix. ARGV:
/// messages a second. Answers channel and message, or nothing.
const POP: &str = r"
local active = KEYS[1] .. ':active'
local first = redis.call('ZRANGE', active, 0, 0)
if not first[1] then return false end
local channel = first[1]
local window = KEYS[1] .. ':tps:' .. channel .. ':' .. redis.call('TIME')[1]
if tonumber(redis.call('GET', window) or 0) >= tonumber(ARGV[1]) then
  redis.call('ZINCRBY', active, 1, channel)
  return false
end
local popped = redis.call('ZPOPMIN', KEYS[1] .. ':queue:' .. channel)
if not popped[1] then
  redis.call('ZREM', active, channel)
  return false
end
redis.call('INCR', window)
redis.call('EXPIRE', window, 2)
redis.call('ZINCRBY', active, 1, channel)
return {channel, popped[1]}";

/// One message less at work in its channel. KEYS: prefix. ARGV: channel.
const COMPLETE: &str = r"
local active = KEYS[1] .. ':active'
if redis.call('ZSCORE', active, ARGV[1]) then redis.call('ZINCRBY', active, -1, ARGV[1]) end
return 1";

/// Its table and queue.
pub struct Queue {
    pool: MySqlPool,
    redis: Vec<MultiplexedConnection>,
    prefix: String,
}

impl Queue {
    /// Makes them.
    ///
    /// # Errors
    /// When a database refuses.
    pub async fn make(services: &Services, database_url: &str, prefix: &str) -> anyhow::Result<Arc<Self>> {
        let pool = pool(database_url, 8).await?;
        sqlx::query(
            "CREATE TABLE cr_message (id BIGINT PRIMARY KEY, status VARCHAR(8), wamid VARCHAR(100), modified_at DATETIME(6))",
        )
        .execute(&pool)
        .await?;
        sqlx::query(
            "INSERT INTO cr_message (id, status) SELECT seq, 'Q' FROM seq_0_to_10000000 WHERE seq < ?",
        )
        .bind(QUEUED)
        .execute(&pool)
        .await?;
        let prefix = format!("{prefix}:cr");
        let mut redis = Vec::new();
        for _ in 0..=SENDERS {
            redis.push(services.redis().await?);
        }
        let first = redis.first_mut().context("the foreman's connection")?;
        for from in (0..QUEUED).step_by(1_000) {
            let mut pipe = redis::pipe();
            for message in from..from + 1_000 {
                let channel = message % CHANNELS;
                pipe.zadd(format!("{prefix}:queue:{channel}"), message, message)
                    .ignore();
            }
            pipe.query_async::<()>(first).await?;
        }
        for channel in 0..CHANNELS {
            let _: () = first.zadd(format!("{prefix}:active"), channel, 0).await?;
        }
        Ok(Arc::new(Self { pool, redis, prefix }))
    }

    /// Starts dispatcher, senders and the writer of statuses.
    pub fn start(self: &Arc<Self>, traffic: &Arc<Traffic>) -> Workers {
        let mut running = Workers::default();
        let (hand_out, jobs) = mpsc::channel::<(String, String)>(1);
        let jobs = Arc::new(Mutex::new(jobs));
        let (statuses, written) = mpsc::channel::<(i64, String)>(BATCH);
        let (queue, mut redis) = (self.clone(), self.redis[0].clone());
        running.spawn(move |stop| async move {
            let pop = Script::new(POP);
            while !stop.asked() {
                let popped: Option<(String, String)> =
                    pop.key(&queue.prefix).arg(1_000).invoke_async(&mut redis).await?;
                match popped {
                    Some(job) => hand_out.send(job).await?,
                    None => tokio::time::sleep(Duration::from_millis(1)).await,
                }
            }
            Ok(())
        });
        for redis in &self.redis[1..] {
            let (queue, redis, traffic) = (self.clone(), redis.clone(), traffic.clone());
            let (jobs, statuses) = (jobs.clone(), statuses.clone());
            running.spawn(move |_| async move {
                loop {
                    let Some((channel, message)) = jobs.lock().await.recv().await else {
                        return Ok(());
                    };
                    let wamid = queue.send(redis.clone(), &traffic, &channel, &message).await?;
                    statuses.send((message.parse()?, wamid)).await?;
                }
            });
        }
        let queue = self.clone();
        running.spawn(move |_| async move { queue.write(written).await });
        running
    }

    async fn send(
        &self,
        mut redis: MultiplexedConnection,
        traffic: &Traffic,
        channel: &str,
        message: &str,
    ) -> anyhow::Result<String> {
        let (today, yesterday) = (
            format!("{}:sent:today", self.prefix),
            format!("{}:sent:yesterday", self.prefix),
        );
        let (sent_today,): (bool,) = (redis.sismember(&today, message).await?,);
        let (sent_before,): (bool,) = (redis.sismember(&yesterday, message).await?,);
        anyhow::ensure!(
            !sent_today && !sent_before,
            "message {message} is in the queue twice"
        );
        let wamid = traffic.send(None).await?;
        let _: () = redis.sadd(&today, message).await?;
        let _: () = redis.expire(&today, 86_400).await?;
        let complete = Script::new(COMPLETE);
        let _: i64 = complete
            .key(&self.prefix)
            .arg(channel)
            .invoke_async(&mut redis)
            .await?;
        Ok(wamid)
    }

    async fn write(&self, mut statuses: mpsc::Receiver<(i64, String)>) -> anyhow::Result<()> {
        loop {
            let mut batch = Vec::with_capacity(BATCH);
            let linger = tokio::time::sleep(LINGER);
            tokio::pin!(linger);
            let open = loop {
                tokio::select! {
                    status = statuses.recv() => match status {
                        Some(status) => batch.push(status),
                        None => break false,
                    },
                    () = &mut linger => break true,
                }
                if batch.len() >= BATCH {
                    break true;
                }
            };
            if !batch.is_empty() {
                let mut insert =
                    QueryBuilder::new("INSERT INTO cr_message (id, status, wamid, modified_at) ");
                insert.push_values(&batch, |mut row, (id, wamid)| {
                    row.push_bind(*id).push_bind("W").push_bind(wamid).push("NOW(6)");
                });
                insert.push(
                    " ON DUPLICATE KEY UPDATE status = VALUES(status), wamid = VALUES(wamid), modified_at = VALUES(modified_at)",
                );
                insert.build().execute(&self.pool).await?;
            }
            if !open {
                return Ok(());
            }
        }
    }
}

//! MariaDB and Redis of this run: started by `tests/run.sh --services`, which sets their URLs in the environment.

use std::time::Duration;

use anyhow::{Context, bail};
use sqlx::{AssertSqlSafe, MySqlPool, mysql::MySqlPoolOptions};

/// Where they are, and their process ids.
#[derive(Clone, Debug)]
pub struct Services {
    /// `mysql://user:password@host:port`, without a database.
    pub mysql: String,
    /// `redis://host:port`.
    pub redis: String,
    /// Process id of MariaDB.
    pub mysql_pid: u32,
    /// Process id of Redis.
    pub redis_pid: u32,
    /// What they are, for the report.
    pub described: Vec<String>,
}

impl Services {
    /// Finds them and gives MariaDB a redo log such as a server in production has.
    ///
    /// # Errors
    /// When they are not named in the environment or do not answer.
    pub async fn find() -> anyhow::Result<Self> {
        let named = |variable: &str| {
            let url = std::env::var(variable).with_context(|| {
                format!("{variable} is not set: `make bench`, or tests/run.sh --services -- …, starts the services")
            })?;
            anyhow::Ok(url.trim_end_matches('/').to_owned())
        };
        let (mysql, redis) = (named("WAPRO_TEST_MYSQL_URL")?, named("WAPRO_TEST_REDIS_URL")?);
        let pool = pool(&format!("{mysql}/mysql"), 1).await?;
        // Checkpoints of a small redo log would be measured otherwise. An older server cannot change it while it runs; what it
        // has is reported below. The buffer pool's size is given at its start (MARIADB_BUFFER_POOL).
        let _ = sqlx::query("SET GLOBAL innodb_log_file_size = 1073741824")
            .execute(&pool)
            .await;
        let (pid_file,): (String,) = sqlx::query_as("SELECT @@pid_file").fetch_one(&pool).await?;
        let pid_file = std::path::PathBuf::from(pid_file);
        let pid_file = if pid_file.is_absolute() {
            pid_file
        } else {
            let (folder,): (String,) = sqlx::query_as("SELECT @@datadir").fetch_one(&pool).await?;
            std::path::PathBuf::from(folder).join(pid_file)
        };
        let mysql_pid = std::fs::read_to_string(&pid_file)
            .with_context(|| format!("{} cannot be read", pid_file.display()))?
            .trim()
            .parse()?;
        let (version, buffer, log, flush, binlog): (String, u64, u64, i64, i64) = sqlx::query_as(
            "SELECT VERSION(), CAST(@@innodb_buffer_pool_size AS UNSIGNED), CAST(@@innodb_log_file_size AS UNSIGNED), \
             CAST(@@innodb_flush_log_at_trx_commit AS SIGNED), CAST(@@log_bin AS SIGNED)",
        )
        .fetch_one(&pool)
        .await?;
        pool.close().await;
        let mut connection = connect(&redis).await?;
        let info: String = redis::cmd("INFO")
            .arg("server")
            .query_async(&mut connection)
            .await?;
        let of = |key: &str| {
            info.lines()
                .find_map(|line| line.trim().strip_prefix(key))
                .map(str::to_owned)
        };
        let redis_pid = of("process_id:").context("Redis says no process id")?.parse()?;
        let described = vec![
            format!(
                "MariaDB {version}: buffer pool {} MiB, redo log {} MiB, innodb_flush_log_at_trx_commit {flush}, binlog {}.",
                buffer >> 20,
                log >> 20,
                if binlog == 0 { "off" } else { "on" }
            ),
            format!(
                "Redis {}, without persistence.",
                of("redis_version:").unwrap_or_default()
            ),
        ];
        Ok(Self {
            mysql,
            redis,
            mysql_pid,
            redis_pid,
            described,
        })
    }

    /// A new, empty database.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn database(&self, purpose: &str) -> anyhow::Result<Scratch> {
        if !purpose
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            bail!("a database's purpose is a word in small letters, not {purpose:?}");
        }
        let name = format!("wapro_bench_{purpose}_{}", std::process::id());
        let admin = pool(&format!("{}/mysql", self.mysql), 1).await?;
        for statement in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
        ] {
            sqlx::query(AssertSqlSafe(statement)).execute(&admin).await?;
        }
        Ok(Scratch {
            url: format!("{}/{name}", self.mysql),
            name,
            admin,
        })
    }

    /// A connection to Redis.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn redis(&self) -> anyhow::Result<redis::aio::MultiplexedConnection> {
        connect(&self.redis).await
    }
}

async fn connect(url: &str) -> anyhow::Result<redis::aio::MultiplexedConnection> {
    let client = redis::Client::open(url)?;
    Ok(client.get_multiplexed_async_connection().await?)
}

/// A database of its own for one part.
#[derive(Debug)]
pub struct Scratch {
    /// Its address.
    pub url: String,
    /// Its name.
    pub name: String,
    admin: MySqlPool,
}

impl Scratch {
    /// Removes it.
    ///
    /// # Errors
    /// The database's.
    pub async fn remove(self) -> anyhow::Result<()> {
        let statement = format!("DROP DATABASE IF EXISTS {}", self.name);
        sqlx::query(AssertSqlSafe(statement)).execute(&self.admin).await?;
        self.admin.close().await;
        Ok(())
    }
}

/// A pool of the library that the platform uses too, with the isolation level that it sets.
///
/// # Errors
/// When the database does not answer.
pub async fn pool(url: &str, connections: u32) -> anyhow::Result<MySqlPool> {
    let pool = MySqlPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections.min(4))
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
        .connect(url)
        .await?;
    Ok(pool)
}

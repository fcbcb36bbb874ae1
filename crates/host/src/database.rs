//! Connecting to SQLite, MySQL or MariaDB, and bringing the schema up to date.

use std::{str::FromStr, time::Duration};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr};
use sea_orm_migration::MigratorTrait;
use sqlx::{
    Executor,
    mysql::MySqlConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// How to reach the database.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// `sqlite://path?mode=rwc` or `mysql://user:password@host:port/name`.
    pub url: String,
    /// Connections at most.
    pub max_connections: u32,
}

impl DatabaseOptions {
    /// Whether it is the embedded one.
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// Whether the URL can be parsed. The drivers' own errors show parts of it.
    pub fn is_readable(&self) -> bool {
        if self.is_sqlite() {
            SqliteConnectOptions::from_str(&self.url).is_ok()
        } else {
            self.url.starts_with("mysql://") && MySqlConnectOptions::from_str(&self.url).is_ok()
        }
    }

    /// Prepared statements that each connection keeps. Where one more takes the place of another, sqlx writes two packets without
    /// TCP_NODELAY, and the second waits for the server's delayed acknowledgement: 40 ms. So there is room for all that we have,
    /// within what the server allows all connections together (`max_prepared_stmt_count`, 16,382 unless set).
    fn statements(connections: u32) -> usize {
        (6_000 / connections.max(1)).clamp(100, 1_000) as usize
    }

    fn options(&self, connections: u32) -> ConnectOptions {
        let statements = Self::statements(connections);
        let mut options = ConnectOptions::new(&self.url);
        options
            .max_connections(connections)
            .map_sqlx_mysql_opts(move |mysql| mysql.statement_cache_capacity(statements))
            .min_connections(1)
            .connect_timeout(Duration::from_secs(10))
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_secs(300))
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .sqlx_logging(false)
            // Gap locks of REPEATABLE READ turn concurrent upserts into deadlocks, and no verb relies on a snapshot.
            .map_sqlx_mysql_pool_opts(|pool| {
                pool.after_connect(|connection, _| {
                    Box::pin(async move {
                        // Wait 5 seconds for a locked row, not the default 50; and a stalled process that holds row locks does not
                        // block the others for ever (only MariaDB can do this, and only MariaDB reads the comment). One
                        // statement, because each is a round trip per connection.
                        connection
                            .execute(
                                "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
                                 SET SESSION innodb_lock_wait_timeout = 5 /*M!, SESSION idle_transaction_timeout = 15 */",
                            )
                            .await?;
                        Ok(())
                    })
                })
            })
            // WAL lets readers continue during a write; with FULL a commit survives a power cut, which NORMAL may lose.
            .map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .statement_cache_capacity(statements)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(5))
                    .pragma("cache_size", "-16000")
            });
        options
    }

    /// Opens the pool.
    ///
    /// # Errors
    /// When the database cannot be reached within ten seconds.
    pub async fn connect(&self) -> Result<DatabaseConnection, DbErr> {
        Database::connect(self.options(self.max_connections)).await
    }

    /// Applies missing migrations.
    ///
    /// # Errors
    /// The database's; MySQL keeps what was applied before the failing step, and the next run continues from there.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        // One connection: with a pool, SQLite may run a statement on an outdated schema.
        let connection = Database::connect(self.options(1)).await?;
        let shared = connection.get_database_backend() == DbBackend::MySql;
        // Several processes may start at the same moment; one of them migrates and the others wait for it. The lock ends
        // with the connection, so a process that dies blocks nobody. It is server-wide, so its name contains the database's.
        if shared {
            connection
                .execute_unprepared("DO GET_LOCK(CONCAT('wapro-migrate:', DATABASE()), 120)")
                .await?;
        }
        let migrated = M::up(&connection, None).await;
        if shared {
            connection
                .execute_unprepared("DO RELEASE_LOCK(CONCAT('wapro-migrate:', DATABASE()))")
                .await?;
        }
        connection.close().await?;
        migrated
    }

    /// How many migrations are missing.
    ///
    /// # Errors
    /// The database's.
    pub async fn pending<M: MigratorTrait>(&self) -> Result<usize, DbErr> {
        let connection = self.connect().await?;
        let pending = M::get_pending_migrations(&connection).await?.len();
        connection.close().await?;
        Ok(pending)
    }
}

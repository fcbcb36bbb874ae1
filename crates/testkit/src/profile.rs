//! The two profiles, and the services the production one needs.

use host::database::DatabaseOptions;
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use server::Config;
use tempfile::TempDir;

/// The profile that a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// SQLite, in process.
    Embedded,
    /// MariaDB and Redis, started by the test command.
    Production,
}

/// A test's own resources: a folder, and on the production profile a database and a key prefix.
#[derive(Debug)]
pub struct Services {
    /// Which.
    pub profile: Profile,
    /// Where the data goes.
    pub dir: TempDir,
    /// The configuration that uses them.
    pub config: Config,
    database: Option<(String, String)>,
}

impl Services {
    /// Makes them.
    ///
    /// # Panics
    /// When the production profile's services are not there.
    pub async fn make(profile: Profile) -> Self {
        // Quiet unless asked: WAPRO_TEST_LOG=debug shows the platform's log.
        if let Ok(filter) = std::env::var("WAPRO_TEST_LOG") {
            let _ = tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_test_writer()
                .try_init();
        }
        // Tests make HTTP clients besides the platform's.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::defaults().unwrap();
        config.data_dir = dir.path().to_owned();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.metrics_listen = Some("127.0.0.1:0".parse().unwrap());
        config.database_connections = 8;
        // A list must not fail because the machine is busy.
        config.list_limit_ms = 20_000;
        // Tests send many requests at once; the limit has its own test.
        (config.api_rate, config.api_burst) = (100_000, 100_000);
        let mut database = None;
        if profile == Profile::Production {
            let name = format!("wapro_t_{}", uuid::Uuid::new_v4().simple());
            let server = service("WAPRO_TEST_MYSQL_URL");
            run(&server, &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).await;
            config.database_url = SecretString::from(format!("{server}/{name}"));
            config.redis_url = SecretString::from(service("WAPRO_TEST_REDIS_URL"));
            config.redis_prefix.clone_from(&name);
            database = Some((server, name));
        }
        Self {
            profile,
            dir,
            config,
            database,
        }
    }

    /// Removes the database; the folder is deleted when this is dropped.
    pub async fn remove(self) {
        if let Some((server, name)) = &self.database {
            run(server, &format!("DROP DATABASE {name}")).await;
        }
    }
}

/// The address of a service that the test command has started.
pub(crate) fn service(variable: &str) -> String {
    let url = std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run the tests by `make test`, or by `tests/run.sh --services -- cargo nextest run …`")
    });
    url.trim_end_matches('/').to_owned()
}

/// Runs a statement outside any of the tests' databases.
pub(crate) async fn run(server: &str, statement: &str) {
    let options = DatabaseOptions {
        url: format!("{server}/mysql"),
        max_connections: 1,
    };
    let connection = options.connect().await.unwrap();
    connection.execute_unprepared(statement).await.unwrap();
    connection.close().await.unwrap();
}

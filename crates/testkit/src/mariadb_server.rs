//! A test's own MariaDB, for tests that stop, kill or overload it.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use host::database::DatabaseOptions;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The platform's user: it has no rights beyond its own databases, so `read_only` applies to it.
const ORDINARY: &str = "wapro:wapro";
/// The test's user.
const MASTER: &str = "master:master";

/// A MariaDB on its own port.
#[derive(Debug)]
pub struct MariaDbServer {
    child: Option<Child>,
    dir: TempDir,
    /// Its port, also after a restart.
    pub address: SocketAddr,
}

impl MariaDbServer {
    /// Installs and starts one.
    ///
    /// # Panics
    /// When MariaDB is not installed or does not answer.
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let installed = Command::new("mariadb-install-db")
            .args(["--no-defaults", "--skip-test-db", "--skip-name-resolve"])
            .arg("--auth-root-authentication-method=normal")
            .arg(format!("--datadir={}", dir.path().join("data").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await
            .expect("mariadb-install-db is installed");
        assert!(installed.success(), "mariadb-install-db failed");
        let users = "CREATE USER IF NOT EXISTS 'wapro'@'127.0.0.1' IDENTIFIED BY 'wapro';\n\
             GRANT ALL PRIVILEGES ON `wapro%`.* TO 'wapro'@'127.0.0.1';\n\
             CREATE USER IF NOT EXISTS 'master'@'127.0.0.1' IDENTIFIED BY 'master';\n\
             GRANT ALL PRIVILEGES ON *.* TO 'master'@'127.0.0.1' WITH GRANT OPTION;\n\
             CREATE DATABASE IF NOT EXISTS wapro CHARACTER SET utf8mb4;\n";
        std::fs::write(dir.path().join("init.sql"), users).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = port.local_addr().unwrap();
        drop(port);
        let mut server = Self {
            child: None,
            dir,
            address,
        };
        server.restart().await;
        server
    }

    /// Starts it again after [`MariaDbServer::kill`] and waits until it answers.
    ///
    /// # Panics
    /// When it does not.
    pub async fn restart(&mut self) {
        let file = |name: &str| self.dir.path().join(name).display().to_string();
        let child = Command::new("mariadbd")
            .arg("--no-defaults")
            .arg(format!("--datadir={}", file("data")))
            .arg(format!("--init-file={}", file("init.sql")))
            .arg(format!("--socket={}", file("socket")))
            .arg(format!("--port={}", self.address.port()))
            .args(["--user=root", "--bind-address=127.0.0.1", "--skip-log-bin"])
            .args(["--skip-name-resolve", "--innodb-flush-log-at-trx-commit=1"])
            .args(["--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(self.dir.path().join("log")).unwrap())
            .kill_on_drop(true)
            .spawn()
            .expect("mariadbd is installed");
        self.child = Some(child);
        let answering = async {
            loop {
                if let Ok(open) = Database::connect(self.url(MASTER, "mysql")).await {
                    let _ = open.close().await;
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(60), answering)
            .await
            .is_err()
        {
            let log = std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
            panic!("MariaDB does not answer: {log}");
        }
    }

    /// `kill -9`, as a power cut would.
    ///
    /// # Panics
    /// When it is not running.
    pub async fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.start_kill().unwrap();
        child.wait().await.unwrap();
    }

    /// The URL for the platform, through `way` (a proxy) if given. There is one database, `wapro`.
    pub fn platform_url(&self, way: Option<SocketAddr>) -> String {
        let address = way.unwrap_or(self.address);
        format!("mysql://{ORDINARY}@{address}/wapro")
    }

    fn url(&self, user: &str, database: &str) -> String {
        format!("mysql://{user}@{}/{database}", self.address)
    }

    /// A connection with every right.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn master(&self) -> DatabaseConnection {
        let options = DatabaseOptions {
            url: self.url(MASTER, "wapro"),
            max_connections: 4,
        };
        options.connect().await.unwrap()
    }

    /// Runs a statement with every right.
    ///
    /// # Panics
    /// When it fails.
    pub async fn run(&self, statement: &str) {
        let master = self.master().await;
        master.execute_unprepared(statement).await.unwrap();
        master.close().await.unwrap();
    }
}

//! The operator's commands: start, create users, reseal secrets. `wapro` runs as a separate process.

mod events;
mod people;
mod start;
mod vault;

use std::process::Stdio;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use server::Config;
use testkit::{Answer, binary};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdout, Command},
};

/// What a command answered.
#[derive(Debug)]
struct Ended {
    code: i32,
    /// Standard output.
    out: String,
    /// Standard error.
    err: String,
}

impl Ended {
    #[track_caller]
    fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

/// `wapro` with nothing in its environment but this.
fn wapro(arguments: &[&str], environment: &[(String, String)]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(arguments)
        .env_clear()
        .envs(environment.iter().cloned())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs a command to its end, with this on its standard input.
async fn told(arguments: &[&str], environment: &[(String, String)], input: &str) -> Ended {
    let mut child = wapro(arguments, environment).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that refuses before it reads has closed its end.
    let _refused_early = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = tokio::time::timeout(std::time::Duration::from_secs(60), child.wait_with_output())
        .await
        .expect("the command ends")
        .unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The environment that leads to the same installation.
fn environment(config: &Config) -> Vec<(String, String)> {
    let of = |key: &str, value: String| (format!("WAPRO_{key}"), value);
    vec![
        of("LISTEN", config.listen.to_string()),
        of("DATA_DIR", config.data_dir.display().to_string()),
        of("DATABASE_URL", config.database_url.expose_secret().to_owned()),
        of("DATABASE_CONNECTIONS", "4".to_owned()),
        of("REDIS_URL", config.redis_url.expose_secret().to_owned()),
        of("REDIS_PREFIX", config.redis_prefix.clone()),
        of("LOG", "warn".to_owned()),
    ]
}

/// Signs in; the answer, and the cookie if it was let in.
async fn sign_in(base: &str, email: &str, password: &str) -> (Answer, String) {
    let request = reqwest::Client::new()
        .post(format!("{base}/api/v1/session"))
        .header("origin", base)
        .json(&json!({ "email": email, "password": password }));
    let answer = Answer::read(request.send().await.unwrap()).await;
    let cookie = answer
        .headers
        .get("set-cookie")
        .map(|cookie| cookie.to_str().unwrap());
    let cookie = cookie
        .and_then(|cookie| cookie.split(';').next())
        .unwrap_or_default();
    (answer.clone(), cookie.to_owned())
}

/// The status of the session behind a cookie, and what it shows.
async fn session(base: &str, cookie: &str) -> (u16, Value) {
    let request = reqwest::Client::new()
        .get(format!("{base}/api/v1/session"))
        .header("cookie", cookie);
    let answer = Answer::read(request.send().await.unwrap()).await;
    (answer.status, answer.json)
}

/// A running `wapro` and what it has said on standard output until it was ready.
struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    base: String,
    welcome: String,
}

impl Server {
    async fn start(arguments: &[&str], environment: &[(String, String)]) -> Self {
        let mut child = wapro(arguments, environment).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut welcome = String::new();
        let reading = async {
            while !welcome.contains("Stop with Ctrl-C") {
                assert!(
                    out.read_line(&mut welcome).await.unwrap() > 0,
                    "it ended: {welcome}"
                );
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), reading)
            .await
            .expect("a ready process");
        let base = welcome
            .lines()
            .find_map(|line| line.trim().strip_prefix("Portal"))
            .unwrap();
        Self {
            base: base.trim().trim_end_matches('/').to_owned(),
            child,
            out,
            welcome,
        }
    }

    /// Ends it; what it said on standard error.
    async fn end(mut self) -> String {
        self.child.start_kill().unwrap();
        drop(self.out);
        let output = self.child.wait_with_output().await.unwrap();
        String::from_utf8(output.stderr).unwrap()
    }
}

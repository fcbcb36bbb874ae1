//! A database that dies, is slow, does not respond, deadlocks, or is read-only. On the production profile: SQLite is a file of
//! the process itself, which `kill.rs` kills.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, ToSocketAddrs},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use secrecy::{ExposeSecret, SecretString};
use testkit::{FaultProxy, Fleet, MariaDbServer, Profile, Tenant, TestApp, eventually};
use tokio::task::JoinSet;

use super::{customer, judged};

/// WhatsApp waits about ten seconds for the response to a webhook; we must respond earlier.
const ANSWERED: Duration = Duration::from_secs(9);
/// Recovery time after the database is back.
const RECOVERED: Duration = Duration::from_secs(5);

/// A text of a new customer, with a wamid that no other tenant has.
fn text(tenant: &Tenant, number: usize) -> (Vec<u8>, String) {
    let (body, wamid) = tenant.text_webhook(&customer(number), "Hello");
    let ours = format!("{wamid}.{}", tenant.name);
    let body = String::from_utf8(body).unwrap().replace(&wamid, &ours);
    (body.into_bytes(), ours)
}

/// Posts webhooks of new customers all at once. Returns status and wamid of each, and the time of the slowest.
async fn burst(tenant: &Tenant, from: usize, count: usize) -> (Vec<(u16, String)>, Duration) {
    let began = Instant::now();
    let mut posts = JoinSet::new();
    for number in from..from + count {
        let (tenant, (body, wamid)) = (tenant.clone(), text(tenant, number));
        posts.spawn(async move { (tenant.webhook(&body).await.status, wamid) });
    }
    (posts.join_all().await, began.elapsed())
}

/// How often each wamid is a message of any tenant.
async fn messages_by_wamid(fleet: &Fleet) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for row in fleet
        .rows("SELECT wamid FROM messaging_messages WHERE direction = 'inbound'")
        .await
    {
        *found
            .entry(row.try_get_by_index::<String>(0).unwrap())
            .or_default() += 1;
    }
    found
}

fn only_honest(answers: &[(u16, String)]) {
    let others: Vec<_> = answers
        .iter()
        .filter(|(status, _)| ![200, 503].contains(status))
        .collect();
    assert!(others.is_empty(), "neither taken nor refused: {others:?}");
}

/// Killed under load, then read-only under load, then normal again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_killed_or_only_reads_loses_nothing() {
    let mut server = MariaDbServer::start().await;
    let url = SecretString::from(server.platform_url(None));
    let fleet = Fleet::make_with(Profile::Production, |config| config.database_url = url, |_| {}).await;
    let front = fleet.serve("").await;
    let worker = fleet.work("").await;
    let customers: Vec<String> = (0..120).map(customer).collect();
    let mut queued = fleet.campaign(&fleet.acme, &customers[..60], 15).await.len()
        + fleet.campaign(&fleet.globex, &customers[60..], 15).await.len();
    eventually("some are sent", Duration::from_secs(20), async || {
        fleet.sim.ledger().accepted_total > 20
    })
    .await;

    let load = burst(&fleet.acme, 10_000, 40);
    let (mut answers, _) = tokio::join!(load, server.kill()).0;
    only_honest(&answers);
    let (refused, took) = burst(&fleet.globex, 20_000, 20).await;
    assert!(refused.iter().all(|(status, _)| *status == 503), "{refused:?}");
    assert!(took < ANSWERED, "503 after {took:?}");
    server.restart().await;
    let restarted = Instant::now();
    eventually("webhooks are taken again", RECOVERED, async || {
        let (body, wamid) = text(&fleet.globex, 30_000);
        let status = fleet.globex.webhook(&body).await.status;
        answers.push((status, wamid));
        status == 200
    })
    .await;
    assert!(restarted.elapsed() < RECOVERED + Duration::from_secs(5));
    // WhatsApp sends refused bodies again.
    fleet.settled(Duration::from_secs(60)).await;
    judged(&fleet, queued, "killed").await;

    server.run("SET GLOBAL read_only = 1").await;
    let (refused, took) = burst(&fleet.acme, 40_000, 20).await;
    assert!(refused.iter().all(|(status, _)| *status == 503), "{refused:?}");
    assert!(took < ANSWERED, "503 after {took:?}");
    let api = fleet.acme.sends(&customer(10_000), "Hello").await;
    assert_eq!(api.status, 503, "{}", api.json);
    assert_eq!(fleet.acme.get("/messages").await.status, 200, "reading goes on");
    server.run("SET GLOBAL read_only = 0").await;
    let (more, _) = burst(&fleet.acme, 50_000, 10).await;
    assert!(more.iter().all(|(status, _)| *status == 200), "{more:?}");
    answers.extend(more);
    queued += fleet.campaign(&fleet.globex, &customers[..15], 15).await.len();
    fleet.settled(Duration::from_secs(60)).await;
    judged(&fleet, queued, "read only").await;

    let found = messages_by_wamid(&fleet).await;
    for (_, wamid) in answers.iter().filter(|(status, _)| *status == 200) {
        assert_eq!(found.get(wamid), Some(&1), "{wamid} was answered 200");
    }
    assert!(found.values().all(|times| *times == 1), "none twice");
    worker.kill().await;
    front.kill().await;
    fleet.remove().await;
}

/// The service that the test command has started, behind a proxy.
async fn behind_proxy() -> (FaultProxy, impl FnOnce(&mut server::Config)) {
    let url = std::env::var("WAPRO_TEST_MYSQL_URL").expect("tests/run.sh --services");
    let target = url.rsplit_once('@').unwrap().1.trim_end_matches('/').to_owned();
    let address: SocketAddr = target.to_socket_addrs().unwrap().next().unwrap();
    let proxy = FaultProxy::before(address).await;
    let way = proxy.address;
    let through = move |config: &mut server::Config| {
        let url = config
            .database_url
            .expose_secret()
            .replace(&target, &way.to_string());
        config.database_url = SecretString::from(url);
    };
    (proxy, through)
}

/// Half a second of latency, then connections that are reset in the middle of a burst.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_database_and_broken_connections_leave_nothing_half_written() {
    let (proxy, through) = behind_proxy().await;
    let fleet = Fleet::make_with(Profile::Production, through, |_| {}).await;
    let front = fleet.serve("").await;
    let worker = fleet.work("").await;
    let mut queued = 0;
    let mut answers = Vec::new();

    let slow = |each: u64| {
        proxy.weather(|weather| {
            (weather.there, weather.back) = (Duration::from_millis(each), Duration::from_millis(each));
        });
    };
    slow(250);
    let (refused, took) = burst(&fleet.acme, 0, 40).await;
    only_honest(&refused);
    assert!(took < ANSWERED, "answered after {took:?}");
    answers.extend(refused);
    // A fifth of a second of latency is slow, but not an outage.
    slow(100);
    let (taken, took) = burst(&fleet.acme, 500, 20).await;
    assert!(took < ANSWERED, "answered after {took:?}");
    assert!(
        taken.iter().all(|(status, _)| *status == 200),
        "slow is not away: {taken:?}"
    );
    answers.extend(taken);
    queued += fleet
        .campaign(&fleet.globex, &[customer(100), customer(101)], 2)
        .await
        .len();
    proxy.fair();

    for round in 0..4 {
        queued += fleet
            .campaign(&fleet.acme, &[customer(200 + round)], 1)
            .await
            .len();
        let load = burst(&fleet.globex, 1_000 * (round + 1), 40);
        let cut = async {
            tokio::task::yield_now().await;
            proxy.cut();
        };
        let ((torn, took), ()) = tokio::join!(load, cut);
        only_honest(&torn);
        assert!(took < ANSWERED, "answered after {took:?}");
        answers.extend(torn);
    }
    let (after, _) = burst(&fleet.acme, 9_000, 20).await;
    assert!(after.iter().all(|(status, _)| *status == 200), "{after:?}");
    answers.extend(after);
    fleet.settled(Duration::from_secs(60)).await;
    judged(&fleet, queued, "slow and torn").await;
    let found = messages_by_wamid(&fleet).await;
    for (status, wamid) in &answers {
        let times = found.get(wamid).copied().unwrap_or(0);
        // A commit whose response was lost may have happened: WhatsApp's redelivery then changes nothing.
        assert!(
            times == 1 || (*status == 503 && times == 0),
            "{wamid}: {status}, {times} times"
        );
    }
    worker.kill().await;
    front.kill().await;
    fleet.remove().await;
}

/// It accepts connections and does not respond: webhooks are refused in time, and everything works when it responds again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_says_nothing_is_not_waited_for() {
    let (proxy, through) = behind_proxy().await;
    let fleet = Fleet::make_with(Profile::Production, through, |_| {}).await;
    let front = fleet.serve("").await;
    let (before, _) = burst(&fleet.acme, 0, 10).await;
    assert!(before.iter().all(|(status, _)| *status == 200), "{before:?}");
    proxy.weather(|weather| weather.hole_there = true);
    let (refused, took) = burst(&fleet.acme, 100, 20).await;
    assert!(refused.iter().all(|(status, _)| *status == 503), "{refused:?}");
    assert!(took < Duration::from_secs(12), "503 after {took:?}");
    // A partition ends with its broken connections.
    proxy.fair();
    proxy.cut();
    eventually("webhooks are taken again", RECOVERED, async || {
        burst(&fleet.globex, 200, 1).await.0[0].0 == 200
    })
    .await;
    front.kill().await;
    fleet.remove().await;
}

/// Two connections and a slow database: a request that gets no connection gets an error, and none waits for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exhausted_pool_refuses_in_time() {
    let (proxy, through) = behind_proxy().await;
    let narrow = |config: &mut server::Config| {
        through(config);
        config.database_connections = 2;
    };
    let fleet = Fleet::make_with(Profile::Production, narrow, |_| {}).await;
    let front = fleet.serve("").await;
    proxy.weather(|weather| {
        (weather.there, weather.back) = (Duration::from_millis(250), Duration::from_millis(250))
    });
    let mut asked = JoinSet::new();
    for _ in 0..100 {
        let tenant = fleet.globex.clone();
        asked.spawn(async move { tenant.get("/conversations").await.status });
    }
    let (answers, took) = burst(&fleet.acme, 0, 60).await;
    only_honest(&answers);
    assert!(took < Duration::from_secs(12), "answered after {took:?}");
    let statuses = asked.join_all().await;
    assert!(
        statuses.iter().all(|status| [200, 503].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&503), "the pool was not exhausted");
    proxy.fair();
    eventually("all is quick again", RECOVERED, async || {
        let began = Instant::now();
        let status = fleet.globex.get("/conversations").await.status;
        status == 200 && began.elapsed() < Duration::from_secs(1)
    })
    .await;
    let worker = fleet.work("").await;
    fleet.settled(Duration::from_secs(60)).await;
    let found = messages_by_wamid(&fleet).await;
    for (status, wamid) in &answers {
        let times = found.get(wamid).copied().unwrap_or(0);
        assert!(
            times == 1 || (*status == 503 && times == 0),
            "{wamid}: {status}, {times} times"
        );
    }
    worker.kill().await;
    front.kill().await;
    fleet.remove().await;
}

/// Another client's transaction in the platform's database.
struct Stranger {
    connection: DatabaseConnection,
}

impl Stranger {
    async fn of(app: &TestApp) -> Self {
        let options = host::database::DatabaseOptions {
            url: app.config.database_url.expose_secret().to_owned(),
            max_connections: 3,
        };
        let connection = options.connect().await.unwrap();
        // So much work that the platform's transaction is the cheaper victim.
        connection
            .execute_unprepared("CREATE TABLE stranger (id BIGINT AUTO_INCREMENT PRIMARY KEY, word CHAR(40))")
            .await
            .unwrap();
        Self { connection }
    }

    async fn number(&self, sql: &str) -> i64 {
        let row = self
            .connection
            .query_one_raw(Statement::from_string(DbBackend::MySql, sql))
            .await;
        let row = row.unwrap().unwrap();
        row.try_get_by_index::<i64>(0)
            .or_else(|_| row.try_get_by_index::<u64>(0).map(u64::cast_signed))
            .unwrap()
    }

    async fn deadlocks(&self) -> i64 {
        let sql = "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'INNODB_DEADLOCKS'";
        self.number(sql).await
    }

    /// Whether another transaction in our database has waited for a while. (InnoDB does not update its list of waiting transactions
    /// while it is read often.)
    async fn somebody_waits(&self) -> bool {
        let sql = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() \
                   AND COMMAND IN ('Execute', 'Query') AND TIME_MS > 300";
        self.number(sql).await > 0
    }

    /// A statement for each conversation, the oldest first, that locks it and no other.
    async fn locks(&self) -> Vec<String> {
        let sql = "SELECT HEX(tenant_id), HEX(id) FROM messaging_conversations ORDER BY id";
        let rows = self
            .connection
            .query_all_raw(Statement::from_string(DbBackend::MySql, sql))
            .await
            .unwrap();
        let hex = |row: &sea_orm::QueryResult, column| row.try_get_by_index::<String>(column).unwrap();
        rows.iter()
            .map(|row| {
                let (tenant, id) = (hex(row, 0), hex(row, 1));
                format!("SELECT id FROM messaging_conversations WHERE tenant_id = X'{tenant}' AND id = X'{id}' FOR UPDATE")
            })
            .collect()
    }
}

/// Locked rows: wait, timeout (1205), retry; the other tenant is not affected.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_that_is_held_too_long_holds_up_nobody_else() {
    let app = TestApp::start(Profile::Production).await;
    let (body, _) = app.acme.text_webhook("447700900001", "First");
    app.acme.webhook(&body).await.expect(200);
    app.settled().await;
    let stranger = Stranger::of(&app).await;
    let held = stranger.connection.begin().await.unwrap();
    held.execute_unprepared("SELECT id FROM messaging_conversations FOR UPDATE")
        .await
        .unwrap();
    let (body, _) = app.acme.text_webhook("447700900001", "Second");
    app.acme.webhook(&body).await.expect(200);
    eventually(
        "the drainer waits for the row",
        Duration::from_secs(10),
        async || stranger.somebody_waits().await,
    )
    .await;
    let began = Instant::now();
    let (body, _) = app.globex.text_webhook("447700900002", "Beside");
    app.globex.webhook(&body).await.expect(200);
    app.until(&app.globex, "/messages", |page| {
        page["items"].as_array().unwrap().len() == 1
    })
    .await;
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "the other tenant waited {:?}",
        began.elapsed()
    );
    // Longer than one lock wait timeout.
    eventually(
        "the first wait was given up",
        Duration::from_secs(20),
        async || began.elapsed() > Duration::from_secs(6),
    )
    .await;
    held.rollback().await.unwrap();
    app.settled().await;
    let conversation = app.acme.get("/conversations").await.expect(200)["items"][0].clone();
    assert_eq!(conversation["unread"], 2, "{conversation}");
    assert_eq!(app.acme.all("/messages").await.len(), 2);
    assert_eq!(
        app.acme.all("/webhook-events").await.len(),
        0,
        "not kept as failed"
    );
    stranger.connection.close().await.unwrap();
    app.stop().await;
}

/// A deadlock: the database rolls back our transaction (1213), and it is retried.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_tried_again() {
    let app = TestApp::start(Profile::Production).await;
    let customers = ["447700900001", "447700900002"];
    for customer in customers {
        let (body, _) = app.acme.text_webhook(customer, "First");
        app.acme.webhook(&body).await.expect(200);
        app.settled().await;
    }
    let stranger = Stranger::of(&app).await;
    let before = stranger.deadlocks().await;
    let locks = stranger.locks().await;
    let held = stranger.connection.begin().await.unwrap();
    held.execute_unprepared(
        "INSERT INTO stranger (word) SELECT MD5(RAND()) FROM information_schema.COLUMNS LIMIT 2000",
    )
    .await
    .unwrap();
    held.execute_unprepared(&locks[1]).await.unwrap();
    let value = serde_json::json!({
        "contacts": customers.map(|from| serde_json::json!({ "wa_id": from })),
        "messages": customers.map(|from| serde_json::json!({
            "from": from, "id": format!("wamid.DEADLOCK{from}"), "timestamp": "1790000000", "type": "text", "text": { "body": "Second" },
        })),
    });
    app.acme.webhook(&app.acme.envelope(value)).await.expect(200);
    eventually(
        "the drainer waits for the row",
        Duration::from_secs(10),
        async || stranger.somebody_waits().await,
    )
    .await;
    // Ours holds the first and waits for the last; now the other one wants the first.
    held.execute_unprepared(&locks[0]).await.unwrap();
    held.rollback().await.unwrap();
    app.settled().await;
    assert!(stranger.deadlocks().await > before, "there was no deadlock");
    for conversation in app.acme.all("/conversations").await {
        assert_eq!(conversation["unread"], 2, "{conversation}");
    }
    assert_eq!(app.acme.all("/messages").await.len(), 4);
    assert_eq!(
        app.acme.all("/webhook-events").await.len(),
        0,
        "not kept as failed"
    );
    assert_eq!(app.globex.all("/messages").await.len(), 0);
    stranger.connection.close().await.unwrap();
    app.stop().await;
}

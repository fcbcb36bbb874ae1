//! Connections to Redis: kept, replaced, and never waited for without end.

use futures_util::future::join_all;
use testkit::{FaultProxy, RedisServer};

use super::*;

fn options(url: String, connections: usize) -> RedisOptions {
    RedisOptions {
        url,
        connections,
        wait: Duration::from_secs(5),
    }
}

/// Of the Redis that the test command starts; without one there is nothing to test.
fn pool(connections: usize) -> Option<Redis> {
    let url = std::env::var("WAPRO_TEST_REDIS_URL").ok()?;
    Some(Redis::new(&options(url, connections)).unwrap())
}

async fn id(held: &Held) -> RedisResult<i64> {
    cmd("CLIENT").arg("ID").query_async(&mut held.clone()).await
}

#[tokio::test]
async fn all_clones_use_one_connection_of_the_pool() {
    let Some(redis) = pool(2) else { return };
    let held = redis.held();
    assert_eq!(
        redis.pool.status().size,
        0,
        "nothing is connected before it is needed"
    );
    let ids = join_all((0..50).map(|_| id(&held))).await;
    let first = ids[0].as_ref().unwrap();
    assert!(ids.iter().all(|id| id.as_ref().unwrap() == first), "{ids:?}");
    assert_eq!(redis.pool.status().size, 1);
    drop(held);
    assert_eq!(redis.pool.status().available, 1, "it is back in the pool");
    assert_eq!(id(&redis.held()).await.unwrap(), *first);
}

#[tokio::test]
async fn a_broken_connection_is_replaced_and_leaves_the_pool() {
    let Some(redis) = pool(2) else { return };
    let held = redis.held();
    let first = id(&held).await.unwrap();
    let _: i64 = cmd("CLIENT")
        .arg(&["KILL", "ID", &first.to_string()])
        .query_async(&mut redis.held())
        .await
        .unwrap();
    let mut second = id(&held).await;
    if second.is_err() {
        // The one command that finds the connection gone.
        second = id(&held).await;
    }
    assert_ne!(second.unwrap(), first);
    redis.answers().await.unwrap();
    assert!(redis.pool.status().size <= 2);
}

#[tokio::test]
async fn more_connections_than_the_pool_has_are_an_error_and_not_a_hang() {
    let Some(url) = std::env::var("WAPRO_TEST_REDIS_URL").ok() else {
        return;
    };
    let redis = Redis::new(&RedisOptions {
        wait: Duration::from_millis(20),
        ..options(url, 1)
    })
    .unwrap();
    let held = redis.held();
    held.connect().await.unwrap();
    assert!(redis.answers().await.unwrap_err().is_timeout());
    drop(held);
    redis.answers().await.unwrap();
}

#[tokio::test]
async fn while_redis_is_away_commands_fail_and_nothing_is_kept() {
    // A port that was free just now.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let redis = Redis::new(&options(format!("redis://127.0.0.1:{port}"), 1)).unwrap();
    let held = redis.held();
    for _ in 0..3 {
        assert!(id(&held).await.unwrap_err().is_connection_refusal());
    }
    assert!(redis.answers().await.is_err());
    assert_eq!(redis.pool.status().size, 0);
}

/// A server that has become a replica answers, so the pool's check finds nothing wrong with its connections.
#[tokio::test]
async fn a_server_that_only_reads_is_left() {
    let server = RedisServer::start().await;
    let redis = Redis::new(&options(server.url(), 2)).unwrap();
    let held = redis.held();
    let set =
        async || -> RedisResult<()> { cmd("SET").arg(&["a", "1"]).query_async(&mut held.clone()).await };
    let set_two = async || -> RedisResult<()> {
        let mut both = deadpool_redis::redis::pipe();
        both.cmd("GET")
            .arg("a")
            .ignore()
            .cmd("SET")
            .arg(&["a", "1"])
            .ignore();
        both.query_async(&mut held.clone()).await
    };
    let role = async |arguments: [&str; 2]| {
        let mut other = redis.held();
        let done: RedisResult<()> = cmd("REPLICAOF").arg(&arguments).query_async(&mut other).await;
        done.unwrap();
    };
    for write in [0, 1] {
        set().await.unwrap();
        let first = id(&held).await.unwrap();
        role(["127.0.0.1", "1"]).await;
        let refused = if write == 0 { set().await } else { set_two().await };
        assert_eq!(refused.unwrap_err().code(), Some("READONLY"));
        role(["NO", "ONE"]).await;
        set().await.unwrap();
        assert_ne!(id(&held).await.unwrap(), first, "the connection was kept");
    }
    assert!(redis.pool.status().size <= 2);
}

/// Nobody waits any longer for a connection that then cannot be made. The next command does not get that error.
#[tokio::test]
async fn an_error_that_nobody_waited_for_is_not_kept() {
    let server = RedisServer::start().await;
    let proxy = FaultProxy::before(server.address()).await;
    let redis = Redis::new(&RedisOptions {
        wait: Duration::from_millis(500),
        ..options(format!("redis://{}", proxy.address), 1)
    })
    .unwrap();
    let held = redis.held();
    proxy.weather(|weather| weather.hole_back = true);
    let hurried = tokio::time::timeout(Duration::from_millis(5), held.connect()).await;
    assert!(hurried.is_err());
    while held.current().taking.is_some() {
        tokio::task::yield_now().await;
    }
    proxy.fair();
    held.connect().await.unwrap();
    id(&held).await.unwrap();
}

#[test]
fn addresses_are_checked_and_never_shown() {
    assert!(Redis::is_address("redis://:hunter2@127.0.0.1:6379/3"));
    for url in ["http://:hunter2@h", "://:hunter2@", "hunter2"] {
        assert!(!Redis::is_address(url), "{url}");
    }
    let options = options("redis://:hunter2@127.0.0.1:6379".to_owned(), 1);
    let shown = format!("{options:?} {:?}", Redis::new(&options).unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
}

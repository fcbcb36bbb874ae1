//! Hints between tasks and processes: "there are events", "there are jobs", "this tenant's log has grown".
//!
//! A hint may be lost, duplicated or late: everything that waits for one also polls. In process it is a
//! broadcast channel; in production the same hints also go over Redis pub/sub.

use std::{borrow::Cow, io, sync::Arc, time::Duration};

use deadpool_redis::redis::{self, RedisError, RedisResult};
use futures_util::StreamExt;
use kernel::{TenantId, tenant::Wake};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    live::Frame,
    redis::{Held, Redis},
};

/// Hints of one message at most.
const TOGETHER: usize = 64;
/// Bytes of frames sent with a hint; more are read from the log.
const FRAMES: usize = 32 << 10;
/// How often a bus publishes something, if only for itself: a subscription that hears nothing looks like a quiet one.
const BEAT: Duration = Duration::from_secs(5);
/// Beats missed in a row after which the subscription is replaced.
const MISSED: u32 = 3;

/// One hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// The outbox has rows.
    Events,
    /// The job table has due rows.
    Jobs,
    /// The tenant's live log has grown.
    Live(TenantId),
    /// A pump has work for the tenant.
    Arrivals(TenantId),
    /// Events of the tenant wait for their listeners.
    Logged(TenantId),
    /// Hints may have been missed: look everywhere.
    Missed,
}

/// A tenant's live log has grown, by this: a hint that saves its receivers a look. A receiver that has missed nothing between
/// `after` and these frames has all there is; the others read the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grown {
    /// Whose log.
    pub tenant: TenantId,
    /// The newest number before.
    pub after: i64,
    /// What came, in order.
    pub frames: Vec<Frame>,
}

/// What a bus sends to others.
enum Outgoing {
    Hint(Hint),
    Grown(Arc<Grown>),
}

/// Sends and receives hints. Cloning shares it.
#[derive(Clone)]
pub struct Bus {
    local: broadcast::Sender<Hint>,
    grown: broadcast::Sender<Arc<Grown>>,
    // Bounded: when Redis is slow, hints are dropped, not queued without end.
    remote: Option<mpsc::Sender<Outgoing>>,
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Bus({})",
            if self.remote.is_some() {
                "redis"
            } else {
                "in process"
            }
        )
    }
}

impl Bus {
    /// A bus within this process.
    pub fn local() -> Self {
        Self {
            local: broadcast::channel(1024).0,
            grown: broadcast::channel(256).0,
            remote: None,
        }
    }

    /// A bus over Redis. It never fails: while Redis is away, only this process hears the hints. A connection on which nothing
    /// arrives any more is replaced after 15 s.
    pub fn redis(redis: &Redis, prefix: &str, stop: CancellationToken) -> Self {
        Self::with_beat(redis, prefix, BEAT, stop)
    }

    fn with_beat(redis: &Redis, prefix: &str, beat: Duration, stop: CancellationToken) -> Self {
        let (remote, outgoing) = mpsc::channel(1024);
        let local = broadcast::channel(1024).0;
        let grown = broadcast::channel(256).0;
        let channel = Channel {
            name: format!("{prefix}:hints"),
            me: Uuid::new_v4(),
            beat,
        };
        tokio::spawn(send(redis.held(), channel.clone(), outgoing, stop.clone()));
        let heard = (local.clone(), grown.clone());
        tokio::spawn(hear(redis.clone(), channel, heard, stop));
        Self {
            local,
            grown,
            remote: Some(remote),
        }
    }

    /// Sends a hint.
    pub fn send(&self, hint: Hint) {
        let _ = self.local.send(hint);
        if let Some(remote) = &self.remote {
            let _ = remote.try_send(Outgoing::Hint(hint));
        }
    }

    /// Tells what a tenant's live log has grown by; only that it has, when that is much.
    pub fn tell(&self, grown: Grown) {
        let bytes: usize = grown.frames.iter().map(|frame| frame.text.len()).sum();
        if bytes > FRAMES {
            return self.send(Hint::Live(grown.tenant));
        }
        let grown = Arc::new(grown);
        let _ = self.grown.send(grown.clone());
        if let Some(remote) = &self.remote {
            let _ = remote.try_send(Outgoing::Grown(grown));
        }
    }

    /// Hears every hint from now on.
    pub fn listen(&self) -> Hints {
        Hints(self.local.subscribe())
    }

    /// Hears from now on what live logs have grown by.
    pub fn listen_live(&self) -> broadcast::Receiver<Arc<Grown>> {
        self.grown.subscribe()
    }

    /// As the kernel's transactions want it.
    pub fn wake(&self) -> Arc<dyn Wake> {
        Arc::new(self.clone())
    }
}

impl Wake for Bus {
    fn events(&self) {
        self.send(Hint::Events);
    }
    fn jobs(&self) {
        self.send(Hint::Jobs);
    }
    fn arrivals(&self, tenants: &[TenantId]) {
        for tenant in tenants {
            self.send(Hint::Arrivals(*tenant));
        }
    }
}

/// The receiving end.
#[derive(Debug)]
pub struct Hints(broadcast::Receiver<Hint>);

impl Hints {
    /// The next hint. A listener that was too slow gets [`Hint::Missed`].
    pub async fn next(&mut self) -> Hint {
        match self.0.recv().await {
            Ok(hint) => hint,
            Err(broadcast::error::RecvError::Lagged(_)) => Hint::Missed,
            // The sender lives as long as the application; when it goes, so does the listener's task.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// The hints that are here already.
    pub fn more(&mut self) -> impl Iterator<Item = Hint> {
        std::iter::from_fn(|| match self.0.try_recv() {
            Ok(hint) => Some(hint),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Hint::Missed),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => None,
        })
    }

    /// Waits for a hint that `wanted` accepts, but no longer than `timeout`: a hint may be lost.
    pub async fn wait(&mut self, wanted: impl Fn(Hint) -> bool, timeout: Duration) {
        let heard = async {
            loop {
                let hint = self.next().await;
                if hint == Hint::Missed || wanted(hint) {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(timeout, heard).await;
    }
}

/// What travels over Redis.
#[derive(Debug, Serialize, Deserialize)]
struct Said<'a> {
    /// The sending bus, which ignores its own messages: it has delivered them locally.
    by: Uuid,
    hints: Cow<'a, [Hint]>,
    #[serde(default)]
    grown: Vec<Cow<'a, Grown>>,
}

/// Where the processes of an installation meet.
#[derive(Clone)]
struct Channel {
    name: String,
    me: Uuid,
    beat: Duration,
}

/// Publishes hints, and without hints an empty message each beat. Hints that arrive during a publish are sent together, each once.
async fn send(
    mut redis: Held,
    channel: Channel,
    mut outgoing: mpsc::Receiver<Outgoing>,
    stop: CancellationToken,
) {
    let mut some = Vec::with_capacity(TOGETHER);
    loop {
        some.clear();
        tokio::select! {
            () = stop.cancelled() => return,
            received = outgoing.recv_many(&mut some, TOGETHER) => if received == 0 { return },
            () = tokio::time::sleep(channel.beat) => {}
        }
        let (mut hints, mut grown) = (Vec::new(), Vec::new());
        for one in &some {
            match one {
                Outgoing::Hint(hint) => hints.push(*hint),
                Outgoing::Grown(by) => grown.push(Cow::Borrowed(&**by)),
            }
        }
        hints.sort_unstable();
        hints.dedup();
        let said = Said {
            by: channel.me,
            hints: Cow::Owned(hints),
            grown,
        };
        let Ok(text) = serde_json::to_string(&said) else {
            continue;
        };
        let sent: RedisResult<()> = redis::cmd("PUBLISH")
            .arg(&channel.name)
            .arg(text)
            .query_async(&mut redis)
            .await;
        if let Err(error) = sent {
            tracing::debug!(%error, "a hint could not be published");
        }
    }
}

async fn hear(redis: Redis, channel: Channel, heard: Heard, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            result = subscribed(&redis, &channel, &heard) => if let Err(error) = result {
                tracing::warn!(%error, "the hint channel is down; looking by itself meanwhile");
            },
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
    }
}

/// Where hints are passed on to.
type Heard = (broadcast::Sender<Hint>, broadcast::Sender<Arc<Grown>>);

/// Passes hints on until the subscription ends, or is silent for too long: it hears this bus too.
async fn subscribed(redis: &Redis, channel: &Channel, (local, grown): &Heard) -> RedisResult<()> {
    let subscription = redis.subscribe(&channel.name).await?;
    // Whatever was said while nobody listened must be looked for.
    let _ = local.send(Hint::Missed);
    let mut messages = subscription.into_on_message();
    let silent = |elapsed: tokio::time::error::Elapsed| {
        RedisError::from(io::Error::new(io::ErrorKind::TimedOut, elapsed))
    };
    while let Some(message) = tokio::time::timeout(channel.beat * MISSED, messages.next())
        .await
        .map_err(silent)?
    {
        let payload: String = message.get_payload()?;
        let Ok(said) = serde_json::from_str::<Said<'_>>(&payload) else {
            // Another version's: it is looked for in a moment.
            continue;
        };
        if said.by != channel.me {
            for hint in said.hints.iter() {
                let _ = local.send(*hint);
            }
            for by in said.grown {
                let _ = grown.send(Arc::new(by.into_owned()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use testkit::{FaultProxy, RedisServer};

    use super::*;
    use crate::redis::RedisOptions;

    fn pool(url: String) -> Redis {
        Redis::new(&RedisOptions {
            url,
            connections: 4,
            wait: Duration::from_secs(1),
        })
        .unwrap()
    }

    /// Waits until `to` hears `hint`, which `from` sends again and again: one that is sent while nobody listens is lost.
    async fn arrives(from: &Bus, to: &mut Hints, hint: Hint) {
        let heard = async {
            loop {
                from.send(hint);
                let next = tokio::time::timeout(Duration::from_millis(20), to.next());
                if next.await == Ok(hint) {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), heard)
            .await
            .expect("the hint arrives");
    }

    /// The connection stays open and nothing arrives on it, as when the network between has forgotten it.
    #[tokio::test]
    async fn a_subscription_that_hears_nothing_is_replaced() {
        let server = RedisServer::start().await;
        let proxy = FaultProxy::before(server.address()).await;
        let stop = CancellationToken::new();
        let beat = Duration::from_millis(100);
        let far = Bus::with_beat(&pool(server.url()), "p", beat, stop.clone());
        let near = Bus::with_beat(
            &pool(format!("redis://{}", proxy.address)),
            "p",
            beat,
            stop.clone(),
        );
        let mut hints = near.listen();
        arrives(&far, &mut hints, Hint::Jobs).await;
        proxy.forget();
        arrives(&far, &mut hints, Hint::Events).await;
        stop.cancel();
    }
}

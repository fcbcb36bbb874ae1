//! The sockets of this process, by tenant.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt;
use kernel::{Result, SystemDb, TenantId, padded};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    interest::{Cut, Interest},
    log,
};
use crate::bus::{Bus, Grown, Hint};

/// Frames a socket may be behind before it is told to resync.
const QUEUE: usize = 64;
/// Events replayed to a client that reconnects; beyond this a resync is faster.
const REPLAY: u64 = 500;
/// Tenants whose logs are read at a time.
const LOOKS: usize = 4;
/// Poll interval of the hub, in case a hint was lost.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// One event, serialised once for every socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frame {
    /// Its sequence number in the tenant's log.
    pub seq: i64,
    /// The permission needed to receive it.
    pub permission: String,
    /// `{"type":"event",…}`.
    pub text: String,
}

impl Frame {
    /// `payload` is the event as JSON.
    pub fn new(seq: i64, permission: &str, name: &str, payload: &str) -> Self {
        Self {
            seq,
            permission: permission.to_owned(),
            text: format!(r#"{{"type":"event","seq":{seq},"name":"{name}","payload":{payload}}}"#),
        }
    }
}

/// The sending end of one socket.
#[derive(Debug)]
struct Socket {
    id: u64,
    permissions: BTreeSet<String>,
    interest: Interest,
    frames: mpsc::Sender<Arc<Frame>>,
    // Set when a frame was dropped: the socket's task then sends "resync" instead of going on with a hole.
    overflown: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Room {
    // The newest event handed to the sockets.
    seq: i64,
    sockets: Vec<Socket>,
}

/// The hub. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Hub {
    system: SystemDb,
    bus: Bus,
    rooms: Arc<Mutex<HashMap<TenantId, Room>>>,
    next_id: Arc<AtomicU64>,
    stop: CancellationToken,
    // Of the sockets.
    tasks: TaskTracker,
}

/// The receiving end of one socket. Dropping it unsubscribes.
#[derive(Debug)]
pub struct Seat {
    hub: Hub,
    tenant: TenantId,
    id: u64,
    /// Events, in order.
    pub frames: mpsc::Receiver<Arc<Frame>>,
    /// Whether events were dropped.
    pub overflown: Arc<AtomicBool>,
    /// Where the client starts.
    pub cursor: i64,
    /// What it missed since the cursor it came with.
    pub missed: Vec<Arc<Frame>>,
    /// Whether it missed more than is replayed.
    pub resync: bool,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = self.hub.rooms();
        if let Some(room) = rooms.get_mut(&self.tenant) {
            room.sockets.retain(|socket| socket.id != self.id);
            if room.sockets.is_empty() {
                rooms.remove(&self.tenant);
            }
        }
        metrics::gauge!("wapro_live_sockets").decrement(1.0);
    }
}

impl Hub {
    /// An empty hub.
    pub fn new(system: SystemDb, bus: Bus, stop: CancellationToken) -> Self {
        Self {
            system,
            bus,
            rooms: Arc::default(),
            next_id: Arc::default(),
            stop,
            tasks: TaskTracker::new(),
        }
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, Room>> {
        self.rooms
            .lock()
            .expect("no code panics while it holds this lock")
    }

    /// Resolves when the process stops: sockets close then instead of holding it up.
    pub(super) fn stopped(&self) -> impl Future<Output = ()> + use<> {
        self.stop.clone().cancelled_owned()
    }

    /// Where the sockets' tasks run.
    pub(super) fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Resolves when the process stops and every socket has sent its Close frame, a few seconds after that at most.
    pub(crate) async fn ended(&self) {
        self.stop.cancelled().await;
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Distributes events until told to stop.
    pub async fn run(self) {
        let this = &self;
        let stop = self.stop.clone();
        let (mut hints, mut grown) = (self.bus.listen(), self.bus.listen_live());
        let mut look = tokio::time::interval(LOOK_INTERVAL);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            let hint = tokio::select! {
                () = stop.cancelled() => return,
                by = grown.recv() => match by {
                    Ok(by) if self.continues(&by) => continue,
                    Ok(by) => Hint::Live(by.tenant),
                    Err(broadcast::error::RecvError::Lagged(_)) => Hint::Missed,
                    // The sender lives as long as the application.
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                hint = hints.next() => hint,
                _ = look.tick() => Hint::Missed,
            };
            // Handle all hints that arrived meanwhile: one read per tenant, and no tenant waits for another.
            let mut tenants = BTreeSet::new();
            for hint in std::iter::once(hint).chain(hints.more()) {
                match hint {
                    Hint::Live(tenant) => _ = tenants.insert(tenant),
                    Hint::Missed => match self.behind().await {
                        Ok(behind) => tenants.extend(behind),
                        Err(error) => tracing::warn!(%error, "live events may wait"),
                    },
                    Hint::Events | Hint::Jobs | Hint::Arrivals(_) | Hint::Logged(_) => {}
                }
            }
            futures_util::stream::iter(tenants)
                .for_each_concurrent(LOOKS, |tenant| async move {
                    if let Err(error) = this.advance(tenant).await {
                        tracing::warn!(%error, %tenant, "live events wait");
                    }
                })
                .await;
        }
    }

    /// Distributes new frames of a log; false if earlier ones are missing here.
    fn continues(&self, by: &Grown) -> bool {
        match self.rooms().get_mut(&by.tenant) {
            Some(room) if room.seq == by.after => {
                let frames: Vec<_> = by.frames.iter().cloned().map(Arc::new).collect();
                room.hand_out(&frames);
                true
            }
            Some(room) => by.frames.last().is_none_or(|newest| newest.seq <= room.seq),
            None => true,
        }
    }

    /// The tenants with sockets here whose logs have events that the sockets have not received.
    async fn behind(&self) -> Result<Vec<TenantId>> {
        let told: HashMap<TenantId, i64> = self
            .rooms()
            .iter()
            .map(|(tenant, room)| (*tenant, room.seq))
            .collect();
        let on = self
            .system
            .across_tenants("the live logs are read for the tenants that have sockets here");
        let tenants: Vec<TenantId> = told.keys().copied().collect();
        let mut behind = Vec::new();
        for some in tenants.chunks(500) {
            let newest = log::last_seqs(on, padded(some.iter().copied())).await?;
            behind.extend(
                newest
                    .into_iter()
                    .filter(|(tenant, seq)| told[tenant] < *seq)
                    .map(|(tenant, _)| tenant),
            );
        }
        Ok(behind)
    }

    /// Distributes the tenant's new events to its sockets.
    async fn advance(&self, tenant: TenantId) -> Result<()> {
        loop {
            let Some(seq) = self.rooms().get(&tenant).map(|room| room.seq) else {
                return Ok(());
            };
            let rows = log::after(&self.system, tenant, seq, REPLAY).await?;
            let count = rows.len() as u64;
            if rows.is_empty() {
                return Ok(());
            }
            let frames: Vec<Arc<Frame>> = rows.into_iter().map(frame).collect();
            if let Some(room) = self.rooms().get_mut(&tenant) {
                room.hand_out(&frames);
            }
            if count < REPLAY {
                return Ok(());
            }
        }
    }

    /// Subscribes a socket to the events that its permissions allow and `interest` leaves. With a `cursor`, later events are replayed; without, the client starts now.
    ///
    /// # Errors
    /// The database's.
    pub async fn join(
        &self,
        tenant: TenantId,
        permissions: BTreeSet<String>,
        interest: Interest,
        cursor: Option<i64>,
    ) -> Result<Seat> {
        let on = self
            .system
            .across_tenants("the live log is read for one tenant, named here");
        let newest = log::last_seq(on, tenant).await?;
        let oldest_kept = (self.system.clock().now() - log::KEPT).timestamp_micros();
        let (sender, frames) = mpsc::channel(QUEUE);
        let overflown = Arc::new(AtomicBool::new(false));
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        // Subscribe first, then replay: an event in between arrives twice and is dropped by its number, never lost.
        let handed_out = {
            let mut rooms = self.rooms();
            let room = rooms.entry(tenant).or_insert_with(|| Room {
                seq: newest,
                sockets: Vec::new(),
            });
            let socket = Socket {
                id,
                permissions: permissions.clone(),
                interest: interest.clone(),
                frames: sender,
                overflown: overflown.clone(),
            };
            room.sockets.push(socket);
            room.seq
        };
        metrics::gauge!("wapro_live_sockets").increment(1.0);
        let mut seat = Seat {
            hub: self.clone(),
            tenant,
            id,
            frames,
            overflown,
            cursor: handed_out,
            missed: vec![],
            resync: false,
        };
        let Some(cursor) = cursor else { return Ok(seat) };
        let missed = log::after(&self.system, tenant, cursor, REPLAY).await?;
        if cursor < oldest_kept || cursor > newest.max(handed_out) || missed.len() as u64 == REPLAY {
            seat.resync = true;
            return Ok(seat);
        }
        seat.cursor = missed.last().map_or(cursor, |row| row.seq);
        seat.missed = missed
            .into_iter()
            .map(frame)
            .filter(|frame| permissions.contains(&frame.permission))
            .filter_map(|frame| Cut::new(&frame).to(&interest))
            .collect();
        Ok(seat)
    }
}

impl Room {
    fn hand_out(&mut self, frames: &[Arc<Frame>]) {
        for frame in frames.iter().filter(|frame| frame.seq > self.seq) {
            let mut cut = Cut::new(frame);
            for socket in self
                .sockets
                .iter()
                .filter(|socket| socket.permissions.contains(&frame.permission))
            {
                let Some(frame) = cut.to(&socket.interest) else {
                    continue;
                };
                if socket.frames.try_send(frame).is_err() {
                    socket.overflown.store(true, Ordering::Release);
                }
            }
        }
        self.seq = frames.last().map_or(self.seq, |frame| frame.seq.max(self.seq));
    }
}

fn frame(row: log::Model) -> Arc<Frame> {
    Arc::new(Frame::new(row.seq, &row.permission, &row.name, &row.payload))
}

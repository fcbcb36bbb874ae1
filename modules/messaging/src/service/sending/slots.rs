//! Send slots: how many requests to WhatsApp one process has in flight. Where slots are scarce, the more urgent lane goes first.
//! Within a lane it is round robin over the tenants, and over the numbers of each tenant, so no campaign holds up another,
//! whatever its size and however many numbers it sends from. A tenant's first bulk messages go before the others ([`Firsts`]).

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use contracts::{channels::ChannelId, messaging::Lane};
use kernel::TenantId;
use tokio::{sync::oneshot, time::Instant};

use super::{
    firsts::Firsts,
    ring::{Queue, Ring},
    window::Window,
};

/// Slots that bulk messages may take at most; fewer while the window is smaller.
const BULK: usize = 1_600;
/// Slots on top for tenants' first bulk messages, whatever the size of the window.
const FIRSTS: usize = 128;
/// Slots on top that bulk messages never take, so that an agent's reply does not wait for one.
const RESERVED: usize = 400;

/// One number of one tenant.
pub(super) type Flow = (TenantId, ChannelId);

/// The queue of one rank: round robin over the tenants, and over the numbers of each.
type Waiting = Ring<TenantId, Ring<ChannelId, VecDeque<oneshot::Sender<Slot>>>>;

/// All slots of this process. Cloning shares them.
#[derive(Clone)]
pub(super) struct Slots(Arc<Mutex<State>>);

struct State {
    free: usize,
    // Taken in the bulk lane, and how many of them by first messages.
    bulk: usize,
    bulk_first: usize,
    window: Window,
    firsts: Firsts,
    // By rank.
    waiting: [Waiting; RANKS.len()],
}

/// How urgent a message is: its lane, and whether it is one of its tenant's first bulk messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    Interactive,
    Transactional,
    BulkFirst,
    Bulk,
}

/// The most urgent first.
const RANKS: [Rank; 4] = [
    Rank::Interactive,
    Rank::Transactional,
    Rank::BulkFirst,
    Rank::Bulk,
];

impl Rank {
    /// Whether it leaves over the bulk connections, from the bulk threads, as far as the window is open. A tenant's first bulk
    /// messages do not.
    pub(super) fn is_bulk(self) -> bool {
        self == Self::Bulk
    }

    fn in_bulk_lane(self) -> bool {
        matches!(self, Self::BulkFirst | Self::Bulk)
    }
}

impl State {
    fn is_free(&self, rank: Rank) -> bool {
        let allowed = match rank {
            Rank::Interactive | Rank::Transactional => true,
            Rank::BulkFirst => self.bulk_first < FIRSTS || self.bulk < self.window.size(),
            Rank::Bulk => self.bulk < self.window.size(),
        };
        allowed && self.free > 0
    }

    fn taken(&mut self, rank: Rank) {
        self.free -= 1;
        self.bulk += usize::from(rank.in_bulk_lane());
        self.bulk_first += usize::from(rank == Rank::BulkFirst);
    }

    fn given_back(&mut self, rank: Rank) {
        self.free += 1;
        self.bulk -= usize::from(rank.in_bulk_lane());
        self.bulk_first -= usize::from(rank == Rank::BulkFirst);
    }
}

/// A slot that is taken, until it is dropped.
pub(super) struct Slot {
    // None in one that nobody used.
    slots: Option<Slots>,
    rank: Rank,
    since: Instant,
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(slots) = self.slots.take() {
            {
                let mut state = slots.state();
                state.given_back(self.rank);
                // The window measures the bulk connections only.
                if self.rank.is_bulk() {
                    let now = Instant::now();
                    state.window.ended(now.saturating_duration_since(self.since), now);
                }
            }
            slots.serve();
        }
    }
}

impl Slots {
    pub(super) fn new() -> Self {
        Self::with(BULK, RESERVED)
    }

    fn with(bulk: usize, reserved: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: bulk + FIRSTS + reserved,
            bulk: 0,
            bulk_first: 0,
            window: Window::new(bulk, Instant::now()),
            firsts: Firsts::default(),
            waiting: Default::default(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no code panics while it holds this lock")
    }

    fn slot(&self, rank: Rank) -> Slot {
        Slot {
            slots: Some(self.clone()),
            rank,
            since: Instant::now(),
        }
    }

    /// How urgent the tenant's next message in this lane is. It counts the message, so call it once for each.
    pub(super) fn rank(&self, lane: Lane, tenant: TenantId) -> Rank {
        match lane {
            Lane::Interactive => Rank::Interactive,
            Lane::Transactional => Rank::Transactional,
            Lane::Bulk if self.state().firsts.has_one(tenant) => Rank::BulkFirst,
            Lane::Bulk => Rank::Bulk,
        }
    }

    /// Resolves when it is this flow's turn and a slot is free.
    pub(super) async fn take(&self, rank: Rank, flow: Flow) -> Slot {
        if let Some(slot) = self.take_now(rank) {
            return slot;
        }
        loop {
            let (granted, slot) = oneshot::channel();
            self.wait(rank, flow, granted);
            self.serve();
            if let Ok(slot) = slot.await {
                return slot;
            }
        }
    }

    fn wait(&self, rank: Rank, (tenant, channel): Flow, granted: oneshot::Sender<Slot>) {
        let mut state = self.state();
        state.waiting[rank as usize]
            .of(tenant)
            .of(channel)
            .push_back(granted);
        if rank.is_bulk() {
            state.window.limits();
        }
    }

    /// A slot without waiting, unless messages of the same or a more urgent rank wait.
    fn take_now(&self, rank: Rank) -> Option<Slot> {
        let mut state = self.state();
        if !state.is_free(rank) || !state.waiting[..=rank as usize].iter().all(Queue::is_empty) {
            return None;
        }
        state.taken(rank);
        Some(self.slot(rank))
    }

    /// Gives free slots to those whose turn it is.
    fn serve(&self) {
        while let Some((waiter, rank)) = self.next() {
            if let Err(mut unwanted) = waiter.send(self.slot(rank)) {
                // The waiter was dropped: the next round of this loop gives the slot away again.
                unwanted.slots = None;
                self.state().given_back(rank);
            }
        }
    }

    /// Takes a slot for the next in line.
    fn next(&self) -> Option<(oneshot::Sender<Slot>, Rank)> {
        let mut state = self.state();
        let next = RANKS.into_iter().find_map(|rank| {
            let waiter = state.is_free(rank).then(|| state.waiting[rank as usize].pop())?;
            Some((waiter?, rank))
        })?;
        state.taken(next.1);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Clock, TenantId};

    fn flow(clock: &Clock) -> Flow {
        (clock.new_id::<TenantId>(), clock.new_id::<ChannelId>())
    }

    #[tokio::test]
    async fn a_small_tenant_goes_between_a_large_one_with_many_numbers() {
        let clock = Clock::system();
        let slots = Slots::with(1, 0);
        let first = slots.take(Rank::Bulk, flow(&clock)).await;
        let (large, small) = (clock.new_id::<TenantId>(), flow(&clock));
        let mut waiting = Vec::new();
        for _ in 0..16 {
            let number = clock.new_id::<ChannelId>();
            for _ in 0..10 {
                let (granted, slot) = oneshot::channel();
                slots.wait(Rank::Bulk, (large, number), granted);
                waiting.push((slot, false));
            }
        }
        for _ in 0..5 {
            let (granted, slot) = oneshot::channel();
            slots.wait(Rank::Bulk, small, granted);
            waiting.push((slot, true));
        }
        drop(first);
        // Served one by one: each gives its slot back.
        let mut served = Vec::new();
        while let Some(n) = waiting
            .iter_mut()
            .position(|(slot, _)| slot.try_recv().map(drop).is_ok())
        {
            served.push(waiting.swap_remove(n).1);
        }
        assert_eq!(served.len(), 165);
        let last = served.iter().rposition(|small| *small).unwrap();
        assert!(last < 10, "the small tenant's five messages ended at {last}");
    }

    #[tokio::test]
    async fn first_messages_go_before_the_rest_of_a_large_campaign_and_beyond_its_window() {
        let clock = Clock::system();
        let slots = Slots::with(64, 100);
        let wait = |(tenant, number): Flow| {
            let (granted, slot) = oneshot::channel();
            let rank = slots.rank(Lane::Bulk, tenant);
            slots.wait(rank, (tenant, number), granted);
            slots.serve();
            (slot, rank)
        };
        let (large, other, small) = (flow(&clock), flow(&clock), flow(&clock));
        let mut under_way: Vec<Slot> = Vec::new();
        for first in std::iter::repeat_n(large, 100).chain(std::iter::repeat_n(other, FIRSTS - 100)) {
            let (mut slot, rank) = wait(first);
            assert_eq!(rank, Rank::BulkFirst);
            under_way.push(slot.try_recv().unwrap());
        }
        let mut later: Vec<_> = (0..100).map(|_| wait(large)).collect();
        assert!(later.iter().all(|(_, rank)| *rank == Rank::Bulk));
        let mut firsts: Vec<_> = (0..10).map(|_| wait(small)).collect();
        for (first, _) in &mut firsts {
            assert!(first.try_recv().is_err());
            drop(under_way.pop());
            under_way.push(first.try_recv().unwrap());
        }
        under_way.truncate(64);
        assert!(later.iter_mut().all(|(slot, _)| slot.try_recv().is_err()));
        drop(under_way.pop());
        let served = later.iter_mut().filter_map(|(slot, _)| slot.try_recv().ok());
        assert_eq!(served.collect::<Vec<Slot>>().len(), 1);
    }

    #[tokio::test]
    async fn first_messages_wait_neither_for_bulk_nor_for_a_window_that_has_just_closed() {
        let clock = Clock::system();
        let slots = Slots::with(500, 200);
        let (large, small) = (flow(&clock), flow(&clock));
        let now = |rank, who| {
            let slots = &slots;
            async move { futures_util::poll!(std::pin::pin!(slots.take(rank, who))) }
        };
        let mut bulk = Vec::new();
        for _ in 0..500 {
            bulk.push(now(Rank::Bulk, large).await);
        }
        assert!(bulk.iter().all(std::task::Poll::is_ready));
        assert!(now(Rank::Bulk, large).await.is_pending());
        // Bulk has all slots that it may have, and after that the window gets smaller.
        assert!(now(Rank::BulkFirst, small).await.is_ready());
        slots.state().window = Window::new(64, Instant::now());
        let mut firsts = Vec::new();
        for _ in 0..FIRSTS {
            firsts.push(now(Rank::BulkFirst, small).await);
        }
        assert!(firsts.iter().all(std::task::Poll::is_ready));
        // Their own slots are taken; there is another one when one of them has ended.
        assert!(now(Rank::BulkFirst, small).await.is_pending());
        firsts.pop();
        assert!(now(Rank::BulkFirst, small).await.is_ready());
    }

    #[tokio::test]
    async fn an_urgent_message_finds_a_slot_that_bulk_cannot_take() {
        let clock = Clock::system();
        let slots = Slots::with(2, 1);
        let campaign = flow(&clock);
        let _taken = (
            slots.take(Rank::Bulk, campaign).await,
            slots.take(Rank::Bulk, campaign).await,
        );
        let third = slots.take(Rank::Bulk, campaign);
        tokio::pin!(third);
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        let reply = slots.take(Rank::Interactive, flow(&clock)).await;
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        drop((reply, _taken));
        third.await;
    }
}

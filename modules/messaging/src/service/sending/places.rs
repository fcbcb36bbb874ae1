//! Places on the wire: how many requests one process has under way. When they are scarce, the more urgent lane goes first,
//! and within a lane every tenant has its turn, and every number of a tenant (deficit round robin whose quantum is one
//! message), so no campaign crowds out another, whatever its size and however many numbers it leaves from. A tenant's first
//! messages go before those who have had theirs ([`Firsts`]), and those step aside when somebody new comes ([`Aside`]).

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use contracts::{channels::ChannelId, messaging::Lane};
use kernel::TenantId;
use tokio::{sync::oneshot, time::Instant};

use super::{
    aside::Aside,
    firsts::Firsts,
    ring::{Queue, Ring},
    window::Window,
};

/// Requests of campaigns under way at most, as far as the window is open.
const CROWD: usize = 1_600;
/// More for campaigns' first messages, whatever the window says and however many others are under way: the window keeps a
/// crowd out, and they are none.
const FIRSTS: usize = 128;
/// More that campaigns never take: an agent's reply finds a free one at once.
const KEPT_FREE: usize = 400;

/// Who waits: one number of one tenant.
pub(super) type Flow = (TenantId, ChannelId);

/// Those who wait in one lane: tenants in turn, and each one's numbers in turn.
type Waiting = Ring<TenantId, Ring<ChannelId, VecDeque<oneshot::Sender<Place>>>>;

/// All places of this process. Cloning shares them.
#[derive(Clone)]
pub(super) struct Places(Arc<Mutex<State>>);

struct State {
    free: usize,
    // Taken by campaigns, and how many of them are for first messages.
    bulk: usize,
    bulk_first: usize,
    window: Window,
    firsts: Firsts,
    aside: Aside,
    // By rank.
    waiting: [Waiting; RANKS.len()],
}

/// How urgent a message is: its lane, and whether it is one of a campaign's first.
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
    /// What leaves with all others; the rest leaves past them.
    pub(super) fn is_crowd(self) -> bool {
        self == Self::Bulk
    }

    fn is_bulk(self) -> bool {
        matches!(self, Self::BulkFirst | Self::Bulk)
    }
}

impl State {
    fn is_free(&self, rank: Rank) -> bool {
        let lets_in = match rank {
            Rank::Interactive | Rank::Transactional => true,
            Rank::BulkFirst => self.bulk_first < FIRSTS || self.bulk < self.window.size(),
            Rank::Bulk => self.aside.until().is_none() && self.bulk < self.window.size(),
        };
        lets_in && self.free > 0
    }

    fn taken(&mut self, rank: Rank) {
        self.free -= 1;
        self.bulk += usize::from(rank.is_bulk());
        self.bulk_first += usize::from(rank == Rank::BulkFirst);
    }

    fn given_back(&mut self, rank: Rank) {
        self.free += 1;
        self.bulk -= usize::from(rank.is_bulk());
        self.bulk_first -= usize::from(rank == Rank::BulkFirst);
    }
}

/// A request under way; dropping it frees the place.
pub(super) struct Place {
    // None in one that was never used.
    places: Option<Places>,
    rank: Rank,
    since: Instant,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.places.take() {
            {
                let mut state = places.state();
                state.given_back(self.rank);
                // What goes past the crowd says nothing of how it fares.
                if self.rank.is_crowd() {
                    let now = Instant::now();
                    state.window.ended(now.saturating_duration_since(self.since), now);
                }
            }
            places.serve();
        }
    }
}

impl Places {
    pub(super) fn new() -> Self {
        Self::with(CROWD, KEPT_FREE)
    }

    fn with(crowd: usize, kept_free: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free: crowd + FIRSTS + kept_free,
            bulk: 0,
            bulk_first: 0,
            window: Window::new(crowd, Instant::now()),
            firsts: Firsts::default(),
            aside: Aside::default(),
            waiting: Default::default(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no code panics while it holds this lock")
    }

    fn place(&self, rank: Rank) -> Place {
        Place {
            places: Some(self.clone()),
            rank,
            since: Instant::now(),
        }
    }

    /// How urgent the tenant's next message in this lane is. It must be asked once for each.
    pub(super) fn rank(&self, lane: Lane, tenant: TenantId) -> Rank {
        match lane {
            Lane::Interactive => Rank::Interactive,
            Lane::Transactional => Rank::Transactional,
            Lane::Bulk if self.state().firsts.has_one(tenant) => Rank::BulkFirst,
            Lane::Bulk => Rank::Bulk,
        }
    }

    /// Somebody new is about to have work: for a moment the crowd takes no more places. Needs a running tokio runtime.
    pub(super) fn step_aside(&self) {
        let Some(until) = self.state().aside.step(Instant::now()) else {
            return;
        };
        metrics::counter!("wapro_crowd_stepped_aside_total").increment(1);
        let places = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep_until(until).await;
            places.state().aside.back();
            places.serve();
        });
    }

    /// Until when the crowd stands aside, if it does.
    pub(super) fn aside_until(&self) -> Option<Instant> {
        self.state().aside.until()
    }

    /// Resolves when it is this flow's turn and a place is free.
    pub(super) async fn take(&self, rank: Rank, flow: Flow) -> Place {
        if let Some(place) = self.take_now(rank) {
            return place;
        }
        loop {
            let (granted, place) = oneshot::channel();
            self.wait(rank, flow, granted);
            self.serve();
            if let Ok(place) = place.await {
                return place;
            }
        }
    }

    fn wait(&self, rank: Rank, (tenant, channel): Flow, granted: oneshot::Sender<Place>) {
        let mut state = self.state();
        state.waiting[rank as usize]
            .of(tenant)
            .of(channel)
            .push_back(granted);
        if rank.is_crowd() && state.aside.until().is_none() {
            state.window.binds();
        }
    }

    /// A place without waiting, when nobody waits who would have it first.
    fn take_now(&self, rank: Rank) -> Option<Place> {
        let mut state = self.state();
        if !state.is_free(rank) || !state.waiting[..=rank as usize].iter().all(Queue::is_empty) {
            return None;
        }
        state.taken(rank);
        Some(self.place(rank))
    }

    /// Gives free places to those whose turn it is.
    fn serve(&self) {
        while let Some((waiter, rank)) = self.next() {
            if let Err(mut unwanted) = waiter.send(self.place(rank)) {
                // The waiter went away: the place is free for the next one round this loop.
                unwanted.places = None;
                self.state().given_back(rank);
            }
        }
    }

    /// Who is next. Its place is taken.
    fn next(&self) -> Option<(oneshot::Sender<Place>, Rank)> {
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
        let places = Places::with(1, 0);
        let first = places.take(Rank::Bulk, flow(&clock)).await;
        let (large, small) = (clock.new_id::<TenantId>(), flow(&clock));
        let mut waiting = Vec::new();
        for _ in 0..16 {
            let number = clock.new_id::<ChannelId>();
            for _ in 0..10 {
                let (granted, place) = oneshot::channel();
                places.wait(Rank::Bulk, (large, number), granted);
                waiting.push((place, false));
            }
        }
        for _ in 0..5 {
            let (granted, place) = oneshot::channel();
            places.wait(Rank::Bulk, small, granted);
            waiting.push((place, true));
        }
        drop(first);
        // Served one by one: each that was served gives its place back.
        let mut served = Vec::new();
        while let Some(n) = waiting
            .iter_mut()
            .position(|(place, _)| place.try_recv().map(drop).is_ok())
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
        let places = Places::with(64, 100);
        let wait = |(tenant, number): Flow| {
            let (granted, place) = oneshot::channel();
            let rank = places.rank(Lane::Bulk, tenant);
            places.wait(rank, (tenant, number), granted);
            places.serve();
            (place, rank)
        };
        let (large, other, small) = (flow(&clock), flow(&clock), flow(&clock));
        let mut under_way: Vec<Place> = Vec::new();
        for first in std::iter::repeat_n(large, 100).chain(std::iter::repeat_n(other, FIRSTS - 100)) {
            let (mut place, rank) = wait(first);
            assert_eq!(rank, Rank::BulkFirst);
            under_way.push(place.try_recv().unwrap());
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
        assert!(later.iter_mut().all(|(place, _)| place.try_recv().is_err()));
        drop(under_way.pop());
        let served = later.iter_mut().filter_map(|(place, _)| place.try_recv().ok());
        assert_eq!(served.collect::<Vec<Place>>().len(), 1);
    }

    #[tokio::test]
    async fn first_messages_wait_neither_for_a_crowd_nor_for_a_window_that_has_just_closed() {
        let clock = Clock::system();
        let places = Places::with(500, 200);
        let (large, small) = (flow(&clock), flow(&clock));
        let now = |rank, who| {
            let places = &places;
            async move { futures_util::poll!(std::pin::pin!(places.take(rank, who))) }
        };
        let mut crowd = Vec::new();
        for _ in 0..500 {
            crowd.push(now(Rank::Bulk, large).await);
        }
        assert!(crowd.iter().all(std::task::Poll::is_ready));
        assert!(now(Rank::Bulk, large).await.is_pending());
        // The crowd has all that it may have; and then it may have less.
        assert!(now(Rank::BulkFirst, small).await.is_ready());
        places.state().window = Window::new(64, Instant::now());
        let mut firsts = Vec::new();
        for _ in 0..FIRSTS {
            firsts.push(now(Rank::BulkFirst, small).await);
        }
        assert!(firsts.iter().all(std::task::Poll::is_ready));
        // As many as may go past a crowd, and another when one of them has ended.
        assert!(now(Rank::BulkFirst, small).await.is_pending());
        firsts.pop();
        assert!(now(Rank::BulkFirst, small).await.is_ready());
    }

    #[tokio::test]
    async fn the_crowd_steps_aside_for_first_messages_and_comes_back_by_itself() {
        let clock = Clock::system();
        let places = Places::with(10, 10);
        let (large, small) = (flow(&clock), flow(&clock));
        places.step_aside();
        let mut crowd = std::pin::pin!(places.take(Rank::Bulk, large));
        assert!(futures_util::poll!(&mut crowd).is_pending());
        for urgent in [Rank::BulkFirst, Rank::Transactional, Rank::Interactive] {
            let place = std::pin::pin!(places.take(urgent, small));
            assert!(futures_util::poll!(place).is_ready(), "{urgent:?}");
        }
        crowd.await;
        assert_eq!(places.aside_until(), None);
    }

    #[tokio::test]
    async fn an_urgent_message_finds_a_place_that_campaigns_cannot_take() {
        let clock = Clock::system();
        let places = Places::with(2, 1);
        let campaign = flow(&clock);
        let _taken = (
            places.take(Rank::Bulk, campaign).await,
            places.take(Rank::Bulk, campaign).await,
        );
        let third = places.take(Rank::Bulk, campaign);
        tokio::pin!(third);
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        let reply = places.take(Rank::Interactive, flow(&clock)).await;
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        drop((reply, _taken));
        third.await;
    }
}

//! Places on the wire: how many requests one process has under way. When they are scarce, the more urgent lane goes first,
//! and within a lane every tenant has its turn, and every number of a tenant (deficit round robin whose quantum is one
//! message), so no campaign crowds out another, whatever its size and however many numbers it leaves from.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use contracts::messaging::{ChannelId, Lane};
use kernel::TenantId;
use tokio::{sync::oneshot, time::Instant};

use super::{
    ring::{Queue, Ring},
    window::Window,
};

/// Requests under way at most.
const PLACES: usize = 2_000;
/// Of those, never taken by campaigns: an agent's reply finds a free one at once.
const KEPT_FREE: usize = PLACES / 5;

/// Who waits: one number of one tenant.
pub(super) type Flow = (TenantId, ChannelId);

/// Those who wait in one lane: tenants in turn, and each one's numbers in turn.
type Waiting = Ring<TenantId, Ring<ChannelId, VecDeque<oneshot::Sender<Place>>>>;

/// All places of this process. Cloning shares them.
#[derive(Clone)]
pub(super) struct Places(Arc<Mutex<State>>);

struct State {
    free: usize,
    // Taken by campaigns.
    bulk: usize,
    window: Window,
    lanes: [Waiting; 3],
}

impl State {
    fn is_free(&self, bulk: bool) -> bool {
        self.free > 0 && !(bulk && self.bulk >= self.window.size())
    }

    fn taken(&mut self, bulk: bool) {
        self.free -= 1;
        self.bulk += usize::from(bulk);
    }

    fn given_back(&mut self, bulk: bool) {
        self.free += 1;
        self.bulk -= usize::from(bulk);
    }
}

/// A request under way; dropping it frees the place.
pub(super) struct Place {
    // None in one that was never used.
    places: Option<Places>,
    bulk: bool,
    since: Instant,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.places.take() {
            {
                let mut state = places.state();
                state.given_back(self.bulk);
                if self.bulk {
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
        Self::with(PLACES, KEPT_FREE)
    }

    fn with(free: usize, kept_free: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free,
            bulk: 0,
            window: Window::new(free - kept_free, Instant::now()),
            lanes: Default::default(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no code panics while it holds this lock")
    }

    fn place(&self, bulk: bool) -> Place {
        Place {
            places: Some(self.clone()),
            bulk,
            since: Instant::now(),
        }
    }

    /// Resolves when it is this flow's turn and a place is free.
    pub(super) async fn take(&self, lane: Lane, flow: Flow) -> Place {
        if let Some(place) = self.take_now(lane) {
            return place;
        }
        loop {
            let (granted, place) = oneshot::channel();
            self.wait(lane, flow, granted);
            self.serve();
            if let Ok(place) = place.await {
                return place;
            }
        }
    }

    fn wait(&self, lane: Lane, (tenant, channel): Flow, granted: oneshot::Sender<Place>) {
        let mut state = self.state();
        state.lanes[rank(lane)].of(tenant).of(channel).push_back(granted);
        if lane == Lane::Bulk {
            state.window.binds();
        }
    }

    /// A place without waiting, when nobody waits who would have it first.
    fn take_now(&self, lane: Lane) -> Option<Place> {
        let bulk = lane == Lane::Bulk;
        let mut state = self.state();
        if !state.is_free(bulk) || !state.lanes.iter().all(Queue::is_empty) {
            return None;
        }
        state.taken(bulk);
        Some(self.place(bulk))
    }

    /// Gives free places to those whose turn it is.
    fn serve(&self) {
        while let Some((waiter, bulk)) = self.next() {
            if let Err(mut unwanted) = waiter.send(self.place(bulk)) {
                // The waiter went away: the place is free for the next one round this loop.
                unwanted.places = None;
                self.state().given_back(bulk);
            }
        }
    }

    /// Who is next, and whether it is a campaign. Its place is taken.
    fn next(&self) -> Option<(oneshot::Sender<Place>, bool)> {
        let mut state = self.state();
        if !state.is_free(false) {
            return None;
        }
        let urgent = state.lanes[..2].iter_mut().find_map(Queue::pop);
        let next = match urgent {
            Some(waiter) => (waiter, false),
            None if state.is_free(true) => (state.lanes[2].pop()?, true),
            None => return None,
        };
        state.taken(next.1);
        Some(next)
    }
}

fn rank(lane: Lane) -> usize {
    match lane {
        Lane::Interactive => 0,
        Lane::Transactional => 1,
        Lane::Bulk => 2,
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
        let first = places.take(Lane::Bulk, flow(&clock)).await;
        let (large, small) = (clock.new_id::<TenantId>(), flow(&clock));
        let mut waiting = Vec::new();
        for _ in 0..16 {
            let number = clock.new_id::<ChannelId>();
            for _ in 0..10 {
                let (granted, place) = oneshot::channel();
                places.wait(Lane::Bulk, (large, number), granted);
                waiting.push((place, false));
            }
        }
        for _ in 0..5 {
            let (granted, place) = oneshot::channel();
            places.wait(Lane::Bulk, small, granted);
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
    async fn an_urgent_message_finds_a_place_that_campaigns_cannot_take() {
        let clock = Clock::system();
        let places = Places::with(3, 1);
        let campaign = flow(&clock);
        let _taken = (
            places.take(Lane::Bulk, campaign).await,
            places.take(Lane::Bulk, campaign).await,
        );
        let third = places.take(Lane::Bulk, campaign);
        tokio::pin!(third);
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        let reply = places.take(Lane::Interactive, flow(&clock)).await;
        assert!(futures_util::poll!(third.as_mut()).is_pending());
        drop((reply, _taken));
        third.await;
    }
}

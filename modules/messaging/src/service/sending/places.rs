//! Places on the wire: how many requests one process has under way. When they are scarce, the more urgent lane goes first,
//! and within a lane every number has its turn (deficit round robin whose quantum is one message), so no campaign crowds out
//! another, whatever its size.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use contracts::messaging::{ChannelId, Lane};
use kernel::TenantId;
use tokio::sync::oneshot;

/// Requests under way at most.
const PLACES: usize = 2_000;
/// Of those, never taken by campaigns: an agent's reply finds a free one at once.
const KEPT_FREE: usize = PLACES / 5;

/// Who waits: one number of one tenant.
pub(super) type Flow = (TenantId, ChannelId);

/// All places of this process. Cloning shares them.
#[derive(Clone)]
pub(super) struct Places(Arc<Mutex<State>>);

struct State {
    free: usize,
    kept_free: usize,
    lanes: [Ring; 3],
}

/// The flows of a lane that wait, in turn.
#[derive(Default)]
struct Ring {
    turns: VecDeque<Flow>,
    waiting: HashMap<Flow, VecDeque<oneshot::Sender<Place>>>,
}

impl Ring {
    fn push(&mut self, flow: Flow, waiter: oneshot::Sender<Place>) {
        let queue = self.waiting.entry(flow).or_default();
        if queue.is_empty() {
            self.turns.push_back(flow);
        }
        queue.push_back(waiter);
    }

    /// The next in turn; its flow goes to the end of the ring. The same cost with ten flows and with ten thousand.
    fn pop(&mut self) -> Option<oneshot::Sender<Place>> {
        let flow = self.turns.pop_front()?;
        let queue = self.waiting.get_mut(&flow)?;
        let waiter = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&flow);
        } else {
            self.turns.push_back(flow);
        }
        waiter
    }
}

/// A request under way; dropping it frees the place.
pub(super) struct Place(Option<Places>);

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.0.take() {
            places.state().free += 1;
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
            kept_free,
            lanes: Default::default(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no code panics while it holds this lock")
    }

    /// Resolves when it is this flow's turn and a place is free.
    pub(super) async fn take(&self, lane: Lane, flow: Flow) -> Place {
        if let Some(place) = self.take_now(lane) {
            return place;
        }
        loop {
            let (granted, place) = oneshot::channel();
            self.state().lanes[rank(lane)].push(flow, granted);
            self.serve();
            if let Ok(place) = place.await {
                return place;
            }
        }
    }

    /// A place without waiting, when nobody waits who would have it first.
    fn take_now(&self, lane: Lane) -> Option<Place> {
        let mut state = self.state();
        let kept_free = if lane == Lane::Bulk { state.kept_free } else { 0 };
        let nobody_waits = state.lanes.iter().all(|ring| ring.turns.is_empty());
        if !nobody_waits || state.free <= kept_free {
            return None;
        }
        state.free -= 1;
        Some(Place(Some(self.clone())))
    }

    /// Gives free places to those whose turn it is.
    fn serve(&self) {
        loop {
            let waiter = {
                let mut state = self.state();
                let State {
                    free,
                    kept_free,
                    lanes,
                } = &mut *state;
                let urgent = if *free > 0 {
                    let (urgent, _) = lanes.split_at_mut(2);
                    urgent.iter_mut().find_map(Ring::pop)
                } else {
                    None
                };
                let next = urgent.or_else(|| (*free > *kept_free).then(|| lanes[2].pop()).flatten());
                if next.is_some() {
                    *free -= 1;
                }
                next
            };
            let Some(waiter) = waiter else { return };
            if let Err(mut unwanted) = waiter.send(Place(Some(self.clone()))) {
                // The waiter went away: the place is free for the next one round this loop.
                unwanted.0 = None;
                self.state().free += 1;
            }
        }
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
    use kernel::{Clock, TenantId};
    use proptest::prelude::*;

    use super::*;

    fn flow(clock: &Clock) -> Flow {
        (clock.new_id::<TenantId>(), clock.new_id::<ChannelId>())
    }

    /// Lets every flow of `sizes` ask for that many places at once, serves them one by one, and tells in which order.
    async fn order(sizes: &[usize]) -> Vec<usize> {
        let clock = Clock::system();
        let places = Places::with(1, 0);
        let first = places.take(Lane::Bulk, flow(&clock)).await;
        let (told, mut served) = tokio::sync::mpsc::unbounded_channel();
        for (n, size) in sizes.iter().enumerate() {
            let flow = flow(&clock);
            for _ in 0..*size {
                let (granted, place) = oneshot::channel();
                places.state().lanes[2].push(flow, granted);
                let told = told.clone();
                tokio::spawn(async move {
                    let place = place.await;
                    told.send(n).unwrap();
                    drop(place);
                });
            }
        }
        drop((told, first));
        let mut order = Vec::new();
        while let Some(n) = served.recv().await {
            order.push(n);
        }
        order
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// However much the others have, a flow with n messages is served within n rounds of all flows.
        #[test]
        fn every_flow_has_its_turn(sizes in prop::collection::vec(1_usize..30, 1..8)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let served = runtime.block_on(order(&sizes));
            prop_assert_eq!(served.len(), sizes.iter().sum::<usize>());
            for (n, size) in sizes.iter().enumerate() {
                let last = served.iter().rposition(|served| *served == n).unwrap();
                prop_assert!(last < size * sizes.len(), "{n} of {sizes:?} ended at {last} in {served:?}");
            }
        }
    }
}

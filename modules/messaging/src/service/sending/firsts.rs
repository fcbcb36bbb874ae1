//! A tenant's first bulk messages go before those of tenants that have been sending for a while. A campaign to a hundred people
//! takes next to nothing from one to a million and is done at once; by turns it would wait for half of what leaves meanwhile.
//! (Fair queueing calls these "new flows"; a limit over time keeps a tenant from being new for ever.)

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock, Reference},
    middleware::NoOpMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use kernel::TenantId;

/// How many of a tenant's messages are first ones after a pause, and how many more become so each second.
const FIRST: NonZeroU32 = NonZeroU32::new(100).expect("a hundred is not zero");
/// Tenants that have their full allowance again are dropped this often, if there are more than this many.
const DROPPED: (Duration, usize) = (Duration::from_secs(1), 1_000);

/// How many of its first messages each tenant has had. Bounded: a thousand tenants, or those that have sent within two seconds.
pub(super) struct Firsts<C: Clock = DefaultClock> {
    had: RateLimiter<TenantId, DefaultKeyedStateStore<TenantId>, C, NoOpMiddleware<C::Instant>>,
    dropped_at: C::Instant,
}

impl Default for Firsts {
    fn default() -> Self {
        Self::by(DefaultClock::default())
    }
}

impl<C: Clock> Firsts<C> {
    fn by(clock: C) -> Self {
        Self {
            dropped_at: clock.now(),
            had: RateLimiter::new(Quota::per_second(FIRST), DefaultKeyedStateStore::default(), clock),
        }
    }

    /// Whether the tenant's next message is one of its first; if so, it is counted.
    pub(super) fn has_one(&mut self, tenant: TenantId) -> bool {
        let now = self.had.clock().now();
        let (every, more_than) = DROPPED;
        if self.had.len() > more_than && now.duration_since(self.dropped_at) >= every.into() {
            self.had.retain_recent();
            self.dropped_at = now;
        }
        self.had.check_key(&tenant).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    #[test]
    fn a_hundred_are_first_and_after_a_while_again() {
        let (ids, clock) = (kernel::Clock::system(), FakeRelativeClock::default());
        let (one, other) = (ids.new_id::<TenantId>(), ids.new_id::<TenantId>());
        let mut firsts = Firsts::by(clock.clone());
        let mut count = |tenant| (0..1_000).filter(|_| firsts.has_one(tenant)).count();
        assert_eq!(count(one), 100);
        assert_eq!(count(one), 0);
        assert_eq!(count(other), 100);
        clock.advance(Duration::from_millis(105));
        assert_eq!(count(one), 10);
        clock.advance(Duration::from_secs(60));
        assert_eq!(count(one), 100);
    }

    #[test]
    fn tenants_that_are_new_again_are_dropped() {
        let (ids, clock) = (kernel::Clock::system(), FakeRelativeClock::default());
        let mut firsts = Firsts::by(clock.clone());
        let busy = ids.new_id::<TenantId>();
        for _ in 0..5_000 {
            assert!(firsts.has_one(ids.new_id()));
        }
        clock.advance(Duration::from_secs(1));
        assert_eq!((0..1_000).filter(|_| firsts.has_one(busy)).count(), 100);
        assert_eq!(firsts.had.len(), 1);
        // Not again within a second, and what a tenant has had is kept.
        for _ in 0..5_000 {
            assert!(firsts.has_one(ids.new_id()));
        }
        assert_eq!(firsts.had.len(), 5_001);
        clock.advance(Duration::from_millis(999));
        firsts.has_one(ids.new_id());
        assert_eq!(firsts.had.len(), 5_002);
        clock.advance(Duration::from_millis(1));
        assert_eq!((0..1_000).filter(|_| firsts.has_one(busy)).count(), 100);
        assert_eq!(firsts.had.len(), 2);
    }
}

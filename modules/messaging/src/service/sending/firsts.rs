//! A tenant's first messages go before what others have been sending for long. Somebody who writes to a hundred people now and
//! then takes next to nothing from a tenant with a million, and is done at once; in turns he would wait for half of what leaves
//! meanwhile (the "new flows" of a fair queue for networks, with a limit over time so that nobody stays new).

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock, Reference},
    middleware::NoOpMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use kernel::TenantId;

/// Messages that count as a tenant's first ones after a while without any, and how many more do each second.
const FIRST: NonZeroU32 = NonZeroU32::new(100).expect("a hundred is not zero");
/// Tenants who have not sent for as long as it takes to be new again are forgotten so often, and not for fewer tenants.
const FORGOTTEN: (Duration, usize) = (Duration::from_secs(1), 1_000);

/// How much of its first messages each tenant has had. It remembers a thousand tenants, or as many as have sent within two seconds.
pub(super) struct Firsts<C: Clock = DefaultClock> {
    had: RateLimiter<TenantId, DefaultKeyedStateStore<TenantId>, C, NoOpMiddleware<C::Instant>>,
    forgotten_at: C::Instant,
}

impl Default for Firsts {
    fn default() -> Self {
        Self::by(DefaultClock::default())
    }
}

impl<C: Clock> Firsts<C> {
    fn by(clock: C) -> Self {
        Self {
            forgotten_at: clock.now(),
            had: RateLimiter::new(Quota::per_second(FIRST), DefaultKeyedStateStore::default(), clock),
        }
    }

    /// Whether the tenant's next message is one of its first. It counts as had then.
    pub(super) fn has_one(&mut self, tenant: TenantId) -> bool {
        let now = self.had.clock().now();
        let (after, more_than) = FORGOTTEN;
        if self.had.len() > more_than && now.duration_since(self.forgotten_at) >= after.into() {
            self.had.retain_recent();
            self.forgotten_at = now;
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
    fn tenants_who_are_new_again_are_forgotten() {
        let (ids, clock) = (kernel::Clock::system(), FakeRelativeClock::default());
        let mut firsts = Firsts::by(clock.clone());
        let busy = ids.new_id::<TenantId>();
        for _ in 0..5_000 {
            assert!(firsts.has_one(ids.new_id()));
        }
        clock.advance(Duration::from_secs(1));
        assert_eq!((0..1_000).filter(|_| firsts.has_one(busy)).count(), 100);
        assert_eq!(firsts.had.len(), 1);
        // Not looked through again before its time, and what a tenant has had is kept.
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

//! A tenant's first messages go before what others have been sending for long. Somebody who writes to a hundred people now and
//! then takes next to nothing from a tenant with a million, and is done at once; in turns he would wait for half of what leaves
//! meanwhile (the "new flows" of a fair queue for networks, with a limit over time so that nobody stays new).

use std::collections::HashMap;

use kernel::TenantId;
use tokio::time::Instant;

/// Messages that count as a tenant's first ones, after a while without any.
const FIRST: f64 = 100.0;
/// So many a second are forgotten of those it had.
const FORGOTTEN: f64 = 100.0;
/// Tenants kept in mind at most; one that is not has its turn with the others.
const TENANTS: usize = 10_000;

/// How much of its first messages each tenant has had.
#[derive(Debug, Default)]
pub(super) struct Firsts(HashMap<TenantId, Had>);

#[derive(Debug)]
struct Had {
    messages: f64,
    at: Instant,
}

impl Had {
    fn by(&self, now: Instant) -> f64 {
        let forgotten = now.saturating_duration_since(self.at).as_secs_f64() * FORGOTTEN;
        (self.messages - forgotten).max(0.0)
    }
}

impl Firsts {
    /// Whether the tenant's next message is one of its first. It counts as had then.
    pub(super) fn has_one(&mut self, tenant: TenantId, now: Instant) -> bool {
        if self.0.len() >= TENANTS && !self.0.contains_key(&tenant) {
            self.0.retain(|_, had| had.by(now) > 0.0);
            if self.0.len() >= TENANTS {
                return false;
            }
        }
        let had = self.0.entry(tenant).or_insert(Had {
            messages: 0.0,
            at: now,
        });
        let messages = had.by(now) + 1.0;
        if messages > FIRST {
            return false;
        }
        *had = Had { messages, at: now };
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kernel::Clock;

    use super::*;

    #[test]
    fn a_hundred_are_first_and_after_a_while_again() {
        let (clock, now) = (Clock::system(), Instant::now());
        let (one, other) = (clock.new_id::<TenantId>(), clock.new_id::<TenantId>());
        let mut firsts = Firsts::default();
        let count =
            |firsts: &mut Firsts, tenant, now| (0..1_000).filter(|_| firsts.has_one(tenant, now)).count();
        assert_eq!(count(&mut firsts, one, now), 100);
        assert_eq!(count(&mut firsts, one, now), 0);
        assert_eq!(count(&mut firsts, other, now), 100);
        assert_eq!(count(&mut firsts, one, now + Duration::from_millis(105)), 10);
        assert_eq!(count(&mut firsts, one, now + Duration::from_secs(60)), 100);
    }

    #[test]
    fn no_more_tenants_are_kept_in_mind_than_may_be() {
        let (clock, now) = (Clock::system(), Instant::now());
        let mut firsts = Firsts::default();
        for _ in 0..TENANTS {
            assert!(firsts.has_one(clock.new_id(), now));
        }
        assert!(!firsts.has_one(clock.new_id(), now));
        assert_eq!(firsts.0.len(), TENANTS);
        // What they had is forgotten by then.
        assert!(firsts.has_one(clock.new_id(), now + Duration::from_secs(1)));
        assert_eq!(firsts.0.len(), 1);
    }
}

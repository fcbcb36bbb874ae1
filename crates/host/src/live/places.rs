//! How many live connections one caller, one tenant and this process may hold.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard},
};

use kernel::{Error, Result, TenantId};

/// `Retry-After` for a caller or tenant with too many connections, in seconds.
const RETRY_AFTER: u64 = 60;

/// Limits of live connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveLimits {
    /// Of one person or API key, in this process.
    pub per_caller: usize,
    /// In this process.
    pub total: usize,
}

impl LiveLimits {
    /// Of one tenant, in this process: a quarter of all, and never less than one caller may have.
    fn per_tenant(&self) -> usize {
        (self.total / 4).max(self.per_caller)
    }
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            per_caller: 20,
            total: 2_000,
        }
    }
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    of_tenant: HashMap<TenantId, usize>,
    of_caller: HashMap<String, usize>,
}

/// The connection slots of this process. Cloning shares them.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    limits: LiveLimits,
    taken: Arc<Mutex<Taken>>,
}

/// One slot; dropping it frees it.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    tenant: TenantId,
    caller: String,
}

impl Places {
    pub(crate) fn new(limits: LiveLimits) -> Self {
        Self {
            limits,
            taken: Arc::default(),
        }
    }

    /// A slot for one more connection of `caller` in `tenant`.
    ///
    /// # Errors
    /// 429 `too_many_live_connections` when the caller or the tenant is at its limit, 503 `live_connections_full` when the process
    /// is.
    pub(crate) fn take(&self, tenant: TenantId, caller: String) -> Result<Place> {
        let mut taken = self.taken();
        let own = taken.of_caller.get(&caller).copied().unwrap_or_default();
        if own >= self.limits.per_caller {
            let detail = format!(
                "One person or API key may have {} live connections at a time. Close one first, or share one among your programs.",
                self.limits.per_caller
            );
            return Err(Error::too_many(detail, RETRY_AFTER).with_code("too_many_live_connections"));
        }
        let of_tenant = taken.of_tenant.get(&tenant).copied().unwrap_or_default();
        if of_tenant >= self.limits.per_tenant() {
            let detail = format!(
                "One tenant may have {} live connections at a time. Close one first, or share one among your programs.",
                self.limits.per_tenant()
            );
            return Err(Error::too_many(detail, RETRY_AFTER).with_code("too_many_live_connections"));
        }
        if taken.total >= self.limits.total {
            let detail = "The server has reached its limit of live connections. Try again in a moment.";
            return Err(Error::unavailable(detail).with_code("live_connections_full"));
        }
        taken.total += 1;
        taken.of_tenant.insert(tenant, of_tenant + 1);
        taken.of_caller.insert(caller.clone(), own + 1);
        drop(taken);
        Ok(Place {
            places: self.clone(),
            tenant,
            caller,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken
            .lock()
            .expect("no code panics while it holds this lock")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.total -= 1;
        give_back(&mut taken.of_tenant, &self.tenant);
        give_back(&mut taken.of_caller, &self.caller);
    }
}

/// Decrements a count and removes it at 0, so that the map only has open connections.
fn give_back<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::id::Id;
    use uuid::Uuid;

    use super::*;

    fn tenant(number: u128) -> TenantId {
        TenantId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_caller_and_the_process_have_limits_of_their_own_and_places_come_back() {
        let places = Places::new(LiveLimits {
            per_caller: 2,
            total: 3,
        });
        let refused = |number: u128, caller: &str| {
            let error = places.take(tenant(number), caller.to_owned()).unwrap_err();
            (error.status().as_u16(), error.code())
        };
        let first = places.take(tenant(1), "ada".to_owned()).unwrap();
        let _second = places.take(tenant(1), "ada".to_owned()).unwrap();
        assert_eq!(refused(1, "ada"), (429, "too_many_live_connections"));
        let third = places.take(tenant(2), "bob".to_owned()).unwrap();
        assert_eq!(refused(3, "eve"), (503, "live_connections_full"));
        drop(first);
        assert_eq!(places.taken().of_caller["ada"], 1);
        let _fourth = places.take(tenant(3), "eve".to_owned()).unwrap();
        drop(third);
        assert!(!places.taken().of_caller.contains_key("bob"));
        assert_eq!(places.taken().total, 2);
    }

    #[test]
    fn a_tenant_has_a_quarter_of_the_places_however_many_its_callers() {
        let places = Places::new(LiveLimits {
            per_caller: 2,
            total: 12,
        });
        let held: Vec<_> = (0..3)
            .map(|number| places.take(tenant(1), format!("key {number}")).unwrap())
            .collect();
        let error = places.take(tenant(1), "key 3".to_owned()).unwrap_err();
        assert_eq!(
            (error.status().as_u16(), error.code()),
            (429, "too_many_live_connections")
        );
        let _other = places.take(tenant(2), "key 4".to_owned()).unwrap();
        drop(held);
        assert!(!places.taken().of_tenant.contains_key(&tenant(1)));
        places.take(tenant(1), "key 3".to_owned()).unwrap();
    }
}

//! How many live connections one caller and this process may hold.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use kernel::{Error, Result};

/// When the next attempt of a caller with too many connections makes sense, in seconds.
const RETRY_AFTER: u64 = 60;

/// The most live connections at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveLimits {
    /// Of one person or API key, in this process.
    pub per_caller: usize,
    /// In this process.
    pub total: usize,
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
    of_caller: HashMap<String, usize>,
}

/// The places of this process. Cloning shares them.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    limits: LiveLimits,
    taken: Arc<Mutex<Taken>>,
}

/// One place; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    caller: String,
}

impl Places {
    pub(crate) fn new(limits: LiveLimits) -> Self {
        Self {
            limits,
            taken: Arc::default(),
        }
    }

    /// A place for one more connection of `caller`.
    ///
    /// # Errors
    /// 429 `too_many_live_connections` when the caller has all of theirs, 503 `live_connections_full` when the process has.
    pub(crate) fn take(&self, caller: String) -> Result<Place> {
        let mut taken = self.taken();
        let own = taken.of_caller.get(&caller).copied().unwrap_or_default();
        if own >= self.limits.per_caller {
            let detail = format!(
                "One person or API key may have {} live connections at a time. Close one first, or share one among your programs.",
                self.limits.per_caller
            );
            return Err(Error::too_many(detail, RETRY_AFTER).with_code("too_many_live_connections"));
        }
        if taken.total >= self.limits.total {
            let detail = "The server has reached its limit of live connections. Try again in a moment.";
            return Err(Error::unavailable(detail).with_code("live_connections_full"));
        }
        taken.total += 1;
        taken.of_caller.insert(caller.clone(), own + 1);
        drop(taken);
        Ok(Place {
            places: self.clone(),
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
        // A caller without connections is forgotten: the map stays as small as what is open.
        if let Some(own) = taken.of_caller.get_mut(&self.caller) {
            *own -= 1;
            if *own == 0 {
                taken.of_caller.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_and_the_process_have_limits_of_their_own_and_places_come_back() {
        let places = Places::new(LiveLimits {
            per_caller: 2,
            total: 3,
        });
        let refused = |caller: &str| {
            let error = places.take(caller.to_owned()).unwrap_err();
            (error.status().as_u16(), error.code())
        };
        let first = places.take("ada".to_owned()).unwrap();
        let _second = places.take("ada".to_owned()).unwrap();
        assert_eq!(refused("ada"), (429, "too_many_live_connections"));
        let third = places.take("bob".to_owned()).unwrap();
        assert_eq!(refused("eve"), (503, "live_connections_full"));
        drop(first);
        assert_eq!(places.taken().of_caller["ada"], 1);
        let _fourth = places.take("eve".to_owned()).unwrap();
        drop(third);
        assert!(!places.taken().of_caller.contains_key("bob"));
        assert_eq!(places.taken().total, 2);
    }
}

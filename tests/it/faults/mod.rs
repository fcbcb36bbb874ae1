//! Deliberate faults, checked against the simulator's ledger. `tests/README.md` says which test covers which fault.

mod database;
mod graph;
mod inbox;
mod kill;
mod ordering;
mod redis;
mod restart;
mod zombies;

use std::collections::BTreeMap;

use testkit::Fleet;

/// Digits of a new customer.
fn customer(number: usize) -> String {
    format!("4477{number:08}")
}

/// The first seed: `FAULT_SEED`, or 0.
fn first_seed() -> u64 {
    let wanted = std::env::var("FAULT_SEED").ok();
    wanted.map_or(0, |text| text.parse().expect("FAULT_SEED is a number"))
}

/// How many seeds a test runs with: a few in `make test`, `FAULT_SEEDS=200` for the long run.
fn seeds(usual: u64) -> u64 {
    let wanted = std::env::var("FAULT_SEEDS").ok();
    wanted.map_or(usual, |text| text.parse().expect("FAULT_SEEDS is a number"))
}

/// A small random number generator whose only state is its seed, so that a run can be repeated.
struct Dice(u64);

impl Dice {
    /// A number below `limit` (xorshift).
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        self.0 ^= self.0 >> 29;
        (self.0 >> 8) % limit.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            let other = usize::try_from(self.below(place as u64 + 1)).unwrap();
            items.swap(place, other);
        }
    }
}

/// Checks that nothing is sent twice, nothing is lost, and every state agrees with the ledger. Returns the states.
async fn judged(fleet: &Fleet, queued: usize, story: &str) -> BTreeMap<String, usize> {
    let taken = fleet.taken();
    let states = fleet.states().await;
    assert_eq!(states.len(), queued, "{story}: every message is there");
    let mut census = BTreeMap::new();
    for (id, state) in &states {
        *census.entry(state.clone()).or_default() += 1;
        let sends = taken.get(id).copied().unwrap_or(0);
        let right = match state.as_str() {
            "accepted" | "sent" | "delivered" | "read" => sends == 1,
            // In doubt and visible: if WhatsApp had accepted it, a status would have settled it.
            "unknown" => sends == 0,
            "failed" => sends <= 1,
            _ => false,
        };
        assert!(
            right,
            "{story}: {id} is {state} and WhatsApp has taken it {sends} times"
        );
    }
    let strangers: Vec<&String> = taken.keys().filter(|id| !states.contains_key(*id)).collect();
    assert!(
        strangers.is_empty(),
        "{story}: WhatsApp has taken what we do not know: {strangers:?}"
    );
    census
}

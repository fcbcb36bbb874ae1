//! Round robin: every waiting key is served once a round, however much it has queued. A turn costs the same with ten waiting keys and
//! with ten thousand.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// What waits in some order.
pub(super) trait Queue: Default {
    type Item;

    /// The next.
    fn pop(&mut self) -> Option<Self::Item>;

    /// Whether nobody waits.
    fn is_empty(&self) -> bool;
}

impl<T> Queue for VecDeque<T> {
    type Item = T;

    fn pop(&mut self) -> Option<T> {
        self.pop_front()
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// Queues that take turns. As it is a queue itself, turns of turns are a ring of rings.
pub(super) struct Ring<K, Q> {
    turns: VecDeque<K>,
    waiting: HashMap<K, Q>,
}

impl<K, Q> Default for Ring<K, Q> {
    fn default() -> Self {
        Self {
            turns: VecDeque::new(),
            waiting: HashMap::new(),
        }
    }
}

impl<K: Copy + Eq + Hash, Q: Queue> Ring<K, Q> {
    /// The queue of `key`, to put something into it. A new key gets its first turn after all that wait already.
    pub(super) fn of(&mut self, key: K) -> &mut Q {
        self.waiting.entry(key).or_insert_with(|| {
            self.turns.push_back(key);
            Q::default()
        })
    }
}

impl<K: Copy + Eq + Hash, Q: Queue> Queue for Ring<K, Q> {
    type Item = Q::Item;

    fn pop(&mut self) -> Option<Q::Item> {
        let key = self.turns.pop_front()?;
        let queue = self.waiting.get_mut(&key)?;
        let next = queue.pop();
        if queue.is_empty() {
            self.waiting.remove(&key);
        } else {
            self.turns.push_back(key);
        }
        next
    }

    fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However much the others have queued, n items are served within n rounds; the same holds for the numbers of a tenant.
        #[test]
        fn everybody_has_a_turn_each_round(
            wanted in prop::collection::vec(prop::collection::vec(1_usize..20, 1..5), 1..6),
        ) {
            let mut ring: Ring<usize, Ring<usize, VecDeque<(usize, usize)>>> = Ring::default();
            for (tenant, numbers) in wanted.iter().enumerate() {
                for (number, count) in numbers.iter().enumerate() {
                    for _ in 0..*count {
                        ring.of(tenant).of(number).push_back((tenant, number));
                    }
                }
            }
            let served: Vec<_> = std::iter::from_fn(|| ring.pop()).collect();
            prop_assert!(ring.is_empty());
            prop_assert_eq!(served.len(), wanted.iter().flatten().sum::<usize>());
            for (tenant, numbers) in wanted.iter().enumerate() {
                let all: usize = numbers.iter().sum();
                let last = served.iter().rposition(|(of, _)| *of == tenant).unwrap();
                prop_assert!(last < all * wanted.len(), "tenant {tenant} of {wanted:?} ended at {last}");
                let mine: Vec<usize> = served.iter().filter(|(of, _)| *of == tenant).map(|(_, n)| *n).collect();
                for (number, count) in numbers.iter().enumerate() {
                    let last = mine.iter().rposition(|of| *of == number).unwrap();
                    prop_assert!(last < count * numbers.len(), "number {number} of {numbers:?} ended at {last}");
                }
            }
        }
    }
}

//! What the sends of a run tell it: how many are not on the wire yet, how many are under way, what became of them. The run
//! sleeps while nothing of it asks for the database.

use std::{
    mem,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use tokio::sync::Notify;

use super::{outcome::Outcome, verdict::Consequence};

/// Counters of one run.
#[derive(Default)]
pub(super) struct Tally {
    ashore: AtomicUsize,
    under_way: AtomicUsize,
    gone: AtomicUsize,
    // The run is woken when so few are ashore, and when so many outcomes have gathered.
    low: AtomicUsize,
    many: AtomicUsize,
    told: Mutex<Vec<(Outcome, Consequence)>>,
    /// Told when there is something for the run to do.
    pub(super) news: Notify,
}

impl Tally {
    /// Messages that an intent covers and that are not on the wire yet.
    pub(super) fn ashore(&self) -> usize {
        self.ashore.load(SeqCst)
    }

    /// Messages that an intent covers and whose outcome is not told yet.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.load(SeqCst)
    }

    /// Messages that have gone so far.
    pub(super) fn gone(&self) -> usize {
        self.gone.load(SeqCst)
    }

    /// What was told since the last time.
    pub(super) fn take(&self) -> Vec<(Outcome, Consequence)> {
        mem::take(&mut *self.told())
    }

    /// Wakes the run from now on when so few are ashore, or so many outcomes have gathered.
    pub(super) fn wake_at(&self, low: Option<usize>, many: usize) {
        self.low.store(low.map_or(0, |low| low + 1), SeqCst);
        self.many.store(many, SeqCst);
        // What happened before these were set has woken nobody.
        if low.is_some_and(|low| self.ashore() <= low) || !self.told().is_empty() {
            self.news.notify_one();
        }
    }

    /// So many more are covered by an intent.
    pub(super) fn begin(&self, messages: usize) {
        self.ashore.fetch_add(messages, SeqCst);
        self.under_way.fetch_add(messages, SeqCst);
    }

    fn told(&self) -> MutexGuard<'_, Vec<(Outcome, Consequence)>> {
        self.told.lock().expect("no code panics while it holds this lock")
    }

    fn tell(&self, outcome: Outcome, consequence: Consequence) {
        let matters = consequence != Consequence::None;
        let gathered = {
            let mut told = self.told();
            told.push((outcome, consequence));
            told.len()
        };
        // The first one starts the run's delay.
        if matters || gathered == 1 || gathered >= self.many.load(SeqCst) {
            self.news.notify_one();
        }
    }
}

/// One message on its way. However its send ends, it is counted.
pub(super) struct Step<'a> {
    tally: &'a Tally,
    went: bool,
}

impl<'a> Step<'a> {
    /// Of a message that [`Tally::begin`] has counted.
    pub(super) fn new(tally: &'a Tally) -> Self {
        Self { tally, went: false }
    }

    /// It goes onto the wire.
    pub(super) fn goes(&mut self) {
        if mem::replace(&mut self.went, true) {
            return;
        }
        self.tally.gone.fetch_add(1, SeqCst);
        let left = self.tally.ashore.fetch_sub(1, SeqCst) - 1;
        if left < self.tally.low.load(SeqCst) {
            self.tally.news.notify_one();
        }
    }

    /// This became of it.
    pub(super) fn ended(self, outcome: Outcome, consequence: Consequence) {
        self.tally.tell(outcome, consequence);
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        self.goes();
        if self.tally.under_way.fetch_sub(1, SeqCst) == 1 {
            self.tally.news.notify_one();
        }
    }
}

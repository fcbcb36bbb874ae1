//! How far a run is: how many messages are not sent yet, how many are in flight, which outcomes are to be written. Sends update
//! it; the run sleeps until one of these numbers makes a database step due.

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
pub(super) struct Progress {
    unsent: AtomicUsize,
    in_flight: AtomicUsize,
    sent: AtomicUsize,
    // The run is woken when fewer than this are unsent, and when this many outcomes are there.
    low: AtomicUsize,
    many: AtomicUsize,
    outcomes: Mutex<Vec<(Outcome, Consequence)>>,
    /// Notified when there is something for the run to do.
    pub(super) changed: Notify,
}

impl Progress {
    /// Messages that an intent covers and whose request has not begun.
    pub(super) fn unsent(&self) -> usize {
        self.unsent.load(SeqCst)
    }

    /// Messages that an intent covers and that have no outcome yet.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(SeqCst)
    }

    /// Messages whose request has begun, since the start of the run.
    pub(super) fn sent(&self) -> usize {
        self.sent.load(SeqCst)
    }

    /// The outcomes since the last call.
    pub(super) fn take(&self) -> Vec<(Outcome, Consequence)> {
        mem::take(&mut *self.outcomes())
    }

    /// From now on wakes the run when `low` messages or fewer are unsent, or `many` outcomes are there.
    pub(super) fn wake_at(&self, low: Option<usize>, many: usize) {
        self.low.store(low.map_or(0, |low| low + 1), SeqCst);
        self.many.store(many, SeqCst);
        // What happened before these were set has not woken it.
        if low.is_some_and(|low| self.unsent() <= low) || !self.outcomes().is_empty() {
            self.changed.notify_one();
        }
    }

    /// An intent covers this many more messages.
    pub(super) fn begin(&self, messages: usize) {
        self.unsent.fetch_add(messages, SeqCst);
        self.in_flight.fetch_add(messages, SeqCst);
    }

    fn outcomes(&self) -> MutexGuard<'_, Vec<(Outcome, Consequence)>> {
        self.outcomes
            .lock()
            .expect("no code panics while it holds this lock")
    }

    fn push(&self, outcome: Outcome, consequence: Consequence) {
        let urgent = consequence != Consequence::None;
        let count = {
            let mut outcomes = self.outcomes();
            outcomes.push((outcome, consequence));
            outcomes.len()
        };
        // The first one starts the delay after which the run writes.
        if urgent || count == 1 || count >= self.many.load(SeqCst) {
            self.changed.notify_one();
        }
    }
}

/// One message in flight. However its send ends, it is counted.
pub(super) struct InFlight<'a> {
    progress: &'a Progress,
    is_sent: bool,
}

impl<'a> InFlight<'a> {
    /// Of a message that [`Progress::begin`] has counted.
    pub(super) fn new(progress: &'a Progress) -> Self {
        let is_sent = false;
        Self { progress, is_sent }
    }

    /// Its request begins.
    pub(super) fn sent(&mut self) {
        if mem::replace(&mut self.is_sent, true) {
            return;
        }
        self.progress.sent.fetch_add(1, SeqCst);
        let left = self.progress.unsent.fetch_sub(1, SeqCst) - 1;
        if left < self.progress.low.load(SeqCst) {
            self.progress.changed.notify_one();
        }
    }

    /// It has an outcome.
    pub(super) fn ended(self, outcome: Outcome, consequence: Consequence) {
        self.progress.push(outcome, consequence);
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.sent();
        if self.progress.in_flight.fetch_sub(1, SeqCst) == 1 {
            self.progress.changed.notify_one();
        }
    }
}

//! Scheduled events, ordered by virtual time and then by when they were scheduled.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::life::Life;

/// At most this many events wait; further ones are dropped and counted by the caller.
pub const MAX_EVENTS: usize = 2_000_000;

/// A scheduled event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A message reaches its next state.
    Status {
        /// The message.
        wamid: String,
        /// sent, delivered, read, played, failed.
        status: String,
        /// Code and details of a failure.
        error: Option<(i64, Option<String>)>,
    },
    /// An update goes to the webhooks (a duplicate or one that was held back).
    Post(Box<Update>),
    /// A failed delivery is tried again.
    Retry {
        /// Number in the log.
        delivery: u64,
        /// For the destination's queue.
        destination: String,
    },
    /// A person writes.
    Inbound(Value),
    /// The review of a template ends.
    Review {
        /// Its id.
        template: String,
    },
    /// Something else that happens by itself.
    Life(Life),
}

/// One `messages[]` or `statuses[]` element, or a whole value of another field, on its way to a webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Webhook field.
    pub field: String,
    /// Its account.
    pub waba_id: String,
    /// Its number; absent for account fields.
    pub phone_id: Option<String>,
    /// `messages` or `statuses`; absent when `item` is the whole value.
    pub list: Option<String>,
    /// The element or value.
    pub item: Value,
    /// The person, for `contacts[]`.
    pub contact: Option<Value>,
    /// The message it is about; updates of one message keep their order.
    pub wamid: Option<String>,
    /// Status, for the ledger.
    pub status: Option<String>,
    /// Virtual Unix ms.
    pub at: i64,
}

/// The queue of events.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(i64, u64, Event)>", into = "Vec<(i64, u64, Event)>")]
pub struct Agenda {
    events: BTreeMap<(i64, u64), Event>,
    next: u64,
}

impl Agenda {
    /// Schedules an event; false when the agenda is full.
    pub fn add(&mut self, due: i64, event: Event) -> bool {
        if self.events.len() >= MAX_EVENTS {
            return false;
        }
        self.events.insert((due, self.next), event);
        self.next += 1;
        true
    }

    /// Takes the next event that is due.
    pub fn pop(&mut self, now: i64) -> Option<Event> {
        let (&key, _) = self.events.first_key_value()?;
        if key.0 > now {
            return None;
        }
        self.events.remove(&key)
    }

    /// When the next event is due.
    pub fn next_due(&self) -> Option<i64> {
        self.events.first_key_value().map(|(key, _)| key.0)
    }

    /// Drops a template's review: it has been decided.
    pub fn drop_review(&mut self, id: &str) {
        self.events
            .retain(|_, event| !matches!(event, Event::Review { template } if template == id));
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.events.len()
    }
}

impl From<Vec<(i64, u64, Event)>> for Agenda {
    fn from(rows: Vec<(i64, u64, Event)>) -> Self {
        let next = rows.iter().map(|(_, seq, _)| seq + 1).max().unwrap_or(0);
        Self {
            events: rows
                .into_iter()
                .map(|(due, seq, event)| ((due, seq), event))
                .collect(),
            next,
        }
    }
}

impl From<Agenda> for Vec<(i64, u64, Event)> {
    fn from(agenda: Agenda) -> Self {
        agenda
            .events
            .into_iter()
            .map(|((due, seq), event)| (due, seq, event))
            .collect()
    }
}

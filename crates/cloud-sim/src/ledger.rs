//! The record of everything that the simulator accepted and delivered. Tests trust it instead of the tables of the
//! platform under test.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

/// One accepted send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Place in the ledger, from 1.
    pub seq: u64,
    /// Id that was returned.
    pub wamid: String,
    /// Phone number id it was sent from.
    pub phone_id: String,
    /// `to` or `recipient` as it was sent.
    pub recipient: String,
    /// `biz_opaque_callback_data`.
    pub callback_data: Option<String>,
    /// Wire type.
    pub kind: String,
    /// Virtual Unix ms.
    pub at: i64,
    /// Hex SHA-256 of the request body.
    pub body_digest: String,
}

/// One status, message or account update whose delivery has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Place in the ledger, from 1.
    pub seq: u64,
    /// Number in the delivery log.
    pub delivery: u64,
    /// Callback address.
    pub destination: String,
    /// `message`, `status`, or the webhook field.
    pub kind: String,
    /// The message it is about.
    pub wamid: Option<String>,
    /// sent, delivered, read, …
    pub status: Option<String>,
    /// Last HTTP status; absent when there was no answer.
    pub http_status: Option<u16>,
    /// Tries it took.
    pub attempts: u32,
    /// False: given up.
    pub ok: bool,
    /// Virtual Unix ms.
    pub at: i64,
}

/// Sends of one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OfNumber {
    /// Taken.
    pub accepted: u64,
    /// Answered 130429.
    pub throttled: u64,
    /// When the last was taken, in virtual Unix ms.
    pub last_at: Option<i64>,
}

/// Counts without a row for each send, so that a load of millions can be checked too (`GET /_sim/load`).
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// By phone number id.
    pub numbers: BTreeMap<String, OfNumber>,
    /// Duplicate sends: same recipient and callback data. Those without callback data are not distinguished.
    pub doubled: u64,
    /// Digests of recipient and callback data.
    seen: HashSet<u64>,
    /// Sends that were not compared, because the memory for them is full.
    pub unjudged: u64,
}

impl Tally {
    /// Sends that can be remembered.
    const MAX_SEEN: usize = 8_000_000;
    /// Numbers that are counted separately.
    const MAX_NUMBERS: usize = 100_000;

    fn number(&mut self, phone_id: &str) -> &mut OfNumber {
        if self.numbers.len() >= Self::MAX_NUMBERS && !self.numbers.contains_key(phone_id) {
            self.numbers.pop_first();
        }
        self.numbers.entry(phone_id.to_owned()).or_default()
    }

    /// Counts a send beyond its number's rate.
    pub fn throttled(&mut self, phone_id: &str) {
        self.number(phone_id).throttled += 1;
    }

    fn accepted(&mut self, row: &Accepted) {
        let number = self.number(&row.phone_id);
        number.accepted += 1;
        number.last_at = Some(row.at);
        let Some(data) = &row.callback_data else {
            return;
        };
        let mut hasher = DefaultHasher::new();
        (&row.phone_id, &row.recipient, data).hash(&mut hasher);
        if self.seen.len() >= Self::MAX_SEEN {
            self.unjudged += 1;
        } else if !self.seen.insert(hasher.finish()) {
            self.doubled += 1;
        }
    }

    /// How many sends are remembered.
    pub fn judged(&self) -> usize {
        self.seen.len()
    }
}

/// Two bounded rings, and totals over everything.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ledger {
    #[serde(skip)]
    accepted: VecDeque<Accepted>,
    #[serde(skip)]
    delivered: VecDeque<Delivered>,
    #[serde(skip)]
    capacity: usize,
    #[serde(skip)]
    next: u64,
    /// Counts without rows.
    #[serde(skip)]
    pub tally: Tally,
    /// All accepted sends, also those that left the ring.
    pub accepted_total: u64,
    /// All ended deliveries with an answer of 2xx.
    pub delivered_total: u64,
    /// All deliveries that were given up.
    pub given_up_total: u64,
    /// Refused calls by error code.
    pub refused_by_code: BTreeMap<i64, u64>,
    /// Failed messages by error code.
    pub failed_by_code: BTreeMap<i64, u64>,
    /// Statuses that were produced, by name.
    pub statuses: BTreeMap<String, u64>,
}

impl Ledger {
    /// An empty ledger whose rings hold `capacity` rows each.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            ..Self::default()
        }
    }

    pub(crate) fn accept(&mut self, mut row: Accepted) {
        self.tally.accepted(&row);
        self.accepted_total += 1;
        self.next += 1;
        row.seq = self.next;
        if self.accepted.len() >= self.capacity {
            self.accepted.pop_front();
        }
        self.accepted.push_back(row);
    }

    pub(crate) fn deliver(&mut self, mut row: Delivered) {
        if row.ok {
            self.delivered_total += 1;
        } else {
            self.given_up_total += 1;
        }
        self.next += 1;
        row.seq = self.next;
        if self.delivered.len() >= self.capacity {
            self.delivered.pop_front();
        }
        self.delivered.push_back(row);
    }

    pub(crate) fn refuse(&mut self, code: i64) {
        *self.refused_by_code.entry(code).or_default() += 1;
    }

    pub(crate) fn status(&mut self, status: &str, code: Option<i64>) {
        match self.statuses.get_mut(status) {
            Some(count) => *count += 1,
            None => drop(self.statuses.insert(status.to_owned(), 1)),
        }
        if let Some(code) = code {
            *self.failed_by_code.entry(code).or_default() += 1;
        }
    }

    /// Accepted sends, oldest first.
    pub fn accepted(&self) -> impl DoubleEndedIterator<Item = &Accepted> {
        self.accepted.iter()
    }

    /// Ended deliveries, oldest first.
    pub fn delivered(&self) -> impl DoubleEndedIterator<Item = &Delivered> {
        self.delivered.iter()
    }
}

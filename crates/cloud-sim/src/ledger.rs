//! What the simulator swears to: everything it accepted and everything it delivered. Tests trust this instead of
//! the tables of the platform under test.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

/// One accepted send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Place in the ledger, from 1.
    pub seq: u64,
    /// Id that was answered.
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

/// Two bounded rings and totals that are not bounded by them.
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
        *self.statuses.entry(status.to_owned()).or_default() += 1;
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

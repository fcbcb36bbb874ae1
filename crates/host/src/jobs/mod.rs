//! Background work. The `host_jobs` table is the source of truth; apalis carries pointers to its rows.
//!
//! A feeder leases due rows, round robin over the shares of all tenants, and hands out tickets (row id and fencing token). A
//! carrier brings the tickets to workers: in process on the embedded profile, through Redis in production. A runner turns a
//! ticket into one run of a handler. A lost, duplicate or late ticket is harmless: the lease expires and the row is fed again,
//! and only the newest fencing token may run or write.

mod asking;
pub mod carrier;
pub mod feeder;
pub mod runner;
mod turns;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A pointer to a job row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ticket {
    /// The row.
    pub job: Uuid,
    /// The fencing token it was leased with.
    pub fence: i64,
}

/// A queue and how many of its jobs one process runs at a time.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// As in [`kernel::Job::QUEUE`].
    pub name: &'static str,
    /// Jobs at a time.
    pub concurrency: usize,
    /// Of those, of one share ([`kernel::Job::share`]).
    pub per_share: usize,
}

const fn queue(name: &'static str, concurrency: usize, per_share: usize) -> Queue {
    Queue {
        name,
        concurrency,
        per_share,
    }
}

/// All queues. Work that a person waits for is never queued behind bulk work.
pub const QUEUES: &[Queue] = &[
    queue("interactive", 64, 32),
    queue("default", 64, 32),
    // File transfers take minutes and must not delay other jobs.
    queue("files", 8, 4),
    // These jobs mostly wait for a number's rate. Two per number: the next is ready when one ends.
    queue("bulk", 256, 2),
];

//! The listmonk shape, tuned: a client that keeps `concurrency` requests in flight and stores nothing. Nothing that
//! sends over the same HTTP client is faster, so it is a bound of sending too.

use std::sync::Arc;

use super::{Traffic, Workers};

/// Starts it.
pub fn start(traffic: &Arc<Traffic>, concurrency: usize) -> Workers {
    let mut workers = Workers::default();
    for _ in 0..concurrency {
        let traffic = traffic.clone();
        workers.spawn(|stop| async move {
            while !stop.asked() {
                // A refusal (130429, above all) is no message; the ledger counts what was taken.
                let _ = traffic.send(None).await;
            }
            Ok(())
        });
    }
    workers
}

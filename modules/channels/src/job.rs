//! Background work of this module.

use kernel::Job;
use serde::{Deserialize, Serialize};

use crate::entity::channel::Kind;

/// Stops a number that has become another tenant's. Written by that tenant's connection test.
#[derive(Debug, Serialize, Deserialize)]
pub struct LoseNumber {
    /// Which.
    pub phone_number_id: String,
    /// Where it lives.
    pub kind: Kind,
}

impl Job for LoseNumber {
    // From when numbers were messaging's: a process of the last version must know it while an installation is updated.
    const NAME: &'static str = "messaging.lose_number";
    const QUEUE: &'static str = "interactive";
    // The owner before must hear of it.
    const MAX_ATTEMPTS: u32 = u32::MAX;
}

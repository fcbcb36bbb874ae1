//! Counters of messages. Whatever changes the state of messages publishes how the numbers changed, and one listener per tenant adds
//! that up. So no two transactions wait for the row of a counter, and each change counts once.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::settings::TenantSettings;
use kernel::{Event, Listener, Result, TenantTx};
use serde::{Deserialize, Serialize};

use crate::service::figures::{self, Figures};

/// The number of messages in some state moved.
#[derive(Debug, Serialize, Deserialize)]
pub struct FiguresMoved {
    items: Vec<Moved>,
}

/// One move, of all messages of a batch.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Moved {
    /// When.
    pub at: DateTime<Utc>,
    /// By how many.
    pub by: Figures,
}

impl Event for FiguresMoved {
    const NAME: &'static str = "messaging_figures_moved";
    kernel::event_items!(Moved);
}

/// Adds up what moved.
pub struct Adding {
    /// Where a tenant's days begin.
    pub settings: Arc<dyn TenantSettings>,
}

#[async_trait::async_trait]
impl Listener<FiguresMoved> for Adding {
    async fn handle(&self, tx: &mut TenantTx, events: &[FiguresMoved]) -> Result<()> {
        let moves = events.iter().flat_map(Event::items).copied();
        figures::add(tx, &*self.settings, moves).await
    }
}

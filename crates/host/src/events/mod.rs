//! Events for listeners, in order: a log, a cursor for each listener of each tenant, and what could not be applied.
//!
//! The relay moves events from the outbox into the log ([`log`]) and numbers them. It holds the row with the newest number until
//! its transaction ends, so numbers become visible in their order: a listener that has read up to one has missed none below. A
//! [`turn`] of a listener locks its cursor, applies the events after it and moves the cursor in the same transaction. Events that
//! keep failing are [`parked`] by key. [`Listening`] schedules turns.

use chrono::TimeDelta;
use kernel::{Result, SystemDb, listener::Registered};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

mod listening;
pub mod log;
pub mod parked;
mod turn;

pub use listening::Listening;
pub use turn::turn;

/// Why code here looks across tenants.
pub(crate) const WHY: &str = "the log of events is one for all tenants, its rows name theirs";

/// How long events are kept for a listener that waits, and parked ones that nobody retries.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How long the cursor of an unknown listener is kept: a newer release may know it.
const CURSOR_KEPT: TimeDelta = TimeDelta::days(7);
/// Keys that one tidying removes at most.
const TIDIED: u64 = 500;

/// Removes cursors of listeners that are gone, and events that are too old, in the log and parked. Lost events are logged.
pub(crate) async fn tidy(system: &SystemDb, listeners: &[Registered]) -> Result<()> {
    let now = system.clock().now();
    let known = || listeners.iter().map(|listener| listener.name.as_str());
    let tx = system.begin_across_tenants(WHY).await?;
    log::cursor::Entity::delete_many()
        .filter(log::cursor::Column::Listener.is_not_in(known()))
        .filter(log::cursor::Column::UpdatedAt.lt(now - CURSOR_KEPT))
        .exec(tx.connection())
        .await?;
    let old = log::event::Entity::delete_many().filter(log::event::Column::CreatedAt.lt(now - KEPT));
    let unheard = old.exec(tx.connection()).await?.rows_affected;
    tx.commit().await?;
    if unheard > 0 {
        tracing::error!(
            unheard,
            "events were removed that a listener had not handled for 30 days"
        );
    }
    parked::remove_old(system, known(), now - KEPT, TIDIED).await
}

//! `/api/v1/live`: one WebSocket per browser with the tenant's events, resumable by cursor.
//!
//! The tenant's log in the database is the source of truth; the bus says that it has grown, with the new frames. A frame is
//! serialised once for all sockets; a socket that does not keep up is told to resync instead of using memory.

mod ending;
pub mod hub;
mod interest;
pub mod log;
mod places;
pub mod socket;
mod upgrade;

pub use hub::{Frame, Hub};
pub use interest::Interest;
pub use places::LiveLimits;
pub(crate) use places::Places;

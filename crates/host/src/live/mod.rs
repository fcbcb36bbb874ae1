//! `/api/v1/live`: one WebSocket a browser, everything that happens in the tenant, resumable by cursor.
//!
//! The tenant's log in the database is the truth; the bus says that it has grown, and by what. A frame is serialised once for all
//! sockets; a socket that does not keep up is told to fetch afresh instead of holding memory.

mod ending;
pub mod hub;
pub mod log;
mod places;
pub mod socket;
mod upgrade;

pub use hub::{Frame, Hub};
pub use places::LiveLimits;
pub(crate) use places::Places;

//! The total of unread messages.

use kernel::Event;
use serde::{Deserialize, Serialize};

/// The tenant's total of unread messages changed. Later events have the later total.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UnreadChanged {
    /// One item.
    pub items: Vec<UnreadTotal>,
}

/// The total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadTotal {
    /// Unread messages of all conversations.
    pub unread: i64,
}

impl Event for UnreadChanged {
    const NAME: &'static str = "unread_changed";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(UnreadTotal);
}

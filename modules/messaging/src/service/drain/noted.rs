//! What messages say about other messages.

use contracts::contacts::ContactMerge;

use super::amendments::Amendment;

/// What those who come after must know of messages that were written.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) amendments: Vec<Amendment>,
    pub(super) wamids: Vec<String>,
    /// Messages that nobody has read.
    pub(super) unread: i64,
    /// Contacts that became one after the amendments of others were read.
    pub(super) merges: Vec<ContactMerge>,
}

//! News that were not known before.

use contracts::channels::AccountNews;

/// One of them.
pub(super) struct Recorded {
    /// What tells it from others.
    pub(super) digest: String,
    pub(super) news: AccountNews,
}

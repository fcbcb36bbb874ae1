//! What events are about: of a topic the newest counts, in whatever order they came.

/// Everything that decides whether an account may send.
pub(super) const STANDING: &str = "standing";
/// The messaging limit.
pub(super) const MESSAGING_LIMIT: &str = "messaging_limit";
/// A number's name.
pub(super) const NAME: &str = "name";
/// What became of templates.
pub(in crate::service) const TEMPLATE: &str = "template";

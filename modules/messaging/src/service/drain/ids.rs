//! WhatsApp's ids as they are compared and kept.

/// A wamid longer than this is no wamid.
pub(super) const WAMID: usize = 256;

/// The digits of a phone number in whatever spelling.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

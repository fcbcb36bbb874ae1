//! What people write, read in one place: phone numbers ([`phone`]) and text that is compared ([`key`]). Knows no tenant and no
//! database, so that the API, forms, search, tags and imports share one reading.

pub mod key;
pub mod name;
pub mod phone;

//! Ports of other modules in memory, as simple as a test can do with: what they are told they keep, and they decide nothing.

mod channels;
mod contacts;

pub use channels::FakeChannels;
pub use contacts::FakeContacts;

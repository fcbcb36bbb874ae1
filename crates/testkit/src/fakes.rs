//! Ports of other modules in memory, as simple as possible: they keep what they are given and decide nothing.

mod channels;
mod contacts;
mod media;
mod templates;

pub use channels::FakeChannels;
pub use contacts::FakeContacts;
pub use media::FakeMedia;
pub use templates::FakeTemplates;

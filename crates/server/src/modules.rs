//! The composition root: the one place that lists modules.

use std::sync::Arc;

use contacts::Contacts;
use identity::Identity;
use kernel::{Limiter, Module};
use messaging::{Addresses, MediaParts, Messaging, Wire};

/// What modules are made of.
pub struct Deps {
    pub identity: Identity,
    pub limiter: Arc<dyn Limiter>,
    pub http: reqwest::Client,
    pub wire: Wire,
    pub addresses: Addresses,
    pub media: MediaParts,
}

/// Every module. The ports it needs from others are its arguments; a missing one does not compile.
pub fn modules(cx: Deps) -> Vec<Box<dyn Module>> {
    let contacts = Contacts::new(cx.addresses.simulator.is_some());
    let messaging = Messaging::new(
        cx.http,
        cx.wire,
        cx.identity.routes(),
        cx.identity.vault(),
        cx.limiter,
        contacts.directory(),
        cx.addresses,
        cx.media,
    );
    vec![Box::new(cx.identity), Box::new(contacts), Box::new(messaging)]
}

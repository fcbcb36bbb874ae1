//! The composition root: the one place that lists modules.

use std::sync::Arc;

use channels::{Addresses, Channels};
use cloud_api::client::Wire;
use contacts::Contacts;
use contracts::{
    channels::{ChannelDirectory, ChannelWebhooks},
    contacts::ContactDirectory,
    messaging::{Conversations, MessageSender},
    templates::TemplateCatalog,
};
use identity::{Identity, Needs};
use kernel::{Limiter, Module};
use messaging::{MediaParts, Messaging};
use templates::Templates;

/// What the modules need.
pub struct Deps {
    pub identity: Identity,
    pub limiter: Arc<dyn Limiter>,
    pub http: reqwest::Client,
    pub wire: Wire,
    pub addresses: Addresses,
    pub media: MediaParts,
}

/// What modules offer to each other, and to programs that put a platform together.
#[derive(Clone)]
pub struct Ports {
    /// The contacts.
    pub contacts: Arc<dyn ContactDirectory>,
    /// The numbers to send by.
    pub channels: Arc<dyn ChannelDirectory>,
    /// The numbers that webhooks name.
    pub webhooks: Arc<dyn ChannelWebhooks>,
    /// Sends messages.
    pub sender: Arc<dyn MessageSender>,
    /// State and assignment of conversations.
    pub conversations: Arc<dyn Conversations>,
    /// What is known of templates.
    pub templates: Arc<dyn TemplateCatalog>,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports")
    }
}

/// Every module, and the ports they offer. The ports a module needs are in its `Needs`; a missing one does not compile.
pub fn modules(cx: Deps) -> (Vec<Box<dyn Module>>, Ports) {
    let simulator = cx.addresses.simulator.is_some();
    let public = cx.addresses.public.clone();
    let contacts = Contacts::new(contacts::Needs {
        settings: cx.identity.settings(),
        simulator,
    });
    let (store, link_minutes) = (cx.media.store.clone(), cx.media.link_minutes);
    let channels = Channels::new(channels::Needs {
        http: cx.http,
        routes: cx.identity.routes(),
        vault: cx.identity.vault(),
        addresses: cx.addresses,
    });
    cx.identity.connect(Needs {
        channels: channels.directory(),
        store: store.clone(),
        public: public.clone(),
        link_minutes,
    });
    let templates = Templates::new(templates::Needs {
        channels: channels.directory(),
        contacts: contacts.directory(),
        media: Messaging::library(),
        store,
    });
    let messaging = Messaging::new(messaging::Needs {
        wire: cx.wire,
        routes: cx.identity.routes(),
        vault: cx.identity.vault(),
        limiter: cx.limiter,
        contacts: contacts.directory(),
        channels: channels.directory(),
        members: cx.identity.members(),
        catalog: templates.catalog(),
        settings: cx.identity.settings(),
        webhooks: channels.webhooks(),
        media: cx.media,
        public,
        simulator,
    });
    let ports = Ports {
        contacts: contacts.directory(),
        channels: channels.directory(),
        webhooks: channels.webhooks(),
        sender: messaging.sender(),
        conversations: messaging.conversations(),
        templates: templates.catalog(),
    };
    let modules: Vec<Box<dyn Module>> = vec![
        Box::new(cx.identity),
        Box::new(contacts),
        Box::new(channels),
        Box::new(messaging),
        Box::new(templates),
    ];
    (modules, ports)
}

//! Listeners to what other modules tell.

use contracts::{channels::ChannelsChanged, messaging::TemplateNews};
use kernel::{Listener, Result, TenantTx};

use crate::service::Service;

/// Applies WhatsApp's news to the copy.
pub struct Applying(pub Service);

#[async_trait::async_trait]
impl Listener<TemplateNews> for Applying {
    async fn handle(&self, tx: &mut TenantTx, events: &[TemplateNews]) -> Result<()> {
        self.0.apply_news(tx, events).await
    }
}

/// Has the templates of a number's account read when the number is connected or tested.
pub struct Connecting(pub Service);

#[async_trait::async_trait]
impl Listener<ChannelsChanged> for Connecting {
    async fn handle(&self, tx: &mut TenantTx, events: &[ChannelsChanged]) -> Result<()> {
        self.0.numbers_changed(tx, events).await
    }
}

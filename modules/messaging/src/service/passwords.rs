//! One-time passwords: an authentication template needs a phone number (Cloud API: template send, code 131062). Which template
//! is one, WhatsApp's news of templates say; of a template that they have never named WhatsApp decides.

use cloud_api::{error::Invalid, message::Content};
use contracts::messaging::OutgoingMessage;
use kernel::{Result, TenantDb, TenantTx};

use super::Service;
use crate::error::MessagingError;

impl Service {
    /// Refuses an authentication template for somebody whose phone number is not known. A recipient addressed by
    /// phone number needs no further check.
    ///
    /// # Errors
    /// 422 with the field `to`; and the database's.
    pub(super) async fn check_password(
        &self,
        db: &TenantDb,
        tx: &TenantTx,
        message: &OutgoingMessage,
    ) -> Result<()> {
        let Content::Template(template) = &message.content else {
            return Ok(());
        };
        let cards = self.directory.cards(db, &[message.contact_id]).await?;
        // A contact that this transaction has just made has no card yet, and no phone number.
        let card = cards.first();
        if card.is_some_and(|card| card.phone.is_some()) {
            return Ok(());
        }
        let (name, language) = (&template.name, &template.language.code);
        let category = self
            .channels
            .template_category(tx, message.channel_id, name, language)
            .await?;
        if !category.is_some_and(|category| category.eq_ignore_ascii_case("AUTHENTICATION")) {
            return Ok(());
        }
        let rule = "an authentication template needs a phone number, and this person's is not known: ask them to share it";
        let invalid = Invalid::new("to", rule);
        Err(
            MessagingError::Invalid(match card.and_then(|card| card.bsuid.as_deref()) {
                Some(bsuid) => invalid.found(bsuid),
                None => invalid,
            })
            .into(),
        )
    }
}

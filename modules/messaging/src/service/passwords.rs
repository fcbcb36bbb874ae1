//! One-time passwords: an authentication template needs a phone number (Cloud API: template send, code 131062). Which template
//! is one, WhatsApp's news of templates say; of a template that they have never named WhatsApp decides.

use cloud_api::{
    error::Invalid,
    message::Content,
    webhook::{TemplateChange, TemplateUpdate, Update},
};
use contracts::messaging::OutgoingMessage;
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::ColumnTrait;

use super::{
    Service,
    drain::{TEMPLATE, told},
};
use crate::{entity::channel, error::MessagingError};

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
        let this = channel::Column::Id.eq(message.channel_id);
        let Some(channel) = tx.find::<channel::Entity>().filter(this).one().await? else {
            return Ok(());
        };
        let events = told(tx, &channel.waba_id, &[TEMPLATE]).await?;
        let category = events.iter().rev().find_map(|(_, update)| match update {
            Update::Template(update) => category_of(update, &template.name, &template.language.code),
            _ => None,
        });
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

/// The category that a piece of news gives this template.
fn category_of<'n>(update: &'n TemplateUpdate, name: &str, language: &str) -> Option<&'n str> {
    let same = |told: &Option<String>, wanted: &str| {
        // WhatsApp writes en_US and en-US.
        told.as_deref()
            .is_some_and(|told| told.replace('-', "_") == wanted)
    };
    if update.name.as_deref() != Some(name) || !same(&update.language, language) {
        return None;
    }
    match &update.change {
        TemplateChange::Status(status) => status.category.as_deref(),
        TemplateChange::Category { new, .. } => new.as_deref(),
        TemplateChange::CorrectCategory { category, .. } => category.as_deref(),
        _ => None,
    }
}

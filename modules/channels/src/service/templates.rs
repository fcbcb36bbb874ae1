//! Templates of a number's account: as WhatsApp has them now, and what its news say of one.

use cloud_api::{
    ids::WabaId,
    template::Template,
    webhook::{TemplateChange, TemplateUpdate, Update},
};
use contracts::channels::ChannelId;
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::ColumnTrait;

use super::{
    Service,
    news::{TEMPLATE, told},
    read::seen,
};
use crate::{
    entity::channel::{Column, Entity},
    error::ChannelError,
};

impl Service {
    /// The channel's templates as WhatsApp has them now, at most 300.
    pub async fn templates(&self, db: &TenantDb, id: ChannelId) -> Result<Vec<Template>> {
        let channel = self.channel(db, id).await?;
        let waba = WabaId::from(channel.waba_id.clone());
        let client = self.client_of(&seen(channel, db.clock().now()))?;
        let (mut templates, mut after) = (Vec::new(), None::<String>);
        for _ in 0..3 {
            let page = client
                .templates(&waba, after.as_deref(), 100)
                .await
                .map_err(ChannelError::from)?;
            templates.extend(page.items);
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        Ok(templates)
    }
}

/// The category that WhatsApp's news gave a template of the number's account last.
pub(super) async fn category(
    tx: &TenantTx,
    id: ChannelId,
    name: &str,
    language: &str,
) -> Result<Option<String>> {
    let Some(channel) = tx.find::<Entity>().filter(Column::Id.eq(id)).one().await? else {
        return Ok(None);
    };
    let events = told(tx, &channel.waba_id, &[TEMPLATE]).await?;
    let category = events.iter().rev().find_map(|(_, update)| match update {
        Update::Template(update) => category_of(update, name, language),
        _ => None,
    });
    Ok(category.map(ToOwned::to_owned))
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

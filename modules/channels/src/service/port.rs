//! The ports: what others may ask of numbers.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cloud_api::client::Client;
use contracts::channels::{
    AccountNews, Channel, ChannelDirectory, ChannelId, ChannelWebhooks, NumberFailure, NumberOwner,
    WebhookKeys,
};
use kernel::{Result, TenantDb, TenantId, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use sentences::Sentences;
use url::Url;

use super::{
    Service,
    hold::hold,
    news,
    read::{CHANNELS, seen},
};
use crate::entity::channel::{ActiveModel, Column, Entity};

#[async_trait]
impl ChannelDirectory for Service {
    async fn by_id(&self, db: &TenantDb, id: ChannelId) -> Result<Option<Channel>> {
        let row = db.find::<Entity>().filter(Column::Id.eq(id)).one().await?;
        Ok(row.map(|row| seen(row, db.clock().now())))
    }

    async fn by_ids(&self, tx: &TenantTx, ids: &[ChannelId]) -> Result<Vec<Channel>> {
        let these = Column::Id.is_in(ids.iter().copied());
        let rows = tx.find::<Entity>().filter(these).all().await?;
        let now = tx.clock().now();
        Ok(rows.into_iter().map(|row| seen(row, now)).collect())
    }

    async fn all(&self, tx: &TenantTx) -> Result<Vec<Channel>> {
        let rows = tx.find::<Entity>().limit(CHANNELS).all().await?;
        let now = tx.clock().now();
        Ok(rows.into_iter().map(|row| seen(row, now)).collect())
    }

    fn client(&self, channel: &Channel) -> Result<Client> {
        self.client_of(channel)
    }

    fn download_address(&self, channel: &Channel, url: &str) -> Option<Url> {
        self.file_address(channel, url)
    }

    async fn hold(
        &self,
        tx: &mut TenantTx,
        id: ChannelId,
        why: &Sentences,
        until: Option<DateTime<Utc>>,
    ) -> Result<()> {
        hold(tx, id, why, until).await
    }

    async fn show_limit(&self, db: &TenantDb, channel: &Channel, reached: Option<&Sentences>) -> Result<()> {
        self.write_limit(db, channel, reached).await
    }
}

#[async_trait]
impl ChannelWebhooks for Service {
    async fn keys(&self, db: &TenantDb) -> Result<Arc<WebhookKeys>> {
        self.webhook_keys(db).await
    }

    async fn is_verify_token(&self, db: &TenantDb, token: &str) -> Result<bool> {
        self.knows_verify_token(db, token).await
    }

    async fn owners(&self, phone_number_id: &str) -> Result<Vec<NumberOwner>> {
        self.owners_of(phone_number_id).await
    }

    async fn lost_numbers(&self, tenant: TenantId, channels: &[Arc<Channel>]) -> Result<HashSet<String>> {
        self.lost_among(tenant, channels).await
    }

    async fn take_news(
        &self,
        tx: &mut TenantTx,
        news: Vec<AccountNews>,
        failures: Vec<NumberFailure>,
    ) -> Result<Vec<AccountNews>> {
        news::take(tx, news, failures).await
    }

    async fn await_amended(&self, tx: &TenantTx, ids: &[ChannelId], until: DateTime<Utc>) -> Result<()> {
        let row = ActiveModel {
            amendments_until: Set(Some(until)),
            ..ActiveModel::default()
        };
        let these = Column::Id.is_in(ids.iter().copied());
        let update = tx.update::<Entity>().filter(these);
        update.set(row).exec().await?;
        Ok(())
    }
}

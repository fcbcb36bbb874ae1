//! Numbers: connect, change, remove.

use contracts::channels::ChannelId;
use kernel::{Result, TenantDb};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use secrecy::SecretString;

use super::{
    Service,
    changed::{publish, tell},
    credentials::{line, token},
    hold::made_by_token,
    ownership::{PHONE_ROUTE, route_of},
    read::CHANNELS,
};
use crate::{
    entity::channel::{ActiveModel, Claim, Column, Entity, Kind, Model, Status},
    error::ChannelError,
};

/// WhatsApp's usual throughput of a number, messages a second (Cloud API: throughput).
const THROUGHPUT: i32 = 80;

/// Characters of an access token at least.
const LEAST_TOKEN: usize = 1;
/// Characters of an app secret or verify token at least.
const LEAST_SECRET: usize = 8;

/// What connecting a number needs.
#[derive(Debug)]
pub struct NewChannel {
    /// Name for people.
    pub name: String,
    /// Whether it lives in the simulator.
    pub simulated: bool,
    /// Phone number id.
    pub phone_number_id: String,
    /// WhatsApp Business Account id.
    pub waba_id: String,
    /// Business portfolio id, if known.
    pub portfolio_id: Option<String>,
    /// The number as people read it.
    pub display_phone_number: Option<String>,
    /// Token of a system user with access to the WABA.
    pub access_token: SecretString,
    /// Secret of the Meta app whose webhook leads here.
    pub app_secret: SecretString,
    /// What WhatsApp repeats at the webhook's handshake.
    pub verify_token: SecretString,
}

/// What may change later; absent stays.
#[derive(Debug, Default)]
pub struct ChannelChanges {
    /// Name for people.
    pub name: Option<String>,
    /// WhatsApp Business Account id.
    pub waba_id: Option<String>,
    /// New token.
    pub access_token: Option<SecretString>,
    /// New app secret.
    pub app_secret: Option<SecretString>,
    /// New verify token.
    pub verify_token: Option<SecretString>,
}

impl Service {
    /// Connects a number. It is not spoken to yet: see [`Service::test_channel`]. White space around its secrets is dropped; one that
    /// cannot be sent is 422 with its field.
    pub async fn create_channel(&self, db: &TenantDb, new: NewChannel) -> Result<Model> {
        if new.simulated && self.addresses.simulator.is_none() {
            return Err(ChannelError::NoSimulator.into());
        }
        let access_token = token("access_token", &new.access_token, LEAST_TOKEN)?;
        let app_secret = token("app_secret", &new.app_secret, LEAST_SECRET)?;
        let verify_token = line("verify_token", &new.verify_token, LEAST_SECRET)?;
        let mut tx = db.begin().await?;
        if tx
            .find::<Entity>()
            .limit(CHANNELS)
            .columns::<ChannelId>(&[Column::Id])
            .await?
            .len() as u64
            == CHANNELS
        {
            return Err(kernel::Error::conflict(
                "too_many_channels",
                format!("A tenant may connect {CHANNELS} numbers."),
            ));
        }
        let now = tx.clock().now();
        let id = tx.clock().new_id::<ChannelId>();
        let seal = |column, secret: &SecretString| self.seal(db, id, column, secret);
        let model = Model {
            tenant_id: db.tenant(),
            id,
            name: new.name,
            kind: if new.simulated {
                Kind::Simulated
            } else {
                Kind::CloudApi
            },
            phone_number_id: new.phone_number_id,
            waba_id: new.waba_id,
            portfolio_id: new.portfolio_id,
            display_phone_number: new.display_phone_number,
            verified_name: None,
            quality_rating: None,
            claim: Some(Claim::Unproven),
            status: Status::Untested,
            status_reason: None,
            status_terms: None,
            access_token: seal("access_token", &access_token)?,
            app_secret: seal("app_secret", &app_secret)?,
            verify_token: seal("verify_token", &verify_token)?,
            throughput: THROUGHPUT,
            held_reason: None,
            held_terms: None,
            held_until: None,
            restricted_reason: None,
            restricted_terms: None,
            restricted_until: None,
            messaging_limit: None,
            phone_status: None,
            name_status: None,
            released_at: None,
            amendments_until: None,
            created_at: now,
            updated_at: now,
        };
        // Whether another tenant has it is not looked at: anybody may claim, and only a passed connection test counts.
        let twice = |error: kernel::Error| match error.code() {
            "already_exists" => ChannelError::NumberTaken.into(),
            _ => error,
        };
        tx.insert::<Entity>(model.clone()).await.map_err(twice)?;
        tell(&mut tx, id, true)?;
        tx.commit().await?;
        self.keys.forget(db.tenant()).await;
        Ok(model)
    }

    /// Changes a channel; new secrets make it untested again.
    pub async fn update_channel(
        &self,
        db: &TenantDb,
        id: ChannelId,
        changes: ChannelChanges,
    ) -> Result<Model> {
        let ChannelChanges {
            name,
            waba_id,
            access_token,
            app_secret,
            verify_token,
        } = changes;
        let access_token = access_token
            .map(|secret| token("access_token", &secret, LEAST_TOKEN))
            .transpose()?;
        let app_secret = app_secret
            .map(|secret| token("app_secret", &secret, LEAST_SECRET))
            .transpose()?;
        let verify_token = verify_token
            .map(|secret| line("verify_token", &secret, LEAST_SECRET))
            .transpose()?;
        let mut tx = db.begin().await?;
        let before = tx.lock::<Entity>(id).await?;
        // Seals of one secret differ each time, so a secret that is given counts as new.
        let same_name = name.as_ref().is_none_or(|name| *name == before.name);
        let same_account = waba_id.as_ref().is_none_or(|waba_id| *waba_id == before.waba_id);
        if same_name
            && same_account
            && access_token.is_none()
            && app_secret.is_none()
            && verify_token.is_none()
        {
            return Ok(before);
        }
        let seal = |column, secret: &SecretString| self.seal(db, id, column, secret);
        let mut row = ActiveModel {
            updated_at: Set(tx.clock().now()),
            ..ActiveModel::default()
        };
        let connection = !same_account || access_token.is_some();
        if connection || app_secret.is_some() || verify_token.is_some() {
            row.set_status(Status::Untested, None);
        }
        if let Some(name) = name {
            row.name = Set(name);
        }
        if let Some(waba_id) = waba_id {
            row.waba_id = Set(waba_id);
        }
        if let Some(secret) = access_token {
            row.access_token = Set(seal("access_token", &secret)?);
            if before.hold_reason().is_some_and(|why| made_by_token(&why)) {
                row.set_held(None, None);
                row.released_at = Set(Some(tx.clock().now()));
                row.set_status(Status::Untested, None);
            }
        }
        if let Some(secret) = app_secret {
            row.app_secret = Set(seal("app_secret", &secret)?);
        }
        if let Some(secret) = verify_token {
            row.verify_token = Set(seal("verify_token", &secret)?);
        }
        tx.update::<Entity>()
            .filter(Column::Id.eq(id))
            .set(row)
            .exec()
            .await?;
        tell(&mut tx, id, connection)?;
        tx.commit().await?;
        self.keys.forget(db.tenant()).await;
        self.channel(db, id).await
    }

    /// Removes a channel. Its conversations stay readable.
    pub async fn delete_channel(&self, db: &TenantDb, id: ChannelId) -> Result<()> {
        let mut tx = db.begin().await?;
        let row = tx.lock::<Entity>(id).await?;
        tx.delete::<Entity>().filter(Column::Id.eq(id)).exec().await?;
        // Earlier versions knew one kind of route for all numbers.
        for kind in [PHONE_ROUTE, route_of(&row)] {
            self.routes.release(&tx, kind, &row.phone_number_id).await?;
        }
        publish(&mut tx, id)?;
        tx.commit().await?;
        self.keys.forget(db.tenant()).await;
        Ok(())
    }

    /// Where WhatsApp shall send this tenant's webhooks.
    pub async fn webhook_url(&self, db: &TenantDb) -> Result<String> {
        let path = self.routes.path_of(db).await?;
        Ok(format!(
            "{}/webhooks/whatsapp/{path}",
            self.addresses.public.as_str().trim_end_matches('/')
        ))
    }
}

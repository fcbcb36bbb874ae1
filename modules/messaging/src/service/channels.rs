//! Numbers: connect, change, remove, and the client that speaks for one.

use cloud_api::{
    client::{Client, Connection},
    ids::WabaId,
    template::Template,
};
use contracts::messaging::{ChannelChange, ChannelId, ChannelsChanged};
use kernel::{Page, PageQuery, Result, TenantDb, TenantTx, page::Cursor};
use sea_orm::{ActiveValue::Set, ColumnTrait, Order};
use secrecy::SecretString;

use super::{Service, hold::made_by_token};
use crate::{
    entity::channel::{ActiveModel, Column, Entity, Model, UNPROVEN},
    error::MessagingError,
};

/// The kind of route by which a phone number id leads to its tenant.
pub(super) const PHONE_ROUTE: &str = "phone";
/// The same for simulated numbers. In the simulator anybody may make a number of any id, so what is proven there says nothing
/// about a number of WhatsApp's.
pub(super) const SIMULATED_ROUTE: &str = "phone_simulated";
/// WhatsApp's usual throughput of a number, messages a second (Cloud API: throughput).
const THROUGHPUT: i32 = 80;
/// Numbers of one tenant at most: every webhook looks at all of them.
pub(super) const CHANNELS: u64 = 200;

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
    /// Newest first.
    pub async fn list_channels(
        &self,
        db: &TenantDb,
        query: PageQuery,
    ) -> Result<(Vec<Model>, Option<String>)> {
        let after = query.after.map(|cursor| Column::Id.lt(cursor.id));
        let select = db
            .find::<Entity>()
            .filter_some(after)
            .order_by(Column::Id, Order::Desc);
        let mut rows = select.page(&query).await?;
        let next = query.cut(&mut rows, |row| Cursor::by_id(kernel::id::Id::uuid(row.id)));
        Ok((rows, next))
    }

    /// One channel, or 404.
    pub async fn channel(&self, db: &TenantDb, id: ChannelId) -> Result<Model> {
        let row = db.find::<Entity>().filter(Column::Id.eq(id)).one().await?;
        Ok(row.ok_or(MessagingError::NoChannel)?)
    }

    /// Connects a number. It is not spoken to yet: see [`Service::test_channel`].
    pub async fn create_channel(&self, db: &TenantDb, new: NewChannel) -> Result<Model> {
        if new.simulated && self.addresses.simulator.is_none() {
            return Err(MessagingError::NoSimulator.into());
        }
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
        let seal = |column, secret: &SecretString| self.vault.seal(&place(db, id, column), secret);
        let model = Model {
            tenant_id: db.tenant(),
            id,
            name: new.name,
            kind: if new.simulated { "simulated" } else { "cloud_api" }.to_owned(),
            phone_number_id: new.phone_number_id,
            waba_id: new.waba_id,
            portfolio_id: new.portfolio_id,
            display_phone_number: new.display_phone_number,
            verified_name: None,
            quality_rating: None,
            claim: Some(UNPROVEN.to_owned()),
            status: "untested".to_owned(),
            status_reason: None,
            status_terms: None,
            access_token: seal("access_token", &new.access_token)?,
            app_secret: seal("app_secret", &new.app_secret)?,
            verify_token: seal("verify_token", &new.verify_token)?,
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
            "already_exists" => MessagingError::NumberTaken.into(),
            _ => error,
        };
        tx.insert::<Entity>(model.clone()).await.map_err(twice)?;
        publish(&mut tx, id)?;
        tx.commit().await?;
        self.webhook_keys.invalidate(&db.tenant()).await;
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
        let mut tx = db.begin().await?;
        let before = tx
            .find::<Entity>()
            .filter(Column::Id.eq(id))
            .for_update()
            .one()
            .await?;
        let before = before.ok_or(MessagingError::NoChannel)?;
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
        let seal = |column, secret: &SecretString| self.vault.seal(&place(db, id, column), secret);
        let mut row = ActiveModel {
            updated_at: Set(tx.clock().now()),
            ..ActiveModel::default()
        };
        if !same_account || access_token.is_some() || app_secret.is_some() || verify_token.is_some() {
            row.status = Set("untested".to_owned());
            row.status_reason = Set(None);
            row.status_terms = Set(None);
        }
        if let Some(name) = name {
            row.name = Set(name);
        }
        if let Some(waba_id) = waba_id {
            row.waba_id = Set(waba_id);
        }
        if let Some(secret) = access_token {
            row.access_token = Set(seal("access_token", &secret)?);
            if before.held_reason.as_deref().is_some_and(made_by_token) {
                row.held_reason = Set(None);
                row.held_terms = Set(None);
                row.held_until = Set(None);
                row.released_at = Set(Some(tx.clock().now()));
                row.status = Set("untested".to_owned());
                row.status_reason = Set(None);
                row.status_terms = Set(None);
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
        publish(&mut tx, id)?;
        tx.commit().await?;
        self.webhook_keys.invalidate(&db.tenant()).await;
        self.channel(db, id).await
    }

    /// Removes a channel. Its conversations stay readable.
    pub async fn delete_channel(&self, db: &TenantDb, id: ChannelId) -> Result<()> {
        let mut tx = db.begin().await?;
        let row = tx
            .find::<Entity>()
            .filter(Column::Id.eq(id))
            .for_update()
            .one()
            .await?;
        let row = row.ok_or(MessagingError::NoChannel)?;
        tx.delete::<Entity>().filter(Column::Id.eq(id)).exec().await?;
        // Earlier versions knew one kind of route for all numbers.
        for kind in [PHONE_ROUTE, route_of(&row)] {
            self.routes.release(&tx, kind, &row.phone_number_id).await?;
        }
        publish(&mut tx, id)?;
        tx.commit().await?;
        self.webhook_keys.invalidate(&db.tenant()).await;
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

    /// The channel's templates as WhatsApp has them now, at most 300.
    pub async fn templates(&self, db: &TenantDb, id: ChannelId) -> Result<Vec<Template>> {
        let channel = self.channel(db, id).await?;
        let client = self.client(&channel)?;
        let waba = WabaId::from(channel.waba_id.clone());
        let (mut templates, mut after) = (Vec::new(), None::<String>);
        for _ in 0..3 {
            let page = client
                .templates(&waba, after.as_deref(), 100)
                .await
                .map_err(MessagingError::from)?;
            templates.extend(page.items);
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        Ok(templates)
    }

    /// Speaks to WhatsApp as this channel.
    pub(super) fn client(&self, channel: &Model) -> Result<Client> {
        let open = |column, sealed: &str| {
            self.vault.open(
                &format!("{}|messaging_channels|{}|{column}", channel.tenant_id, channel.id),
                sealed,
            )
        };
        let address = match (channel.kind.as_str(), &self.addresses.simulator) {
            ("simulated", Some(simulator)) => simulator.clone(),
            ("simulated", None) => return Err(MessagingError::NoSimulator.into()),
            _ => self.addresses.graph.clone(),
        };
        let app_secret = open("app_secret", &channel.app_secret)?;
        let connection = Connection::new(
            address,
            open("access_token", &channel.access_token)?,
            Some(app_secret),
        );
        Ok(Client::new(self.http.clone(), connection))
    }
}

/// The kind of route that leads to this number's tenant.
pub(super) fn route_of(channel: &Model) -> &'static str {
    match channel.kind.as_str() {
        "simulated" => SIMULATED_ROUTE,
        _ => PHONE_ROUTE,
    }
}

/// Where a sealed secret lives.
pub(super) fn place(db: &TenantDb, id: ChannelId, column: &str) -> String {
    format!("{}|messaging_channels|{id}|{column}", db.tenant())
}

pub(super) fn publish(tx: &mut TenantTx, channel_id: ChannelId) -> Result<()> {
    tx.publish(&ChannelsChanged {
        items: vec![ChannelChange { channel_id }],
    })
}

/// A page of API rows out of rows and the next cursor.
pub(crate) fn page<M, O>(rows: (Vec<M>, Option<String>), out: impl Fn(M) -> O) -> Page<O>
where
    O: poem_openapi::types::Type + poem_openapi::types::ParseFromJSON + poem_openapi::types::ToJSON,
{
    Page {
        items: rows.0.into_iter().map(out).collect(),
        next: rows.1,
    }
}

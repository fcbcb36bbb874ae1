//! Numbers.

use chrono::{DateTime, Utc};
use contracts::channels::ChannelId;
use kernel::{Can, Created, Error, NoContent, Page, PageQuery, Result, TenantDb};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::{Example, MaybeUndefined},
};
use secrecy::SecretString;
use sentences::Sentence;

mod report;
mod stops;

use super::Tag;
use crate::{
    entity::channel,
    permission::{ManageChannels, ReadChannels},
    service::{ChannelChanges, NewChannel, Service},
};
use report::ConnectionTest;
use stops::{Held, Restricted};

/// Where a number lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ChannelKind {
    /// In the built-in simulator.
    Simulated,
    /// On Meta's Cloud API.
    CloudApi,
}

/// Whether a number works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum ChannelStatus {
    /// Not spoken to since its credentials were entered.
    Untested,
    /// It works.
    Connected,
    /// Something is wrong; `status_reason` says what.
    Attention,
}

/// A number to connect. The secrets are kept encrypted and are never shown again.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
pub struct ChannelIn {
    /// A name for your team.
    #[oai(validator(min_length = 1, max_length = 120))]
    pub name: String,
    /// Where the number lives.
    pub kind: ChannelKind,
    /// Phone number ID, from API Setup of the Meta app (not the phone number).
    #[oai(validator(pattern = "^[0-9]{5,32}$"))]
    pub phone_number_id: String,
    /// WhatsApp Business Account ID.
    #[oai(validator(pattern = "^[0-9]{5,32}$"))]
    pub waba_id: String,
    /// Business portfolio ID, if known; it gives business-scoped user ids their meaning.
    #[oai(validator(pattern = "^[0-9]{5,32}$"))]
    pub portfolio_id: Option<String>,
    /// The number as people read it; filled in by the connection test otherwise.
    #[oai(validator(max_length = 32))]
    pub display_phone_number: Option<String>,
    /// Access token of a system user with access to the account.
    #[oai(validator(min_length = 1, max_length = 4096))]
    pub access_token: String,
    /// App secret of the Meta app whose webhooks lead here: every webhook is checked against it.
    #[oai(validator(min_length = 8, max_length = 512))]
    pub app_secret: String,
    /// Any secret of your choice; WhatsApp repeats it when the webhook address is entered.
    #[oai(validator(min_length = 8, max_length = 512))]
    pub verify_token: String,
}

impl Example for ChannelIn {
    fn example() -> Self {
        Self {
            name: "Main line".to_owned(),
            kind: ChannelKind::Simulated,
            phone_number_id: "330000000009999".to_owned(),
            waba_id: "220000000009999".to_owned(),
            portfolio_id: None,
            display_phone_number: None,
            access_token: "your access token".to_owned(),
            app_secret: "your app secret".to_owned(),
            verify_token: "your verify token".to_owned(),
        }
    }
}

/// What to change; what is absent stays. None of it can be emptied: `null` is refused.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub struct ChannelPatch {
    /// A name for your team, on one line.
    #[oai(validator(min_length = 1, max_length = 120))]
    pub name: MaybeUndefined<String>,
    /// WhatsApp Business Account ID.
    #[oai(validator(pattern = "^[0-9]{5,32}$"))]
    pub waba_id: MaybeUndefined<String>,
    /// A new access token.
    #[oai(validator(min_length = 1, max_length = 4096))]
    pub access_token: MaybeUndefined<String>,
    /// A new app secret.
    #[oai(validator(min_length = 8, max_length = 512))]
    pub app_secret: MaybeUndefined<String>,
    /// A new verify token.
    #[oai(validator(min_length = 8, max_length = 512))]
    pub verify_token: MaybeUndefined<String>,
}

/// A connected number.
#[derive(Debug, Object)]
#[oai(rename = "Channel", skip_serializing_if_is_none)]
pub struct ChannelOut {
    /// Its id.
    pub id: ChannelId,
    /// The team's name for it.
    pub name: String,
    /// Where it lives.
    pub kind: ChannelKind,
    /// Phone number ID.
    pub phone_number_id: String,
    /// WhatsApp Business Account ID.
    pub waba_id: String,
    /// The number as people read it.
    pub display_phone_number: Option<String>,
    /// The name customers see.
    pub verified_name: Option<String>,
    /// WhatsApp's word for the state of that name: APPROVED, DECLINED, PENDING_REVIEW, …
    pub name_status: Option<String>,
    /// GREEN, YELLOW or RED, by WhatsApp.
    pub quality_rating: Option<String>,
    /// WhatsApp's word for the number's state: CONNECTED, RESTRICTED, BANNED, …
    pub phone_status: Option<String>,
    /// People whom the business portfolio may write to first in 24 hours; -1 without limit, absent while unknown.
    pub messaging_limit: Option<i32>,
    /// Messages a second that WhatsApp takes from this number: 80, 1000, or 20 if the phone app uses it too.
    pub throughput: i32,
    /// Why nothing is sent from it; absent while it may send.
    pub held: Option<Held>,
    /// Why it may only answer; absent while it may write to people first.
    pub restricted: Option<Restricted>,
    /// Whether it works.
    pub status: ChannelStatus,
    /// What is wrong, in words.
    pub status_reason: Option<String>,
    /// `status_reason`, to be said in any language.
    #[oai(default, skip_serializing_if_is_empty)]
    pub status_terms: Vec<Sentence>,
    /// Where WhatsApp must send webhooks.
    pub webhook_url: String,
    /// An access token is stored.
    pub has_access_token: bool,
    /// An app secret is stored.
    pub has_app_secret: bool,
    /// A verify token is stored.
    pub has_verify_token: bool,
    /// When it was connected.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

fn shape(row: channel::Model, webhook_url: &str, now: DateTime<Utc>) -> ChannelOut {
    let (held, restricted) = (Held::of(&row, now), Restricted::of(&row, now));
    let trouble = row.trouble(now);
    let status = match row.status {
        _ if held.is_some() || restricted.is_some() => ChannelStatus::Attention,
        channel::Status::Attention if trouble.is_some() => ChannelStatus::Attention,
        channel::Status::Connected | channel::Status::Attention => ChannelStatus::Connected,
        channel::Status::Untested => ChannelStatus::Untested,
    };
    let status_reason = trouble.as_ref().map(ToString::to_string);
    let status_terms = trouble.unwrap_or_default().0;
    let simulated = row.is_simulated();
    let channel::Model {
        tenant_id: _,
        id,
        name,
        kind: _,
        phone_number_id,
        waba_id,
        portfolio_id: _,
        display_phone_number,
        verified_name,
        quality_rating,
        claim: _,
        status: _,
        status_reason: _,
        status_terms: _,
        access_token,
        app_secret,
        verify_token,
        throughput,
        held_reason: _,
        held_terms: _,
        held_until: _,
        restricted_reason: _,
        restricted_terms: _,
        restricted_until: _,
        messaging_limit,
        phone_status,
        name_status,
        released_at: _,
        amendments_until: _,
        created_at,
        updated_at,
    } = row;
    ChannelOut {
        id,
        name,
        kind: if simulated {
            ChannelKind::Simulated
        } else {
            ChannelKind::CloudApi
        },
        phone_number_id,
        waba_id,
        display_phone_number,
        verified_name,
        name_status,
        quality_rating,
        phone_status,
        messaging_limit,
        throughput,
        held,
        restricted,
        status,
        status_reason,
        status_terms,
        webhook_url: webhook_url.to_owned(),
        has_access_token: !access_token.is_empty(),
        has_app_secret: !app_secret.is_empty(),
        has_verify_token: !verify_token.is_empty(),
        created_at,
        updated_at,
    }
}

/// The new value of a field that cannot be emptied; none where it stays.
fn kept_or_set(field: &str, value: MaybeUndefined<String>) -> Result<Option<String>> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(Error::invalid(
            field,
            "must not be empty; omit it to keep its value",
        )),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

/// A name as it is stored.
fn named(name: &str) -> Result<String> {
    let name = text::name::given(name).map_err(|fault| Error::invalid("name", fault.to_string()))?;
    Ok(name.into_owned())
}

/// Operations on numbers.
pub struct ChannelsApi {
    /// The verbs.
    pub service: Service,
}

impl ChannelsApi {
    async fn one(&self, db: &TenantDb, row: channel::Model) -> Result<ChannelOut> {
        Ok(shape(row, &self.service.webhook_url(db).await?, db.clock().now()))
    }
}

#[OpenApi(tag = "Tag::Channels")]
impl ChannelsApi {
    /// List numbers.
    ///
    /// Newest first.
    #[oai(path = "/channels", method = "get", operation_id = "list_channels")]
    async fn list_channels(
        &self,
        can: Can<ReadChannels>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<ChannelOut>>> {
        let url = self.service.webhook_url(can.db()).await?;
        let rows = self
            .service
            .list_channels(can.db(), PageQuery::new("channels", limit.0, after.0)?)
            .await?;
        let now = can.db().clock().now();
        Ok(Json(Page::of(rows, |row| shape(row, &url, now))))
    }

    /// Connect a number.
    ///
    /// The number is stored, not yet spoken to: run the connection test next. It is yours once that has passed. Whether another
    /// account of the platform has connected it is not looked at and not told.
    #[oai(path = "/channels", method = "post", operation_id = "create_channel")]
    async fn create_channel(
        &self,
        can: Can<ManageChannels>,
        body: Json<ChannelIn>,
    ) -> Result<Created<ChannelOut>> {
        let ChannelIn {
            name,
            kind,
            phone_number_id,
            waba_id,
            portfolio_id,
            display_phone_number,
            access_token,
            app_secret,
            verify_token,
        } = body.0;
        let new = NewChannel {
            name: named(&name)?,
            simulated: kind == ChannelKind::Simulated,
            phone_number_id,
            waba_id,
            portfolio_id,
            display_phone_number,
            access_token: SecretString::from(access_token),
            app_secret: SecretString::from(app_secret),
            verify_token: SecretString::from(verify_token),
        };
        let row = self.service.create_channel(can.db(), new).await?;
        Ok(Created::new(self.one(can.db(), row).await?))
    }

    /// Read a number.
    #[oai(path = "/channels/:channel_id", method = "get", operation_id = "get_channel")]
    async fn get_channel(
        &self,
        can: Can<ReadChannels>,
        channel_id: Path<ChannelId>,
    ) -> Result<Json<ChannelOut>> {
        let row = self.service.channel(can.db(), channel_id.0).await?;
        Ok(Json(self.one(can.db(), row).await?))
    }

    /// Change a number.
    ///
    /// New credentials make it untested until the next connection test.
    #[oai(
        path = "/channels/:channel_id",
        method = "patch",
        operation_id = "update_channel"
    )]
    async fn update_channel(
        &self,
        can: Can<ManageChannels>,
        channel_id: Path<ChannelId>,
        body: Json<ChannelPatch>,
    ) -> Result<Json<ChannelOut>> {
        let ChannelPatch {
            name,
            waba_id,
            access_token,
            app_secret,
            verify_token,
        } = body.0;
        let secret = |field, value| Ok::<_, Error>(kept_or_set(field, value)?.map(SecretString::from));
        let changes = ChannelChanges {
            name: kept_or_set("name", name)?.map(|name| named(&name)).transpose()?,
            waba_id: kept_or_set("waba_id", waba_id)?,
            access_token: secret("access_token", access_token)?,
            app_secret: secret("app_secret", app_secret)?,
            verify_token: secret("verify_token", verify_token)?,
        };
        let row = self
            .service
            .update_channel(can.db(), channel_id.0, changes)
            .await?;
        Ok(Json(self.one(can.db(), row).await?))
    }

    /// Remove a number.
    ///
    /// Its conversations stay readable; nothing can be sent from it any more.
    #[oai(
        path = "/channels/:channel_id",
        method = "delete",
        operation_id = "delete_channel"
    )]
    async fn delete_channel(
        &self,
        can: Can<ManageChannels>,
        channel_id: Path<ChannelId>,
    ) -> Result<NoContent> {
        self.service.delete_channel(can.db(), channel_id.0).await?;
        Ok(NoContent::Done)
    }

    /// Let a number send again.
    ///
    /// For a number that is held or may only answer: what waits leaves within half a minute. If WhatsApp still refuses, it is
    /// held again with the reason. One that another account of the platform has proven to be theirs is not let go (409
    /// `number_lost`): run the connection test.
    #[oai(
        path = "/channels/:channel_id/resume",
        method = "post",
        operation_id = "resume_channel"
    )]
    async fn resume_channel(
        &self,
        can: Can<ManageChannels>,
        channel_id: Path<ChannelId>,
    ) -> Result<Json<ChannelOut>> {
        self.service.resume_channel(can.db(), channel_id.0).await?;
        let row = self.service.channel(can.db(), channel_id.0).await?;
        Ok(Json(self.one(can.db(), row).await?))
    }

    /// Test the connection.
    ///
    /// Checks token, number, account and webhook in this order, points the account's webhook here, and says what is wrong
    /// and how to mend it. The result is also kept as the number's status. A number that was held because of its token or
    /// because it was not registered goes on when that is seen to be over; what WhatsApp told of the account (a ban, a
    /// restriction) stands until WhatsApp takes it back or somebody asks `POST /channels/{id}/resume`.
    ///
    /// A passed test proves that the number is yours. Of several accounts of the platform that connected one number, the one
    /// whose test has passed last gets its webhooks; the account that had it is told, and its number is `held`.
    #[oai(
        path = "/channels/:channel_id/test",
        method = "post",
        operation_id = "test_channel"
    )]
    async fn test_channel(
        &self,
        can: Can<ManageChannels>,
        channel_id: Path<ChannelId>,
    ) -> Result<Json<ConnectionTest>> {
        let report = self.service.test_channel(can.db(), channel_id.0).await?;
        Ok(Json(report.into()))
    }
}

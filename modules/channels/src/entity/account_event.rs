//! What WhatsApp told about accounts, numbers and the people who write to them, as a timeline for people.

use contracts::channels::ChannelId;
use kernel::{TenantId, id};
use sea_orm::entity::prelude::*;

id!(
    /// One event of the timeline.
    AccountEventId,
    "aev"
);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channels_account_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountEventId,
    /// Of account, time, field and payload: the same event twice is one.
    pub digest: String,
    /// WhatsApp's webhook field.
    pub field: String,
    /// WhatsApp's word for what happened.
    pub event: String,
    /// What it is about; of a topic the newest event counts, in whatever order they came.
    pub topic: String,
    /// The number it is about, if not the whole account.
    pub channel_id: Option<ChannelId>,
    pub waba_id: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// `title_terms` in English: for rows of earlier versions, and for processes of the previous one.
    pub title: String,
    /// `detail_terms` in English.
    pub detail: String,
    /// [`Sentences`](sentences::Sentences): what happened; none in rows of earlier versions.
    #[sea_orm(column_type = "Text", nullable)]
    pub title_terms: Option<String>,
    /// [`Sentences`](sentences::Sentences): what it means and what to do; empty when the title says it all.
    #[sea_orm(column_type = "Text", nullable)]
    pub detail_terms: Option<String>,
    /// `value` of the change; of a history only what is about the whole.
    #[sea_orm(column_type = "Text")]
    pub payload: String,
    /// When, by WhatsApp.
    pub at: DateTimeUtc,
    pub received_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(AccountEventId, "account event");

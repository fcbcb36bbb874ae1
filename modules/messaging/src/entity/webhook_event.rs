//! What a webhook brought and no part of the platform has a home for yet: kept raw, visible, never dropped.

use kernel::{TenantId, id};
use sea_orm::entity::prelude::*;

id!(
    /// One kept change.
    WebhookEventId,
    "wev"
);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_webhook_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookEventId,
    /// SHA-256 of WABA, time and content: a repetition is not kept twice.
    pub digest: String,
    pub field: String,
    /// Why it is here: `no_home`, `unknown_number`, `unknown_account`, `malformed`, `failed`, `error`.
    pub reason: String,
    pub waba_id: Option<String>,
    pub phone_number_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub payload: String,
    pub received_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(WebhookEventId, "webhook event");

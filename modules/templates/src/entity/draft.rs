//! What somebody is writing.

use contracts::{channels::ChannelId, templates::TemplateId};
use kernel::{TenantId, id};
use sea_orm::entity::prelude::*;

id!(
    /// A template that somebody is writing.
    DraftId,
    "tdr"
);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "templates_drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DraftId,
    /// For which number's account.
    pub channel_id: Option<ChannelId>,
    /// The template that it changes; none for a new one.
    pub template_id: Option<TemplateId>,
    pub name: String,
    pub language: String,
    /// JSON: the body of a creation as far as it is written, in WhatsApp's own form.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// JSON: what its slots will be filled with.
    #[sea_orm(column_type = "Text")]
    pub mapping: String,
    /// Counts the saves: who saves an older one is told.
    pub version: i32,
    pub saved_by: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(DraftId, "draft");

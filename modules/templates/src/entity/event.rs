//! What happened to templates, as a timeline for people.

use contracts::templates::TemplateId;
use kernel::{TenantId, id};
use sea_orm::entity::prelude::*;

use super::enums::Severity;

id!(
    /// One event of a template's timeline.
    TemplateEventId,
    "tev"
);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "templates_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TemplateEventId,
    pub template_id: TemplateId,
    /// What happened: `status`, `quality`, `category`, `components`, `submitted`, `edited`, …
    pub kind: String,
    /// How much it matters.
    pub severity: Severity,
    /// JSON: [`Sentences`](sentences::Sentences).
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// JSON: [`Sentences`](sentences::Sentences): what it means and what to do.
    #[sea_orm(column_type = "Text")]
    pub detail: String,
    /// Who did it, where somebody here has.
    pub actor: Option<String>,
    /// When, by WhatsApp where it says so.
    pub at: DateTimeUtc,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(TemplateEventId, "template event");

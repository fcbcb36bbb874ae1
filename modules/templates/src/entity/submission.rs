//! What was handed in and has no answer yet, or was refused: one a template.

use contracts::{channels::ChannelId, templates::TemplateId};
use kernel::TenantId;
use sea_orm::entity::prelude::*;

use super::enums::{SubmissionKind, SubmissionState};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "templates_submissions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub template_id: TemplateId,
    pub channel_id: ChannelId,
    pub kind: SubmissionKind,
    pub state: SubmissionState,
    /// JSON: the body of the request.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// How often it was sent.
    pub attempts: i32,
    /// JSON: [`Sentences`](sentences::Sentences): why it was refused, or what it waits for.
    #[sea_orm(column_type = "Text", nullable)]
    pub problem: Option<String>,
    pub submitted_by: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();

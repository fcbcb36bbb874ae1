//! How far the copy of an account is.

use kernel::TenantId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "templates_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub waba_id: String,
    /// The Meta app of its token: samples of headers are uploaded to it.
    pub app_id: Option<String>,
    /// When a sync was last asked for that has not begun.
    pub wanted_at: Option<DateTimeUtc>,
    /// When the sync under way began; none if none is.
    pub sync_started_at: Option<DateTimeUtc>,
    /// Where it goes on.
    pub sync_after: Option<String>,
    /// When the last whole sync began.
    pub synced_at: Option<DateTimeUtc>,
    /// When the last one failed, if it has since.
    pub failed_at: Option<DateTimeUtc>,
    /// JSON: [`Sentences`](sentences::Sentences): why.
    #[sea_orm(column_type = "Text", nullable)]
    pub problem: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();

//! How many messages were sent, delivered and failed on each day of a tenant, and how many wait.

use kernel::TenantId;
use sea_orm::entity::prelude::*;

/// The row of no day: what is so whatever the day.
pub const ALWAYS: &str = "";

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_figures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// `YYYY-MM-DD` in the tenant's time zone, or [`ALWAYS`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    /// Messages that wait to be sent; only of [`ALWAYS`].
    pub waiting: i64,
    pub sent: i64,
    pub delivered: i64,
    pub failed: i64,
    /// When live clients were last told; only of [`ALWAYS`].
    pub told_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();

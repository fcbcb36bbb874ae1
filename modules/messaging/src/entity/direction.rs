//! Which way messages and files go.

use sea_orm::entity::prelude::*;

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, poem_openapi::Enum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
#[oai(rename_all = "snake_case")]
pub enum Direction {
    /// From a customer.
    Inbound,
    /// To a customer.
    Outbound,
}

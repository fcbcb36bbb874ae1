//! Every chunk of a campaign reads the addresses of a few hundred contacts: a covering index for that.

use sea_orm_migration::prelude::*;

use crate::column::tenant_index;

const TABLE: &str = "contacts_identities";
const BEFORE: &[&str] = &["contact_id"];
const NOW: &[&str] = &["contact_id", "learned_at"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        replace(schema, BEFORE, NOW).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        replace(schema, NOW, BEFORE).await
    }
}

/// The new one first: nobody reads without one meanwhile.
async fn replace(
    schema: &SchemaManager<'_>,
    before: &[&'static str],
    now: &[&'static str],
) -> Result<(), DbErr> {
    schema.create_index(tenant_index(TABLE, now, false)).await?;
    let name = format!("{TABLE}_by_{}", before.join("_"));
    schema
        .drop_index(Index::drop().name(name).table(TABLE).to_owned())
        .await
}

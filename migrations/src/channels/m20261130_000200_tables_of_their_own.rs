//! Numbers and the accounts' timeline leave messaging: their tables get the names of their module. Renaming is instant, whatever
//! a table holds.
//!
//! On MySQL the old names stay as views that read and write the tables, for processes of the version before: the next release
//! drops them. SQLite has one process, which is stopped for an update.
#![expect(
    clippy::disallowed_methods,
    reason = "sea-query knows neither views nor the renaming of an index; the names are constants"
)]

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::tenant_index;

/// A table before and after, and its indexes: columns, and whether unique.
type Renamed = (
    &'static str,
    &'static str,
    &'static [(&'static [&'static str], bool)],
);

const TABLES: &[Renamed] = &[
    (
        "messaging_channels",
        "channels_channels",
        &[(&["phone_number_id"], true)],
    ),
    (
        "messaging_account_events",
        "channels_account_events",
        &[(&["digest"], true), (&["waba_id", "topic", "at"], false)],
    ),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (before, after, indexes) in TABLES {
            rename(schema, before, after, indexes).await?;
            if schema.get_database_backend() != DbBackend::Sqlite {
                // With the caller's rights, so that a backup can be restored by another user.
                let sql = format!(
                    "CREATE OR REPLACE SQL SECURITY INVOKER VIEW `{before}` AS SELECT * FROM `{after}`"
                );
                schema.get_connection().execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (before, after, indexes) in TABLES {
            let sql = format!("DROP VIEW IF EXISTS `{before}`");
            schema.get_connection().execute_unprepared(&sql).await?;
            rename(schema, after, before, indexes).await?;
        }
        Ok(())
    }
}

/// MySQL cannot roll DDL back: what an attempt that was interrupted has done is not done again.
async fn rename(
    schema: &SchemaManager<'_>,
    from: &'static str,
    to: &'static str,
    indexes: &[(&'static [&'static str], bool)],
) -> Result<(), DbErr> {
    if !schema.has_table(to).await? {
        let table = Table::rename().table(from, to).to_owned();
        schema.rename_table(table).await?;
    }
    for (columns, unique) in indexes {
        let name = |table: &str| format!("{table}_by_{}", columns.join("_"));
        let (old, new) = (name(from), name(to));
        if schema.has_index(to, &new).await? {
            continue;
        }
        if schema.get_database_backend() == DbBackend::Sqlite {
            // SQLite cannot rename an index.
            schema
                .drop_index(Index::drop().name(&old).table(to).to_owned())
                .await?;
            schema.create_index(tenant_index(to, columns, *unique)).await?;
        } else {
            let sql = format!("ALTER TABLE `{to}` RENAME INDEX `{old}` TO `{new}`");
            schema.get_connection().execute_unprepared(&sql).await?;
        }
    }
    Ok(())
}

//! Numbers and the accounts' timeline leave messaging: their tables get the names of their module. Renaming is instant, whatever
//! a table holds.
//!
//! On MySQL the old names stay as views that read and write the tables, for processes of the version before: the next release
//! drops them. SQLite has one process, which is stopped for an update.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::{add_index, index_name, run};

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
                run(schema, sql).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (before, after, indexes) in TABLES {
            run(schema, format!("DROP VIEW IF EXISTS `{before}`")).await?;
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
        let (old, new) = (index_name(from, columns), index_name(to, columns));
        if schema.get_database_backend() == DbBackend::Sqlite {
            // SQLite cannot rename an index.
            run(schema, format!("DROP INDEX IF EXISTS \"{old}\"")).await?;
            add_index(schema, to, columns, *unique).await?;
        } else if !schema.has_index(to, &new).await? {
            run(
                schema,
                format!("ALTER TABLE `{to}` RENAME INDEX `{old}` TO `{new}`"),
            )
            .await?;
        }
    }
    Ok(())
}

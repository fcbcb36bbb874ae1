//! Our definitions of columns and tables, the same on MySQL, MariaDB and SQLite.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};

/// A table in our character set. Comparison is by bytes on every database: a wamid is case-sensitive, and MySQL's
/// default collation would call two of them equal.
pub fn table<T: IntoIden>(name: T) -> TableCreateStatement {
    // sea-query writes a character set for SQLite too, which refuses it. MySQL and MariaDB run what such a comment holds.
    Table::create()
        .table(name.into_iden())
        .extra("/*!40101 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */")
        .to_owned()
}

/// `BINARY(16)` on MySQL, a 16-byte blob on SQLite; not null.
pub fn id<T: IntoIden>(name: T) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().to_owned()
}

/// An id that may be absent.
pub fn id_null<T: IntoIden>(name: T) -> ColumnDef {
    ColumnDef::new(name).uuid().null().to_owned()
}

/// An instant with microseconds, UTC; not null.
pub fn instant<T: IntoIden>(backend: DbBackend, name: T) -> ColumnDef {
    instant_null(backend, name).not_null().to_owned()
}

/// An instant that may be absent.
pub fn instant_null<T: IntoIden>(backend: DbBackend, name: T) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DbBackend::Sqlite => column.timestamp_with_time_zone(),
        // TIMESTAMP ends in 2038 and is rewritten by the server's time zone; DATETIME is neither.
        _ => column.custom("DATETIME(6)"),
    };
    column
}

/// Text of at most `length` characters; not null.
pub fn text<T: IntoIden>(name: T, length: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(length).not_null().to_owned()
}

/// Text that may be absent.
pub fn text_null<T: IntoIden>(name: T, length: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(length).null().to_owned()
}

/// JSON or raw text up to 4 GiB on MySQL (`LONGTEXT`): kept byte for byte, where MySQL's JSON type would reorder and renumber.
pub fn long_text<T: IntoIden>(backend: DbBackend, name: T) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DbBackend::Sqlite => column.text(),
        _ => column.custom("LONGTEXT"),
    };
    column
}

/// A primary key that starts with the tenant.
pub fn tenant_key<I, C>(columns: I) -> IndexCreateStatement
where
    I: IntoIterator<Item = C>,
    C: IntoIden + 'static,
{
    let mut key = Index::create().primary().col("tenant_id").to_owned();
    for column in columns {
        key.col(column.into_iden());
    }
    key
}

/// An index (unique if told) on a tenant's table: its name is `<table>_by_<columns>`.
pub fn tenant_index(table: &'static str, columns: &[&'static str], unique: bool) -> IndexCreateStatement {
    let mut index = Index::create()
        .name(index_name(table, columns))
        .table(table)
        .col("tenant_id")
        .to_owned();
    for column in columns {
        index.col(*column);
    }
    if unique {
        index.unique();
    }
    index
}

/// Adds columns that may be null to a table, one a statement: SQLite knows no other way. A column that is there already is left as it
/// is: MySQL cannot roll DDL back, so a migration that was interrupted is run again.
pub(crate) async fn add(
    schema: &SchemaManager<'_>,
    table: &'static str,
    columns: impl IntoIterator<Item = ColumnDef>,
) -> Result<(), DbErr> {
    for column in columns {
        if schema.has_column(table, column.get_column_name()).await? {
            continue;
        }
        let table = Table::alter().table(table).add_column(column).to_owned();
        schema.alter_table(table).await?;
    }
    Ok(())
}

/// Creates a [`tenant_index`] that is not there yet.
pub(crate) async fn add_index(
    schema: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    unique: bool,
) -> Result<(), DbErr> {
    if schema.has_index(table, index_name(table, columns)).await? {
        return Ok(());
    }
    schema.create_index(tenant_index(table, columns, unique)).await
}

/// The name of an index on a tenant's table.
pub(crate) fn index_name(table: &str, columns: &[&str]) -> String {
    format!("{table}_by_{}", columns.join("_"))
}

/// Runs SQL that sea-query cannot express. Names and values in it are constants of the migration.
pub(crate) async fn run(schema: &SchemaManager<'_>, sql: impl Into<String>) -> Result<(), DbErr> {
    let statement = Statement::from_string(schema.get_database_backend(), sql);
    schema.get_connection().execute_raw(statement).await?;
    Ok(())
}

/// Takes columns away again.
pub(crate) async fn take_away(
    schema: &SchemaManager<'_>,
    table: &'static str,
    columns: impl IntoIterator<Item = &'static str>,
) -> Result<(), DbErr> {
    for column in columns {
        let table = Table::alter().table(table).drop_column(column).to_owned();
        schema.alter_table(table).await?;
    }
    Ok(())
}

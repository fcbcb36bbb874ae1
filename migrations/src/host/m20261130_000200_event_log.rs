//! Events for listeners: the log, each listener's position in it, and events that could not be applied.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::{add, id, instant, instant_null, long_text, run, table, take_away, tenant_key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const PARKED: &str = "host_parked_keys";
const DUE: &str = "host_parked_keys_due";
const TABLES: &[&str] = &[
    "host_parked_events",
    "host_parked_keys",
    "host_event_cursors",
    "host_event_head",
    "host_events",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        let full = long_text(db, "full_payload").null().to_owned();
        add(schema, "host_outbox", [full]).await?;
        // SQLite numbers rows in the order of their insertion by itself (rowid).
        if db == DbBackend::MySql && !schema.has_column("host_outbox", "seq").await? {
            let numbered = "ALTER TABLE host_outbox ADD COLUMN seq BIGINT NOT NULL AUTO_INCREMENT, \
                            ADD UNIQUE KEY host_outbox_seq (seq)";
            run(schema, numbered).await?;
        }
        let head = table("host_event_head")
            .col(ColumnDef::new("id").integer().not_null().primary_key())
            .col(big("seq"))
            .to_owned();
        let tables = [log(db), head, cursors(db), parked_keys(db), parked_events(db)];
        for mut table in tables {
            schema.create_table(table.if_not_exists().to_owned()).await?;
        }
        let first = "INSERT INTO host_event_head (id, seq) SELECT 1, 0 FROM (SELECT 1 AS one) AS once \
                     WHERE NOT EXISTS (SELECT id FROM host_event_head)";
        run(schema, first).await?;
        if schema.has_index(PARKED, DUE).await? {
            return Ok(());
        }
        let due = Index::create().name(DUE).table(PARKED).col("retry_at").to_owned();
        schema.create_index(due).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in TABLES {
            schema.drop_table(Table::drop().table(*name).to_owned()).await?;
        }
        if schema.get_database_backend() == DbBackend::MySql {
            take_away(schema, "host_outbox", ["seq"]).await?;
        }
        take_away(schema, "host_outbox", ["full_payload"]).await
    }
}

fn big(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().to_owned()
}

fn count(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).integer().not_null().default(0).to_owned()
}

fn log(db: DbBackend) -> TableCreateStatement {
    table("host_events")
        .col(id("tenant_id"))
        .col(text("name", 64))
        .col(big("seq"))
        .col(long_text(db, "payload").not_null())
        .col(big("bytes"))
        .col(instant(db, "created_at"))
        .primary_key(&mut tenant_key(["name", "seq"]))
        .to_owned()
}

fn cursors(db: DbBackend) -> TableCreateStatement {
    table("host_event_cursors")
        .col(id("tenant_id"))
        .col(text("listener", 96))
        .col(text("event", 64))
        .col(big("seq"))
        .col(count("attempts"))
        .col(instant_null(db, "retry_at"))
        .col(long_text(db, "error").null())
        .col(instant(db, "updated_at"))
        .primary_key(&mut tenant_key(["listener"]))
        .to_owned()
}

fn parked_keys(db: DbBackend) -> TableCreateStatement {
    table(PARKED)
        .col(id("tenant_id"))
        .col(text("listener", 96))
        .col(text("event_key", 190))
        .col(count("attempts"))
        .col(instant_null(db, "retry_at"))
        .col(long_text(db, "error").null())
        .col(instant(db, "parked_at"))
        .primary_key(&mut tenant_key(["listener", "event_key"]))
        .to_owned()
}

fn parked_events(db: DbBackend) -> TableCreateStatement {
    table("host_parked_events")
        .col(id("tenant_id"))
        .col(text("listener", 96))
        .col(text("event_key", 190))
        .col(big("seq"))
        .col(long_text(db, "payload").not_null())
        .col(big("bytes"))
        .primary_key(&mut tenant_key(["listener", "event_key", "seq"]))
        .to_owned()
}

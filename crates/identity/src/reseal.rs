//! Counts the platform's sealed secrets per key, and reseals all of them under the newest key.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Error, Result, Sealed, TenantId, Vault, id::Id, retrying};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use uuid::Uuid;

use crate::Identity;

/// Rows that are read, and then changed in one transaction.
const BATCH: u64 = 100;
/// Passes over the tables: a row that was changed meanwhile is left for the next pass.
const PASSES: usize = 5;
/// Secrets that cannot be opened: how many are named at most.
const NAMED: usize = 20;

/// How many values of one column are sealed under one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedUnder {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The key's id; empty for a value that is not sealed at all.
    pub key_id: String,
    /// How many.
    pub values: u64,
    /// Whether the key is the one that seals now.
    pub newest: bool,
    /// Whether the key is known.
    pub known: bool,
}

/// What `wapro vault reseal` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that are under the newest key now and were not before.
    pub anew: u64,
    /// Values that no known key opens. They stay as they are.
    pub unreadable: u64,
    /// Where some of those are, 20 at most.
    pub places: Vec<String>,
    /// Ids of the keys that sealed them and are not known. A value may also be damaged, or sealed by another key of a known id.
    pub missing_keys: BTreeSet<String>,
    /// Values that kept changing while they were resealed.
    pub left: u64,
}

impl Identity {
    /// How many secrets are sealed under which key, by table and column. [`Identity::learn_modules`] must have been called.
    ///
    /// # Errors
    /// The database's.
    pub async fn sealed_under(&self) -> Result<Vec<SealedUnder>> {
        let db = self
            .service
            .system
            .across_tenants("an operator counts secrets by key");
        let mut found = Vec::new();
        for sealed in self.vault.sealed() {
            for column in sealed.columns {
                // `v1.<key id>.<base64>`; both databases count characters from 1.
                let sql = format!(
                    "SELECT CASE WHEN SUBSTR(`{column}`, 1, 3) = 'v1.' \
                     THEN SUBSTR(`{column}`, 4, INSTR(SUBSTR(`{column}`, 4), '.') - 1) ELSE '' END AS key_id, COUNT(*) AS how_many \
                     FROM `{}` WHERE `{column}` <> '' GROUP BY 1 ORDER BY 1",
                    sealed.table
                );
                let statement = Statement::from_string(db.get_database_backend(), sql);
                for row in db.query_all_raw(statement).await? {
                    let key_id: String = row.try_get("", "key_id")?;
                    let values: i64 = row.try_get("", "how_many")?;
                    found.push(SealedUnder {
                        table: sealed.table,
                        column,
                        newest: key_id == self.vault.newest(),
                        known: self.vault.knows(&key_id),
                        key_id,
                        values: values.unsigned_abs(),
                    });
                }
            }
        }
        Ok(found)
    }

    /// Seals every secret under the newest key that is not. Reads and changes a hundred rows at a time, each row only if it is
    /// still as it was read: the server may run meanwhile, if its processes know the newest key. If it is interrupted, the next
    /// call continues.
    ///
    /// # Errors
    /// The database's.
    pub async fn reseal(&self) -> Result<Resealed> {
        let mut done = Resealed::default();
        for _ in 0..PASSES {
            (done.unreadable, done.left) = (0, 0);
            done.places.clear();
            done.missing_keys.clear();
            for sealed in self.vault.sealed() {
                self.reseal_table(sealed, &mut done).await?;
            }
            if done.left == 0 {
                break;
            }
        }
        Ok(done)
    }

    /// Tries to open the secrets of the first `most` rows of each table: how many were tried, and the places of those that
    /// cannot be opened. A key of the right id may still be the wrong key, for example after a restore without the key file.
    ///
    /// # Errors
    /// The database's.
    pub async fn try_secrets(&self, most: u64) -> Result<(u64, Vec<String>)> {
        let (mut tried, mut places) = (0, Vec::new());
        for sealed in self.vault.sealed() {
            for row in self.rows(sealed, None, false, most).await? {
                for (column, value) in &row.values {
                    let place = row.place(sealed, column);
                    tried += 1;
                    if self.vault.open(&place, value).is_err() {
                        places.push(place);
                    }
                }
            }
        }
        Ok((tried, places))
    }

    async fn reseal_table(&self, sealed: &Sealed, done: &mut Resealed) -> Result<()> {
        let mut after = None;
        loop {
            let rows = self.rows(sealed, after, true, BATCH).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = Some((last.tenant, last.id));
            let mut changes = Vec::with_capacity(rows.len());
            for row in &rows {
                let change = self.sealed_anew(sealed, row, done)?;
                if !change.is_empty() {
                    changes.push((row, change));
                }
            }
            let (mut anew, mut left) = (0, 0);
            for (changed, values) in self.write(sealed, &changes).await? {
                if changed {
                    anew += values;
                } else {
                    left += values;
                }
            }
            done.anew += anew;
            done.left += left;
        }
    }

    /// The row's values under the newest key, where they are not already and can be opened.
    fn sealed_anew(
        &self,
        sealed: &Sealed,
        row: &Row,
        done: &mut Resealed,
    ) -> Result<BTreeMap<&'static str, String>> {
        let newest = format!("v1.{}.", self.vault.newest());
        let mut anew = BTreeMap::new();
        for (column, value) in &row.values {
            if value.starts_with(&newest) {
                continue;
            }
            let place = row.place(sealed, column);
            match self.vault.open(&place, value) {
                Ok(secret) => {
                    anew.insert(*column, self.vault.seal(&place, &secret)?);
                }
                Err(error) => {
                    let reason = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(place, reason, "a secret cannot be opened and stays as it is");
                    done.missing_keys.extend(self.missing_key(value));
                    done.unreadable += 1;
                    if done.places.len() < NAMED {
                        done.places.push(place);
                    }
                }
            }
        }
        Ok(anew)
    }

    /// The id of the key that sealed a value, if that key is not known.
    fn missing_key(&self, value: &str) -> Option<String> {
        let (id, _) = value.strip_prefix("v1.")?.split_once('.')?;
        (!self.vault.knows(id)).then(|| id.to_owned())
    }

    /// Writes the changes in one transaction. Answers for each row whether it was still as it was read, and its values.
    async fn write(
        &self,
        sealed: &Sealed,
        changes: &[(&Row, BTreeMap<&'static str, String>)],
    ) -> Result<Vec<(bool, u64)>> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        retrying(|| async {
            let tx = self
                .service
                .system
                .begin_across_tenants("an operator seals secrets of all tenants anew")
                .await?;
            let mut written = Vec::with_capacity(changes.len());
            for (row, change) in changes {
                let set: Vec<String> = change.keys().map(|column| format!("`{column}` = ?")).collect();
                let sql = format!(
                    "UPDATE `{}` SET {} WHERE `tenant_id` = ? AND `id` = ? AND {}",
                    sealed.table,
                    set.join(", "),
                    set.join(" AND ")
                );
                let before = change.keys().filter_map(|column| row.values.get(column));
                let values = change
                    .values()
                    .cloned()
                    .map(Value::from)
                    .chain([Value::from(row.tenant), Value::from(row.id)])
                    .chain(before.cloned().map(Value::from));
                let on = tx.connection();
                let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
                let changed = on.execute_raw(statement).await?.rows_affected() > 0;
                written.push((changed, change.len() as u64));
            }
            tx.commit().await?;
            Ok(written)
        })
        .await
    }

    /// Rows behind `after`, in the order of the key; with `old` only those that hold a value under another key than the newest.
    async fn rows(
        &self,
        sealed: &Sealed,
        after: Option<(Uuid, Uuid)>,
        old: bool,
        most: u64,
    ) -> Result<Vec<Row>> {
        let newest = format!("v1.{}.", self.vault.newest());
        let columns: Vec<String> = sealed
            .columns
            .iter()
            .map(|column| format!("`{column}`"))
            .collect();
        let mut sql = format!(
            "SELECT `tenant_id`, `id`, {} FROM `{}` WHERE 1 = 1",
            columns.join(", "),
            sealed.table
        );
        let mut values: Vec<Value> = Vec::new();
        if let Some((tenant, id)) = after {
            sql += " AND (`tenant_id` > ? OR (`tenant_id` = ? AND `id` > ?))";
            values.extend([tenant.into(), tenant.into(), id.into()]);
        }
        if old {
            let under_another: Vec<String> = columns
                .iter()
                .map(|column| format!("({column} <> '' AND SUBSTR({column}, 1, {}) <> ?)", newest.len()))
                .collect();
            sql += &format!(" AND ({})", under_another.join(" OR "));
            values.extend(columns.iter().map(|_| Value::from(newest.clone())));
        }
        sql += &format!(" ORDER BY `tenant_id`, `id` LIMIT {most}");
        let db = self
            .service
            .system
            .across_tenants("an operator seals secrets of all tenants anew");
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        let rows = db.query_all_raw(statement).await?;
        rows.iter().map(|row| Row::read(row, sealed)).collect()
    }
}

/// A row with sealed values.
struct Row {
    tenant: Uuid,
    id: Uuid,
    /// Column and sealed value, without those that are null or empty.
    values: BTreeMap<&'static str, String>,
}

impl Row {
    fn read(row: &QueryResult, sealed: &Sealed) -> Result<Self> {
        let mut values = BTreeMap::new();
        for column in sealed.columns {
            let value: Option<String> = row.try_get("", column).map_err(Error::from)?;
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                values.insert(*column, value);
            }
        }
        Ok(Self {
            tenant: row.try_get("", "tenant_id").map_err(Error::from)?,
            id: row.try_get("", "id").map_err(Error::from)?,
            values,
        })
    }

    fn place(&self, sealed: &Sealed, column: &str) -> String {
        sealed.place(TenantId::from_uuid(self.tenant), self.id, column)
    }
}

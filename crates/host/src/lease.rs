//! "Only one of us": a named lease in the database, for work that must have one worker across all processes.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::{Result, SystemDb, tenant::SystemTx};
use sea_orm::{ConnectionTrait, Statement, Value};

/// Holds or tries for one lease.
#[derive(Clone, Debug)]
pub struct Lease {
    name: &'static str,
    owner: String,
    length: Duration,
}

impl Lease {
    /// `owner` must be unique to the process.
    pub fn new(name: &'static str, owner: String, length: Duration) -> Self {
        Self { name, owner, length }
    }

    /// Takes or renews the lease. Whether it is ours until `length` from now.
    ///
    /// # Errors
    /// The database's.
    pub async fn take(&self, system: &SystemDb) -> Result<bool> {
        let now = system.clock().now();
        let until = now + TimeDelta::from_std(self.length).unwrap_or(TimeDelta::seconds(10));
        let tx = system
            .begin_across_tenants("a lease belongs to the deployment")
            .await?;
        let on = tx.connection();
        let backend = on.get_database_backend();
        let run = |sql: &str, values: Vec<Value>| {
            on.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        };
        let renewed = run(
            "UPDATE host_leases SET owner = ?, until = ? WHERE name = ? AND (owner = ? OR until < ?)",
            vec![
                self.owner.clone().into(),
                until.into(),
                self.name.into(),
                self.owner.clone().into(),
                now.into(),
            ],
        )
        .await?
        .rows_affected();
        let mine = if renewed > 0 {
            true
        } else {
            // Nobody ever held it, or somebody does: the unique name decides.
            let verb = if backend == sea_orm::DbBackend::Sqlite {
                "INSERT OR IGNORE"
            } else {
                "INSERT IGNORE"
            };
            let sql = format!("{verb} INTO host_leases (name, owner, until) VALUES (?, ?, ?)");
            run(
                &sql,
                vec![self.name.into(), self.owner.clone().into(), until.into()],
            )
            .await?
            .rows_affected()
                > 0
        };
        tx.commit().await?;
        Ok(mine)
    }

    /// Makes sure, within the transaction in which the lease's work is written, that the lease is still ours, and renews it.
    /// Nobody else can take it before that transaction ends: whoever slept too long writes nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn hold_in(&self, tx: &SystemTx, system: &SystemDb) -> Result<bool> {
        let on = tx.connection();
        let until = system.clock().now() + TimeDelta::from_std(self.length).unwrap_or(TimeDelta::seconds(10));
        let sql = "UPDATE host_leases SET until = ? WHERE name = ? AND owner = ?";
        let values = vec![until.into(), self.name.into(), self.owner.clone().into()];
        let held = on
            .execute_raw(Statement::from_sql_and_values(
                on.get_database_backend(),
                sql,
                values,
            ))
            .await?;
        Ok(held.rows_affected() > 0)
    }

    /// Gives the lease back, so that another process need not wait for its end.
    ///
    /// # Errors
    /// The database's.
    pub async fn give_back(&self, system: &SystemDb) -> Result<()> {
        let on = system.across_tenants("a lease belongs to the deployment");
        let sql = "DELETE FROM host_leases WHERE name = ? AND owner = ?";
        let values = vec![self.name.into(), self.owner.clone().into()];
        on.execute_raw(Statement::from_sql_and_values(
            on.get_database_backend(),
            sql,
            values,
        ))
        .await?;
        Ok(())
    }
}

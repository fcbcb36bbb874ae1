//! A named lease in the database, for work that must have only one worker across all processes.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::{Result, SystemDb};
use sea_orm::{
    ConnectionTrait, ExprTrait, Statement, Value,
    sea_query::{Expr, Query, SimpleExpr},
};

/// The result of asking for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was ours and is renewed; nobody held it in between.
    Kept,
    /// It is ours now; somebody else may have held it before.
    Anew,
    /// Another process holds it.
    Not,
}

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

    /// Takes or renews the lease.
    ///
    /// # Errors
    /// The database's.
    pub async fn take(&self, system: &SystemDb) -> Result<Taken> {
        let now = system.clock().now();
        let until = now + TimeDelta::from_std(self.length).unwrap_or(TimeDelta::seconds(10));
        let tx = system
            .begin_across_tenants("a lease belongs to the deployment")
            .await?;
        let on = tx.connection();
        let backend = on.get_database_backend();
        // Each holder writes its name: if it is still ours, nobody else held the lease meanwhile.
        let kept = "UPDATE host_leases SET until = ? WHERE name = ? AND owner = ?";
        let over = "UPDATE host_leases SET owner = ?, until = ? WHERE name = ? AND until < ?";
        // It does not exist yet, or somebody holds it: the unique name decides.
        let verb = if backend == sea_orm::DbBackend::Sqlite {
            "INSERT OR IGNORE"
        } else {
            "INSERT IGNORE"
        };
        let first = format!("{verb} INTO host_leases (owner, until, name) VALUES (?, ?, ?)");
        let (owner, name): (Value, Value) = (self.owner.clone().into(), self.name.into());
        let run = |sql: &str, values: Vec<Value>| {
            on.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        };
        let mut taken = Taken::Kept;
        let mut done = run(kept, vec![until.into(), name.clone(), owner.clone()]).await?;
        if done.rows_affected() == 0 {
            taken = Taken::Anew;
            done = run(over, vec![owner.clone(), until.into(), name.clone(), now.into()]).await?;
        }
        if done.rows_affected() == 0 {
            done = run(&first, vec![owner, until.into(), name]).await?;
        }
        if done.rows_affected() == 0 {
            taken = Taken::Not;
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// The condition that the lease is ours, for a statement.
    pub fn held(&self) -> SimpleExpr {
        let mine = Query::select()
            .expr(Expr::value(1))
            .from("host_leases")
            .and_where(Expr::col("name").eq(self.name))
            .and_where(Expr::col("owner").eq(self.owner.clone()))
            .to_owned();
        Expr::exists(mine)
    }

    /// Releases the lease, so that another process need not wait for its expiry.
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

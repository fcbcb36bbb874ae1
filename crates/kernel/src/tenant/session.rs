//! Ending a transaction whose statement does not end by itself.

use std::fmt;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::TenantTx;
use crate::{Error, Result};

/// The connection of a transaction, as its database server knows it.
pub struct Session {
    pool: DatabaseConnection,
    /// None on SQLite.
    id: Option<i64>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({:?})", self.id)
    }
}

impl TenantTx {
    /// The transaction's connection; ask before running what may have to be ended. Costs a round trip, except on SQLite.
    ///
    /// # Errors
    /// The database's.
    pub async fn session(&self) -> Result<Session> {
        let pool = self.db.system.connection.clone();
        if pool.get_database_backend() != DbBackend::MySql {
            return Ok(Session { pool, id: None });
        }
        let ask = Statement::from_string(DbBackend::MySql, "SELECT CAST(CONNECTION_ID() AS SIGNED)");
        let row = self.inner.tx.query_one_raw(ask).await?;
        let row = row.ok_or_else(|| Error::internal("CONNECTION_ID() has no value"))?;
        Ok(Session {
            pool,
            id: Some(row.try_get_by_index(0)?),
        })
    }
}

impl Session {
    /// Ends the connection at the server, through another one: its statement is stopped, its transaction rolled back and its locks
    /// are released, all in a moment. A caller that only goes away leaves the statement running. On SQLite nothing happens: a
    /// statement there runs in this process and ends by itself.
    ///
    /// # Errors
    /// The database's, also when the connection has ended already.
    pub async fn end(&self) -> Result<()> {
        if let Some(id) = self.id {
            self.pool.execute_unprepared(&format!("KILL {id}")).await?;
        }
        Ok(())
    }
}

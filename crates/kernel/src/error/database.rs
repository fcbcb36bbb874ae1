//! What an error of the database is to a caller.

use super::Error;

impl From<sea_orm::DbErr> for Error {
    fn from(err: sea_orm::DbErr) -> Self {
        // The database's own sentence names tables and values, so it is replaced.
        if let Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) = err.sql_err() {
            return Self::conflict(
                "already_exists",
                "Something with this name or key exists already.",
            );
        }
        if is_contention(&err) {
            tracing::debug!(error = %err, "a transaction lost against another");
            return Self::contention();
        }
        // A pool that is exhausted or a database that is restarting is a wait, not a defect.
        if is_away(&err) {
            tracing::warn!(error = %err, "database unavailable");
            return Self::unavailable("The database is busy. Try again in a moment.");
        }
        Self::internal(err)
    }
}

/// No connection in time, a connection that broke off, a server that goes down or only reads for the moment.
fn is_away(err: &sea_orm::DbErr) -> bool {
    use sea_orm::{DbErr, RuntimeErr, SqlxError};
    let cause = match err {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return false,
    };
    match &**cause {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => true,
        // MySQL's numbers: too many connections, shutting down, --read-only (also of a transaction), killed.
        SqlxError::Database(error) => ["1040", "1053", "1290", "1792", "1836", "1927"]
            .iter()
            .any(|number| error.to_string().starts_with(&format!("{number} "))),
        _ => false,
    }
}

/// Deadlock, lock wait, busy: the transaction was rolled back and would most likely succeed now.
fn is_contention(err: &sea_orm::DbErr) -> bool {
    let (sea_orm::DbErr::Exec(cause) | sea_orm::DbErr::Query(cause)) = err else {
        return false;
    };
    let sea_orm::RuntimeErr::SqlxError(cause) = cause else {
        return false;
    };
    let Some(code) = cause.as_database_error().and_then(|error| error.code()) else {
        return false;
    };
    // SQLSTATE of MySQL's 1213 and 1205; SQLite's SQLITE_BUSY and SQLITE_BUSY_SNAPSHOT.
    matches!(code.as_ref(), "40001" | "5" | "517") || cause.to_string().contains("1205")
}

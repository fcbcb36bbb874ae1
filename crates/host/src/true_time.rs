//! The deployment's clock is the database's: leases of processes whose machines disagree must mean the same.

use std::time::{Duration, Instant};

use kernel::SystemDb;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio_util::sync::CancellationToken;

/// How often a process measures the difference.
const EVERY: Duration = Duration::from_secs(60);

/// Reads the database's time and corrects the process's clock by it. SQLite runs in this process, so there is nothing to correct.
pub async fn correct(system: &SystemDb) {
    let on = system.across_tenants("the time belongs to nobody");
    if on.get_database_backend() == DbBackend::Sqlite {
        return;
    }
    let asked = Instant::now();
    let answer = on
        .query_one_raw(Statement::from_string(
            DbBackend::MySql,
            "SELECT UTC_TIMESTAMP(6) AS now",
        ))
        .await;
    // The time was read about half-way through the round trip.
    let half = chrono::TimeDelta::from_std(asked.elapsed() / 2).unwrap_or_default();
    match answer.map(|row| row.map(|row| row.try_get::<chrono::NaiveDateTime>("", "now"))) {
        Ok(Some(Ok(now))) => system.clock().correct(now.and_utc() + half),
        Ok(_) => {}
        Err(error) => tracing::debug!(%error, "the database did not tell the time; the clock stays as it is"),
    }
}

/// Repeats this until told to stop.
pub async fn keep(system: SystemDb, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => correct(&system).await,
        }
    }
}

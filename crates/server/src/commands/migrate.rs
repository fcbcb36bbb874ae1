//! `wapro migrate`: brings the schema up to date and ends.

use migrations::Migrator;

use crate::config::Config;

/// Applies what is missing.
///
/// # Errors
/// The database's.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn migrate(config: Config) -> anyhow::Result<()> {
    let database = config.database();
    if database.is_sqlite() {
        std::fs::create_dir_all(&config.data_dir)?;
    }
    let pending = database.pending::<Migrator>().await?;
    database.migrate::<Migrator>().await?;
    println!("{pending} migrations applied; the schema is up to date.");
    Ok(())
}

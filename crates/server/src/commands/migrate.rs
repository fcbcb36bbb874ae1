//! `wapro migrate`: brings the schema up to date and exits.

use migrations::Migrator;

use crate::{config::Config, world};

/// Applies what is missing.
///
/// # Errors
/// The database's.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn migrate(config: Config) -> anyhow::Result<()> {
    let database = config.database();
    if database.is_sqlite() {
        world::make_folder(&config.data_dir)?;
        world::keep_private(&database.url)?;
    }
    let pending = database.pending::<Migrator>().await?;
    database.migrate::<Migrator>().await?;
    println!("{pending} migrations applied; the schema is up to date.");
    Ok(())
}

//! `wapro reseller`.

use clap::Subcommand;
use kernel::retrying;

use super::{none_yet, open_identity, plain};
use crate::config::Config;

/// What to do with resellers.
#[derive(Debug, Subcommand)]
pub enum ResellerCommand {
    /// Add a reseller. Every tenant belongs to one; a company that runs the platform for itself is its own.
    Add {
        /// Its name, 1 to 200 characters.
        name: String,
    },
    /// List all resellers, oldest first.
    List,
}

/// Adds or lists resellers.
///
/// # Errors
/// A message that says what was wrong; nothing was changed.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn reseller(config: Config, command: ResellerCommand) -> anyhow::Result<()> {
    let identity = open_identity(&config).await?;
    match command {
        ResellerCommand::Add { name } => {
            let taken = identity.find_resellers(&name).await?;
            if let Some(taken) = taken.first() {
                anyhow::bail!("a reseller with this name exists already: {}", plain(&taken.name));
            }
            let id = retrying(|| identity.create_reseller(&name)).await?;
            println!("Added reseller {id} ({}).", plain(name.trim()));
        }
        ResellerCommand::List => {
            let mut after = None;
            loop {
                let page = identity.list_resellers(after).await?;
                let Some(last) = page.last() else {
                    if after.is_none() {
                        none_yet("resellers", "wapro reseller add");
                    }
                    break;
                };
                after = Some(last.id);
                for reseller in page {
                    println!("{}  {}", reseller.id, plain(reseller.name));
                }
            }
        }
    }
    Ok(())
}

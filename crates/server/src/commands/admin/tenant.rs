//! `wapro tenant`.

use clap::Subcommand;
use identity::{Identity, ResellerId};
use kernel::retrying;

use super::{none_yet, only, open_identity, plain};
use crate::config::Config;

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// Add a tenant: a business with its own people, numbers and messages.
    Add {
        /// Its name, 1 to 200 characters.
        name: String,
        /// Name or id of its reseller. May be left out while there is only one.
        #[arg(long)]
        reseller: Option<String>,
    },
    /// List all tenants, oldest first.
    List,
}

/// Adds or lists tenants.
///
/// # Errors
/// A message that says what was wrong; nothing was changed.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn tenant(config: Config, command: TenantCommand) -> anyhow::Result<()> {
    let identity = open_identity(&config).await?;
    match command {
        TenantCommand::Add { name, reseller } => {
            let reseller = the_reseller(&identity, reseller.as_deref()).await?;
            let taken = identity.find_tenants(&name).await?;
            if let Some(taken) = taken.first() {
                anyhow::bail!("a tenant with this name exists already: {}", plain(&taken.name));
            }
            let id = retrying(|| identity.create_tenant(reseller, &name)).await?;
            println!("Added tenant {id} ({}).", plain(name.trim()));
        }
        TenantCommand::List => {
            let mut after = None;
            loop {
                let page = identity.list_tenants(after).await?;
                let Some(last) = page.last() else {
                    if after.is_none() {
                        none_yet("tenants", "wapro tenant add");
                    }
                    break;
                };
                after = Some(last.id);
                for tenant in page {
                    println!(
                        "{}  {}  (reseller: {})",
                        tenant.id,
                        plain(tenant.name),
                        plain(tenant.reseller)
                    );
                }
            }
        }
    }
    Ok(())
}

async fn the_reseller(identity: &Identity, named: Option<&str>) -> anyhow::Result<ResellerId> {
    if let Some(named) = named {
        let found = identity.find_resellers(named).await?;
        return Ok(only("reseller", named, found, |found| found.id.to_string())?.id);
    }
    match identity.list_resellers(None).await?.as_slice() {
        [one] => Ok(one.id),
        [] => anyhow::bail!("there is no reseller yet: add one with `wapro reseller add \"My company\"`"),
        _ => anyhow::bail!("there are several resellers: name one with --reseller"),
    }
}

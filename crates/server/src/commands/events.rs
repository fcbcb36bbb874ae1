//! `wapro events`: events that a listener could not apply.

use anyhow::ensure;
use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use host::{
    Bus,
    events::parked::{self, Parked, Wanted},
};
use kernel::{Clock, SystemDb, TenantId};

use super::admin::{identity_without_keys, only, plain};
use crate::{config::Config, platform::open_database};

/// Rows that are shown.
const SHOWN: u64 = 500;

/// What to do with parked events.
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// List listeners whose events wait, and parked events by what they are about, oldest first; at most 500 lines.
    Parked {
        /// Name or id of a tenant; all if left out.
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Apply parked events again, in order, and what has come after them. A running worker begins within a second.
    Retry(Retry),
}

/// Which parked events.
#[derive(Debug, Args)]
#[group(id = "which", required = true, multiple = true)]
pub struct Retry {
    /// Name or id of the tenant.
    #[arg(long)]
    tenant: Option<String>,
    /// The listener, as the list shows it: `contacts.on.messages_received`.
    #[arg(long)]
    listener: Option<String>,
    /// The key, as the list shows it.
    #[arg(long)]
    key: Option<String>,
    /// Everything that is parked.
    #[arg(long, conflicts_with_all = ["tenant", "listener", "key"])]
    all: bool,
}

/// Lists parked events or has them applied again.
///
/// # Errors
/// When the tenant is not known, nothing is parked that was asked for, or the database fails.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn events(config: Config, command: EventsCommand) -> anyhow::Result<()> {
    let database = open_database(&config).await?;
    let system = SystemDb::new(database.clone(), Clock::system(), Bus::local().wake());
    let tenant = match &command {
        EventsCommand::Parked { tenant } | EventsCommand::Retry(Retry { tenant, .. }) => tenant.as_deref(),
    };
    let tenant = match tenant {
        Some(tenant) => Some(the_tenant(&config, database, tenant).await?),
        None => None,
    };
    match command {
        EventsCommand::Parked { .. } => {
            let parked = parked::list(&system, tenant, SHOWN).await?;
            if parked.is_empty() {
                println!("Nothing is parked.");
            }
            parked.iter().for_each(|one| println!("{}", line(one)));
        }
        EventsCommand::Retry(Retry { listener, key, .. }) => {
            let wanted = Wanted {
                tenant,
                listener,
                key,
            };
            let asked = parked::retry(&system, &wanted).await?;
            ensure!(
                asked > 0,
                "nothing is parked that fits; `wapro events parked` lists what is"
            );
            println!("{asked} will be tried again; `wapro events parked` shows what fails once more.");
        }
    }
    Ok(())
}

async fn the_tenant(
    config: &Config,
    database: sea_orm::DatabaseConnection,
    named: &str,
) -> anyhow::Result<TenantId> {
    let identity = identity_without_keys(config, database)?;
    let found = identity.find_tenants(named).await?;
    Ok(only("tenant", named, found, |tenant| tenant.id.to_string())?.id)
}

/// One line: tenant, listener, key, how many wait, since when, what comes next, why.
fn line(parked: &Parked) -> String {
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let what = match &parked.key {
        Some(key) if key.is_empty() => format!("all of the tenant's  {} waiting", parked.waiting),
        Some(key) => format!("{}  {} waiting", plain(key), parked.waiting),
        None => "the next batch fails, so all waits".to_owned(),
    };
    let next = match parked.retry_at {
        Some(at) => format!("tried again at {}", time(at)),
        None if parked.key.is_some() => "waits for `wapro events retry`".to_owned(),
        None => "tried again now".to_owned(),
    };
    format!(
        "{}  {}  {what}  since {}  {} tries, {next}  {}",
        parked.tenant,
        plain(&parked.listener),
        time(parked.since),
        parked.attempts,
        plain(parked.error.as_deref().unwrap_or("not tried on its own yet")),
    )
}

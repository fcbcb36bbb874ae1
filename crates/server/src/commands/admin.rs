//! `wapro reseller`, `wapro tenant`, `wapro user`: administration from the command line, while the server runs or before its first
//! start.

mod password;
mod reseller;
mod tenant;
mod user;

use std::fmt::Display;

use host::Bus;
use identity::{Identity, PasswordCost, Random, VaultKeys};
use kernel::{Clock, SystemDb};
use sea_orm::DatabaseConnection;

use crate::{
    config::Config,
    platform::{identity_options, open_database},
};

pub use reseller::{ResellerCommand, reseller};
pub use tenant::{TenantCommand, tenant};
pub use user::{UserCommand, user};

/// Identity over the configured database, for users and tenants.
pub(super) async fn open_identity(config: &Config) -> anyhow::Result<Identity> {
    let database = open_database(config).await?;
    identity_without_keys(config, database)
}

/// Identity for what needs no secret: no key file is created or needed.
pub(super) fn identity_without_keys(
    config: &Config,
    database: DatabaseConnection,
) -> anyhow::Result<Identity> {
    identity_over(config, database, &VaultKeys::unused(&Random::system()))
}

/// Identity without HTTP or background work.
pub(super) fn identity_over(
    config: &Config,
    database: DatabaseConnection,
    keys: &VaultKeys,
) -> anyhow::Result<Identity> {
    Ok(Identity::new(
        SystemDb::new(database, Clock::system(), Bus::local().wake()),
        keys,
        host::limiter(None),
        Random::system(),
        identity_options(config, PasswordCost::STANDARD)?,
    ))
}

/// Says that a list is empty. On standard error: standard output is the list.
#[expect(clippy::print_stderr, reason = "the command's answer")]
fn none_yet(what: &str, add: &str) {
    eprintln!("There are no {what} yet: `{add}` adds one.");
}

/// The single match of a name or id.
///
/// # Errors
/// When there is none, or several have the name.
pub(super) fn only<T>(
    kind: &str,
    wanted: &str,
    mut found: Vec<T>,
    id: impl Fn(&T) -> String,
) -> anyhow::Result<T> {
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => anyhow::bail!(
            "no {kind} has the id or name `{}`; `wapro {kind} list` shows all",
            plain(wanted)
        ),
        _ => {
            let ids: Vec<String> = found.iter().map(id).collect();
            anyhow::bail!(
                "several {kind}s have the name `{}`; name one by its id: {}",
                plain(wanted),
                ids.join(", ")
            )
        }
    }
}

/// A stored text for the terminal, without control characters and what turns the direction of the line.
pub(super) fn plain(text: impl Display) -> String {
    text::name::shown(&text.to_string())
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

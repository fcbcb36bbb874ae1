//! `wapro vault`: the keys under which stored secrets are sealed.

use anyhow::Context;
use clap::Subcommand;
use identity::{Identity, Resealed, SealedUnder};
use sea_orm::DatabaseConnection;

use crate::{
    commands::admin::{identity_over, identity_without_keys},
    config::Config,
    platform::{Platform, existing_vault_keys, open_database},
};

/// Values per table that the doctor tries to open.
const TRIED: u64 = 20;

/// What to do with sealed secrets.
#[derive(Debug, Subcommand)]
pub enum VaultCommand {
    /// Seal every stored secret under the newest key, which is the first of `encryption_keys`. The server may run meanwhile.
    Reseal,
}

/// Reseals every secret.
///
/// # Errors
/// When a secret cannot be opened, or the database fails. Resealed values stay; the next call continues.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn vault(config: Config, command: VaultCommand) -> anyhow::Result<()> {
    let VaultCommand::Reseal = command;
    let keys = existing_vault_keys(&config)?.context(
        "there is no key: set encryption_keys, or name the data folder that holds encryption.key with WAPRO_DATA_DIR",
    )?;
    let identity = identity_over(&config, open_database(&config).await?, &keys)?;
    identity.learn_sealed(Platform::sealed().await?);
    let done = identity.reseal().await?;
    println!("{} secrets were sealed anew.", done.anew);
    anyhow::ensure!(done.unreadable == 0, "{}", unopened(&done));
    anyhow::ensure!(
        done.left == 0,
        "{} secrets changed while they were read; run this again",
        done.left
    );
    let left: u64 = under_old_keys(&identity.sealed_under().await?)
        .iter()
        .map(|it| it.values)
        .sum();
    anyhow::ensure!(
        left == 0,
        "{left} secrets are under older keys again; does every process know the newest key?"
    );
    let (_, broken) = identity.try_secrets(TRIED).await?;
    if let Some(first) = broken.first() {
        anyhow::bail!(
            "stored secrets are sealed under the id of the newest key, but that key does not open them ({first}): another key of \
             the same id sealed them. Restore that key; a new key needs a different id"
        );
    }
    println!(
        "Every secret is under the newest key. Keep older keys for media.link_minutes more: they still check addresses of files."
    );
    Ok(())
}

/// Which secrets stay as they are, which key is missing and what to do.
fn unopened(done: &Resealed) -> String {
    /// Places that are named.
    const NAMED: usize = 3;
    let mut places: Vec<&str> = done.places.iter().map(String::as_str).take(NAMED).collect();
    if (places.len() as u64) < done.unreadable {
        places.push("…");
    }
    let keys: Vec<String> = done.missing_keys.iter().map(|id| format!("`{id}`")).collect();
    let advice = match keys.as_slice() {
        [] => "The id of their key is known, so they were changed, or sealed by another key of the same id. Restore that key"
            .to_owned(),
        keys => format!(
            "They were sealed under {}, which encryption_keys does not have. Add it, an older key behind the newest,",
            keys.join(", ")
        ),
    };
    format!(
        "{} secrets stay as they are, because no key opens them ({}). {advice} and run this again. If the key is lost, enter \
         these secrets anew in the portal",
        done.unreadable,
        places.join(", "),
    )
}

/// The doctor's findings: how many values are sealed under old, unknown or wrong keys. Nothing is created or changed.
///
/// # Errors
/// When keys or database cannot be read.
pub async fn findings(config: &Config) -> anyhow::Result<Vec<(bool, String)>> {
    let Some(keys) = existing_vault_keys(config)? else {
        let database = config.database().connect().await?;
        let sealed = sum(&stored_secrets(config, database).await?);
        return Ok(vec![if sealed == 0 {
            (
                true,
                "No encryption key yet: the first start makes one in the data folder.".to_owned(),
            )
        } else {
            (
                false,
                format!(
                    "{sealed} stored secrets are sealed, but there is no key: restore encryption.key in the data folder, or set \
                     WAPRO_ENCRYPTION_KEYS."
                ),
            )
        }]);
    };
    let identity = identity_over(config, config.database().connect().await?, &keys)?;
    identity.learn_sealed(Platform::sealed().await?);
    told(&identity).await
}

/// The stored secrets by key, read without any key.
async fn stored_secrets(config: &Config, database: DatabaseConnection) -> anyhow::Result<Vec<SealedUnder>> {
    let identity = identity_without_keys(config, database)?;
    identity.learn_sealed(Platform::sealed().await?);
    Ok(identity.sealed_under().await?)
}

/// What an operator can do about secrets that no key opens.
const RESTORE: &str = "Restore encryption.key in the data folder, start in the data folder that holds it (WAPRO_DATA_DIR), or put \
                       the key into WAPRO_ENCRYPTION_KEYS. If it is lost, start with WAPRO_ALLOW_UNREADABLE_SECRETS=true and enter \
                       these secrets anew in the portal";

/// Refuses to make a new key while secrets are stored: it would open none of them. With `allow_unreadable_secrets` a warning.
///
/// # Errors
/// How many secrets are sealed under which keys, and what to do.
pub async fn refuse_new_key(config: &Config, database: DatabaseConnection) -> anyhow::Result<()> {
    let found = stored_secrets(config, database).await?;
    if found.is_empty() {
        return Ok(());
    }
    refuse_unless_allowed(
        config,
        format!(
            "{} stored secrets are sealed ({}), but there is no encryption key. {RESTORE}",
            sum(&found),
            names(&found)
        ),
    )
}

/// Refuses keys that do not open the stored secrets. With `allow_unreadable_secrets` a warning. Some damaged values among
/// others that open are a warning too.
///
/// # Errors
/// How many secrets are sealed under which unknown keys, and what to do.
pub async fn refuse_wrong_keys(config: &Config, identity: &Identity) -> anyhow::Result<()> {
    let found = identity.sealed_under().await?;
    let unknown: Vec<SealedUnder> = found.iter().filter(|it| !it.known).cloned().collect();
    if !unknown.is_empty() {
        let text = format!(
            "{} of {} stored secrets are sealed under a key that this process does not have ({}). {RESTORE}",
            sum(&unknown),
            sum(&found),
            names(&unknown)
        );
        return refuse_unless_allowed(config, text);
    }
    let (tried, broken) = identity.try_secrets(TRIED).await?;
    let Some(first) = broken.first() else {
        return Ok(());
    };
    let text = format!(
        "{} of {tried} stored secrets that were tried cannot be opened, although the id of their key is known ({first}): another \
         key of the same id sealed them, or they were changed. {RESTORE}",
        broken.len()
    );
    if (broken.len() as u64) < tried {
        tracing::warn!("{text}");
        return Ok(());
    }
    refuse_unless_allowed(config, text)
}

fn refuse_unless_allowed(config: &Config, text: String) -> anyhow::Result<()> {
    anyhow::ensure!(config.allow_unreadable_secrets, "{text}");
    tracing::warn!("{text}");
    Ok(())
}

async fn told(identity: &Identity) -> anyhow::Result<Vec<(bool, String)>> {
    let found = identity.sealed_under().await?;
    let all: u64 = found.iter().map(|it| it.values).sum();
    let old = under_old_keys(&found);
    let unknown: Vec<SealedUnder> = found.iter().filter(|it| !it.known).cloned().collect();
    let mut findings = Vec::new();
    if !unknown.is_empty() {
        findings.push((
            false,
            format!(
                "{} of {all} stored secrets are sealed under a key that is not known ({}): put it into WAPRO_ENCRYPTION_KEYS, \
                 an older key behind the newest.",
                sum(&unknown),
                names(&unknown)
            ),
        ));
    }
    if !old.is_empty() {
        findings.push((
            true,
            format!(
                "{} of {all} stored secrets are sealed under older keys ({}): `wapro vault reseal` seals them under the newest.",
                sum(&old),
                names(&old)
            ),
        ));
    }
    if unknown.is_empty() {
        let (_, broken) = identity.try_secrets(TRIED).await?;
        if let Some(first) = broken.first() {
            findings.push((
                false,
                format!(
                    "Stored secrets cannot be opened, although the id of their key is known ({first}): another key of the same id \
                     sealed them. Restore that key."
                ),
            ));
        }
    }
    if findings.is_empty() {
        let text = match all {
            0 => "No secrets are stored yet.".to_owned(),
            _ => format!("All {all} stored secrets are sealed under the newest key."),
        };
        findings.push((true, text));
    }
    Ok(findings)
}

fn under_old_keys(found: &[SealedUnder]) -> Vec<SealedUnder> {
    found
        .iter()
        .filter(|it| it.known && !it.newest)
        .cloned()
        .collect()
}

fn sum(found: &[SealedUnder]) -> u64 {
    found.iter().map(|it| it.values).sum()
}

/// The keys' ids, each once.
fn names(found: &[SealedUnder]) -> String {
    let ids: std::collections::BTreeSet<&str> = found
        .iter()
        .map(|it| {
            if it.key_id.is_empty() {
                "not sealed"
            } else {
                it.key_id.as_str()
            }
        })
        .collect();
    ids.into_iter().collect::<Vec<_>>().join(", ")
}

//! `wapro user`.

use anyhow::{Context, ensure};
use clap::{
    Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use identity::{Identity, Role};
use kernel::retrying;
use sea_orm::ActiveEnum;
use text::key::text_key;

use super::{none_yet, only, open_identity, password::new_password, plain};
use crate::config::Config;

/// What to do with people.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Add a person to a tenant. The password is asked for twice, or read from standard input.
    ///
    /// Somebody who exists already becomes a member of the tenant too, and keeps name and password.
    Add {
        /// The e-mail address to sign in with.
        email: String,
        /// Name as colleagues see it, 1 to 200 characters.
        #[arg(long)]
        name: Option<String>,
        /// Name or id of the tenant.
        #[arg(long)]
        tenant: String,
        /// What the person may do there; owner and admin may do everything.
        #[arg(long, value_parser = role_parser())]
        role: Role,
    },
    /// Give a person a new password, which is asked for twice or read from standard input, and end all their sessions.
    SetPassword {
        /// The e-mail address the person signs in with.
        email: String,
    },
    /// List all people with their tenants and roles, oldest first.
    List,
}

/// Every role, as stored and shown.
const ROLES: [&str; 5] = ["owner", "admin", "agent", "marketer", "developer"];

fn role_parser() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(ROLES).try_map(|text| Role::try_from_value(&text))
}

/// Adds or lists people, or sets a password.
///
/// # Errors
/// A message that says what was wrong; nothing was changed.
pub async fn user(config: Config, command: UserCommand) -> anyhow::Result<()> {
    let identity = open_identity(&config).await?;
    match command {
        UserCommand::Add {
            email,
            name,
            tenant,
            role,
        } => add(&identity, &email, name.as_deref(), &tenant, role).await,
        UserCommand::SetPassword { email } => set_password(&identity, &email).await,
        UserCommand::List => list(&identity).await,
    }
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn add(
    identity: &Identity,
    email: &str,
    name: Option<&str>,
    tenant: &str,
    role: Role,
) -> anyhow::Result<()> {
    let found = identity.find_tenants(tenant).await?;
    let tenant = only("tenant", tenant, found, |tenant| tenant.id.to_string())?;
    let (tenant_name, role_name) = (plain(&tenant.name), role.to_value());
    if let Some(user) = identity.find_user_by_email(email).await? {
        let email = plain(&user.email);
        let held = identity.role_in(tenant.id, user.id).await?;
        if let Some(held) = held {
            anyhow::bail!(
                "{email} is a member of {tenant_name} already, as {}",
                held.to_value()
            );
        }
        ensure!(
            name.is_none_or(|name| text_key(name) == text_key(&user.name)),
            "{email} exists already under another name; leave --name out to add the person to {tenant_name}"
        );
        // The server writes too; on SQLite there is one writer at a time.
        retrying(|| identity.add_member(tenant.id, user.id, role)).await?;
        println!(
            "{email} existed already, with the same password, and is now {role_name} of {tenant_name} too."
        );
        return Ok(());
    }
    let name = name.context("a new person needs a name: --name \"Maya Chen\"")?;
    let password = new_password(&plain(email))?;
    retrying(|| identity.create_member(email, name, password.clone(), tenant.id, role)).await?;
    println!(
        "{} can sign in now, as {role_name} of {tenant_name}.",
        plain(email.trim())
    );
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn set_password(identity: &Identity, email: &str) -> anyhow::Result<()> {
    let user = identity.find_user_by_email(email).await?;
    let user = user.with_context(|| format!("nobody has the e-mail address {}", plain(email)))?;
    let email = plain(&user.email);
    let password = new_password(&email)?;
    retrying(|| identity.set_password(user.id, password.clone())).await?;
    println!("{email} has the new password, and is signed out everywhere.");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn list(identity: &Identity) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = identity.list_users(after).await?;
        let Some(last) = page.last() else {
            if after.is_none() {
                none_yet("users", "wapro user add");
            }
            break;
        };
        after = Some(last.user.id);
        for listed in page {
            let tenants: Vec<String> = listed
                .tenants
                .iter()
                .map(|(tenant, role)| format!("{} ({})", plain(tenant), role.to_value()))
                .collect();
            let tenants = if tenants.is_empty() {
                "no tenant".to_owned()
            } else {
                tenants.join(", ")
            };
            println!(
                "{}  {}  {tenants}",
                plain(listed.user.email),
                plain(listed.user.name)
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn every_role_can_be_given() {
        let roles: Vec<String> = Role::iter().map(|role| role.to_value()).collect();
        assert_eq!(roles, ROLES);
    }
}

//! "Test connection": walks from the token to the webhook, says what is wrong and how to mend it, and mends what it can.

use chrono::{DateTime, Utc};
use cloud_api::{
    client::Client,
    error::Error,
    ids::{PhoneNumberId, WabaId},
};
use contracts::messaging::ChannelId;
use kernel::{Result, TenantDb};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait,
};
use secrecy::ExposeSecret;
use url::Url;

use super::{
    Service,
    channels::publish,
    hold::{over_by_test, release},
};
use crate::{
    entity::channel::{ActiveModel, Column, Entity, Model},
    error::{MessagingError, explain},
};

/// One step of the test.
#[derive(Clone, Debug)]
pub struct Check {
    /// `token`, `number`, `account`, `webhook` or, if something that no test can see stops it, `sending`.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// All steps, in order; those after a failed one that need it are left out.
#[derive(Clone, Debug)]
pub struct TestReport {
    /// Whether every step is as it should be.
    pub ok: bool,
    /// The steps.
    pub checks: Vec<Check>,
}

impl Service {
    /// Tests the channel against WhatsApp and records the outcome on it.
    pub async fn test_channel(&self, db: &TenantDb, id: ChannelId) -> Result<TestReport> {
        let channel = self.channel(db, id).await?;
        let client = self.client(&channel)?;
        let mut row = ActiveModel {
            updated_at: Set(db.clock().now()),
            ..ActiveModel::default()
        };
        let mut checks = Vec::new();
        let mut connected = false;
        let number = client
            .phone_number(&PhoneNumberId::from(channel.phone_number_id.clone()))
            .await;
        match number {
            Ok(number) => {
                checks.push(passed("token", "The access token is valid."));
                let shown = number.display_phone_number.clone().unwrap_or_default();
                let named = number
                    .verified_name
                    .clone()
                    .unwrap_or_else(|| "no verified name yet".to_owned());
                connected = number.status.as_deref().is_none_or(|word| word == "CONNECTED");
                checks.push(passed("number", format!("{shown}, {named}.")));
                row.display_phone_number = Set(number.display_phone_number);
                row.verified_name = Set(number.verified_name);
                row.quality_rating = Set(number.quality_rating);
                row.messaging_limit = number.messaging_limit.map_or(NotSet, |limit| Set(Some(limit)));
                row.throughput =
                    throughput(number.throughput.as_deref(), number.is_on_biz_app).map_or(NotSet, Set);
                row.phone_status = number.status.map_or(NotSet, |word| Set(Some(cut(&word))));
                row.name_status = number.name_status.map_or(NotSet, |word| Set(Some(cut(&word))));
                checks.push(self.check_account(&client, &channel).await);
                if checks.iter().all(|check| check.ok) {
                    checks.push(self.check_webhook(db, &client, &channel).await?);
                }
            }
            Err(error) => checks.extend(token_or_number(&error)),
        }
        self.conclude(db, id, row, &mut checks, connected).await?;
        let ok = checks.iter().all(|check| check.ok);
        Ok(TestReport { ok, checks })
    }

    /// Records what was found, and lets the number go if what held it was seen to be over. What stops it still is a step of the
    /// report too.
    async fn conclude(
        &self,
        db: &TenantDb,
        id: ChannelId,
        mut row: ActiveModel,
        checks: &mut Vec<Check>,
        connected: bool,
    ) -> Result<()> {
        let mut tx = db.begin().await?;
        let now = tx.clock().now();
        let this = || Column::Id.eq(id);
        let channel = tx.find::<Entity>().filter(this()).for_update().one().await?;
        let channel = channel.ok_or(MessagingError::NoChannel)?;
        let held = channel.held(now);
        let passed = checks.iter().all(|check| check.ok);
        let over = passed && held.is_some_and(|reason| over_by_test(reason, connected));
        if passed && !over {
            checks.extend(still_stopped(&channel, now));
        }
        let failed = checks.iter().find(|check| !check.ok);
        let status = failed.map_or("connected", |_| "attention");
        row.status = Set(status.to_owned());
        row.status_reason = Set(failed.map(|check| check.message.clone()));
        tx.update::<Entity>().filter(this()).set(row).exec().await?;
        if over {
            release(&mut tx, id).await?;
        } else {
            publish(&mut tx, id)?;
        }
        tx.commit().await
    }

    async fn check_account(&self, client: &Client, channel: &Model) -> Check {
        match client.waba(&WabaId::from(channel.waba_id.clone())).await {
            Ok(waba) => passed(
                "account",
                format!(
                    "WhatsApp Business Account {}.",
                    waba.name.unwrap_or(channel.waba_id.clone())
                ),
            ),
            Err(error) => failed(
                "account",
                explain(&error),
                "Copy the WhatsApp Business Account ID from Meta's WhatsApp Manager, and give the token's system user access to it.",
            ),
        }
    }

    /// Asks WhatsApp to send this account's webhooks here, which includes its handshake with us.
    async fn check_webhook(&self, db: &TenantDb, client: &Client, channel: &Model) -> Result<Check> {
        let url = self.webhook_url(db).await?;
        let token = self.vault.open(
            &super::channels::place(db, channel.id, "verify_token"),
            &channel.verify_token,
        )?;
        let Ok(address) = Url::parse(&url) else {
            return Ok(failed(
                "webhook",
                format!("{url} is not an address."),
                "Set the platform's public address (WAPRO_PUBLIC_URL).",
            ));
        };
        let waba = WabaId::from(channel.waba_id.clone());
        Ok(
            match client
                .subscribe(&waba, Some((&address, token.expose_secret())))
                .await
            {
                Ok(()) => passed(
                    "webhook",
                    format!("WhatsApp sends this account's messages and statuses to {url}."),
                ),
                Err(error) => failed(
                    "webhook",
                    explain(&error),
                    format!(
                        "WhatsApp could not reach {url}. The address must be public, with a valid certificate. Or enter it with the \
                     verify token under Configuration of your Meta app, and subscribe to the field `messages`."
                    ),
                ),
            },
        )
    }
}

/// What stops a number though its connection is as it should be.
fn still_stopped(channel: &Model, now: DateTime<Utc>) -> Option<Check> {
    let (reason, until) = match (channel.held(now), channel.restricted(now)) {
        (Some(reason), _) => (reason, channel.held_until),
        (None, Some(reason)) => (reason, channel.restricted_until),
        (None, None) => return None,
    };
    let remedy = match until {
        Some(until) => format!(
            "It ends by itself at {} UTC.",
            until.format("%-d %B %Y, %H:%M")
        ),
        None => "WhatsApp tells when it has lifted this, and the number goes on by itself then. If you know that it is over, let \
                 it send again by hand."
            .to_owned(),
    };
    Some(failed("sending", reason, remedy))
}

/// Messages a second by WhatsApp's word for them (Cloud API: throughput); none for a word that is no speed.
fn throughput(level: Option<&str>, on_phone_app: Option<bool>) -> Option<i32> {
    match level? {
        _ if on_phone_app == Some(true) => Some(20),
        "STANDARD" => Some(80),
        "HIGH" => Some(1_000),
        _ => None,
    }
}

fn cut(word: &str) -> String {
    word.chars().take(64).collect()
}

fn token_or_number(error: &Error) -> Vec<Check> {
    use cloud_api::codes::Class;
    match error.class() {
        Class::Token => vec![failed(
            "token",
            explain(error),
            "Create a new token for a system user with the permissions whatsapp_business_messaging and whatsapp_business_management.",
        )],
        _ if error.graph().is_some() => vec![
            passed("token", "The access token is valid."),
            failed(
                "number",
                explain(error),
                "Copy the Phone number ID (not the number itself) from API Setup of your Meta app, and give the token access to it.",
            ),
        ],
        _ => vec![failed(
            "token",
            explain(error),
            "WhatsApp could not be reached from this server. Check its network.",
        )],
    }
}

fn passed(name: &'static str, message: impl Into<String>) -> Check {
    Check {
        name,
        ok: true,
        message: message.into(),
        remedy: None,
    }
}

fn failed(name: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Check {
    Check {
        name,
        ok: false,
        message: message.into(),
        remedy: Some(remedy.into()),
    }
}

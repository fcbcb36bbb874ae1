//! "Test connection": walks from the token to the webhook, says what is wrong and how to mend it, and mends what it can.

use chrono::{DateTime, Utc};
use cloud_api::{
    client::Client,
    error::Error,
    ids::{PhoneNumberId, WabaId},
};
use contracts::channels::ChannelId;
use kernel::{Result, TenantDb, retrying};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait,
};
use secrecy::ExposeSecret;
use sentences::{ParamKind, Sentence, Sentences, Term, explain};
use url::Url;

use super::{
    Service,
    changed::tell,
    hold::{over_by_test, release},
    read::seen,
};
use crate::entity::channel::{ActiveModel, Column, Entity, Model, Status};

/// One step of the test.
#[derive(Clone, Debug)]
pub struct Check {
    /// `token`, `number`, `account`, `webhook` or, if something that no test can see stops it, `sending`.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub message: Sentences,
    /// What to do about it.
    pub remedy: Option<Sentences>,
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
        let client = self.client_of(&seen(channel.clone(), db.clock().now()))?;
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
                checks.push(passed("token", Term::TokenValid));
                let shown = number.display_phone_number.as_deref().unwrap_or_default();
                let is = match &number.verified_name {
                    Some(name) => Sentence::new(Term::NumberIs).text("name", name),
                    None => Sentence::new(Term::NumberIsUnnamed),
                };
                connected = number.status.as_deref().is_none_or(|word| word == "CONNECTED");
                checks.push(passed("number", is.text("number", shown)));
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
        let stopped = retrying(|| self.conclude(db, id, row.clone(), &checks, connected)).await?;
        checks.extend(stopped);
        let ok = checks.iter().all(|check| check.ok);
        Ok(TestReport { ok, checks })
    }

    /// Records what was found, and lets the number go if what held it was seen to be over. A passed test makes the number the
    /// tenant's. Answers what stops it still, which is a step of the report too.
    async fn conclude(
        &self,
        db: &TenantDb,
        id: ChannelId,
        mut row: ActiveModel,
        checks: &[Check],
        connected: bool,
    ) -> Result<Option<Check>> {
        let mut tx = db.begin().await?;
        let now = tx.clock().now();
        let this = || Column::Id.eq(id);
        let channel = tx.lock::<Entity>(id).await?;
        let held = channel.held(now);
        let passed = checks.iter().all(|check| check.ok);
        if passed {
            self.take_number(&mut tx, &channel).await?;
            row.claim = Set(None);
        }
        let over =
            passed && (channel.is_lost() || held.is_some_and(|stop| over_by_test(&stop.why, connected)));
        let stopped = still_stopped(&channel, now).filter(|_| passed && !over);
        let failed = checks.iter().find(|check| !check.ok).or(stopped.as_ref());
        let status = failed.map_or(Status::Connected, |_| Status::Attention);
        row.set_status(status, failed.map(|check| &check.message));
        tx.update::<Entity>().filter(this()).set(row).exec().await?;
        if over {
            release(&mut tx, id).await?;
        }
        tell(&mut tx, id, passed)?;
        tx.commit().await?;
        self.keys.forget(db.tenant()).await;
        Ok(stopped)
    }

    async fn check_account(&self, client: &Client, channel: &Model) -> Check {
        match client.waba(&WabaId::from(channel.waba_id.clone())).await {
            Ok(waba) => passed(
                "account",
                Sentence::new(Term::AccountIs).text("name", waba.name.as_deref().unwrap_or(&channel.waba_id)),
            ),
            Err(error) => failed("account", explain(&error), Term::CopyAccountId),
        }
    }

    /// Asks WhatsApp to send this account's webhooks here, which includes its handshake with us.
    async fn check_webhook(&self, db: &TenantDb, client: &Client, channel: &Model) -> Result<Check> {
        let url = self.webhook_url(db).await?;
        let token = self.open(db, channel.id, "verify_token", &channel.verify_token)?;
        let Ok(address) = Url::parse(&url) else {
            return Ok(failed(
                "webhook",
                Sentence::new(Term::NoWebAddress).text("url", &url),
                Term::SetPublicUrl,
            ));
        };
        let waba = WabaId::from(channel.waba_id.clone());
        Ok(
            match client
                .subscribe(&waba, Some((&address, token.expose_secret())))
                .await
            {
                Ok(()) => passed("webhook", Sentence::new(Term::WebhookWorks).text("url", &url)),
                Err(error) => failed(
                    "webhook",
                    explain(&error),
                    Sentence::new(Term::WebhookUnreachable).text("url", &url),
                ),
            },
        )
    }
}

/// What stops a number though its connection is as it should be.
fn still_stopped(channel: &Model, now: DateTime<Utc>) -> Option<Check> {
    let stop = channel.held(now).or(channel.restricted(now))?;
    let remedy = match stop.until {
        Some(until) => Sentence::new(Term::EndsAt).with("until", ParamKind::Time, until),
        None => Sentence::new(Term::EndsByWhatsapp),
    };
    Some(failed("sending", stop.why, remedy))
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
        Class::Token => vec![failed("token", explain(error), Term::NewToken)],
        _ if error.graph().is_some() => vec![
            passed("token", Term::TokenValid),
            failed("number", explain(error), Term::CopyNumberId),
        ],
        _ => vec![failed("token", explain(error), Term::CheckNetwork)],
    }
}

fn passed(name: &'static str, message: impl Into<Sentences>) -> Check {
    Check {
        name,
        ok: true,
        message: message.into(),
        remedy: None,
    }
}

fn failed(name: &'static str, message: impl Into<Sentences>, remedy: impl Into<Sentences>) -> Check {
    Check {
        name,
        ok: false,
        message: message.into(),
        remedy: Some(remedy.into()),
    }
}

//! Tenants with numbers and contacts, and campaigns queued for them through the platform's own port.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::Context;
use cloud_api::message::Content;
use cloud_sim::Provision;
use contracts::{
    channels::ChannelId,
    contacts::{ContactId, Sighting},
    messaging::{Lane, Origin, OutgoingMessage},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use kernel::{TenantDb, retrying};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::world::{World, post};

/// Messages of one transaction when a campaign is queued.
const SLICE: usize = 500;
/// Transactions at a time.
const WRITERS: usize = 6;

/// One of the tenant's numbers.
#[derive(Clone, Debug)]
pub struct Number {
    /// The platform's id.
    pub channel: ChannelId,
    /// WhatsApp's id.
    pub phone_id: String,
}

/// A tenant.
#[derive(Debug)]
pub struct Tenant {
    /// Its rows.
    pub db: TenantDb,
    /// An API key with every right.
    pub key: String,
    /// Its numbers, all of one account and one Meta app.
    pub numbers: Vec<Number>,
    /// Token of the account.
    pub token: SecretString,
    /// Secret of the app.
    pub app_secret: SecretString,
    /// The account.
    pub waba_id: String,
    /// Path of its webhook.
    pub webhook_path: String,
    contacts: Vec<ContactId>,
    next: AtomicUsize,
}

/// What is wanted of each tenant.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Numbers.
    pub numbers: usize,
    /// Contacts.
    pub contacts: usize,
    /// Messages a second that WhatsApp takes from each number, and that the platform knows of.
    pub per_second: u32,
}

impl World {
    /// Makes `count` tenants.
    ///
    /// # Errors
    /// When platform or simulator refuse.
    pub async fn tenants(&self, count: usize, wanted: Wanted) -> anyhow::Result<Vec<Arc<Tenant>>> {
        let identity = &self.platform.identity;
        let reseller = identity.create_reseller("Northwind").await.map_err(plain)?;
        let scopes: Vec<&str> = identity
            .permissions()
            .iter()
            .map(|permission| permission.name)
            .collect();
        stream::iter(0..count)
            .map(|_| self.tenant(reseller, &scopes, wanted))
            .buffered(WRITERS)
            .try_collect()
            .await
    }

    async fn tenant(
        &self,
        reseller: identity::ResellerId,
        scopes: &[&str],
        wanted: Wanted,
    ) -> anyhow::Result<Arc<Tenant>> {
        let identity = &self.platform.identity;
        let index = self.made.fetch_add(1, Ordering::Relaxed);
        let id = identity
            .create_tenant(reseller, &format!("Tenant {index}"))
            .await
            .map_err(plain)?;
        let db = self.platform.system.tenant(id);
        let key = identity
            .create_api_key(&db, "Everything", scopes, None)
            .await
            .map_err(plain)?;
        let key = key.secret.expose_secret().to_owned();
        Ok(Arc::new(self.connect(index, db, key, wanted).await?))
    }

    /// Gives a tenant its numbers and contacts.
    async fn connect(
        &self,
        index: usize,
        db: TenantDb,
        key: String,
        wanted: Wanted,
    ) -> anyhow::Result<Tenant> {
        let mut base = Provision {
            waba_name: Some(format!("Tenant {index}")),
            verified_name: Some(format!("Tenant {index}")),
            ..Provision::default()
        };
        let (mut numbers, mut webhook_path) = (Vec::new(), String::new());
        let (mut token, mut secret) = (String::new(), String::new());
        for number in 0..wanted.numbers {
            base.phone_number = Some(format!("4478{index:04}{number:04}"));
            let made = self.sim.provision(&base).await?;
            let channel = json!({
                "name": format!("Line {number}"), "kind": "simulated", "phone_number_id": made.phone_number_id,
                "waba_id": made.waba_id, "access_token": made.access_token, "app_secret": made.app_secret,
                "verify_token": made.verify_token,
            });
            let channel = post(self, &key, "/channels", channel).await?;
            let field = |name: &str| {
                channel[name]
                    .as_str()
                    .map(str::to_owned)
                    .with_context(|| format!("a channel has {name}"))
            };
            let address = url::Url::parse(&field("webhook_url")?)?;
            webhook_path = address.path().to_owned();
            let id: ChannelId = field("id")?.parse().map_err(anyhow::Error::msg)?;
            post(self, &key, &format!("/channels/{id}/test"), json!(null)).await?;
            self.limit(&made.phone_number_id, wanted.per_second).await?;
            numbers.push(Number {
                channel: id,
                phone_id: made.phone_number_id,
            });
            (token, secret) = (made.access_token.clone(), made.app_secret.clone());
            (base.app_id, base.waba_id, base.access_token) =
                (Some(made.app_id), Some(made.waba_id), Some(made.access_token));
        }
        let contacts = self.contacts(&db, wanted.contacts).await?;
        Ok(Tenant {
            db,
            key,
            numbers,
            token: token.into(),
            app_secret: secret.into(),
            waba_id: base.waba_id.unwrap_or_default(),
            webhook_path,
            contacts,
            next: AtomicUsize::new(0),
        })
    }

    /// What WhatsApp takes from a number a second, there and in the platform's own row.
    ///
    /// # Errors
    /// When there is no such number.
    pub async fn limit(&self, phone_id: &str, per_second: u32) -> anyhow::Result<()> {
        self.sim.limit(phone_id, per_second).await?;
        // The platform learns a number's throughput from WhatsApp; until it has, the usual 80 hold.
        sqlx::query("UPDATE channels_channels SET throughput = ? WHERE phone_number_id = ?")
            .bind(per_second)
            .bind(phone_id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Makes contacts in bulk through the directory.
    async fn contacts(&self, db: &TenantDb, count: usize) -> anyhow::Result<Vec<ContactId>> {
        let slices = (0..count)
            .step_by(SLICE)
            .map(|from| from..(from + SLICE).min(count));
        let made: Vec<Vec<ContactId>> = stream::iter(slices)
            .map(|range| async move {
                let sightings: Vec<Sighting> = range
                    .map(|number| Sighting {
                        wa_id: Some(customer(number)),
                        ..Sighting::default()
                    })
                    .collect();
                retrying(|| async {
                    let mut tx = db.begin().await?;
                    let ids = self.directory.resolve(&mut tx, &sightings).await?.contacts;
                    tx.commit().await?;
                    Ok(ids)
                })
                .await
                .map_err(plain)
            })
            .buffered(WRITERS)
            .try_collect()
            .await?;
        Ok(made.concat())
    }

    /// Queues `count` campaign messages, spread evenly over these numbers in slices of 500, several transactions at a
    /// time. Answers the seconds it took.
    ///
    /// # Errors
    /// When the platform refuses.
    pub async fn queue(&self, over: &[(Arc<Tenant>, usize)], count: u64) -> anyhow::Result<f64> {
        let began = Instant::now();
        let count = usize::try_from(count)?;
        let mut slices = Vec::new();
        let each = count.div_ceil(over.len().max(1));
        let mut left = count;
        for (tenant, number) in over {
            let mut of_number = each.min(left);
            left -= of_number;
            while of_number > 0 {
                let slice = of_number.min(SLICE);
                slices.push((tenant.clone(), *number, slice));
                of_number -= slice;
            }
        }
        // Turn by turn over the numbers, as campaigns that run beside each other would.
        slices.sort_by_key(|(_, number, slice)| (std::cmp::Reverse(*slice), *number));
        stream::iter(slices)
            .map(|(tenant, number, slice)| async move { self.queue_slice(&tenant, number, slice).await })
            .buffer_unordered(WRITERS)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(began.elapsed().as_secs_f64())
    }

    async fn queue_slice(&self, tenant: &Tenant, number: usize, count: usize) -> anyhow::Result<()> {
        let from = tenant.next.fetch_add(count, Ordering::Relaxed);
        let content = template()?;
        let messages: Vec<OutgoingMessage> = (from..from + count)
            .map(|index| OutgoingMessage {
                channel_id: tenant.numbers[number].channel,
                contact_id: tenant.contacts[index % tenant.contacts.len()],
                content: content.clone(),
                reply_to: None,
                sent_by: None,
                template: None,
            })
            .collect();
        retrying(|| async {
            let mut tx = tenant.db.begin().await?;
            let origin = Origin::campaign("bench").map_err(kernel::Error::internal)?;
            let answers = self.sender.queue(&mut tx, &messages, Lane::Bulk, &origin).await?;
            if let Some(refusal) = answers.into_iter().find_map(std::result::Result::err) {
                return Err(kernel::Error::internal(refusal.detail));
            }
            tx.commit().await
        })
        .await
        .map_err(plain)
    }
}

/// Every number of every tenant, the first ones of all first.
pub fn numbers(tenants: &[Arc<Tenant>]) -> Vec<(Arc<Tenant>, usize)> {
    let most = tenants
        .iter()
        .map(|tenant| tenant.numbers.len())
        .max()
        .unwrap_or(0);
    (0..most)
        .flat_map(|number| tenants.iter().map(move |tenant| (tenant.clone(), number)))
        .filter(|(tenant, number)| *number < tenant.numbers.len())
        .collect()
}

/// What every campaign says: the template that each simulated account starts with (Cloud API: template message).
///
/// # Errors
/// When the Cloud API's client does not take it.
pub fn template() -> anyhow::Result<Content> {
    let wire = json!({ "name": "hello_world", "language": { "code": "en_US" } });
    Content::from_wire("template", &wire)
        .map_err(|error| anyhow::anyhow!("hello_world is no template: {error:?}"))
}

/// Digits of a customer.
pub fn customer(number: usize) -> String {
    format!("4477{:08}", number % 100_000_000)
}

/// An error of the platform's as one of ours.
pub fn plain(error: kernel::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}

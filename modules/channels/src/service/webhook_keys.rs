//! What a tenant's webhooks are checked against: read from the database once in a while, not for each of them.

use std::{sync::Arc, time::Duration};

use cloud_api::signature::Verifier;
use contracts::channels::{WebhookKeys, WebhookNumber};
use kernel::{Result, TenantDb, TenantId};
use moka::future::Cache;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{Service, read::CHANNELS};
use crate::entity::channel::Entity;

/// The keys of tenants whose webhooks came just now. Cloning shares it.
#[derive(Clone)]
pub(super) struct KeyCache(Cache<TenantId, Known>);

#[derive(Clone)]
struct Known {
    keys: Arc<WebhookKeys>,
    verify_tokens: Arc<[SecretString]>,
}

impl KeyCache {
    pub(super) fn new() -> Self {
        // Short: another process may have changed a secret.
        let cache = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(Duration::from_secs(5));
        Self(cache.build())
    }

    /// The tenant's numbers have changed.
    pub(super) async fn forget(&self, tenant: TenantId) {
        self.0.invalidate(&tenant).await;
    }
}

impl Service {
    pub(super) async fn webhook_keys(&self, db: &TenantDb) -> Result<Arc<WebhookKeys>> {
        Ok(self.known(db).await?.keys)
    }

    pub(super) async fn knows_verify_token(&self, db: &TenantDb, asked: &str) -> Result<bool> {
        // Hashed first, so that the comparison takes the same time however much of the token fits.
        let digest = |text: &str| Sha256::digest(text.as_bytes());
        let known = self.known(db).await?;
        let mut tokens = known.verify_tokens.iter();
        Ok(tokens.any(|token| digest(token.expose_secret()) == digest(asked)))
    }

    async fn known(&self, db: &TenantDb) -> Result<Known> {
        if let Some(known) = self.keys.0.get(&db.tenant()).await {
            return Ok(known);
        }
        let channels = db.find::<Entity>().limit(CHANNELS).all().await?;
        let mut app_secrets: Vec<SecretString> = Vec::new();
        let mut keys = WebhookKeys {
            apps: Vec::new(),
            numbers: Vec::with_capacity(channels.len()),
        };
        let mut verify_tokens = Vec::with_capacity(channels.len());
        for channel in channels {
            let secret = self.open(db, channel.id, "app_secret", &channel.app_secret)?;
            let same = |other: &SecretString| other.expose_secret() == secret.expose_secret();
            let app = match app_secrets.iter().position(same) {
                Some(known) => Some(known),
                None if secret.expose_secret().is_empty() => None,
                None => {
                    keys.apps.push(Verifier::new(&secret));
                    app_secrets.push(secret);
                    Some(app_secrets.len() - 1)
                }
            };
            verify_tokens.push(self.open(db, channel.id, "verify_token", &channel.verify_token)?);
            keys.numbers.push(WebhookNumber {
                owned: channel.is_owned(),
                simulated: channel.is_simulated(),
                phone_number_id: channel.phone_number_id,
                waba_id: channel.waba_id,
                app,
            });
        }
        let known = Known {
            keys: Arc::new(keys),
            verify_tokens: verify_tokens.into(),
        };
        self.keys.0.insert(db.tenant(), known.clone()).await;
        Ok(known)
    }
}

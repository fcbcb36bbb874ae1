//! WhatsApp's webhook: handshake, signature, to whom a body belongs.

use std::{collections::BTreeSet, sync::Arc};

use bytes::Bytes;
use kernel::{Error, Result, TenantDb};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Service,
    channels::{CHANNELS, PHONE_ROUTE, place},
};
use crate::{entity::channel, error::MessagingError};

/// The secrets of one channel that a webhook is checked against.
pub(super) struct WebhookKeys {
    app_secret: SecretString,
    verify_token: SecretString,
}

/// What WhatsApp asks when a webhook address is entered (Cloud API: webhook handshake).
#[derive(Debug, Deserialize)]
pub struct Handshake {
    /// Must be `subscribe`.
    #[serde(rename = "hub.mode")]
    pub mode: Option<String>,
    /// Must be the verify token of one of the tenant's channels.
    #[serde(rename = "hub.verify_token")]
    pub verify_token: Option<String>,
    /// To be echoed.
    #[serde(rename = "hub.challenge")]
    pub challenge: Option<String>,
}

impl Service {
    /// The tenant behind a webhook path.
    async fn webhook_tenant(&self, path: &str) -> Result<TenantDb> {
        self.routes
            .resolve("webhook", path)
            .await?
            .ok_or_else(|| Error::not_found("webhook"))
    }

    async fn webhook_keys(&self, db: &TenantDb) -> Result<Arc<Vec<WebhookKeys>>> {
        if let Some(keys) = self.webhook_keys.get(&db.tenant()).await {
            return Ok(keys);
        }
        let channels = db.find::<channel::Entity>().limit(CHANNELS).all().await?;
        let mut keys = Vec::with_capacity(channels.len());
        for channel in channels {
            let open = |column, sealed: &str| self.vault.open(&place(db, channel.id, column), sealed);
            keys.push(WebhookKeys {
                app_secret: open("app_secret", &channel.app_secret)?,
                verify_token: open("verify_token", &channel.verify_token)?,
            });
        }
        let keys = Arc::new(keys);
        self.webhook_keys.insert(db.tenant(), keys.clone()).await;
        Ok(keys)
    }

    /// Answers the handshake with the challenge.
    pub async fn handshake(&self, path: &str, handshake: Handshake) -> Result<String> {
        let db = self.webhook_tenant(path).await?;
        let asked = handshake.verify_token.unwrap_or_default();
        // Hashed first, so that the comparison takes the same time however much of the token fits.
        let digest = |text: &str| Sha256::digest(text.as_bytes());
        let known = self
            .webhook_keys(&db)
            .await?
            .iter()
            .any(|keys| digest(keys.verify_token.expose_secret()) == digest(&asked));
        match (handshake.mode.as_deref(), handshake.challenge) {
            (Some("subscribe"), Some(challenge)) if known && challenge.len() <= 256 => Ok(challenge),
            _ => Err(MessagingError::BadVerifyToken.into()),
        }
    }

    /// Takes a webhook body: 200 may be answered once this returns.
    pub async fn receive_webhook(&self, path: &str, signature: Option<&str>, body: Bytes) -> Result<()> {
        let db = self.webhook_tenant(path).await?;
        if !self.signed_by(&db, signature, &body).await? {
            return Err(MessagingError::BadSignature.into());
        }
        let mut owners = vec![db.clone()];
        // One app may serve several tenants, and one body may hold numbers of several. A tenant gets a body of another
        // tenant's path only if its own app secret signed it: else anybody could write into its inbox.
        for number in phone_number_ids(&body) {
            let Some(owner) = self.routes.resolve(PHONE_ROUTE, &number).await? else {
                continue;
            };
            if owners.iter().all(|known| known.tenant() != owner.tenant())
                && self.signed_by(&owner, signature, &body).await?
            {
                owners.push(owner);
            }
        }
        // All or nothing would need one transaction across tenants; each is idempotent, so a repetition is harmless.
        for owner in owners {
            let own_path = owner.tenant() == db.tenant();
            self.coalescer.store(owner, body.clone(), own_path).await?;
        }
        Ok(())
    }

    async fn signed_by(&self, db: &TenantDb, signature: Option<&str>, body: &[u8]) -> Result<bool> {
        let keys = self.webhook_keys(db).await?;
        Ok(keys.iter().any(|keys| {
            !keys.app_secret.expose_secret().is_empty()
                && cloud_api::signature::verify(&keys.app_secret, signature, body)
        }))
    }
}

/// The phone number ids a body speaks of, at most 50. Whatever cannot be read speaks of none.
fn phone_number_ids(body: &[u8]) -> BTreeSet<String> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        entry: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        #[serde(default)]
        changes: Vec<Change>,
    }
    #[derive(Deserialize)]
    struct Change {
        value: Option<Value>,
    }
    #[derive(Deserialize)]
    struct Value {
        metadata: Option<Metadata>,
    }
    #[derive(Deserialize)]
    struct Metadata {
        phone_number_id: Option<String>,
    }
    let Ok(body) = serde_json::from_slice::<Body>(body) else {
        return BTreeSet::new();
    };
    let changes = body.entry.into_iter().flat_map(|entry| entry.changes);
    changes
        .filter_map(|change| change.value?.metadata?.phone_number_id)
        .take(50)
        .collect()
}

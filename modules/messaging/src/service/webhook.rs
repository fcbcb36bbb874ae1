//! WhatsApp's webhook: handshake, signature, to whom a body belongs.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use bytes::Bytes;
use cloud_api::signature::Verifier;
use kernel::{Error, Result, TenantDb};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Service,
    channels::{CHANNELS, PHONE_ROUTE, SIMULATED_ROUTE, place},
};
use crate::{entity::channel, error::MessagingError};

/// What a tenant's webhooks are checked against. Read from the database once in a while, not for each of them.
pub(super) struct WebhookKeys {
    /// Of the app secrets, each once: the numbers of one Meta app share theirs.
    signed: Vec<Verifier>,
    verify_tokens: Vec<SecretString>,
    /// Phone number ids of the tenant's own numbers.
    numbers: HashSet<String>,
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

    async fn webhook_keys(&self, db: &TenantDb) -> Result<Arc<WebhookKeys>> {
        if let Some(keys) = self.webhook_keys.get(&db.tenant()).await {
            return Ok(keys);
        }
        let channels = db.find::<channel::Entity>().limit(CHANNELS).all().await?;
        let mut app_secrets: Vec<SecretString> = Vec::new();
        let mut keys = WebhookKeys {
            signed: Vec::new(),
            verify_tokens: Vec::with_capacity(channels.len()),
            numbers: HashSet::with_capacity(channels.len()),
        };
        for channel in channels {
            let open = |column, sealed: &str| self.vault.open(&place(db, channel.id, column), sealed);
            let secret = open("app_secret", &channel.app_secret)?;
            let known = |other: &SecretString| other.expose_secret() == secret.expose_secret();
            if !secret.expose_secret().is_empty() && !app_secrets.iter().any(known) {
                keys.signed.push(Verifier::new(&secret));
                app_secrets.push(secret);
            }
            keys.verify_tokens
                .push(open("verify_token", &channel.verify_token)?);
            // What is only claimed may be another tenant's, who gets it then.
            if channel.is_owned() {
                keys.numbers.insert(channel.phone_number_id);
            }
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
            .verify_tokens
            .iter()
            .any(|token| digest(token.expose_secret()) == digest(&asked));
        match (handshake.mode.as_deref(), handshake.challenge) {
            (Some("subscribe"), Some(challenge)) if known && challenge.len() <= 256 => Ok(challenge),
            _ => Err(MessagingError::BadVerifyToken.into()),
        }
    }

    /// Takes a webhook body: 200 may be answered once this returns.
    pub async fn receive_webhook(&self, path: &str, signature: Option<&str>, body: Bytes) -> Result<()> {
        let db = self.webhook_tenant(path).await?;
        let keys = self.webhook_keys(&db).await?;
        if !keys.have_signed(signature, &body) {
            return Err(MessagingError::BadSignature.into());
        }
        let mut owners = vec![(db, true)];
        // One app may serve several tenants, and one body may hold numbers of several. A tenant gets a body of another
        // tenant's path only if its own app secret signed it: else anybody could write into its inbox.
        let numbers = phone_number_ids(&body);
        for number in numbers
            .iter()
            .filter(|number| !keys.numbers.contains(number.as_ref()))
        {
            for kind in [PHONE_ROUTE, SIMULATED_ROUTE] {
                let Some(owner) = self.routes.resolve(kind, number).await? else {
                    continue;
                };
                if owners.iter().all(|(known, _)| known.tenant() != owner.tenant())
                    && self.webhook_keys(&owner).await?.have_signed(signature, &body)
                {
                    owners.push((owner, false));
                }
            }
        }
        drop(numbers);
        self.coalescer.store(owners, body).await
    }
}

impl WebhookKeys {
    fn have_signed(&self, signature: Option<&str>, body: &[u8]) -> bool {
        self.signed.iter().any(|secret| secret.verify(signature, body))
    }
}

/// The phone number ids a body speaks of, at most 50, as they stand in it. Whatever cannot be read speaks of none.
fn phone_number_ids(body: &[u8]) -> BTreeSet<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(default, borrow)]
        entry: Vec<Entry<'a>>,
    }
    #[derive(Deserialize)]
    struct Entry<'a> {
        #[serde(default, borrow)]
        changes: Vec<Change<'a>>,
    }
    #[derive(Deserialize)]
    struct Change<'a> {
        #[serde(borrow)]
        value: Option<Value<'a>>,
    }
    #[derive(Deserialize)]
    struct Value<'a> {
        #[serde(borrow)]
        metadata: Option<Metadata<'a>>,
    }
    #[derive(Deserialize)]
    struct Metadata<'a> {
        #[serde(borrow)]
        phone_number_id: Option<Cow<'a, str>>,
    }
    let Ok(body) = serde_json::from_slice::<Body<'_>>(body) else {
        return BTreeSet::new();
    };
    let changes = body.entry.into_iter().flat_map(|entry| entry.changes);
    changes
        .filter_map(|change| change.value?.metadata?.phone_number_id)
        .take(50)
        .collect()
}

//! WhatsApp's webhook: handshake, signature, to whom a body belongs.

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use cloud_api::{
    signature::Verifier,
    webhook::{Name, Parts},
};
use kernel::{Error, Result, TenantDb};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    Service,
    channels::{CHANNELS, PHONE_ROUTE, SIMULATED_ROUTE, place, route_of},
    coalescer::Owner,
};
use crate::{entity::channel, error::MessagingError};

/// Other tenants of one body at most; numbers of more are left out.
const OTHERS: usize = 50;

/// What a tenant's webhooks are checked against. Read from the database once in a while, not for each of them.
pub(super) struct WebhookKeys {
    /// Of the app secrets, each once: the numbers of one Meta app share theirs.
    signed: Vec<Verifier>,
    verify_tokens: Vec<SecretString>,
    numbers: Vec<Number>,
}

/// One of the tenant's numbers.
struct Number {
    phone_number_id: String,
    waba_id: String,
    /// What is only claimed may be another tenant's, who gets it then.
    owned: bool,
    /// The kind of route that leads to who owns it.
    route: &'static str,
    /// Which of the secrets is its app's; none if it has none.
    secret: Option<usize>,
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

    /// Whether there is a tenant behind a webhook path: asked before a body is read.
    ///
    /// # Errors
    /// 404 when there is none.
    pub async fn known_webhook(&self, path: &str) -> Result<()> {
        self.webhook_tenant(path).await.map(|_| ())
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
            numbers: Vec::with_capacity(channels.len()),
        };
        for channel in channels {
            let open = |column, sealed: &str| self.vault.open(&place(db, channel.id, column), sealed);
            let secret = open("app_secret", &channel.app_secret)?;
            let same = |other: &SecretString| other.expose_secret() == secret.expose_secret();
            let secret = match app_secrets.iter().position(same) {
                Some(known) => Some(known),
                None if secret.expose_secret().is_empty() => None,
                None => {
                    keys.signed.push(Verifier::new(&secret));
                    app_secrets.push(secret);
                    Some(app_secrets.len() - 1)
                }
            };
            keys.verify_tokens
                .push(open("verify_token", &channel.verify_token)?);
            keys.numbers.push(Number {
                owned: channel.is_owned(),
                route: route_of(&channel),
                phone_number_id: channel.phone_number_id,
                waba_id: channel.waba_id,
                secret,
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
            .verify_tokens
            .iter()
            .any(|token| digest(token.expose_secret()) == digest(&asked));
        match (handshake.mode.as_deref(), handshake.challenge) {
            (Some("subscribe"), Some(challenge)) if known && challenge.len() <= 256 => Ok(challenge),
            _ => Err(MessagingError::BadVerifyToken.into()),
        }
    }

    /// Takes a webhook body: 200 may be answered once this returns.
    ///
    /// Each change goes to the tenant whose channel it names, by its number or else by its account, if that channel's app secret
    /// has signed the body; other changes are left out. A body that names nothing at all, because nobody can read it, is kept for
    /// the tenant of the path.
    ///
    /// # Errors
    /// 401 when no secret of the path's tenant has signed it, or when it names only what none of the signers has: also a test of
    /// Meta's dashboard, which makes its ids up.
    pub async fn receive_webhook(&self, path: &str, signature: Option<&str>, body: Bytes) -> Result<()> {
        let db = self.webhook_tenant(path).await?;
        let keys = self.webhook_keys(&db).await?;
        let signers = keys.signers(signature, &body);
        if signers.is_empty() {
            return Err(MessagingError::BadSignature.into());
        }
        let parts = Parts::of(&body);
        let mut own = keys.share(&signers, &parts, true);
        let foreign = parts
            .names()
            .any(|name| name.number.as_deref().is_some_and(|it| !keys.has(it)));
        if !foreign && own.is_all(&parts) {
            let own_path = true;
            let body = body.clone();
            return self.coalescer.store(vec![Owner { db, own_path, body }]).await;
        }
        let (others, theirs) = self.others(&db, &keys, signature, &body, &parts).await?;
        own.names.retain(|name| {
            name.number
                .as_deref()
                .is_none_or(|number| !theirs.contains(number))
        });
        let mut owners = Vec::new();
        if !own.names.is_empty() {
            owners.push(own.owner(db, true, &body, &parts));
        }
        for (db, share) in others {
            owners.push(share.owner(db, false, &body, &parts));
        }
        if owners.is_empty() {
            return Err(MessagingError::BadSignature.into());
        }
        self.coalescer.store(owners).await
    }

    /// The other tenants that a body is for and what of it, and which of its numbers are other tenants'. One app may serve several,
    /// and one body may hold numbers of several. A tenant gets what its own channel's secret has signed: else anybody could write
    /// into its inbox.
    async fn others<'p>(
        &self,
        db: &TenantDb,
        keys: &WebhookKeys,
        signature: Option<&str>,
        body: &[u8],
        parts: &'p Parts<'_>,
    ) -> Result<(Vec<(TenantDb, Share<'p>)>, HashSet<&'p str>)> {
        let mut others: Vec<(TenantDb, Share<'p>)> = Vec::new();
        let (mut asked, mut theirs) = (HashSet::new(), HashSet::new());
        for number in parts.names().filter_map(|name| name.number.as_deref()) {
            if keys.has(number) || !asked.insert(number) {
                continue;
            }
            if others.len() >= OTHERS {
                // It is looked up no more, so it is nobody's.
                theirs.insert(number);
                continue;
            }
            for kind in [PHONE_ROUTE, SIMULATED_ROUTE] {
                let owner = self.routes.resolve(kind, number).await?;
                let Some(owner) = owner.filter(|owner| owner.tenant() != db.tenant()) else {
                    continue;
                };
                let known = others
                    .iter()
                    .position(|(other, _)| other.tenant() == owner.tenant());
                let at = match known {
                    Some(at) => at,
                    None => {
                        let keys = self.webhook_keys(&owner).await?;
                        let share = keys.share(&keys.signers(signature, body), parts, false);
                        others.push((owner, share));
                        others.len() - 1
                    }
                };
                // What the owner's secret has not signed is not the owner's. Who claims the number gets it as if nobody owned
                // it, so that signing a body of one's own tells nothing of others.
                let signed_for = others[at].1.has_number(number);
                let theirs_alone = |claimed| claimed == kind && signed_for;
                if keys.claims(number).is_none_or(theirs_alone) {
                    theirs.insert(number);
                }
            }
        }
        others.retain(|(_, share)| !share.names.is_empty());
        Ok((others, theirs))
    }
}

/// What of a body is for a tenant.
struct Share<'p> {
    names: HashSet<&'p Name>,
}

impl Share<'_> {
    fn has_number(&self, number: &str) -> bool {
        let mut names = self.names.iter();
        names.any(|name| name.number.as_deref() == Some(number))
    }

    fn is_all(&self, parts: &Parts<'_>) -> bool {
        parts.names().all(|name| self.names.contains(name))
    }

    /// The tenant with the body, or with what of it is its own.
    fn owner(&self, db: TenantDb, own_path: bool, body: &Bytes, parts: &Parts<'_>) -> Owner {
        let body = if self.is_all(parts) {
            body.clone()
        } else {
            parts.only(|name| self.names.contains(name)).into()
        };
        Owner { db, own_path, body }
    }
}

impl WebhookKeys {
    /// Which of the secrets have signed a body.
    fn signers(&self, signature: Option<&str>, body: &[u8]) -> Vec<usize> {
        let signed = |(_, secret): &(usize, &Verifier)| secret.verify(signature, body);
        let found = self.signed.iter().enumerate().filter(signed);
        found.map(|(at, _)| at).collect()
    }

    fn has(&self, number: &str) -> bool {
        let mut numbers = self.numbers.iter();
        numbers.any(|own| own.owned && own.phone_number_id == number)
    }

    /// The kind of route of one of the tenant's numbers.
    fn claims(&self, number: &str) -> Option<&'static str> {
        let own = self.numbers.iter().find(|own| own.phone_number_id == number);
        own.map(|own| own.route)
    }

    /// The parts of a body that these secrets sign for; of one that came by another's path nothing that is only claimed.
    fn share<'p>(&self, signers: &[usize], parts: &'p Parts<'_>, own_path: bool) -> Share<'p> {
        let mut names = HashSet::new();
        let mut last = None;
        for name in parts.names().filter(|_| !signers.is_empty()) {
            // Most bodies name one number only.
            if last != Some(name) && !names.contains(name) && self.is_signed_for(signers, name, own_path) {
                names.insert(name);
            }
            last = Some(name);
        }
        Share { names }
    }

    /// Whether one of the signers is the secret of the channel that is named. A channel without a secret of its own is signed for
    /// by the others of its account; so is a number of the account that nobody has connected.
    fn is_signed_for(&self, signers: &[usize], name: &Name, own_path: bool) -> bool {
        let signed = |own: &Number| own.secret.is_some_and(|secret| signers.contains(&secret));
        let of_account = |account: &str| {
            self.numbers
                .iter()
                .any(|own| own.waba_id == account && signed(own))
        };
        let number = name.number.as_deref();
        match number.and_then(|number| self.numbers.iter().find(|own| own.phone_number_id == number)) {
            Some(own) if !(own.owned || own_path) => false,
            Some(own) if own.secret.is_some() => signed(own),
            Some(own) => of_account(&own.waba_id),
            None => name.account.as_deref().is_some_and(of_account),
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud_api::signature::sign;
    use serde_json::json;

    use super::*;

    fn keys(secrets: &[&str], numbers: &[(&str, &str, Option<usize>)]) -> WebhookKeys {
        let number = |(phone_number_id, waba_id, secret): &(&str, &str, Option<usize>)| Number {
            phone_number_id: (*phone_number_id).to_owned(),
            waba_id: (*waba_id).to_owned(),
            owned: *phone_number_id != "19",
            route: PHONE_ROUTE,
            secret: *secret,
        };
        WebhookKeys {
            signed: secrets
                .iter()
                .map(|it| Verifier::new(&SecretString::from(*it)))
                .collect(),
            verify_tokens: Vec::new(),
            numbers: numbers.iter().map(number).collect(),
        }
    }

    #[test]
    fn a_change_is_signed_for_by_the_secret_of_the_channel_it_names() {
        let keys = keys(
            &["one", "two"],
            &[
                ("11", "81", Some(0)),
                ("12", "82", Some(1)),
                ("13", "81", None),
                ("14", "84", None),
            ],
        );
        let name = |number: &str, account: &str| {
            let some = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
            Name {
                number: some(number),
                account: some(account),
            }
        };
        for (number, account, one, two) in [
            ("11", "81", true, false),
            ("11", "82", true, false),
            ("11", "0", true, false),
            ("12", "81", false, true),
            ("13", "0", true, false),
            ("14", "81", false, false),
            ("99", "81", true, false),
            ("99", "82", false, true),
            ("123456123", "0", false, false),
            ("", "81", true, false),
            ("", "82", false, true),
            ("", "0", false, false),
            ("", "", false, false),
        ] {
            let name = name(number, account);
            let signed = [
                keys.is_signed_for(&[0], &name, true),
                keys.is_signed_for(&[1], &name, true),
            ];
            assert_eq!(signed, [one, two], "{name:?}");
            assert!(!keys.is_signed_for(&[], &name, true));
        }
    }

    #[test]
    fn a_number_that_is_only_claimed_brings_nothing_from_the_path_of_another() {
        let keys = keys(&["one"], &[("19", "81", Some(0))]);
        let name = Name {
            number: Some("19".to_owned()),
            account: None,
        };
        assert!(keys.is_signed_for(&[0], &name, true));
        assert!(!keys.is_signed_for(&[0], &name, false));
        assert!(!keys.has("19"), "who has proven it is looked for");
    }

    #[test]
    fn the_share_of_a_signer() {
        let keys = keys(&["one", "two"], &[("11", "81", Some(0)), ("12", "82", Some(1))]);
        let change =
            |number: &str| json!({"field": "messages", "value": {"metadata": {"phone_number_id": number}}});
        let body = json!({"entry": [{"id": "81", "changes": [change("11"), change("12")]}]})
            .to_string()
            .into_bytes();
        let header = sign(&SecretString::from("two"), &body);
        let signers = keys.signers(Some(&header), &body);
        assert_eq!(signers, [1]);
        let parts = Parts::of(&body);
        let share = keys.share(&signers, &parts, true);
        assert!(!share.is_all(&parts));
        let kept: serde_json::Value =
            serde_json::from_slice(&parts.only(|name| share.names.contains(name))).unwrap();
        assert_eq!(kept["entry"], json!([{"id": "81", "changes": [change("12")]}]));
        assert!(keys.share(&[0, 1], &parts, true).is_all(&parts));
        // Nothing is named: nothing is left out either.
        let rubbish = Parts::of(b"not json");
        assert!(keys.share(&[0], &rubbish, true).is_all(&rubbish));
        assert!(!keys.share(&[], &parts, true).is_all(&parts));
    }
}

//! WhatsApp's webhook: handshake, signature, to whom a body belongs.

use std::{collections::HashSet, sync::Arc};

use bytes::Bytes;
use cloud_api::{
    signature::Verifier,
    webhook::{Name, Parts},
};
use contracts::channels::{NumberOwner, WebhookKeys, WebhookNumber};
use kernel::{Error, Result, TenantDb};
use serde::Deserialize;

use super::{Service, coalescer::Owner};
use crate::error::MessagingError;

/// Other tenants of one body at most; numbers of more are left out.
const OTHERS: usize = 50;

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

    /// Answers the handshake with the challenge.
    pub async fn handshake(&self, path: &str, handshake: Handshake) -> Result<String> {
        let db = self.webhook_tenant(path).await?;
        let asked = handshake.verify_token.unwrap_or_default();
        let known = self.webhooks.is_verify_token(&db, &asked).await?;
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
        let keys = Keys(self.webhooks.keys(&db).await?);
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
        keys: &Keys,
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
            let owners = self.webhooks.owners(number).await?.into_iter();
            for NumberOwner { simulated, db: owner } in
                owners.filter(|owner| owner.db.tenant() != db.tenant())
            {
                let known = others
                    .iter()
                    .position(|(other, _)| other.tenant() == owner.tenant());
                let at = match known {
                    Some(at) => at,
                    None => {
                        let keys = Keys(self.webhooks.keys(&owner).await?);
                        let share = keys.share(&keys.signers(signature, body), parts, false);
                        others.push((owner, share));
                        others.len() - 1
                    }
                };
                // What the owner's secret has not signed is not the owner's. Who claims the number gets it as if nobody owned
                // it, so that signing a body of one's own tells nothing of others.
                let signed_for = others[at].1.has_number(number);
                let theirs_alone = |claimed| claimed == simulated && signed_for;
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

/// What a tenant's webhooks are checked against.
struct Keys(Arc<WebhookKeys>);

impl Keys {
    /// Which of the secrets have signed a body.
    fn signers(&self, signature: Option<&str>, body: &[u8]) -> Vec<usize> {
        let signed = |(_, secret): &(usize, &Verifier)| secret.verify(signature, body);
        let found = self.0.apps.iter().enumerate().filter(signed);
        found.map(|(at, _)| at).collect()
    }

    fn has(&self, number: &str) -> bool {
        let mut numbers = self.0.numbers.iter();
        numbers.any(|own| own.owned && own.phone_number_id == number)
    }

    /// Whether one of the tenant's numbers, theirs or only claimed, is simulated; none if they have no such number.
    fn claims(&self, number: &str) -> Option<bool> {
        let own = self.0.numbers.iter().find(|own| own.phone_number_id == number);
        own.map(|own| own.simulated)
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
        let signed = |own: &WebhookNumber| own.app.is_some_and(|app| signers.contains(&app));
        let of_account = |account: &str| {
            self.0
                .numbers
                .iter()
                .any(|own| own.waba_id == account && signed(own))
        };
        let number = name.number.as_deref();
        match number.and_then(|number| self.0.numbers.iter().find(|own| own.phone_number_id == number)) {
            Some(own) if !(own.owned || own_path) => false,
            Some(own) if own.app.is_some() => signed(own),
            Some(own) => of_account(&own.waba_id),
            None => name.account.as_deref().is_some_and(of_account),
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud_api::signature::sign;
    use secrecy::SecretString;
    use serde_json::json;

    use super::*;

    fn keys(secrets: &[&str], numbers: &[(&str, &str, Option<usize>)]) -> Keys {
        let number = |(phone_number_id, waba_id, app): &(&str, &str, Option<usize>)| WebhookNumber {
            phone_number_id: (*phone_number_id).to_owned(),
            waba_id: (*waba_id).to_owned(),
            owned: *phone_number_id != "19",
            simulated: false,
            app: *app,
        };
        Keys(Arc::new(WebhookKeys {
            apps: secrets
                .iter()
                .map(|it| Verifier::new(&SecretString::from(*it)))
                .collect(),
            numbers: numbers.iter().map(number).collect(),
        }))
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

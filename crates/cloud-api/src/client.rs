//! The typed client (Cloud API: Graph API conventions, messages endpoint, phone number node).

mod answer;
mod line;
mod media;
mod templates;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use self::answer::{bounded, broken, interpret, retry_after, transport};
use crate::error::{Error, Invalid};
use crate::ids::{MediaId, PhoneNumberId, WabaId, Wamid};
use crate::media::MediaNode;
use crate::message::{ReadReceipt, SendMessage};
use crate::signature::hmac_hex;
use crate::template::{Page, Template};
use crate::webhook::read;

pub use self::{
    line::{Line, WireMessage},
    media::Upload,
    templates::{App, CreatedTemplate, EditedTemplate, NamedTemplate, UploadSession, Uploaded},
    wire::Wire,
};

/// How long one request may take from start to the last byte of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Sends and read receipts. Default 30 s.
    pub send: Duration,
    /// Everything else. Default 20 s.
    pub read: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            send: Duration::from_secs(30),
            read: Duration::from_secs(20),
        }
    }
}

/// Address and credentials of the API.
#[derive(Clone)]
pub struct Connection {
    /// `https://graph.facebook.com/` or a simulator; a path in it is kept.
    pub base_url: Url,
    /// `v25.0`, for example.
    pub version: String,
    /// Bearer token.
    pub access_token: SecretString,
    /// If set, every request carries `appsecret_proof` (Cloud API: auth).
    pub app_secret: Option<SecretString>,
    /// Time limits.
    pub timeouts: Timeouts,
}

impl Connection {
    /// The version that is used when a connection names none.
    pub const DEFAULT_VERSION: &'static str = "v25.0";

    /// A connection with the default version and time limits.
    pub fn new(base_url: Url, access_token: SecretString, app_secret: Option<SecretString>) -> Self {
        Self {
            base_url,
            version: Self::DEFAULT_VERSION.to_owned(),
            access_token,
            app_secret,
            timeouts: Timeouts::default(),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("base_url", &self.base_url.as_str())
            .field("version", &self.version)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

/// An accepted message. Accepted is not sent: the outcome comes as statuses, sometimes before this answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Id of the message.
    pub wamid: Wamid,
    /// WhatsApp's canonical id of the phone; may differ from the digits that were sent to. Absent for a BSUID.
    pub wa_id: Option<String>,
    /// BSUID of the person, when it was sent to one.
    pub user_id: Option<String>,
    /// `accepted`, `held_for_quality_assessment` or `paused`; templates only, as a rule.
    pub message_status: Option<String>,
}

/// A business phone number (Cloud API: phone number node).
#[derive(Clone, Debug, PartialEq)]
pub struct PhoneNumber {
    /// Its id.
    pub id: PhoneNumberId,
    /// Formatted here (`+44 7700 900555`), bare digits in webhooks.
    pub display_phone_number: Option<String>,
    /// The name people see.
    pub verified_name: Option<String>,
    /// GREEN, YELLOW, RED, UNKNOWN or NA.
    pub quality_rating: Option<String>,
    /// CONNECTED, PENDING, BANNED, …
    pub status: Option<String>,
    /// STANDARD (80 messages a second), HIGH (1000) or NOT_APPLICABLE.
    pub throughput: Option<String>,
    /// VERIFIED, NOT_VERIFIED or EXPIRED.
    pub code_verification_status: Option<String>,
    /// APPROVED, DECLINED, PENDING_REVIEW, …
    pub name_status: Option<String>,
    /// CLOUD_API, ON_PREMISE or NOT_APPLICABLE.
    pub platform_type: Option<String>,
    /// LIVE or SANDBOX.
    pub account_mode: Option<String>,
    /// People the portfolio may write to first in 24 hours; [`crate::limit::UNLIMITED`] without limit.
    pub messaging_limit: Option<i32>,
    /// Whether the number is in the WhatsApp Business app too (coexistence: 20 messages a second).
    pub is_on_biz_app: Option<bool>,
    /// The whole node.
    pub raw: Value,
}

impl PhoneNumber {
    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            id: read::text(value, "id")?.into(),
            display_phone_number: read::text(value, "display_phone_number"),
            verified_name: read::text(value, "verified_name"),
            quality_rating: read::text(value, "quality_rating"),
            status: read::text(value, "status"),
            throughput: value.get("throughput").and_then(|t| read::text(t, "level")),
            code_verification_status: read::text(value, "code_verification_status"),
            name_status: read::text(value, "name_status"),
            platform_type: read::text(value, "platform_type"),
            account_mode: read::text(value, "account_mode"),
            messaging_limit: [
                "whatsapp_business_manager_messaging_limit",
                "messaging_limit_tier",
            ]
            .iter()
            .find_map(|key| crate::limit::people_a_day(value.get(key)?)),
            is_on_biz_app: read::flag(value, "is_on_biz_app"),
            raw: value.clone(),
        })
    }
}

/// A WhatsApp Business Account (Cloud API: WABA node).
#[derive(Clone, Debug, PartialEq)]
pub struct Waba {
    /// Its id.
    pub id: WabaId,
    /// Its name.
    pub name: Option<String>,
    /// ISO 4217 code the account is billed in.
    pub currency: Option<String>,
    /// Meta's number of a time zone.
    pub timezone_id: Option<String>,
    /// APPROVED, PENDING or REJECTED.
    pub account_review_status: Option<String>,
    /// The whole node.
    pub raw: Value,
}

/// One app that receives the webhooks of an account (Cloud API: webhook subscription).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribedApp {
    /// App id.
    pub id: Option<String>,
    /// App name.
    pub name: Option<String>,
    /// Callback that replaces the app's own for message fields.
    pub override_callback_uri: Option<String>,
}

struct Inner {
    http: reqwest::Client,
    connection: Connection,
    /// HMAC of the token with the app secret; as good as a token for this app, so never logged.
    proof: Option<SecretString>,
}

/// A connection to the API; cloning is cheap.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.0.connection).finish()
    }
}

impl Client {
    /// A client on the given HTTP client (which decides about proxies, TLS and connect time-outs; it should not
    /// follow redirects).
    pub fn new(http: reqwest::Client, connection: Connection) -> Self {
        let proof = connection
            .app_secret
            .as_ref()
            .map(|secret| hmac_hex(secret, connection.access_token.expose_secret().as_bytes()).into());
        Self(Arc::new(Inner {
            http,
            connection,
            proof,
        }))
    }

    /// Sends one message after checking its limits. The API has no idempotency key: on [`Error::Ambiguous`]
    /// wait for a status with the callback data before sending again.
    ///
    /// # Errors
    /// [`Error::Invalid`] before anything is sent, else as described at [`Error`].
    pub async fn send(&self, from: &PhoneNumberId, message: &SendMessage) -> Result<Sent, Error> {
        message.validate()?;
        let timeout = self.0.connection.timeouts.send;
        let answer = self
            .call(
                Method::POST,
                &[from.as_str(), "messages"],
                &[],
                Some(message.to_json()),
                timeout,
            )
            .await?;
        line::sent(&answer)
    }

    /// Marks an inbound message and all earlier ones of the thread as read; `typing` also shows the typing
    /// indicator for up to 25 s (Cloud API: read receipt and typing). Safe to repeat.
    ///
    /// # Errors
    /// Code 131009 or 100 for a message that is unknown or older than 30 days: harmless, do not alarm.
    pub async fn mark_read(&self, from: &PhoneNumberId, wamid: &Wamid, typing: bool) -> Result<(), Error> {
        let receipt = ReadReceipt {
            message_id: wamid.clone(),
            typing,
        };
        let timeout = self.0.connection.timeouts.send;
        self.call(
            Method::POST,
            &[from.as_str(), "messages"],
            &[],
            Some(receipt.to_json()),
            timeout,
        )
        .await
        .map(drop)
    }

    /// The phone number node.
    ///
    /// # Errors
    /// Code 100/33 when the number is unknown or the token may not see it.
    pub async fn phone_number(&self, id: &PhoneNumberId) -> Result<PhoneNumber, Error> {
        const FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,status,throughput,\
                              code_verification_status,name_status,platform_type,account_mode,webhook_configuration,\
                              is_on_biz_app,whatsapp_business_manager_messaging_limit";
        let answer = self.get(&[id.as_str()], &[("fields", FIELDS)]).await?;
        PhoneNumber::from_value(&answer).ok_or_else(|| broken("no id in the phone number"))
    }

    /// The numbers of an account, one page.
    ///
    /// # Errors
    /// As described at [`Error`].
    pub async fn phone_numbers(
        &self,
        waba: &WabaId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<PhoneNumber>, Error> {
        let answer = self.page(waba, "phone_numbers", after, limit).await?;
        Ok(Page::from_value(&answer, PhoneNumber::from_value))
    }

    /// The account node.
    ///
    /// # Errors
    /// Code 100/33 when the account is unknown or the token may not see it.
    pub async fn waba(&self, id: &WabaId) -> Result<Waba, Error> {
        const FIELDS: &str = "id,name,currency,timezone_id,account_review_status";
        let answer = self.get(&[id.as_str()], &[("fields", FIELDS)]).await?;
        Ok(Waba {
            id: read::text(&answer, "id")
                .ok_or_else(|| broken("no id in the account"))?
                .into(),
            name: read::text(&answer, "name"),
            currency: read::text(&answer, "currency"),
            timezone_id: read::text(&answer, "timezone_id"),
            account_review_status: read::text(&answer, "account_review_status"),
            raw: answer,
        })
    }

    /// The templates of an account, one page; `after` is the cursor of the page before.
    ///
    /// # Errors
    /// As described at [`Error`].
    pub async fn templates(
        &self,
        waba: &WabaId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<Template>, Error> {
        let limit = limit.to_string();
        let mut query = vec![("fields", Template::FIELDS), ("limit", limit.as_str())];
        query.extend(after.map(|after| ("after", after)));
        let answer = self.get(&[waba.as_str(), "message_templates"], &query).await?;
        Ok(Page::from_value(&answer, Template::from_value))
    }

    /// The apps that receive the account's webhooks.
    ///
    /// # Errors
    /// As described at [`Error`].
    pub async fn subscribed_apps(&self, waba: &WabaId) -> Result<Vec<SubscribedApp>, Error> {
        let answer = self.get(&[waba.as_str(), "subscribed_apps"], &[]).await?;
        let rows = answer
            .get("data")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        Ok(rows
            .iter()
            .map(|row| {
                let app = row.get("whatsapp_business_api_data").unwrap_or(row);
                SubscribedApp {
                    id: read::text(app, "id"),
                    name: read::text(app, "name"),
                    override_callback_uri: read::text(row, "override_callback_uri"),
                }
            })
            .collect())
    }

    /// Subscribes the token's app to the account's webhooks. `override_callback` is a separate callback and its
    /// verify token, which Meta checks at once by the GET handshake; without it an earlier override is removed.
    ///
    /// # Errors
    /// Code 2200 when the handshake fails.
    pub async fn subscribe(
        &self,
        waba: &WabaId,
        override_callback: Option<(&Url, &str)>,
    ) -> Result<(), Error> {
        let body = match override_callback {
            Some((url, token)) => {
                if url.as_str().len() > 200 {
                    let message = "a callback address has at most 200 characters";
                    return Err(
                        Invalid::limit("override_callback_uri", 200, url.as_str().len(), message).into(),
                    );
                }
                json!({"override_callback_uri": url.as_str(), "verify_token": token})
            }
            None => json!({}),
        };
        let timeout = self.0.connection.timeouts.read;
        self.call(
            Method::POST,
            &[waba.as_str(), "subscribed_apps"],
            &[],
            Some(body),
            timeout,
        )
        .await
        .map(drop)
    }

    /// Where a media object can be downloaded, for 5 minutes.
    ///
    /// # Errors
    /// Code 100/33 when it is unknown, expired or belongs to another number.
    pub async fn media(&self, id: &MediaId, owner: Option<&PhoneNumberId>) -> Result<MediaNode, Error> {
        let query: Vec<(&str, &str)> = owner.iter().map(|o| ("phone_number_id", o.as_str())).collect();
        let answer = self.get(&[id.as_str()], &query).await?;
        Ok(MediaNode::from_value(id, &answer))
    }

    async fn page(&self, waba: &WabaId, edge: &str, after: Option<&str>, limit: u32) -> Result<Value, Error> {
        let limit = limit.to_string();
        let mut query = vec![("limit", limit.as_str())];
        query.extend(after.map(|after| ("after", after)));
        self.get(&[waba.as_str(), edge], &query).await
    }

    async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, Error> {
        self.call(Method::GET, path, query, None, self.0.connection.timeouts.read)
            .await
    }

    async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Value>,
        timeout: Duration,
    ) -> Result<Value, Error> {
        let mut request = self.request(method, path, query)?.timeout(timeout);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.map_err(transport)?;
        let status = response.status();
        let wait = retry_after(response.headers());
        let bytes = bounded(response).await?;
        interpret(status, wait, &bytes)
    }

    /// A request on this connection, with its address, token and proof.
    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<reqwest::RequestBuilder, Error> {
        let inner = &*self.0;
        let url = self.address(path, query)?;
        Ok(inner
            .http
            .request(method, url)
            .bearer_auth(inner.connection.access_token.expose_secret()))
    }

    /// An address of this connection, with the proof of its token.
    fn address(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, Invalid> {
        let inner = &*self.0;
        let mut url = inner.connection.base_url.clone();
        {
            let mut segments = url
                .path_segments_mut()
                .map_err(|()| Invalid::new("base_url", "the address of the API cannot have a path"))?;
            segments
                .pop_if_empty()
                .push(&inner.connection.version)
                .extend(path);
        }
        {
            let mut pairs = url.query_pairs_mut();
            pairs.extend_pairs(query);
            if let Some(proof) = &inner.proof {
                pairs.append_pair("appsecret_proof", proof.expose_secret());
            }
        }
        if url.query() == Some("") {
            url.set_query(None);
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests;

//! One tenant, seen from outside: its API key, its simulated number, its customers.

use std::sync::{Arc, Mutex};

use cloud_sim::Simulator;
use kernel::{Clock, TenantId};
use reqwest::{Method, header::HeaderMap};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::LiveSocket;

/// A response of the platform.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub bytes: Vec<u8>,
    /// The body as JSON; null when it is not JSON.
    pub json: Value,
}

impl Answer {
    /// The body, after checking the status.
    ///
    /// # Panics
    /// When the status is another; the message shows the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json
    }

    /// The problem's code.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// Reads a response of the HTTP client.
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Self {
            status,
            headers,
            bytes,
            json,
        }
    }
}

/// A tenant with an API key that may do everything, a connected simulated number, and customers.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: &'static str,
    /// An API key with every right.
    pub key: String,
    /// The channel.
    pub channel_id: String,
    /// The channel's phone number id.
    pub phone_id: String,
    /// The channel's account.
    pub waba_id: String,
    /// A token that may use the number.
    pub access_token: String,
    /// The secret of its Meta app.
    pub app_secret: String,
    /// Its verify token.
    pub verify_token: String,
    /// Where WhatsApp sends its webhooks.
    pub webhook_url: String,
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) sim: Simulator,
    pub(crate) clock: Clock,
    pub(crate) serial: Arc<Mutex<u64>>,
}

impl Tenant {
    /// Calls the API with the tenant's key. `path` starts behind `/api/v1`.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call_with(&self.key, method, path, body).await
    }

    /// Calls the API with any key; an empty one sends none.
    pub async fn call_with(&self, key: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        if !key.is_empty() {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(request.send().await.unwrap()).await
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    /// `POST`.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Uploads a file as bare bytes.
    pub async fn upload(&self, content_type: &str, bytes: &[u8]) -> Answer {
        self.upload_as("", content_type, bytes).await
    }

    /// Uploads a file as bare bytes, with a query such as `?kind=document`.
    pub async fn upload_as(&self, query: &str, content_type: &str, bytes: &[u8]) -> Answer {
        let request = self
            .http
            .post(format!("{}/api/v1/media{query}", self.base))
            .bearer_auth(&self.key)
            .header("content-type", content_type)
            .body(bytes.to_vec());
        Answer::read(request.send().await.unwrap()).await
    }

    /// `PATCH`.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// Every row of a list, page by page: pages of 200 rows unless the path names a `limit`.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let (mut rows, mut after) = (Vec::new(), String::new());
        let first = match (path.contains("limit="), path.contains('?')) {
            (true, _) => path.to_owned(),
            (false, true) => format!("{path}&limit=200"),
            (false, false) => format!("{path}?limit=200"),
        };
        loop {
            let page = self.get(&format!("{first}{after}")).await.expect(200);
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return rows,
            }
        }
    }

    /// A customer writes on their phone. Returns the wamid.
    pub fn customer_writes(&self, from: &str, text: &str) -> String {
        let message =
            json!({ "phone_id": self.phone_id, "from": from, "type": "text", "text": { "body": text } });
        self.sim.inbound(&message).unwrap()
    }

    /// Sends a text by the API. Returns the message.
    pub async fn sends(&self, to: &str, text: &str) -> Answer {
        self.post(
            "/messages",
            json!({ "to": { "phone": to }, "type": "text", "text": { "body": text } }),
        )
        .await
    }

    /// Posts a webhook body as WhatsApp would, signed over its bytes.
    pub async fn webhook(&self, body: &[u8]) -> Answer {
        self.webhook_signed(body, Some(&signed(&self.app_secret, body)))
            .await
    }

    /// Posts a webhook body with any signature, or none.
    pub async fn webhook_signed(&self, body: &[u8], signature: Option<&str>) -> Answer {
        let mut request = self
            .http
            .post(&self.webhook_url)
            .header("content-type", "application/json")
            .body(body.to_vec());
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        Answer::read(request.send().await.unwrap()).await
    }

    /// A webhook with one text from `from`, with a new wamid. Returns body and wamid.
    pub fn text_webhook(&self, from: &str, text: &str) -> (Vec<u8>, String) {
        let wamid = format!("wamid.TEST{:06}", self.next_serial());
        let value = json!({
            "contacts": [{ "profile": { "name": format!("Customer {from}") }, "wa_id": from }],
            "messages": [{
                "from": from, "id": wamid, "timestamp": self.clock.now().timestamp().to_string(),
                "type": "text", "text": { "body": text },
            }],
        });
        (self.envelope(value), wamid)
    }

    /// A webhook with one status.
    pub fn status_webhook(&self, wamid: &str, status: &str, callback: Option<&str>) -> Vec<u8> {
        let mut one = json!({
            "id": wamid, "status": status, "timestamp": self.clock.now().timestamp().to_string(), "recipient_id": "447700900123",
        });
        if let Some(callback) = callback {
            one["biz_opaque_callback_data"] = Value::from(callback);
        }
        self.envelope(json!({ "statuses": [one] }))
    }

    /// Wraps a `messages` value in the envelope of this tenant's number.
    pub fn envelope(&self, mut value: Value) -> Vec<u8> {
        value["messaging_product"] = Value::from("whatsapp");
        value["metadata"] =
            json!({ "display_phone_number": "447700900555", "phone_number_id": self.phone_id });
        let change = json!({ "field": "messages", "value": value });
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": self.waba_id, "changes": [change] }] }).to_string().into_bytes()
    }

    /// Opens the live stream.
    pub async fn live(&self, cursor: Option<i64>) -> LiveSocket {
        LiveSocket::open(&self.base, &self.key, cursor).await.unwrap()
    }

    fn next_serial(&self) -> u64 {
        let mut serial = self.serial.lock().unwrap();
        *serial += 1;
        *serial
    }
}

/// The signature header of a body.
pub fn signed(app_secret: &str, body: &[u8]) -> String {
    cloud_api::signature::sign(&SecretString::from(app_secret.to_owned()), body)
}

//! What webhooks brought that has no home.

use chrono::{DateTime, Utc};
use kernel::{Can, Page, PageQuery, Result};
use poem_openapi::{Object, OpenApi, param::Query, payload::Json, types::Any};

use super::Tag;
use crate::{
    entity::webhook_event::{self, WebhookEventId},
    permission::ReadMessages,
    service::{KeptCount, Service},
};

/// Bytes that a kept change may take as a value; what is larger is shown as text.
const SHOWN: usize = 1 << 20;

/// Something a webhook brought that has no home in the platform yet, kept as it came.
#[derive(Debug, Object)]
#[oai(rename = "WebhookEvent", skip_serializing_if_is_none)]
pub struct WebhookEventOut {
    /// Its id.
    pub id: WebhookEventId,
    /// WhatsApp's webhook field, `unknown` if it had none.
    pub field: String,
    /// `no_home`, `unknown_number`, `malformed`, `failed` or `error`.
    pub reason: String,
    /// The account it came for.
    pub waba_id: Option<String>,
    /// The number it came for.
    pub phone_number_id: Option<String>,
    /// The change in WhatsApp's own form; text when it was not JSON, or is very large.
    pub payload: Any<serde_json::Value>,
    /// When we received it.
    pub received_at: DateTime<Utc>,
}

fn shape_event(row: webhook_event::Model) -> WebhookEventOut {
    let webhook_event::Model {
        tenant_id: _,
        id,
        digest: _,
        field,
        reason,
        waba_id,
        phone_number_id,
        payload,
        received_at,
    } = row;
    let tree = cloud_api::webhook::bounded(&payload, SHOWN);
    let payload = tree.unwrap_or(serde_json::Value::String(payload));
    WebhookEventOut {
        id,
        field,
        reason,
        waba_id,
        phone_number_id,
        payload: Any(payload),
        received_at,
    }
}

/// How many webhook events of one field are kept for one reason.
#[derive(Debug, Object)]
pub struct WebhookEventCount {
    /// WhatsApp's webhook field, `unknown` if it had none.
    pub field: String,
    /// Why they are kept: as in the list of webhook events.
    pub reason: String,
    /// How many.
    pub count: i64,
}

/// What is kept raw, counted.
#[derive(Debug, Object)]
pub struct WebhookEventSummary {
    /// All of them.
    pub total: i64,
    /// By field and reason, most first; at most 200 rows.
    pub items: Vec<WebhookEventCount>,
}

/// Operations on what is kept raw.
pub struct WebhookEventsApi {
    /// The verbs.
    pub service: Service,
}

#[OpenApi(tag = "Tag::Messages")]
impl WebhookEventsApi {
    /// List webhook events.
    ///
    /// What WhatsApp's webhooks brought and the platform has no home for yet, as it came, newest first. Nothing is dropped.
    /// A page has fewer rows than asked for when their payloads are larger than 4 MiB together; `next` goes on behind them.
    #[oai(
        path = "/webhook-events",
        method = "get",
        operation_id = "list_webhook_events"
    )]
    async fn list_webhook_events(
        &self,
        can: Can<ReadMessages>,
        /// Only of this webhook field, for example `account_update`.
        #[oai(validator(max_length = 128))]
        field: Query<Option<String>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<WebhookEventOut>>> {
        let rows = self
            .service
            .list_webhook_events(
                can.db(),
                field.0,
                PageQuery::new("webhook_events", limit.0, after.0)?,
            )
            .await?;
        Ok(Json(Page::of(rows, shape_event)))
    }

    /// Count webhook events.
    ///
    /// How much of what webhooks brought is kept raw, by field and reason.
    #[oai(
        path = "/webhook-events/summary",
        method = "get",
        operation_id = "summarize_webhook_events"
    )]
    async fn summarize_webhook_events(&self, can: Can<ReadMessages>) -> Result<Json<WebhookEventSummary>> {
        let (total, counts) = self.service.count_webhook_events(can.db()).await?;
        let items = counts
            .into_iter()
            .map(|KeptCount { field, reason, count }| WebhookEventCount { field, reason, count });
        Ok(Json(WebhookEventSummary {
            total,
            items: items.collect(),
        }))
    }
}

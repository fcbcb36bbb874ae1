//! What WhatsApp told about accounts and numbers.

use chrono::{DateTime, Utc};
use contracts::channels::ChannelId;
use kernel::{Can, Page, PageQuery, Result};
use poem_openapi::{Enum, Object, OpenApi, param::Query, payload::Json, types::Any};
use sentences::{Sentence, Sentences};

use super::Tag;
use crate::{
    entity::account_event::{self, AccountEventId},
    permission::ReadChannels,
    service::{AccountEventFilter, Service},
};

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look at it.
    Warning,
    /// Something has stopped or will; somebody must act.
    Critical,
}

impl Severity {
    fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// Something WhatsApp told about an account, a number, a template or a person's choice.
#[derive(Debug, Object)]
#[oai(rename = "AccountEvent", skip_serializing_if_is_none)]
pub struct AccountEventOut {
    /// Its id.
    pub id: AccountEventId,
    /// WhatsApp's webhook field, for example `account_update`; `number_ownership` for what the platform itself tells.
    pub field: String,
    /// WhatsApp's word for what happened, for example `ACCOUNT_RESTRICTION`.
    pub event: String,
    /// The number it is about, if not the whole account.
    pub channel_id: Option<ChannelId>,
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// How much it matters.
    pub severity: Severity,
    /// What happened, in plain words.
    pub title: String,
    /// What it means and what to do; absent when the title says it all.
    pub detail: Option<String>,
    /// `title`, to be said in any language; absent for events from before this was kept.
    #[oai(default, skip_serializing_if_is_empty)]
    pub title_terms: Vec<Sentence>,
    /// `detail`, to be said in any language.
    #[oai(default, skip_serializing_if_is_empty)]
    pub detail_terms: Vec<Sentence>,
    /// When, by WhatsApp.
    pub at: DateTime<Utc>,
    /// When we received it.
    pub received_at: DateTime<Utc>,
    /// The value in WhatsApp's own form; of a history only what is about the whole.
    pub payload: Any<serde_json::Value>,
}

fn shape(row: account_event::Model) -> AccountEventOut {
    let account_event::Model {
        tenant_id: _,
        id,
        digest: _,
        field,
        event,
        topic: _,
        channel_id,
        waba_id,
        severity,
        title,
        detail,
        title_terms,
        detail_terms,
        payload,
        at,
        received_at,
    } = row;
    let (told, meant) = (
        Sentences::read(title_terms.as_deref()),
        Sentences::read(detail_terms.as_deref()),
    );
    // Rows of earlier versions have their English only.
    let english = |said: &Sentences, stored: String| match said.is_empty() {
        true => stored,
        false => said.to_string(),
    };
    AccountEventOut {
        id,
        field,
        event,
        channel_id,
        waba_id,
        severity: match severity.as_str() {
            "critical" => Severity::Critical,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        },
        title: english(&told, title),
        detail: Some(english(&meant, detail)).filter(|detail| !detail.is_empty()),
        title_terms: told.0,
        detail_terms: meant.0,
        at,
        received_at,
        payload: Any(serde_json::from_str(&payload).unwrap_or_default()),
    }
}

/// Operations on what WhatsApp told besides messages.
pub struct AccountEventsApi {
    /// The verbs.
    pub service: Service,
}

#[OpenApi(tag = "Tag::Channels")]
impl AccountEventsApi {
    /// List account events.
    ///
    /// What WhatsApp told about accounts, numbers, templates and people's choices, newest first, in plain words and in
    /// WhatsApp's own form.
    #[oai(
        path = "/account-events",
        method = "get",
        operation_id = "list_account_events"
    )]
    async fn list_account_events(
        &self,
        can: Can<ReadChannels>,
        /// Only of this number, and of the whole of its account.
        channel_id: Query<Option<ChannelId>>,
        /// Only of this webhook field, for example `account_update`.
        #[oai(validator(max_length = 128))]
        field: Query<Option<String>>,
        /// Only those that matter this much.
        severity: Query<Option<Severity>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<AccountEventOut>>> {
        let filter = AccountEventFilter {
            channel_id: channel_id.0,
            field: field.0,
            severity: severity.0.map(Severity::as_str),
        };
        let rows = self
            .service
            .list_account_events(
                can.db(),
                filter,
                PageQuery::new("account_events", limit.0, after.0)?,
            )
            .await?;
        Ok(Json(Page::of(rows, shape)))
    }
}

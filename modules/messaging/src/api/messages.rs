//! Messages, statuses, and what webhooks brought besides.

use chrono::{DateTime, Utc};
use contracts::messaging::{ConversationId, MessageId};
use kernel::{Can, Page, PageQuery, Result, retrying};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    payload::Json,
    types::Any,
};

use super::{
    Tag,
    shapes::{Described, Draft, MessageIn, MessageOut, Queued, one_with_media, with_media},
};
use crate::{
    entity::{
        Direction, Status,
        status_event::{self, StatusEventId},
    },
    permission::{ReadMessages, SendMessages},
    service::{Idempotency, MessageFilter, NewMessage, Service},
};

/// A status as WhatsApp told it.
#[derive(Debug, Object)]
#[oai(rename = "StatusEvent", skip_serializing_if_is_none)]
pub struct StatusEventOut {
    /// Its id.
    pub id: StatusEventId,
    /// WhatsApp's id of the message.
    pub wamid: String,
    /// WhatsApp's word for it.
    pub status: String,
    /// Whose device; absent if not told.
    pub recipient: Option<String>,
    /// Our message; absent while it is not known whose status this is.
    pub message_id: Option<MessageId>,
    /// When, by WhatsApp.
    pub at: DateTime<Utc>,
    /// The status in WhatsApp's own form, with pricing and errors.
    pub payload: Any<serde_json::Value>,
    /// When we received it.
    pub received_at: DateTime<Utc>,
}

fn shape_status(row: status_event::Model) -> StatusEventOut {
    let status_event::Model {
        tenant_id: _,
        id,
        wamid,
        status,
        recipient,
        message_id,
        at,
        payload,
        received_at,
    } = row;
    StatusEventOut {
        id,
        wamid,
        status,
        recipient: Some(recipient).filter(|recipient| !recipient.is_empty()),
        message_id,
        at,
        payload: Any(serde_json::from_str(&payload).unwrap_or_default()),
        received_at,
    }
}

/// Operations on messages.
pub struct MessagesApi {
    /// The verbs.
    pub service: Service,
}

#[OpenApi(tag = "Tag::Messages")]
impl MessagesApi {
    /// Send a message.
    ///
    /// Answers as soon as the message is stored; its `status` tells what becomes of it. Free-form messages need an open
    /// 24-hour customer service window (409 `window_closed` otherwise), templates do not.
    ///
    /// What it says stands under the key that `type` names, in WhatsApp's own words: `text`, `image`, `video`, `audio`,
    /// `document`, `sticker`, `location`, `contacts`, `reaction`, `interactive` or `template`; the schema of each has an example.
    /// A template is brought in WhatsApp's own form under `template`, or it is one of yours, named by `template_id` and filled from
    /// `values`, its mapping and the contact: 422 `template_incomplete` names each slot that is still missing.
    /// A file is named by `link`, by WhatsApp's `id` or by the `media_id` of an upload. Every limit of WhatsApp's is checked
    /// here: a 422 names the field by its path, the `limit` and the `value` that was found.
    #[oai(path = "/messages", method = "post", operation_id = "send_message")]
    async fn send_message(
        &self,
        can: Can<SendMessages>,
        /// Any text of your own, such as a UUID: the same request with the same key within a day is the same message, so a
        /// program that got no answer may ask again. Another request under the same key is 422 `idempotency_key_reused`.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<Described<MessageIn>>,
    ) -> Result<Queued> {
        let once = Idempotency::new(idempotency_key.0, can.actor(), &body.0.0.to_string())?;
        let mut draft = Draft::of(body.0.0, &["channel_id", "to", "test"])?;
        let new = NewMessage {
            channel_id: draft.channel_id()?,
            to: draft.address()?,
            reply_to: draft.reply_to()?,
            test: draft.test()?,
            said: draft.said()?,
        };
        let send = || {
            self.service
                .send_message(can.db(), can.actor(), new.clone(), once.clone())
        };
        let row = retrying(send).await?;
        let shown = one_with_media(&self.service, can.db(), row).await?;
        Ok(Queued::Accepted(Json(shown)))
    }

    /// List messages.
    ///
    /// Newest first.
    #[oai(path = "/messages", method = "get", operation_id = "list_messages")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn list_messages(
        &self,
        can: Can<ReadMessages>,
        /// Only of this conversation.
        conversation_id: Query<Option<ConversationId>>,
        /// Only in this state.
        status: Query<Option<Status>>,
        /// Only those that came, or only those that went.
        direction: Query<Option<Direction>>,
        /// Only with this WhatsApp id.
        #[oai(validator(max_length = 256))]
        wamid: Query<Option<String>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<MessageOut>>> {
        let filter = MessageFilter {
            conversation_id: conversation_id.0,
            status: status.0,
            direction: direction.0,
            wamid: wamid.0,
        };
        let (rows, next) = self
            .service
            .list_messages(can.db(), filter, PageQuery::new("messages", limit.0, after.0)?)
            .await?;
        let items = with_media(&self.service, can.db(), rows).await?;
        Ok(Json(Page { items, next }))
    }

    /// Read a message.
    #[oai(path = "/messages/:message_id", method = "get", operation_id = "get_message")]
    async fn get_message(
        &self,
        can: Can<ReadMessages>,
        message_id: Path<MessageId>,
    ) -> Result<Json<MessageOut>> {
        let row = self.service.message(can.db(), message_id.0).await?;
        Ok(Json(one_with_media(&self.service, can.db(), row).await?))
    }

    /// Send a message again.
    ///
    /// For a message of yours that `failed` or is `unknown`: the same content goes out as a new message, which is the answer;
    /// the old one stays. An `unknown` message may have arrived after all, so the person may get it twice.
    #[oai(
        path = "/messages/:message_id/resend",
        method = "post",
        operation_id = "resend_message"
    )]
    async fn resend_message(
        &self,
        can: Can<SendMessages>,
        message_id: Path<MessageId>,
        /// As for `send_message`: asking again with the same key within a day sends nothing more.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
    ) -> Result<Queued> {
        let request = format!("resend {}", message_id.0);
        let once = Idempotency::new(idempotency_key.0, can.actor(), &request)?;
        let send = || {
            self.service
                .resend_message(can.db(), can.actor(), message_id.0, once.clone())
        };
        let row = retrying(send).await?;
        let shown = one_with_media(&self.service, can.db(), row).await?;
        Ok(Queued::Accepted(Json(shown)))
    }

    /// List statuses.
    ///
    /// Every status WhatsApp told, each once, newest first; also those of messages that were not sent by this platform.
    #[oai(path = "/statuses", method = "get", operation_id = "list_statuses")]
    async fn list_statuses(
        &self,
        can: Can<ReadMessages>,
        /// Only of the message with this WhatsApp id.
        #[oai(validator(max_length = 256))]
        wamid: Query<Option<String>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<StatusEventOut>>> {
        let rows = self
            .service
            .list_statuses(can.db(), wamid.0, PageQuery::new("statuses", limit.0, after.0)?)
            .await?;
        Ok(Json(Page::of(rows, shape_status)))
    }
}

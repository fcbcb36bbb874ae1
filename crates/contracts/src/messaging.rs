//! What messaging offers and tells.

mod conversation;
mod media;
mod origin;
mod refusal;
mod template_news;
mod unread;

use chrono::{DateTime, Utc};
use cloud_api::{ids::Wamid, message::Content};
use kernel::{Event, Result, TenantTx, UserId, id};
use serde::{Deserialize, Serialize};

pub use conversation::{
    Assignment, Change, ConversationCard, ConversationChange, ConversationRefusal, ConversationState,
    ConversationUpdate, Conversations, ConversationsChanged, LONGEST_SNOOZE, TeamId,
};
pub use media::{MediaChange, MediaChanged, MediaId, MediaLibrary};
pub use origin::{Origin, OriginId, UnknownOrigin};
pub use refusal::{Refusal, RefusalCode};
pub use template_news::{TemplateContent, TemplateContentButton, TemplateNews, TemplateNewsItem};
pub use unread::{UnreadChanged, UnreadTotal};

use crate::{
    channels::ChannelId,
    contacts::ContactId,
    templates::{TemplateId, Values},
};

id!(
    /// The thread between one channel and one contact.
    ConversationId,
    "cnv"
);
id!(
    /// A message in or out. Carried as `biz_opaque_callback_data` on everything sent.
    MessageId,
    "msg"
);

/// How soon a message leaves when there is more to send than can be sent. An agent's reply never waits for a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// A person is waiting: agent replies.
    Interactive,
    /// A program is waiting: API calls, auto-replies.
    Transactional,
    /// Campaigns.
    Bulk,
}

/// Who caused a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// `user`, `api_key` or the name of a module.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name when it sent.
    pub name: String,
}

/// A message to send to a known contact.
#[derive(Clone, Debug)]
pub struct OutgoingMessage {
    /// From which number.
    pub channel_id: ChannelId,
    /// To whom. The address (phone or BSUID) is chosen when it leaves.
    pub contact_id: ContactId,
    /// What.
    pub content: Content,
    /// The message it quotes.
    pub reply_to: Option<Wamid>,
    /// Who caused it.
    pub sent_by: Option<Sender>,
    /// The template that filled it, kept with the message. None is needed to send a template: what is known of it is looked up by
    /// the content's name and language.
    pub template: Option<TemplateUse>,
}

/// The template of a message, and what its slots were filled with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TemplateUse {
    /// WhatsApp's id of the template; empty while WhatsApp has told none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Our id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<TemplateId>,
    /// What each slot was filled with; empty for a message that brought its components itself.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub values: Values,
}

/// Sends messages: everything for WhatsApp goes through it.
#[async_trait::async_trait]
pub trait MessageSender: Send + Sync {
    /// Decides of each message whether it may leave, and writes those that may, with their dispatch chunks, in the caller's
    /// transaction; they leave after it commits. Answers in the order of the messages. Each is asked again when its turn comes,
    /// since minutes or days may lie between: what may not leave then ends as `failed`.
    ///
    /// A number that may not send now refuses all but [`Lane::Bulk`], whose messages wait for it.
    ///
    /// # Errors
    /// The database's; nothing was written then.
    async fn queue(
        &self,
        tx: &mut TenantTx,
        messages: &[OutgoingMessage],
        lane: Lane,
        origin: &Origin,
    ) -> Result<Vec<std::result::Result<MessageId, Refusal>>>;

    /// Stops what was queued for this origin and is not handed to WhatsApp yet. Each stopped message is told once, as `cancelled`
    /// in [`MessageStatusesChanged`]. What is queued for the origin afterwards leaves. Answers how many chunks of messages are
    /// concerned, of at most 500 messages each.
    ///
    /// # Errors
    /// The database's.
    async fn cancel(&self, tx: &mut TenantTx, origin: &Origin) -> Result<u64>;
}

/// Messages arrived from customers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessagesReceived {
    /// Which, oldest first.
    pub items: Vec<MessageReceived>,
}

/// One message that arrived.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageReceived {
    /// The message.
    pub message_id: MessageId,
    /// Its thread.
    pub conversation_id: ConversationId,
    /// Who wrote.
    pub contact_id: ContactId,
    /// To which number.
    pub channel_id: ChannelId,
    /// WhatsApp's message type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short plain text.
    pub preview: String,
    /// When, by WhatsApp, which tells whole seconds; of what was written just now, when it arrived.
    pub at: DateTime<Utc>,
    /// For listeners; live clients do not get it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub details: Option<MessageDetails>,
    /// Who looks after the thread; live clients filter by it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee_id: Option<UserId>,
    /// The team that does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_id: Option<TeamId>,
}

impl Event for MessagesReceived {
    const NAME: &'static str = "messages_received";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(MessageReceived);

    fn key(item: &Self::Item) -> String {
        item.conversation_id.to_string()
    }

    fn live(&self) -> Option<Self> {
        if self.items.iter().all(|item| item.details.is_none()) {
            return None;
        }
        let items = self.items.iter().map(|item| MessageReceived {
            details: None,
            preview: item.preview.clone(),
            kind: item.kind.clone(),
            ..*item
        });
        Some(Self {
            items: items.collect(),
        })
    }
}

/// What a rule needs to know of a message to answer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDetails {
    /// Whether somebody wrote it: only then is there something to answer.
    pub nature: MessageNature,
    /// The words: text, caption, label of the button or row that was pressed. At most 4,096 characters, WhatsApp's own limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// The sender's own id of what was pressed or filled in: a reply button's or list row's id, a quick reply's payload, a
    /// flow's token. At most 1,024 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub payload: Option<String>,
    /// When it was written, by WhatsApp: whole seconds, never in the future.
    pub sent_at: DateTime<Utc>,
    /// When WhatsApp's webhook arrived here.
    pub received_at: DateTime<Utc>,
}

/// Whether somebody wrote a message, and who.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageNature {
    /// The customer has written it.
    Written,
    /// New words for an earlier message of the customer, which the webhook does not name. Those that name it are
    /// [`MessagesAmended`].
    Edit,
    /// The business has written it elsewhere: in its phone app, or with another partner.
    Echo,
    /// Nobody has: a notice of WhatsApp about the customer, or an answer that a device gave by itself.
    Notice,
}

/// Messages were written and wait to be sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessagesQueued {
    /// Which.
    pub items: Vec<MessageQueued>,
}

/// One message that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageQueued {
    /// The message.
    pub message_id: MessageId,
    /// Its thread.
    pub conversation_id: ConversationId,
    /// To whom.
    pub contact_id: ContactId,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Who looks after the thread; live clients filter by it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee_id: Option<UserId>,
    /// The team that does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_id: Option<TeamId>,
}

impl Event for MessagesQueued {
    const NAME: &'static str = "messages_queued";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(MessageQueued);

    fn key(item: &Self::Item) -> String {
        item.conversation_id.to_string()
    }
}

/// Messages moved on: sent, delivered, read, failed, cancelled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageStatusesChanged {
    /// Which.
    pub items: Vec<MessageStatusChanged>,
}

/// One message that moved on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageStatusChanged {
    /// The message.
    pub message_id: MessageId,
    /// Its thread.
    pub conversation_id: ConversationId,
    /// The state it is in now.
    pub status: String,
    /// When, by WhatsApp.
    pub at: DateTime<Utc>,
    /// The error code of a failure (Cloud API: error codes).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<i64>,
    /// Where the message comes from; none for what earlier versions sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<Origin>,
    /// Who looks after the thread; live clients filter by it. Not told of what is sent in bulk.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee_id: Option<UserId>,
    /// The team that does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_id: Option<TeamId>,
}

impl Event for MessageStatusesChanged {
    const NAME: &'static str = "message_statuses_changed";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(MessageStatusChanged);

    fn key(item: &Self::Item) -> String {
        item.conversation_id.to_string()
    }
}

/// Today's figures of a tenant changed. Told at most once a second.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FiguresChanged {
    /// One: how they are now.
    pub items: Vec<DayFigures>,
}

/// Figures of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFigures {
    /// `YYYY-MM-DD` in the tenant's time zone.
    pub day: String,
    /// Messages that wait to be sent now.
    pub waiting: i64,
    /// Messages that WhatsApp sent on that day.
    pub sent: i64,
    /// Messages that reached a phone on that day.
    pub delivered: i64,
    /// Messages that failed on that day.
    pub failed: i64,
}

impl Event for FiguresChanged {
    const NAME: &'static str = "figures_changed";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(DayFigures);
}

/// Messages left the business by other means than this platform: its phone app, or another partner (Cloud API: message echoes).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessagesEchoed {
    /// Which, oldest first.
    pub items: Vec<MessageEchoed>,
}

/// One message that left by other means.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageEchoed {
    /// The message.
    pub message_id: MessageId,
    /// Its thread.
    pub conversation_id: ConversationId,
    /// To whom.
    pub contact_id: ContactId,
    /// By which number.
    pub channel_id: ChannelId,
    /// WhatsApp's message type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short plain text.
    pub preview: String,
    /// When, by WhatsApp.
    pub at: DateTime<Utc>,
    /// For listeners; live clients do not get it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub details: Option<MessageDetails>,
    /// Who looks after the thread; live clients filter by it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee_id: Option<UserId>,
    /// The team that does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_id: Option<TeamId>,
}

impl Event for MessagesEchoed {
    const NAME: &'static str = "messages_echoed";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(MessageEchoed);

    fn key(item: &Self::Item) -> String {
        item.conversation_id.to_string()
    }

    fn live(&self) -> Option<Self> {
        if self.items.iter().all(|item| item.details.is_none()) {
            return None;
        }
        let items = self.items.iter().map(|item| MessageEchoed {
            details: None,
            preview: item.preview.clone(),
            kind: item.kind.clone(),
            ..*item
        });
        Some(Self {
            items: items.collect(),
        })
    }
}

/// Messages were edited, taken back or reacted to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessagesAmended {
    /// Which: read them again.
    pub items: Vec<MessageAmended>,
}

/// One message that is not as it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MessageAmended {
    /// The message.
    pub message_id: MessageId,
    /// Its thread.
    pub conversation_id: ConversationId,
    /// Who looks after the thread; live clients filter by it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee_id: Option<UserId>,
    /// The team that does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_id: Option<TeamId>,
}

impl Event for MessagesAmended {
    const NAME: &'static str = "messages_amended";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(MessageAmended);

    fn key(item: &Self::Item) -> String {
        item.conversation_id.to_string()
    }
}

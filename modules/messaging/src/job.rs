//! Background work of this module.

use chrono::{DateTime, Utc};
use contracts::{
    channels::ChannelId,
    messaging::{ConversationId, Lane, MediaId, MessageId, Origin},
};
use kernel::Job;
use serde::{Deserialize, Serialize};

use crate::entity::chunk::ChunkId;

/// Sends the messages of one chunk.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendChunk {
    /// Which.
    pub chunk_id: ChunkId,
    /// How urgent.
    pub lane: String,
    /// From which number; none in what earlier versions wrote.
    #[serde(default)]
    pub channel_id: Option<ChannelId>,
}

impl SendChunk {
    /// For a chunk of this number.
    pub fn new(chunk_id: ChunkId, channel_id: ChannelId, lane: Lane) -> Self {
        Self {
            chunk_id,
            lane: lane_name(lane).to_owned(),
            channel_id: Some(channel_id),
        }
    }
}

impl Job for SendChunk {
    const NAME: &'static str = "messaging.send_chunk";
    // A message is given up by its own count of tries, never by a worker that died.
    const MAX_ATTEMPTS: u32 = u32::MAX;

    fn queue(&self) -> &'static str {
        match self.lane.as_str() {
            "interactive" => "interactive",
            "bulk" => "bulk",
            _ => "default",
        }
    }

    /// Each number has its own rate, so each gets its own turn.
    fn share(&self) -> Option<String> {
        self.channel_id
            .map(|id| kernel::id::Id::uuid(id).simple().to_string())
    }
}

/// Ends what was queued for an origin and stopped before it was handed to WhatsApp.
#[derive(Debug, Serialize, Deserialize)]
pub struct CancelMessages {
    /// Whose messages.
    pub origin: Origin,
}

impl Job for CancelMessages {
    const NAME: &'static str = "messaging.cancel_messages";
    const QUEUE: &'static str = "default";
    // Somebody counts on being told of each message.
    const MAX_ATTEMPTS: u32 = u32::MAX;

    /// One an origin; asked for again while it runs, it runs once more.
    fn dedup_key(&self) -> Option<String> {
        Some(self.origin.to_string())
    }
}

/// Tells WhatsApp that a conversation was read, which shows the customer blue ticks.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReadReceipt {
    /// From which number.
    pub channel_id: ChannelId,
    /// Which conversation.
    pub conversation_id: ConversationId,
    /// The last message that was seen; none: all of them.
    #[serde(default)]
    pub up_to: Option<MessageId>,
}

impl Job for SendReadReceipt {
    const NAME: &'static str = "messaging.send_read_receipt";
    const QUEUE: &'static str = "default";
    const MAX_ATTEMPTS: u32 = 5;

    fn dedup_key(&self) -> Option<String> {
        Some(self.conversation_id.to_string())
    }
}

/// Tells WhatsApp that somebody is writing an answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct ShowTyping {
    /// From which number.
    pub channel_id: ChannelId,
    /// The customer's message that is being answered, by WhatsApp's id.
    pub wamid: String,
    /// Later than this it would be untrue.
    pub until: DateTime<Utc>,
}

impl Job for ShowTyping {
    const NAME: &'static str = "messaging.show_typing";
    const QUEUE: &'static str = "interactive";
    const MAX_ATTEMPTS: u32 = 2;

    /// One a message: who types on only asks again while nobody has told it yet.
    fn dedup_key(&self) -> Option<String> {
        Some(self.wamid.clone())
    }
}

/// Opens the snoozed conversations of a tenant whose time has come.
#[derive(Debug, Serialize, Deserialize)]
pub struct WakeConversations {
    /// Not before this second of the Unix epoch.
    pub at: i64,
}

impl WakeConversations {
    /// When it is due.
    pub fn due(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.at, 0).unwrap_or_default()
    }
}

impl Job for WakeConversations {
    const NAME: &'static str = "messaging.wake_conversations";
    const QUEUE: &'static str = "default";
    // Nothing else opens them.
    const MAX_ATTEMPTS: u32 = u32::MAX;

    /// One a second, however many conversations it opens.
    fn dedup_key(&self) -> Option<String> {
        Some(self.at.to_string())
    }
}

/// Looks after all conversations of a tenant: states of rows of earlier versions, overdue snoozes, the total of unread messages.
#[derive(Debug, Serialize, Deserialize)]
pub struct RepairConversations {}

impl Job for RepairConversations {
    const NAME: &'static str = "messaging.repair_conversations";
    const QUEUE: &'static str = "bulk";
    const MAX_ATTEMPTS: u32 = u32::MAX;

    /// One a tenant.
    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Fetches files that customers sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct FetchMedia {
    /// Which; those that no longer wait are left alone.
    pub media_ids: Vec<MediaId>,
}

impl Job for FetchMedia {
    const NAME: &'static str = "messaging.fetch_media";
    const QUEUE: &'static str = "files";
    // With ten minutes between tries in the end, about two hours; then a person may ask again, for a week.
    const MAX_ATTEMPTS: u32 = 20;
}

/// Removes statuses that are older than 90 days.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepStatuses {}

impl Job for SweepStatuses {
    const NAME: &'static str = "messaging.sweep_statuses";
    const QUEUE: &'static str = "bulk";
    const MAX_ATTEMPTS: u32 = u32::MAX;

    /// One a tenant.
    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Tells live clients that figures have changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct TellFigures {}

impl Job for TellFigures {
    const NAME: &'static str = "messaging.tell_figures";
    const QUEUE: &'static str = "default";
    const MAX_ATTEMPTS: u32 = 5;

    /// One a tenant.
    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Removes uploads that nobody used.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepMedia {}

impl Job for SweepMedia {
    const NAME: &'static str = "messaging.sweep_media";
    const QUEUE: &'static str = "files";
    const MAX_ATTEMPTS: u32 = u32::MAX;

    /// One a tenant.
    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// The lane as stored.
pub(crate) fn lane_name(lane: Lane) -> &'static str {
    match lane {
        Lane::Interactive => "interactive",
        Lane::Transactional => "transactional",
        Lane::Bulk => "bulk",
    }
}

/// Reads what [`lane_name`] writes.
pub(crate) fn lane_of(name: &str) -> Lane {
    match name {
        "interactive" => Lane::Interactive,
        "bulk" => Lane::Bulk,
        _ => Lane::Transactional,
    }
}

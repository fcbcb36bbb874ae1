//! Files of messages.

use cloud_api::media::MediaKind;
use kernel::{Error, Event, Result, TenantTx, UserId, id};
use serde::{Deserialize, Serialize};

use super::{ConversationId, MessageId, TeamId};

id!(
    /// A file of a message: received, or uploaded to be sent.
    MediaId,
    "med"
);

/// The files that were uploaded here or came with messages, for modules that keep their ids.
#[async_trait::async_trait]
pub trait MediaLibrary: Send + Sync {
    /// Why each file cannot be sent as what it is named, in the order asked; none where it can: 404 for one that is not the tenant's,
    /// 409 `media_not_ready`, 422 `media_type`. One read for 500 of them.
    ///
    /// # Errors
    /// The database's.
    async fn unsendable(&self, tx: &TenantTx, files: &[(MediaId, MediaKind)]) -> Result<Vec<Option<Error>>>;
}

/// Files of messages arrived, or will not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MediaChanged {
    /// Which.
    pub items: Vec<MediaChange>,
}

/// One file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MediaChange {
    /// The file.
    pub media_id: MediaId,
    /// The message it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// The message's thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// `waiting`, `ready` or `failed`.
    pub state: String,
    /// Who looks after the thread; live clients filter by it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee_id: Option<UserId>,
    /// The team that does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_id: Option<TeamId>,
}

impl Event for MediaChanged {
    const NAME: &'static str = "media_changed";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(MediaChange);

    fn key(item: &Self::Item) -> String {
        item.media_id.to_string()
    }
}

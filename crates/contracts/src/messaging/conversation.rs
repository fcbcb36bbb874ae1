//! Who works on conversations, and what each of them needs.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Event, Result, TenantTx, UserId, id};
use serde::{Deserialize, Serialize};

use super::ConversationId;

id!(
    /// A group of people who share conversations.
    TeamId,
    "tea"
);

/// How far ahead a conversation may be snoozed.
pub const LONGEST_SNOOZE: TimeDelta = TimeDelta::days(366);

/// What a conversation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationState {
    /// A person.
    Open,
    /// Nothing: automatic replies answer it.
    Pending,
    /// Nothing until this time; then it opens by itself.
    Snoozed {
        /// In the future, [`LONGEST_SNOOZE`] at most.
        until: DateTime<Utc>,
    },
    /// Nothing.
    Resolved,
}

/// Who looks after a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The person.
    #[serde(default)]
    pub assignee_id: Option<UserId>,
    /// The team.
    #[serde(default)]
    pub team_id: Option<TeamId>,
}

/// What becomes of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is emptied.
    Clear,
    /// It gets this value.
    Set(T),
}

/// A change of one conversation.
#[derive(Clone, Copy, Debug)]
pub struct ConversationUpdate {
    /// Which.
    pub conversation_id: ConversationId,
    /// Its new state; none keeps it.
    pub state: Option<ConversationState>,
    /// Who looks after it: a member of the tenant.
    pub assignee: Change<UserId>,
    /// Which team does. Not checked here: teams are their module's.
    pub team: Change<TeamId>,
}

impl ConversationUpdate {
    /// One that changes nothing.
    pub fn of(conversation_id: ConversationId) -> Self {
        Self {
            conversation_id,
            state: None,
            assignee: Change::Keep,
            team: Change::Keep,
        }
    }
}

/// Why an update was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationRefusal {
    /// The tenant has no such conversation; the same for another tenant's.
    NoConversation,
    /// The assignee is no member of the tenant.
    NotAMember,
    /// The time of a snooze is not in the future.
    SnoozePast,
    /// The time of a snooze is more than [`LONGEST_SNOOZE`] ahead.
    SnoozeTooLong,
}

/// A conversation as other modules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationCard {
    /// Which.
    pub id: ConversationId,
    /// What it needs.
    pub state: ConversationState,
    /// Who looks after it.
    pub assignment: Assignment,
}

/// State and assignment of conversations, for the modules that work on them.
///
/// A customer's new message opens a conversation that is resolved or snoozed; a pending one stays pending.
#[async_trait::async_trait]
pub trait Conversations: Send + Sync {
    /// Makes the updates in the caller's transaction, in their order, each or not at all, and publishes
    /// [`ConversationsChanged`] for what they changed. Answers in the order of the updates. Any number
    /// of updates; statements have 500 rows.
    ///
    /// # Errors
    /// The database's; nothing may be committed then.
    async fn update(
        &self,
        tx: &mut TenantTx,
        updates: &[ConversationUpdate],
    ) -> Result<Vec<std::result::Result<(), ConversationRefusal>>>;

    /// Those of these conversations that exist, locked until the transaction ends, in the order of their ids.
    ///
    /// # Errors
    /// The database's.
    async fn lock(&self, tx: &TenantTx, ids: &[ConversationId]) -> Result<Vec<ConversationCard>>;
}

/// Conversations changed otherwise: read by an agent, assigned, resolved, for example.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConversationsChanged {
    /// Which.
    pub items: Vec<ConversationChange>,
}

/// One changed conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConversationChange {
    /// Which.
    pub conversation_id: ConversationId,
    /// Who looks after the thread; live clients filter by it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee_id: Option<UserId>,
    /// The team that does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_id: Option<TeamId>,
    /// Who looked after it before; absent where that has not changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous: Option<Assignment>,
}

impl Event for ConversationsChanged {
    const NAME: &'static str = "conversations_changed";
    const LIVE: Option<&'static str> = Some("messages:read");
    kernel::event_items!(ConversationChange);

    fn key(item: &Self::Item) -> String {
        item.conversation_id.to_string()
    }
}

//! The thread between one number and one contact, denormalised for the inbox.

use contracts::{
    channels::ChannelId,
    contacts::ContactId,
    messaging::{Assignment, ConversationId, ConversationState, MessageId, TeamId},
};
use kernel::{TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_conversations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    pub channel_id: ChannelId,
    pub contact_id: ContactId,
    /// When something last happened; the inbox is sorted by it. 1970 while only bulk has been sent: it stands at the end then.
    pub last_at: DateTimeUtc,
    pub last_message_id: Option<MessageId>,
    pub preview: String,
    /// `inbound`, `outbound` or, before the first message, `none`.
    pub last_direction: String,
    pub unread: i32,
    /// Opens the 24-hour customer service window.
    pub last_inbound_at: Option<DateTimeUtc>,
    /// The phone number that opened the window, E.164 with the plus; none if it was opened without one, or before this was kept.
    pub window_phone: Option<String>,
    /// None in rows of earlier versions: open while something is unread, else resolved.
    pub state: Option<State>,
    /// When a snoozed conversation opens by itself.
    pub snoozed_until: Option<DateTimeUtc>,
    /// The person who looks after it.
    pub assignee_id: Option<UserId>,
    /// The team that does.
    pub team_id: Option<TeamId>,
    pub created_at: DateTimeUtc,
}

/// What a conversation needs.
// In order: what needs somebody most comes first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, poem_openapi::Enum,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
#[oai(rename = "ConversationState", rename_all = "snake_case")]
pub enum State {
    /// A person.
    Open,
    /// Nothing: automatic replies answer it.
    Pending,
    /// Nothing until its time.
    Snoozed,
    /// Nothing.
    Resolved,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(ConversationId, "conversation");

/// How long after the customer's last message free-form messages may be sent (Cloud API: customer service window).
pub const WINDOW: chrono::TimeDelta = chrono::TimeDelta::hours(24);

impl Model {
    /// What it needs, also for rows of earlier versions.
    pub fn state(&self) -> State {
        self.state.unwrap_or(match self.unread {
            0 => State::Resolved,
            _ => State::Open,
        })
    }

    /// What it needs, as other modules are told.
    pub fn stands(&self) -> ConversationState {
        match (self.state(), self.snoozed_until) {
            (State::Snoozed, Some(until)) => ConversationState::Snoozed { until },
            (State::Open | State::Snoozed, _) => ConversationState::Open,
            (State::Pending, _) => ConversationState::Pending,
            (State::Resolved, _) => ConversationState::Resolved,
        }
    }

    /// Who looks after it.
    pub fn assignment(&self) -> Assignment {
        Assignment {
            assignee_id: self.assignee_id,
            team_id: self.team_id,
        }
    }

    /// When the customer service window closes; none if the customer never wrote.
    pub fn window_closes_at(&self) -> Option<DateTimeUtc> {
        self.last_inbound_at.map(|at| at + WINDOW)
    }
}

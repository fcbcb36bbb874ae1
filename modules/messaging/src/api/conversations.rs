//! The inbox.

use chrono::{DateTime, Utc};
use contracts::{
    channels::ChannelId,
    contacts::ContactId,
    messaging::{Change, ConversationId, ConversationState, ConversationUpdate, MessageId, TeamId},
};
use kernel::{Actor, Can, Error, NoContent, Page, PageQuery, Result, UserId, retrying};
use poem_openapi::{
    Object, OpenApi,
    param::{Header, Path, Query},
    payload::Json,
    types::MaybeUndefined,
};

use super::{
    Tag,
    shapes::{Described, Draft, MessageOut, Queued, ReplyIn, one_with_media, with_media},
};
use crate::{
    entity::conversation::State,
    permission::{ReadMessages, SendMessages, WorkOnConversations},
    service::{Assignee, ConversationFilter, Idempotency, Listed, Service},
};

/// With whom a conversation is.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ConversationContact {
    /// The contact.
    pub id: ContactId,
    /// Its name.
    pub name: Option<String>,
    /// E.164 with the plus; absent for customers who hide their number.
    pub phone: Option<String>,
    /// Username without the `@`.
    pub username: Option<String>,
}

/// A thread between one number and one contact.
#[derive(Debug, Object)]
#[oai(rename = "Conversation", skip_serializing_if_is_none)]
pub struct ConversationOut {
    /// Its id.
    pub id: ConversationId,
    /// The number.
    pub channel_id: ChannelId,
    /// The contact.
    pub contact: ConversationContact,
    /// When something last happened.
    pub last_at: DateTime<Utc>,
    /// Short plain text of the last message.
    pub preview: String,
    /// `inbound`, `outbound`, or `none` before the first message.
    pub last_direction: String,
    /// State of the last message, if it is ours.
    pub last_status: Option<String>,
    /// Messages nobody has read.
    pub unread: i32,
    /// What it needs: a person, nothing while automatic replies answer (`pending`), nothing until its time, or nothing.
    pub state: State,
    /// When a snoozed conversation opens by itself.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// The person who looks after it.
    pub assignee_id: Option<UserId>,
    /// The team that does.
    pub team_id: Option<TeamId>,
    /// Until when free-form messages may be sent; absent if the customer never wrote, or only from an earlier number.
    pub window_closes_at: Option<DateTime<Utc>>,
    /// When it began.
    pub created_at: DateTime<Utc>,
}

/// Changes of a conversation. What is not named stays.
#[derive(Debug, Object)]
#[oai(rename = "ConversationUpdate", deny_unknown_fields)]
pub struct ConversationUpdateIn {
    /// Its new state.
    pub state: MaybeUndefined<State>,
    /// When a snoozed conversation opens by itself: in the future, 366 days at most. Needed with `snoozed`, and only then.
    pub snoozed_until: MaybeUndefined<DateTime<Utc>>,
    /// Who looks after it, a member of the business; null: nobody.
    pub assignee_id: MaybeUndefined<UserId>,
}

impl ConversationUpdateIn {
    /// # Errors
    /// 422 when state and time do not belong together.
    fn read(self, conversation_id: ConversationId) -> Result<ConversationUpdate> {
        let until = self.snoozed_until.take();
        let state = match (self.state, until) {
            (MaybeUndefined::Null, _) => return Err(Error::invalid("state", "must not be null")),
            (MaybeUndefined::Value(State::Snoozed), Some(until)) => {
                Some(ConversationState::Snoozed { until })
            }
            (MaybeUndefined::Value(State::Snoozed), None) => {
                return Err(Error::invalid(
                    "snoozed_until",
                    "is needed with the state `snoozed`",
                ));
            }
            (_, Some(_)) => {
                return Err(Error::invalid(
                    "snoozed_until",
                    "belongs to the state `snoozed` only",
                ));
            }
            (MaybeUndefined::Value(State::Open), None) => Some(ConversationState::Open),
            (MaybeUndefined::Value(State::Pending), None) => Some(ConversationState::Pending),
            (MaybeUndefined::Value(State::Resolved), None) => Some(ConversationState::Resolved),
            (MaybeUndefined::Undefined, None) => None,
        };
        Ok(ConversationUpdate {
            state,
            assignee: match self.assignee_id {
                MaybeUndefined::Undefined => Change::Keep,
                MaybeUndefined::Null => Change::Clear,
                MaybeUndefined::Value(user) => Change::Set(user),
            },
            ..ConversationUpdate::of(conversation_id)
        })
    }
}

/// The total of unread messages.
#[derive(Debug, Object)]
#[oai(rename = "UnreadTotal")]
pub struct UnreadTotalOut {
    /// Messages of all conversations that nobody has read.
    pub unread: i64,
}

/// `me`, `none` or the id of a person.
fn assignee(text: &str, actor: &Actor) -> Result<Assignee> {
    match (text, actor) {
        ("none", _) => Ok(Assignee::Nobody),
        ("me", Actor::User { id, .. }) => Ok(Assignee::Person(*id)),
        ("me", Actor::ApiKey { .. }) => Err(Error::invalid(
            "assignee",
            "an API key is nobody's; name a person by id instead of `me`",
        )),
        (id, _) => id
            .parse()
            .map(Assignee::Person)
            .map_err(|_| Error::invalid("assignee", "must be `me`, `none` or the id of a person (`usr_…`)")),
    }
}

fn shape(listed: Listed) -> ConversationOut {
    let Listed {
        conversation,
        card,
        last_status,
    } = listed;
    // WhatsApp counts by number: what one opened is of no use to the contact's next.
    let changed = conversation.window_phone.as_ref().is_some_and(|opener| {
        let phones = card.as_ref().map(|card| &card.phones);
        phones.is_some_and(|phones| !phones.contains(opener))
    });
    let window_closes_at = conversation.window_closes_at().filter(|_| !changed);
    let state = conversation.state();
    let (name, phone, username) = card
        .map(|card| (card.name, card.phone, card.username))
        .unwrap_or_default();
    ConversationOut {
        id: conversation.id,
        channel_id: conversation.channel_id,
        contact: ConversationContact {
            id: conversation.contact_id,
            name,
            phone,
            username,
        },
        last_at: conversation
            .last_message_id
            .map_or(conversation.created_at, |_| conversation.last_at),
        preview: conversation.preview,
        last_direction: conversation.last_direction,
        last_status,
        unread: conversation.unread,
        state,
        snoozed_until: conversation.snoozed_until,
        assignee_id: conversation.assignee_id,
        team_id: conversation.team_id,
        window_closes_at,
        created_at: conversation.created_at,
    }
}

/// Operations on conversations.
pub struct ConversationsApi {
    /// The verbs.
    pub service: Service,
}

#[OpenApi(tag = "Tag::Conversations")]
impl ConversationsApi {
    /// List conversations.
    ///
    /// Newest activity first. Answers 503 `search_too_slow` when a search takes longer than its limit, 429 when two searches of the
    /// tenant run already.
    #[oai(path = "/conversations", method = "get", operation_id = "list_conversations")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn list_conversations(
        &self,
        can: Can<ReadMessages>,
        /// Part of the contact's name, phone or username, compared as `list_contacts` compares.
        #[oai(validator(max_length = 200))]
        search: Query<Option<String>>,
        /// Only those with unread messages.
        unread: Query<Option<bool>>,
        /// Only those in this state.
        state: Query<Option<State>>,
        /// Only those of one person: `me`, or an id; or of nobody: `none`. A key cannot ask for `me`.
        #[oai(validator(max_length = 40))]
        assignee: Query<Option<String>>,
        /// Only those of this number.
        channel_id: Query<Option<ChannelId>>,
        /// Only those with this contact: one for each number they have written to or were written to from.
        contact_id: Query<Option<ContactId>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<ConversationOut>>> {
        let wanted = assignee.0.map(|text| self::assignee(&text, can.actor()));
        let filter = ConversationFilter {
            search: search.0,
            unread: unread.0.unwrap_or_default(),
            state: state.0,
            assignee: wanted.transpose()?,
            channel_id: channel_id.0,
            contact_id: contact_id.0,
        };
        let rows = self
            .service
            .list_conversations(
                can.db(),
                filter,
                PageQuery::new("conversations", limit.0, after.0)?,
            )
            .await?;
        Ok(Json(Page::of(rows, shape)))
    }

    /// Count unread messages.
    ///
    /// Of all conversations. The total is maintained, so asking is cheap; the live stream tells it as `unread_changed` whenever it
    /// changes.
    #[oai(path = "/conversations/unread", method = "get", operation_id = "count_unread")]
    async fn count_unread(&self, can: Can<ReadMessages>) -> Result<Json<UnreadTotalOut>> {
        let unread = self.service.unread_total(can.db()).await?;
        Ok(Json(UnreadTotalOut { unread }))
    }

    /// Change a conversation.
    ///
    /// Its state and who looks after it. A customer's next message opens a conversation that is snoozed or resolved; one that is
    /// `pending` stays pending, because automatic replies answer it.
    #[oai(
        path = "/conversations/:conversation_id",
        method = "patch",
        operation_id = "update_conversation"
    )]
    async fn update_conversation(
        &self,
        can: Can<WorkOnConversations>,
        conversation_id: Path<ConversationId>,
        body: Json<ConversationUpdateIn>,
    ) -> Result<Json<ConversationOut>> {
        let update = body.0.read(conversation_id.0)?;
        let listed = retrying(|| self.service.update_conversation(can.db(), update)).await?;
        Ok(Json(shape(listed)))
    }

    /// Read a conversation.
    #[oai(
        path = "/conversations/:conversation_id",
        method = "get",
        operation_id = "get_conversation"
    )]
    async fn get_conversation(
        &self,
        can: Can<ReadMessages>,
        conversation_id: Path<ConversationId>,
    ) -> Result<Json<ConversationOut>> {
        Ok(Json(shape(
            self.service.conversation(can.db(), conversation_id.0).await?,
        )))
    }

    /// List a conversation's messages.
    ///
    /// Newest first.
    #[oai(
        path = "/conversations/:conversation_id/messages",
        method = "get",
        operation_id = "list_conversation_messages"
    )]
    async fn list_conversation_messages(
        &self,
        can: Can<ReadMessages>,
        conversation_id: Path<ConversationId>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<MessageOut>>> {
        let (rows, next) = self
            .service
            .thread(
                can.db(),
                conversation_id.0,
                PageQuery::new("thread", limit.0, after.0)?,
            )
            .await?;
        let items = with_media(&self.service, can.db(), rows).await?;
        Ok(Json(Page { items, next }))
    }

    /// Reply in a conversation.
    ///
    /// As `send_message`, to the conversation's contact from its number, ahead of everything that is sent in bulk.
    #[oai(
        path = "/conversations/:conversation_id/messages",
        method = "post",
        operation_id = "reply_to_conversation"
    )]
    async fn reply_to_conversation(
        &self,
        can: Can<SendMessages>,
        conversation_id: Path<ConversationId>,
        /// As for `send_message`.
        #[oai(name = "Idempotency-Key")]
        idempotency_key: Header<Option<String>>,
        body: Json<Described<ReplyIn>>,
    ) -> Result<Queued> {
        let asked = format!("{} {}", conversation_id.0, body.0.0);
        let once = Idempotency::new(idempotency_key.0, can.actor(), &asked)?;
        let mut draft = Draft::of(body.0.0, &[])?;
        let reply_to = draft.reply_to()?;
        let said = draft.said()?;
        let send = || {
            let (said, once) = ((said.clone(), reply_to), once.clone());
            self.service
                .reply(can.db(), can.actor(), conversation_id.0, said, once)
        };
        let row = retrying(send).await?;
        let shown = one_with_media(&self.service, can.db(), row).await?;
        Ok(Queued::Accepted(Json(shown)))
    }

    /// Mark a conversation as read.
    ///
    /// Nothing in it is unread any more, and the customer's messages get blue ticks. With `up_to` only what was seen is read: messages
    /// that came after it stay unread.
    #[oai(
        path = "/conversations/:conversation_id/read",
        method = "post",
        operation_id = "read_conversation"
    )]
    async fn read_conversation(
        &self,
        can: Can<SendMessages>,
        conversation_id: Path<ConversationId>,
        /// The last message that was seen, one of this conversation; all of them if absent.
        up_to: Query<Option<MessageId>>,
    ) -> Result<NoContent> {
        retrying(|| {
            self.service
                .read_conversation(can.db(), conversation_id.0, up_to.0)
        })
        .await?;
        Ok(NoContent::Done)
    }

    /// Show that somebody is typing.
    ///
    /// The customer sees it for 25 seconds, or until something is sent; ask again while the typing goes on. WhatsApp marks the
    /// customer's messages as read with it. 409 `nothing_received` when the customer has never written here.
    #[oai(
        path = "/conversations/:conversation_id/typing",
        method = "post",
        operation_id = "type_in_conversation"
    )]
    async fn type_in_conversation(
        &self,
        can: Can<SendMessages>,
        conversation_id: Path<ConversationId>,
    ) -> Result<NoContent> {
        retrying(|| self.service.typing(can.db(), conversation_id.0)).await?;
        Ok(NoContent::Done)
    }
}

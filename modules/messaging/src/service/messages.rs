//! Messages: sending one, reading one, listing many.

use cloud_api::{ids::Bsuid, message::Content};
use contracts::{
    channels::{Channel, ChannelId},
    contacts::{ContactId, Sighting},
    messaging::{ConversationId, Lane, MessageId, Origin, OutgoingMessage},
};
use kernel::{Actor, PageQuery, Result, TenantDb, TenantTx, tenant::not_found};
use sea_orm::ColumnTrait;

use super::{Idempotency, Said, Service, cards, joining, origin_of, sender_of, thread};
use crate::{
    entity::{
        Direction, Status, conversation,
        message::{Column, Entity, Model},
        status_event, webhook_event,
    },
    error::MessagingError,
};

/// Whom a message is for.
#[derive(Clone, Debug)]
pub enum Address {
    /// A phone number in any usual spelling; a contact is made if there is none.
    Phone(String),
    /// A business-scoped user id; a contact is made if there is none.
    Bsuid(String),
    /// A contact.
    Contact(ContactId),
}

/// A message as somebody wants it sent.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// From which number; may be left out while there is only one.
    pub channel_id: Option<ChannelId>,
    /// To whom.
    pub to: Address,
    /// What. A reaction names a message of ours where WhatsApp's id will stand.
    pub said: Said,
    /// The message it quotes.
    pub reply_to: Option<MessageId>,
    /// Whether somebody tries a template out.
    pub test: bool,
}

/// Which messages are wanted.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// Of one conversation.
    pub conversation_id: Option<ConversationId>,
    /// In one state.
    pub status: Option<Status>,
    /// `inbound` or `outbound`.
    pub direction: Option<Direction>,
    /// With this WhatsApp id.
    pub wamid: Option<String>,
}

/// Bytes that a page of webhook events holds at most, unless one event has more: a body has 3 MB at most.
const PAGE_BYTES: i64 = 4 << 20;

impl Service {
    /// Queues one message for a program.
    pub async fn send_message(
        &self,
        db: &TenantDb,
        actor: &Actor,
        new: NewMessage,
        once: Option<Idempotency>,
    ) -> Result<Model> {
        // What is wrong with it counts only if this is not the same request again.
        let card = self.template_of(db, &new.said).await;
        let mut tx = db.begin().await?;
        if let Some(made) = made_before(&tx, once.as_ref()).await? {
            return Ok(made);
        }
        let card = card?;
        let channel = self.choose_channel(&tx, new.channel_id).await?;
        let contact_id = self.addressee(db, &mut tx, &channel, new.to).await?;
        let between = (channel.id, contact_id);
        let (content, template) = self
            .filled(&tx, new.said, card.as_ref(), (&channel, contact_id))
            .await?;
        let origin = match new.test {
            true => Origin::Test,
            false => origin_of(actor),
        };
        let message = OutgoingMessage {
            channel_id: channel.id,
            contact_id,
            content: thread::reacted(&tx, between, self.with_ids(&tx, content).await?).await?,
            reply_to: thread::quoted(&tx, between, new.reply_to).await?,
            sent_by: Some(sender_of(actor)),
            template,
        };
        self.queue_one(db, tx, message, (Lane::Transactional, origin), once)
            .await
    }

    /// Queues an agent's reply.
    pub async fn reply(
        &self,
        db: &TenantDb,
        actor: &Actor,
        id: ConversationId,
        (said, reply_to): (Said, Option<MessageId>),
        once: Option<Idempotency>,
    ) -> Result<Model> {
        let card = self.template_of(db, &said).await;
        let tx = db.begin().await?;
        if let Some(made) = made_before(&tx, once.as_ref()).await? {
            return Ok(made);
        }
        let card = card?;
        let row = tx.get::<conversation::Entity>(id).await?;
        let between = (row.channel_id, row.contact_id);
        let (content, template) = match (said, card) {
            (Said::Content(content), _) => (content, None),
            (said, card) => {
                let channel = self.choose_channel(&tx, Some(row.channel_id)).await?;
                self.filled(&tx, said, card.as_ref(), (&channel, row.contact_id))
                    .await?
            }
        };
        let message = OutgoingMessage {
            channel_id: row.channel_id,
            contact_id: row.contact_id,
            content: thread::reacted(&tx, between, self.with_ids(&tx, content).await?).await?,
            reply_to: thread::quoted(&tx, between, reply_to).await?,
            sent_by: Some(sender_of(actor)),
            template,
        };
        self.queue_one(db, tx, message, (Lane::Interactive, origin_of(actor)), once)
            .await
    }

    async fn with_ids(&self, tx: &TenantTx, content: Content) -> Result<Content> {
        let country = match cards::needs_country(&content) {
            true => self.settings.settings_in(tx).await?.default_country,
            false => None,
        };
        Ok(cards::with_ids(content, self.simulator, country.as_deref()))
    }

    /// Queues a message, or answers with the one that the same request made before.
    pub(super) async fn queue_once(
        &self,
        db: &TenantDb,
        message: OutgoingMessage,
        how: (Lane, Origin),
        once: Option<Idempotency>,
    ) -> Result<Model> {
        let tx = db.begin().await?;
        if let Some(made) = made_before(&tx, once.as_ref()).await? {
            return Ok(made);
        }
        self.queue_one(db, tx, message, how, once).await
    }

    async fn queue_one(
        &self,
        db: &TenantDb,
        mut tx: TenantTx,
        message: OutgoingMessage,
        (lane, origin): (Lane, Origin),
        once: Option<Idempotency>,
    ) -> Result<Model> {
        let one = std::slice::from_ref(&message);
        let mut answers = self.queue_each(&mut tx, one, lane, &origin).await?;
        let answer = answers.pop().ok_or_else(not_found::<Entity>)?;
        let made = answer.map_err(|refused| refused.error)?;
        if let Some(once) = &once
            && !once.claim(&tx, made).await?
        {
            // Somebody else was first: what this transaction has written goes with it, and the other's message is the answer.
            drop(tx);
            let tx = db.begin().await?;
            let made = made_before(&tx, Some(once)).await?;
            return made.ok_or_else(|| {
                kernel::Error::unavailable("A request with this key has just ended. Try again.")
            });
        }
        let row = tx
            .find::<Entity>()
            .filter(Column::Id.eq(made))
            .one_or_404()
            .await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn addressee(
        &self,
        db: &TenantDb,
        tx: &mut TenantTx,
        channel: &Channel,
        to: Address,
    ) -> Result<ContactId> {
        let portfolio = channel.portfolio_id.clone().unwrap_or_default();
        let resolved = match to {
            Address::Contact(id) => {
                let known = !self.directory.cards(db, &[id]).await?.is_empty();
                return if known {
                    Ok(id)
                } else {
                    Err(MessagingError::NoContact.into())
                };
            }
            Address::Phone(text) => {
                self.directory
                    .addressed(tx, &portfolio, "to.phone", &text)
                    .await?
            }
            Address::Bsuid(text) => {
                let bsuid = Bsuid::parse(&text)
                    .map_err(|invalid| kernel::Error::invalid("to.bsuid", invalid.message))?;
                let sighting = Sighting {
                    portfolio,
                    bsuid: Some(bsuid.as_str().to_owned()),
                    ..Sighting::default()
                };
                self.directory.resolve(tx, &[sighting]).await?
            }
        };
        let contact = resolved.contacts.first().copied();
        joining::join(tx, &resolved.merges).await?;
        Ok(contact.ok_or(MessagingError::NoContact)?)
    }

    /// The number that is named, the only one, or the tenant's default.
    async fn choose_channel(&self, tx: &TenantTx, wanted: Option<ChannelId>) -> Result<Channel> {
        let mut found = match wanted {
            Some(id) => self.channels.by_ids(tx, &[id]).await?,
            None => self.channels.all(tx).await?,
        };
        match (wanted, found.len()) {
            (Some(_), 0) => Err(MessagingError::NoChannel.into()),
            (None, channels) if channels != 1 => {
                let default = self.settings.settings_in(tx).await?.default_channel;
                let place = found.iter().position(|channel| Some(channel.id) == default);
                let place = place.ok_or(MessagingError::ChooseChannel { channels })?;
                Ok(found.swap_remove(place))
            }
            _ => Ok(found.swap_remove(0)),
        }
    }

    /// One message, or 404.
    pub async fn message(&self, db: &TenantDb, id: MessageId) -> Result<Model> {
        db.get::<Entity>(id).await
    }

    /// Newest first: by the time written within a conversation, else by id.
    pub async fn list_messages(
        &self,
        db: &TenantDb,
        filter: MessageFilter,
        query: PageQuery,
    ) -> Result<(Vec<Model>, Option<String>)> {
        let by_time = filter.conversation_id.is_some();
        let select = db
            .find::<Entity>()
            .filter_some(filter.conversation_id.map(|id| Column::ConversationId.eq(id)))
            .filter_some(filter.status.map(|status| Column::Status.eq(status)))
            .filter_some(filter.direction.map(|direction| Column::Direction.eq(direction)))
            .filter_some(filter.wamid.map(|wamid| Column::Wamid.eq(wamid.trim())));
        if by_time {
            select.page_by_time(Column::At, |row| row.at, &query).await
        } else {
            select.page_by_id(&query).await
        }
    }

    /// The messages of a conversation, newest first; 404 if there is no such conversation.
    pub async fn thread(
        &self,
        db: &TenantDb,
        id: ConversationId,
        query: PageQuery,
    ) -> Result<(Vec<Model>, Option<String>)> {
        db.get::<conversation::Entity>(id).await?;
        self.list_messages(
            db,
            MessageFilter {
                conversation_id: Some(id),
                ..MessageFilter::default()
            },
            query,
        )
        .await
    }

    /// Statuses as WhatsApp told them, newest first.
    pub async fn list_statuses(
        &self,
        db: &TenantDb,
        wamid: Option<String>,
        query: PageQuery,
    ) -> Result<(Vec<status_event::Model>, Option<String>)> {
        use status_event::{Column, Entity};
        let of_message = wamid.map(|wamid| Column::Wamid.eq(wamid.trim()));
        db.find::<Entity>()
            .filter_some(of_message)
            .page_by_id(&query)
            .await
    }

    /// What webhooks brought and nothing has a home for, newest first; fewer rows than asked for when they are large.
    pub async fn list_webhook_events(
        &self,
        db: &TenantDb,
        field: Option<String>,
        query: PageQuery,
    ) -> Result<(Vec<webhook_event::Model>, Option<String>)> {
        use webhook_event::{Column, Entity};
        let of_field = field.map(|field| Column::Field.eq(field));
        let rows = db.find::<Entity>().filter_some(of_field);
        rows.page_by_id_within(&query, Column::Payload, PAGE_BYTES).await
    }
}

async fn made_before(tx: &TenantTx, once: Option<&Idempotency>) -> Result<Option<Model>> {
    let Some(once) = once else { return Ok(None) };
    let Some(id) = once.known(tx).await? else {
        return Ok(None);
    };
    tx.find::<Entity>().with_id(id).one().await
}

//! The sending engine's first form: one runner a chunk, intents committed before anything is sent, outcomes in bulk.
//!
//! What may not happen: a message sent twice, a message forgotten. Graph has no idempotency key, so a message whose
//! outcome is not known is never sent again; it carries our id in `biz_opaque_callback_data`, and the status that names
//! this id tells what became of it (Cloud API: send idempotency).

use std::{collections::HashMap, time::Duration};

use cloud_api::{
    client::{Client, Sent},
    codes::Class,
    error::Error as CloudError,
    ids::{Msisdn, PhoneNumberId, Wamid},
    message::{Content, Recipient, SendMessage},
};
use contracts::contacts::{ContactCard, ContactId};
use futures_util::{StreamExt, stream};
use kernel::{Job, JobContext, JobError, JobOutcome, Quota, Result, TenantDb, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, sea_query::Expr};

use super::{
    Service,
    outcome::{Outcome, Verdict},
};
use crate::{
    entity::{
        Status, channel,
        chunk::{self, ChunkId},
        message::{self, Failure},
    },
    error::explain,
    job::SendChunk,
};

/// Messages of one chunk on the wire at a time.
const CONCURRENCY: usize = 64;
/// How long a message that WhatsApp asked to be sent again waits, unless WhatsApp said how long.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

impl Service {
    /// Sends what is left of a chunk. Runs again, later, while messages of it must wait.
    pub async fn send_chunk(&self, context: JobContext, job: SendChunk) -> JobOutcome {
        let db = context.db;
        let Some((messages, fence)) = retrying(|| self.take_chunk(&db, job.chunk_id)).await? else {
            return Ok(());
        };
        let channel_id = messages.first().map(|message| message.channel_id);
        let channel = match channel_id {
            Some(id) => {
                db.find::<channel::Entity>()
                    .filter(channel::Column::Id.eq(id))
                    .one()
                    .await?
            }
            None => None,
        };
        let outcomes = match channel {
            _ if messages.is_empty() => Vec::new(),
            Some(channel) => self.send_all(&db, &channel, messages).await?,
            None => {
                let gone = || {
                    Verdict::Failed(failure(
                        "The number this message was to leave from has been removed.",
                    ))
                };
                messages
                    .into_iter()
                    .map(|message| Outcome::new(message, gone()))
                    .collect()
            }
        };
        let last_try = context.attempt >= SendChunk::MAX_ATTEMPTS;
        let outcomes: Vec<Outcome> = if last_try {
            outcomes.into_iter().map(Outcome::give_up).collect()
        } else {
            outcomes
        };
        let wait = outcomes.iter().filter_map(Outcome::wait).max();
        retrying(|| self.record(&db, job.chunk_id, fence, &outcomes)).await?;
        match wait {
            Some(wait) => Err(JobError::Retry {
                error: kernel::Error::unavailable("WhatsApp asked for a pause"),
                after: Some(wait * context.attempt.clamp(1, 15)),
                counts: true,
            }),
            None => Ok(()),
        }
    }

    /// Takes the chunk over from whoever had it before and commits the intent to send what is still queued.
    ///
    /// Messages that an earlier runner was sending when it died are in doubt: they become `unknown` and are not sent again.
    async fn take_chunk(&self, db: &TenantDb, id: ChunkId) -> Result<Option<(Vec<message::Model>, i64)>> {
        use message::{Column, Entity};
        let tx = db.begin().await?;
        let Some(row) = tx
            .find::<chunk::Entity>()
            .filter(chunk::Column::Id.eq(id))
            .for_update()
            .one()
            .await?
        else {
            return Ok(None);
        };
        if row.done {
            return Ok(None);
        }
        let fence = row.fence + 1;
        let taken = chunk::ActiveModel {
            fence: Set(fence),
            ..chunk::ActiveModel::default()
        };
        tx.update::<chunk::Entity>()
            .filter(chunk::Column::Id.eq(id))
            .set(taken)
            .exec()
            .await?;
        let of_chunk = |status: Status| {
            Condition::all()
                .add(Column::ChunkId.eq(id))
                .add(Column::StatusRank.eq(status.rank()))
        };
        set_status(
            tx.update::<Entity>().filter(of_chunk(Status::Sending)),
            Status::Unknown,
        )
        .exec()
        .await?;
        let queued = tx
            .find::<Entity>()
            .filter(of_chunk(Status::Queued))
            .limit(chunk::SIZE as u64)
            .all()
            .await?;
        set_status(
            tx.update::<Entity>().filter(of_chunk(Status::Queued)),
            Status::Sending,
        )
        .exec()
        .await?;
        tx.commit().await?;
        Ok(Some((queued, fence)))
    }

    async fn send_all(
        &self,
        db: &TenantDb,
        channel: &channel::Model,
        messages: Vec<message::Model>,
    ) -> Result<Vec<Outcome>> {
        let contacts: Vec<ContactId> = messages.iter().map(|message| message.contact_id).collect();
        let cards: HashMap<ContactId, ContactCard> = self
            .directory
            .cards(db, &contacts)
            .await?
            .into_iter()
            .map(|card| (card.id, card))
            .collect();
        let client = match self.client(channel) {
            Ok(client) => client,
            Err(error) => {
                let refused = || Verdict::Failed(failure(error.detail()));
                return Ok(messages
                    .into_iter()
                    .map(|message| Outcome::new(message, refused()))
                    .collect());
            }
        };
        let outcomes: Vec<Outcome> = stream::iter(messages)
            .map(|message| {
                let card = cards.get(&message.contact_id);
                self.send_one(db, &client, channel, card, message)
            })
            .buffer_unordered(CONCURRENCY)
            .collect()
            .await;
        if let Some(trouble) = outcomes.iter().find_map(Outcome::channel_trouble) {
            self.note_channel_state(db, channel.id, Some(trouble)).await?;
        }
        Ok(outcomes)
    }

    async fn send_one(
        &self,
        db: &TenantDb,
        client: &Client,
        channel: &channel::Model,
        card: Option<&ContactCard>,
        message: message::Model,
    ) -> Outcome {
        let mut wire = match wire_form(&message, card) {
            Ok(wire) => wire,
            Err(reason) => return Outcome::new(message, Verdict::Failed(failure(reason))),
        };
        wire.content = match self.place_media(db, channel, wire.content).await {
            Ok(content) => content,
            Err(error) => return Outcome::new(message, error.into()),
        };
        self.wait_for_throughput(channel).await;
        let sent = client
            .send(&PhoneNumberId::from(channel.phone_number_id.clone()), &wire)
            .await;
        Outcome::new(message, judge(sent))
    }

    /// Waits for a place in the number's own rate, which it shares with nobody (Cloud API: throughput).
    async fn wait_for_throughput(&self, channel: &channel::Model) {
        let key = format!("send:{}:{}", channel.tenant_id, channel.phone_number_id);
        let quota = Quota::per_second(u32::try_from(channel.throughput).unwrap_or(1).max(1));
        while let Err(wait) = self.limiter.take(&key, quota, 1).await {
            tokio::time::sleep(wait.0).await;
        }
    }

    /// Tells WhatsApp that the customer's last message of a conversation was read.
    pub async fn send_read_receipt(
        &self,
        context: JobContext,
        job: crate::job::SendReadReceipt,
    ) -> JobOutcome {
        let db = context.db;
        use message::{Column, Entity};
        let of_conversation = Condition::all()
            .add(Column::ConversationId.eq(job.conversation_id))
            .add(Column::Direction.eq("inbound"))
            .add(Column::Wamid.is_not_null());
        let newest = db
            .find::<Entity>()
            .filter(of_conversation)
            .order_by(Column::At, sea_orm::Order::Desc)
            .one()
            .await?;
        let channel = db
            .find::<channel::Entity>()
            .filter(channel::Column::Id.eq(job.channel_id))
            .one()
            .await?;
        let (Some(wamid), Some(channel)) = (newest.and_then(|message| message.wamid), channel) else {
            return Ok(());
        };
        let number = PhoneNumberId::from(channel.phone_number_id.clone());
        match self
            .client(&channel)?
            .mark_read(&number, &Wamid::from(wamid), false)
            .await
        {
            Ok(()) => Ok(()),
            Err(error) if error.class().is_retryable() => {
                Err(kernel::Error::unavailable(explain(&error)).into())
            }
            // Older than 30 days, or not known to WhatsApp: nobody is waiting for that tick.
            Err(error) => {
                tracing::info!(%error, "a read receipt was refused");
                Ok(())
            }
        }
    }
}

/// What an answer, or its absence, means for the message.
fn judge(sent: Result<Sent, CloudError>) -> Verdict {
    match sent {
        Ok(sent) => Verdict::Accepted(sent.wamid),
        // It never left: the next run may send it.
        Err(error @ CloudError::NotSent(_)) => Verdict::Again {
            after: AGAIN_AFTER,
            failure: told(&error),
        },
        Err(error) if error.is_ambiguous() => Verdict::Unknown,
        Err(error) => match error.class() {
            Class::Retry | Class::RateLimited => Verdict::Again {
                after: error.retry_after().unwrap_or(AGAIN_AFTER),
                failure: told(&error),
            },
            Class::Token | Class::Account => Verdict::Refused {
                failure: told(&error),
                channel_trouble: explain(&error),
            },
            Class::Later | Class::Fix | Class::Never => Verdict::Failed(told(&error)),
        },
    }
}

fn wire_form(message: &message::Model, card: Option<&ContactCard>) -> Result<SendMessage, &'static str> {
    let to = card
        .and_then(address)
        .ok_or("This contact has neither a phone number nor a WhatsApp user id any more.")?;
    let value = serde_json::from_str(&message.content)
        .map_err(|_| "The message's content could not be read back.")?;
    let content = Content::from_wire(&message.kind, &value)
        .map_err(|_| "The message's content could not be read back.")?;
    Ok(SendMessage {
        reply_to: message.reply_to.clone().map(Wamid::from),
        callback_data: Some(message.id.to_string()),
        ..SendMessage::new(to, content)
    })
}

/// The phone number where there is one: every message type can be sent to it.
fn address(card: &ContactCard) -> Option<Recipient> {
    let phone = card
        .phone
        .as_deref()
        .and_then(|phone| Msisdn::parse(phone).ok())
        .map(Recipient::Phone);
    phone.or_else(|| {
        card.bsuid
            .as_deref()
            .and_then(|bsuid| Recipient::parse(bsuid).ok())
    })
}

fn told(error: &CloudError) -> Failure {
    match error.graph() {
        Some(graph) => Failure {
            code: graph.code,
            title: graph.advice().title.to_owned(),
            detail: Some(graph.details.clone().unwrap_or_else(|| graph.message.clone())),
        },
        None => failure(error.to_string()),
    }
}

/// A failure for a reason of our own.
fn failure(detail: impl Into<String>) -> Failure {
    Failure {
        code: 0,
        title: "Not sent".to_owned(),
        detail: Some(detail.into()),
    }
}

/// Sets state and rank together.
pub(super) fn set_status<E>(
    update: kernel::tenant::TenantUpdate<'_, E>,
    status: Status,
) -> kernel::tenant::TenantUpdate<'_, E>
where
    E: kernel::TenantEntity<Column = message::Column>,
{
    update
        .col_expr(message::Column::Status, Expr::value(status.as_str()))
        .col_expr(message::Column::StatusRank, Expr::value(status.rank()))
}

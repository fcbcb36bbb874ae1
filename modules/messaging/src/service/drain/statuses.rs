//! Applies statuses. They arrive in any order, twice, early or late; the result is the same.
//!
//! A batch is read, locked and thought through in memory; what then differs is written in a handful of statements.

mod changes;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::webhook::{Status as WebhookStatus, WebhookError};
use contracts::{
    contacts::{ContactDirectory, ContactId, Spelling},
    messaging::{ConversationId, MessageId, MessageStatusChanged, Origin},
};
use kernel::{Result, TenantTx, each, id, padded};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use self::changes::Changes;
use super::when::told_at;
use crate::{
    entity::{
        Direction, Status,
        message::{Column, Entity, Failure},
        status_event::{self, StatusEventId},
    },
    service::{
        figures::{self, Figures},
        joining, tell,
    },
};

/// Looking through everything that came for longer than this would cost more than asking for what is wanted.
const RECENT: TimeDelta = TimeDelta::minutes(5);
/// Keys of one list in a statement at most.
const IN_LIST: usize = 500;

/// One status, with what is needed to apply it.
#[derive(Clone, Debug)]
struct Told {
    wamid: String,
    status: Option<Status>,
    at: DateTime<Utc>,
    failure: Option<Failure>,
}

impl Told {
    fn error(&self) -> Option<String> {
        serde_json::to_string(self.failure.as_ref()?).ok()
    }
}

/// Records the statuses, each once, and moves the messages they speak of.
pub(in crate::service) async fn apply(
    tx: &mut TenantTx,
    directory: &dyn ContactDirectory,
    statuses: Vec<WebhookStatus>,
) -> Result<()> {
    if statuses.is_empty() {
        return Ok(());
    }
    let mut messages = Messages::spoken_of(tx, &statuses).await?;
    let now = tx.clock().now();
    let mut rows = Vec::with_capacity(statuses.len());
    for status in &statuses {
        let Some(told) = told(status, now) else { continue };
        let message_id = messages.owner(status);
        rows.push(event(tx.clock().new_id(), status, &told, message_id, now));
        if let Some(id) = message_id {
            messages.tell(id, &told);
        }
    }
    tx.insert_new::<status_event::Entity>(rows).await?;
    let spellings = messages.spellings(&statuses);
    messages.write(tx).await?;
    joining::learn_spellings(tx, directory, &spellings).await
}

/// Whether statuses came since then, more or less, that are nobody's yet. Hardly ever: a status names its message by our id
/// in its callback data, unless somebody else has sent the message.
pub(in crate::service) async fn any_parked_since(tx: &TenantTx, since: DateTime<Utc>) -> Result<bool> {
    use status_event::{Column, Entity};
    if tx.clock().now() - since > RECENT {
        return Ok(true);
    }
    // Ids are in the order of time, so that only what came since is looked at. The clocks of two processes may differ a little.
    let first: StatusEventId = id::first_at(since - TimeDelta::minutes(1));
    let one = tx
        .find::<Entity>()
        .filter(Column::Id.gte(first))
        .filter(Column::MessageId.is_null())
        .limit(1)
        .columns::<(StatusEventId,)>(&[Column::Id])
        .await?;
    Ok(!one.is_empty())
}

/// Applies the statuses that came before we knew the messages' wamids: one read where there are none.
pub(in crate::service) async fn apply_parked(
    tx: &mut TenantTx,
    accepted: &[(MessageId, String)],
) -> Result<()> {
    use status_event::{Column, Entity};
    let by_wamid: HashMap<&str, MessageId> =
        accepted.iter().map(|(id, wamid)| (wamid.as_str(), *id)).collect();
    let mut found = Vec::new();
    for some in accepted.chunks(IN_LIST) {
        let parked = Condition::all()
            .add(Column::Wamid.is_in(padded(some.iter().map(|(_, wamid)| wamid.clone()))))
            .add(Column::MessageId.is_null());
        found.extend(tx.find::<Entity>().filter(parked).limit(5_000).all().await?);
    }
    found.retain(|row| by_wamid.contains_key(row.wamid.as_str()));
    if found.is_empty() {
        return Ok(());
    }
    let mut whose: Vec<_> = found
        .iter()
        .map(|row| (row.id, by_wamid[row.wamid.as_str()]))
        .collect();
    // In key order, so that two transactions cannot wait for each other's rows.
    whose.sort_unstable_by_key(|(id, _)| *id);
    for some in whose.chunks(IN_LIST) {
        let some = padded(some.iter().copied());
        tx.update::<Entity>()
            .filter(Column::Id.is_in(some.iter().map(|(id, _)| *id)))
            .col_expr(Column::MessageId, each(Column::Id, &some, Column::MessageId))
            .exec()
            .await?;
    }
    let ids: BTreeSet<MessageId> = found.iter().map(|row| by_wamid[row.wamid.as_str()]).collect();
    let mut messages = Messages::default();
    messages.read(tx, ids).await?;
    for row in found {
        let payload: serde_json::Value = serde_json::from_str(&row.payload).unwrap_or_default();
        let told = Told {
            status: Status::parse(&row.status),
            at: row.at,
            failure: payload["errors"].get(0).map(failure_in),
            wamid: row.wamid,
        };
        messages.tell(by_wamid[told.wamid.as_str()], &told);
    }
    messages.write(tx).await
}

/// Our messages among those spoken of, as they stand and as they will.
#[derive(Debug, Default)]
struct Messages {
    by_id: BTreeMap<MessageId, Message>,
    by_wamid: HashMap<String, MessageId>,
}

/// What statuses may change of a message. Its row is locked until the transaction ends.
#[derive(Debug)]
struct Message {
    conversation_id: ConversationId,
    contact_id: ContactId,
    origin: Option<Origin>,
    before: State,
    after: State,
    /// The latest telling of this batch; none while nobody has told of it.
    told_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    wamid: Option<String>,
    status: Status,
    rank: i32,
    error: Option<String>,
    sent_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    read_at: Option<DateTime<Utc>>,
    failed_at: Option<DateTime<Utc>>,
}

impl Messages {
    /// By our own id in the callback data, or by wamid.
    async fn spoken_of(tx: &TenantTx, statuses: &[WebhookStatus]) -> Result<Self> {
        let mut messages = Self::default();
        let mut ids: BTreeSet<MessageId> = statuses.iter().filter_map(callback_id).collect();
        let anonymous = statuses.iter().filter(|status| callback_id(status).is_none());
        ids.extend(messages.read_wamids(tx, anonymous).await?);
        messages.read(tx, ids).await?;
        // Callback data may also be somebody else's.
        let unknown = statuses
            .iter()
            .filter(|status| callback_id(status).is_some_and(|id| !messages.by_id.contains_key(&id)));
        let unknown: Vec<&WebhookStatus> = unknown.collect();
        let more = messages.read_wamids(tx, unknown.into_iter()).await?;
        messages.read(tx, more).await?;
        Ok(messages)
    }

    async fn read_wamids(
        &mut self,
        tx: &TenantTx,
        statuses: impl Iterator<Item = &WebhookStatus>,
    ) -> Result<BTreeSet<MessageId>> {
        let wamids: BTreeSet<&str> = statuses
            .filter_map(|status| Some(status.id.as_ref()?.as_str()))
            .collect();
        let wamids: Vec<&str> = wamids.into_iter().collect();
        let mut ids = BTreeSet::new();
        for some in wamids.chunks(IN_LIST) {
            let known = tx
                .find::<Entity>()
                .filter(Column::Wamid.is_in(padded(some.iter().copied())))
                .filter(Column::Direction.eq(Direction::Outbound))
                .columns::<(MessageId, String)>(&[Column::Id, Column::Wamid])
                .await?;
            for (id, wamid) in known {
                ids.insert(id);
                self.by_wamid.insert(wamid, id);
            }
        }
        Ok(ids)
    }

    /// Reads and locks them, in key order: two transactions cannot wait for each other's rows.
    async fn read(&mut self, tx: &TenantTx, ids: BTreeSet<MessageId>) -> Result<()> {
        type Time = Option<DateTime<Utc>>;
        type Row = (
            MessageId,
            ConversationId,
            ContactId,
            Option<String>,
            Status,
            i32,
            Option<String>,
            Time,
            Time,
            Time,
            Time,
            Option<String>,
        );
        let ids: Vec<MessageId> = ids
            .into_iter()
            .filter(|id| !self.by_id.contains_key(id))
            .collect();
        for some in ids.chunks(IN_LIST) {
            let rows: Vec<Row> = tx
                .find::<Entity>()
                .filter(Column::Id.is_in(padded(some.iter().copied())))
                .filter(Column::Direction.eq(Direction::Outbound))
                .for_update()
                .columns(&[
                    Column::Id,
                    Column::ConversationId,
                    Column::ContactId,
                    Column::Wamid,
                    Column::Status,
                    Column::StatusRank,
                    Column::Error,
                    Column::SentAt,
                    Column::DeliveredAt,
                    Column::ReadAt,
                    Column::FailedAt,
                    Column::Origin,
                ])
                .await?;
            for row in rows {
                let (
                    id,
                    conversation_id,
                    contact_id,
                    wamid,
                    status,
                    rank,
                    error,
                    sent_at,
                    delivered_at,
                    read_at,
                    failed_at,
                    origin,
                ) = row;
                let before = State {
                    wamid,
                    status,
                    rank,
                    error,
                    sent_at,
                    delivered_at,
                    read_at,
                    failed_at,
                };
                let message = Message {
                    conversation_id,
                    contact_id,
                    origin: origin.and_then(|origin| origin.parse().ok()),
                    after: before.clone(),
                    before,
                    told_at: None,
                };
                self.by_id.insert(id, message);
            }
        }
        Ok(())
    }

    fn owner(&self, status: &WebhookStatus) -> Option<MessageId> {
        let by_callback = callback_id(status).filter(|id| self.by_id.contains_key(id));
        by_callback.or_else(|| self.by_wamid.get(status.id.as_ref()?.as_str()).copied())
    }

    /// How WhatsApp writes the numbers of the people that these statuses are about.
    fn spellings(&self, statuses: &[WebhookStatus]) -> Vec<Spelling> {
        fn person(status: &WebhookStatus) -> Option<&str> {
            let is_person = status
                .recipient_type
                .as_deref()
                .is_none_or(|kind| kind == "individual");
            let wa_id = status.recipient_id.as_deref().filter(|_| is_person)?;
            let is_phone = (7..=15).contains(&wa_id.len()) && wa_id.bytes().all(|c| c.is_ascii_digit());
            is_phone.then_some(wa_id)
        }
        let told: BTreeSet<(ContactId, &str)> = statuses
            .iter()
            .filter_map(|status| Some((self.by_id.get(&self.owner(status)?)?.contact_id, person(status)?)))
            .collect();
        let spelling = |(contact, wa_id): (ContactId, &str)| Spelling {
            contact,
            wa_id: wa_id.to_owned(),
            differs: false,
        };
        told.into_iter().map(spelling).collect()
    }

    fn tell(&mut self, id: MessageId, told: &Told) {
        if let Some(message) = self.by_id.get_mut(&id) {
            message.told_at = Ord::max(message.told_at, Some(told.at));
            message.after.hear(told);
        }
    }

    /// Writes what has changed, and tells.
    async fn write(self, tx: &mut TenantTx) -> Result<()> {
        let mut changes = Changes::default();
        let mut items = Vec::new();
        let mut by = Figures::default();
        for (id, message) in &self.by_id {
            let Some(at) = message.told_at.filter(|_| message.before != message.after) else {
                continue;
            };
            changes.add(*id, &message.before, &message.after);
            let moved = Figures::between(message.before.rank, message.after.rank);
            // What the business's phone sent has no origin.
            by += match message.origin {
                Some(_) => moved,
                None => moved.only_waiting(),
            };
            items.push(MessageStatusChanged {
                at,
                origin: message.origin.clone(),
                error_code: message.after.error_code(),
                message_id: *id,
                conversation_id: message.conversation_id,
                status: message.after.status.as_str().to_owned(),
                assignee_id: None,
                team_id: None,
            });
        }
        changes.write(tx).await?;
        figures::moved(tx, by)?;
        tell::statuses_changed(tx, items).await
    }
}

impl State {
    /// Moves up, never down. Any order and repetition of what is told ends in the same state.
    fn hear(&mut self, told: &Told) {
        let Some(status) = told.status else { return };
        let failed_before = self.failed_at.filter(|_| self.rank == Status::Failed.rank());
        if self.wamid.is_none() {
            self.wamid = Some(told.wamid.clone());
        }
        for (time, reached) in [
            (&mut self.sent_at, Status::Sent),
            (&mut self.delivered_at, Status::Delivered),
            (&mut self.read_at, Status::Read),
            (&mut self.failed_at, Status::Failed),
        ] {
            // What is read was delivered, and what is delivered was sent; what failed is only known to have failed.
            let implied = if status == Status::Failed || reached == Status::Failed {
                status == reached
            } else {
                reached <= status
            };
            // The earliest telling counts.
            if implied && time.is_none_or(|known| told.at < known) {
                *time = Some(told.at);
            }
        }
        // Of several failures the earliest is the message's, whichever is told first.
        if let (Status::Failed, Some(known)) = (status, failed_before) {
            let error = told.error();
            if (told.at, &error) < (known, &self.error) {
                self.error = error;
            }
        }
        if self.rank >= status.rank() {
            return;
        }
        // A message that did arrive somewhere keeps its success; the failure is in the list of statuses.
        if status == Status::Failed {
            self.error = told.error();
        } else if status > Status::Failed {
            self.error = None;
        }
        self.rank = status.rank();
        self.status = status;
    }

    fn error_code(&self) -> Option<i64> {
        let failure: Failure = serde_json::from_str(self.error.as_deref()?).ok()?;
        Some(failure.code)
    }
}

fn callback_id(status: &WebhookStatus) -> Option<MessageId> {
    status.callback_data.as_deref()?.parse().ok()
}

fn told(status: &WebhookStatus, now: DateTime<Utc>) -> Option<Told> {
    Some(Told {
        wamid: status.id.as_ref()?.as_str().chars().take(256).collect(),
        status: Status::from_webhook(&status.status),
        at: told_at(status.timestamp, now),
        failure: status.errors.first().map(failure),
    })
}

fn event(
    id: StatusEventId,
    status: &WebhookStatus,
    told: &Told,
    message_id: Option<MessageId>,
    now: DateTime<Utc>,
) -> status_event::ActiveModel {
    let recipient = status
        .recipient_participant_id
        .as_ref()
        .or(status.recipient_id.as_ref())
        .or(status.recipient_user_id.as_ref());
    status_event::ActiveModel {
        id: Set(id),
        wamid: Set(told.wamid.clone()),
        status: Set(status.status.as_str().chars().take(32).collect()),
        recipient: Set(recipient
            .map(|text| text.chars().take(160).collect())
            .unwrap_or_default()),
        message_id: Set(message_id),
        at: Set(told.at),
        payload: Set(status.raw.to_string()),
        received_at: Set(now),
        ..status_event::ActiveModel::default()
    }
}

fn failure(error: &WebhookError) -> Failure {
    let title = error
        .code
        .map(|code| cloud_api::codes::advice(code).title.to_owned());
    let title = error.title.clone().or(title);
    let detail = error.details.clone().or_else(|| error.message.clone());
    Failure::told(error.code, title.unwrap_or_else(|| "Failed".to_owned()), detail)
}

fn failure_in(error: &serde_json::Value) -> Failure {
    let text = |value: &serde_json::Value| value.as_str().map(ToOwned::to_owned);
    Failure::told(
        error["code"].as_i64(),
        text(&error["title"]).unwrap_or_else(|| "Failed".to_owned()),
        text(&error["error_data"]["details"]).or_else(|| text(&error["message"])),
    )
}

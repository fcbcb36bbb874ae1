//! What became of our messages, by WhatsApp. Statuses come in any order, twice, early or late; the end is the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use cloud_api::webhook::{Status as WebhookStatus, WebhookError};
use contracts::messaging::{MessageId, MessageStatusChanged, MessageStatusesChanged};
use kernel::{Result, TenantTx};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ExprTrait,
    sea_query::{CaseStatement, Expr, SimpleExpr},
};

use crate::entity::{
    Status,
    message::{Column, Entity, Failure, Model},
    status_event::{self, StatusEventId},
};

/// One status, with what is needed to apply it.
#[derive(Clone, Debug)]
struct Told {
    wamid: String,
    status: Option<Status>,
    at: DateTime<Utc>,
    failure: Option<Failure>,
}

/// Records the statuses, each once, and moves the messages they speak of.
pub(in crate::service) async fn apply(tx: &mut TenantTx, statuses: Vec<WebhookStatus>) -> Result<()> {
    if statuses.is_empty() {
        return Ok(());
    }
    let messages = find_messages(tx, &statuses).await?;
    let now = tx.clock().now();
    let mut rows = Vec::with_capacity(statuses.len());
    let mut moves: BTreeMap<MessageId, Vec<Told>> = BTreeMap::new();
    for status in &statuses {
        let Some(told) = told(status, now) else { continue };
        let message_id = owner(status, &messages);
        rows.push(event(tx.clock().new_id(), status, &told, message_id, now));
        if let Some(id) = message_id {
            moves.entry(id).or_default().push(told);
        }
    }
    tx.insert_new::<status_event::Entity>(rows).await?;
    move_messages(tx, moves).await
}

/// Applies the statuses that came before we knew the messages' wamids.
pub(in crate::service) async fn apply_parked(
    tx: &mut TenantTx,
    accepted: &[(MessageId, String)],
) -> Result<()> {
    use status_event::{ActiveModel, Column, Entity};
    let by_wamid: HashMap<&str, MessageId> =
        accepted.iter().map(|(id, wamid)| (wamid.as_str(), *id)).collect();
    let mut moves: BTreeMap<MessageId, Vec<Told>> = BTreeMap::new();
    for some in accepted.chunks(500) {
        let parked = Condition::all()
            .add(Column::Wamid.is_in(some.iter().map(|(_, wamid)| wamid.clone())))
            .add(Column::MessageId.is_null());
        for row in tx.find::<Entity>().filter(parked).limit(5_000).all().await? {
            let Some(id) = by_wamid.get(row.wamid.as_str()).copied() else {
                continue;
            };
            let found = ActiveModel {
                message_id: Set(Some(id)),
                ..ActiveModel::default()
            };
            tx.update::<Entity>()
                .filter(Column::Id.eq(row.id))
                .set(found)
                .exec()
                .await?;
            let payload: serde_json::Value = serde_json::from_str(&row.payload).unwrap_or_default();
            let failure = payload["errors"].get(0).map(failure_in);
            moves.entry(id).or_default().push(Told {
                status: Status::parse(&row.status),
                wamid: row.wamid,
                at: row.at,
                failure,
            });
        }
    }
    move_messages(tx, moves).await
}

/// Our messages among those spoken of: by wamid, or by our own id in the callback data.
async fn find_messages(tx: &TenantTx, statuses: &[WebhookStatus]) -> Result<HashMap<String, MessageId>> {
    let mut found = HashMap::new();
    for some in statuses.chunks(500) {
        let wamids: HashSet<String> = some
            .iter()
            .filter_map(|status| status.id.as_ref())
            .map(ToString::to_string)
            .collect();
        let ids: HashSet<MessageId> = some.iter().filter_map(callback_id).collect();
        let ours = Condition::any()
            .add(Column::Wamid.is_in(wamids))
            .add(Column::Id.is_in(ids));
        let ours = Condition::all().add(ours).add(Column::Direction.eq("outbound"));
        for (id, wamid) in tx
            .find::<Entity>()
            .filter(ours)
            .columns::<(MessageId, Option<String>)>(&[Column::Id, Column::Wamid])
            .await?
        {
            found.insert(id.to_string(), id);
            if let Some(wamid) = wamid {
                found.insert(wamid, id);
            }
        }
    }
    Ok(found)
}

fn callback_id(status: &WebhookStatus) -> Option<MessageId> {
    status.callback_data.as_deref()?.parse().ok()
}

fn owner(status: &WebhookStatus, messages: &HashMap<String, MessageId>) -> Option<MessageId> {
    let by_callback = callback_id(status).and_then(|id| messages.get(&id.to_string()));
    by_callback
        .or_else(|| messages.get(status.id.as_ref()?.as_str()))
        .copied()
}

fn told(status: &WebhookStatus, now: DateTime<Utc>) -> Option<Told> {
    Some(Told {
        wamid: status.id.as_ref()?.as_str().chars().take(256).collect(),
        status: Status::from_webhook(&status.status),
        at: status
            .timestamp
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .unwrap_or(now),
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
    Failure {
        code: error.code.unwrap_or_default(),
        title: error
            .title
            .clone()
            .or(title)
            .unwrap_or_else(|| "Failed".to_owned()),
        detail: error.details.clone().or_else(|| error.message.clone()),
    }
}

fn failure_in(error: &serde_json::Value) -> Failure {
    let text = |value: &serde_json::Value| value.as_str().map(ToOwned::to_owned);
    Failure {
        code: error["code"].as_i64().unwrap_or_default(),
        title: text(&error["title"]).unwrap_or_else(|| "Failed".to_owned()),
        detail: text(&error["error_data"]["details"]).or_else(|| text(&error["message"])),
    }
}

/// Moves the messages up, never down, and tells where they are now.
async fn move_messages(tx: &mut TenantTx, moves: BTreeMap<MessageId, Vec<Told>>) -> Result<()> {
    // In key order, so that two transactions cannot wait for each other's rows.
    for (id, told) in &moves {
        for one in told {
            move_one(tx, *id, one).await?;
        }
    }
    let ids: Vec<MessageId> = moves.keys().copied().collect();
    let mut items = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let rows: Vec<Model> = tx
            .find::<Entity>()
            .filter(Column::Id.is_in(some.iter().copied()))
            .all()
            .await?;
        items.extend(rows.into_iter().map(|row| {
            MessageStatusChanged {
                at: moves[&row.id].iter().map(|told| told.at).max().unwrap_or(row.at),
                error_code: row
                    .error
                    .as_deref()
                    .and_then(|error| serde_json::from_str::<Failure>(error).ok())
                    .map(|failure| failure.code),
                message_id: row.id,
                conversation_id: row.conversation_id,
                status: row.status,
            }
        }));
    }
    if items.is_empty() {
        Ok(())
    } else {
        tx.publish(&MessageStatusesChanged { items })
    }
}

async fn move_one(tx: &TenantTx, id: MessageId, told: &Told) -> Result<()> {
    let Some(status) = told.status else { return Ok(()) };
    let below = || Column::StatusRank.lt(status.rank());
    let wamid_if_none = Expr::col(Column::Wamid).is_null();
    let mut update = tx.update::<Entity>().filter(Column::Id.eq(id)).col_expr(
        Column::Wamid,
        choose(wamid_if_none, told.wamid.clone(), Column::Wamid),
    );
    if status == Status::Failed {
        // A message that did arrive somewhere keeps its success; the failure is in the list of statuses.
        let error = told
            .failure
            .as_ref()
            .and_then(|failure| serde_json::to_string(failure).ok());
        update = update.col_expr(Column::Error, choose(below(), error, Column::Error));
    } else if status > Status::Failed {
        update = update.col_expr(Column::Error, choose(below(), None::<String>, Column::Error));
    }
    for (column, reached) in [
        (Column::SentAt, Status::Sent),
        (Column::DeliveredAt, Status::Delivered),
        (Column::ReadAt, Status::Read),
        (Column::FailedAt, Status::Failed),
    ] {
        // What is read was delivered, and what is delivered was sent; what failed is only known to have failed.
        let implied = if status == Status::Failed || reached == Status::Failed {
            status == reached
        } else {
            reached <= status
        };
        if implied {
            // The earliest telling counts, in whatever order they come.
            let earlier = Expr::col(column).is_null().or(Expr::col(column).gt(told.at));
            update = update.col_expr(column, choose(earlier, told.at, column));
        }
    }
    // State and rank last: MySQL evaluates assignments from left to right, and the rules above read the old rank.
    update
        .col_expr(Column::Status, choose(below(), status.as_str(), Column::Status))
        .col_expr(
            Column::StatusRank,
            choose(below(), status.rank(), Column::StatusRank),
        )
        .exec()
        .await?;
    Ok(())
}

fn choose(condition: SimpleExpr, value: impl Into<sea_orm::Value>, otherwise: Column) -> SimpleExpr {
    CaseStatement::new()
        .case(condition, Expr::value(value))
        .finally(Expr::col(otherwise))
        .into()
}

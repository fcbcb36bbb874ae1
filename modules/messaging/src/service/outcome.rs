//! What became of the messages of a chunk, written in one transaction.

use std::time::Duration;

use chrono::{DateTime, Utc};
use cloud_api::ids::Wamid;
use contracts::messaging::{MessageId, MessageStatusChanged, MessageStatusesChanged};
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ExprTrait,
    sea_query::{CaseStatement, Expr, SimpleExpr},
};

use super::{Service, drain::statuses, media::NotPlaced};
use crate::entity::{
    Status,
    chunk::{self, ChunkId},
    message::{self, Column, Entity, Failure},
};

/// What an attempt to send means for the message.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// WhatsApp took it under this id.
    Accepted(Wamid),
    /// It certainly was not taken: it may be sent again.
    Again {
        /// After this long.
        after: Duration,
        /// Why, should it never succeed.
        failure: Failure,
    },
    /// Nobody knows. It is not sent again; a status will tell.
    Unknown,
    /// It will not be taken.
    Failed(Failure),
    /// It was not taken because the number or its token is in trouble.
    Refused {
        /// Why, for the message.
        failure: Failure,
        /// Why and what to do, for the number.
        channel_trouble: String,
    },
}

impl From<NotPlaced> for Verdict {
    fn from(error: NotPlaced) -> Self {
        match error {
            NotPlaced::Later { after, failure } => Self::Again { after, failure },
            NotPlaced::Never(failure) => Self::Failed(failure),
            NotPlaced::Refused {
                failure,
                channel_trouble,
            } => Self::Refused {
                failure,
                channel_trouble,
            },
        }
    }
}

/// A message and its verdict.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    message: message::Model,
    verdict: Verdict,
}

impl Outcome {
    pub(super) fn new(message: message::Model, verdict: Verdict) -> Self {
        Self { message, verdict }
    }

    pub(super) fn wait(&self) -> Option<Duration> {
        match self.verdict {
            Verdict::Again { after, .. } => Some(after),
            _ => None,
        }
    }

    /// A message that has been refused often enough will not be taken the next time either.
    pub(super) fn give_up(mut self) -> Self {
        if let Verdict::Again { failure, .. } = self.verdict {
            self.verdict = Verdict::Failed(failure);
        }
        self
    }

    pub(super) fn channel_trouble(&self) -> Option<String> {
        match &self.verdict {
            Verdict::Refused { channel_trouble, .. } => Some(channel_trouble.clone()),
            _ => None,
        }
    }

    fn status(&self) -> Status {
        match self.verdict {
            Verdict::Accepted(_) => Status::Accepted,
            Verdict::Again { .. } => Status::Queued,
            Verdict::Unknown => Status::Unknown,
            Verdict::Failed(_) | Verdict::Refused { .. } => Status::Failed,
        }
    }

    fn failure(&self) -> Option<&Failure> {
        match &self.verdict {
            Verdict::Failed(failure) | Verdict::Refused { failure, .. } => Some(failure),
            _ => None,
        }
    }
}

impl Service {
    /// Writes the outcomes, unless a newer runner has taken the chunk: then they are its business.
    pub(super) async fn record(
        &self,
        db: &TenantDb,
        id: ChunkId,
        fence: i64,
        outcomes: &[Outcome],
    ) -> Result<()> {
        let mut tx = db.begin().await?;
        let chunk = tx
            .find::<chunk::Entity>()
            .filter(chunk::Column::Id.eq(id))
            .for_update()
            .one()
            .await?;
        if chunk.is_none_or(|chunk| chunk.fence != fence) {
            tracing::warn!(chunk = %id, "another runner has this chunk; its outcomes are left to the statuses");
            return Ok(());
        }
        let now = tx.clock().now();
        for status in [Status::Accepted, Status::Queued, Status::Unknown, Status::Failed] {
            let these: Vec<&Outcome> = outcomes
                .iter()
                .filter(|outcome| outcome.status() == status)
                .collect();
            for some in these.chunks(200) {
                write(&tx, status, some, now).await?;
            }
        }
        let accepted: Vec<(MessageId, String)> = outcomes
            .iter()
            .filter_map(|outcome| match &outcome.verdict {
                Verdict::Accepted(wamid) => Some((outcome.message.id, wamid.to_string())),
                _ => None,
            })
            .collect();
        statuses::apply_parked(&mut tx, &accepted).await?;
        let changed: Vec<MessageStatusChanged> = outcomes
            .iter()
            .filter(|outcome| outcome.status() != Status::Queued)
            .map(|outcome| MessageStatusChanged {
                message_id: outcome.message.id,
                conversation_id: outcome.message.conversation_id,
                status: outcome.status().as_str().to_owned(),
                at: now,
                error_code: outcome.failure().map(|failure| failure.code),
            })
            .collect();
        if !changed.is_empty() {
            tx.publish(&MessageStatusesChanged { items: changed })?;
        }
        if outcomes.iter().all(|outcome| outcome.status() != Status::Queued) {
            let done = chunk::ActiveModel {
                done: Set(true),
                ..chunk::ActiveModel::default()
            };
            tx.update::<chunk::Entity>()
                .filter(chunk::Column::Id.eq(id))
                .set(done)
                .exec()
                .await?;
        }
        tx.commit().await
    }
}

/// One statement for all messages with the same outcome. A status that came before us is higher and stays.
async fn write(tx: &TenantTx, status: Status, outcomes: &[&Outcome], now: DateTime<Utc>) -> Result<()> {
    let Some(_) = outcomes.first() else { return Ok(()) };
    // In key order, so that two transactions cannot wait for each other's rows.
    let mut ids: Vec<MessageId> = outcomes.iter().map(|outcome| outcome.message.id).collect();
    ids.sort_unstable();
    // Back to "queued" is the one step down, and only from "sending"; everything else only rises.
    let below = match status {
        Status::Queued => Column::StatusRank.eq(Status::Sending.rank()),
        _ => Column::StatusRank.lt(status.rank()),
    };
    // `status` before `status_rank`: MySQL evaluates assignments from left to right and would see the new rank.
    let mut update = tx
        .update::<Entity>()
        .filter(Column::Id.is_in(ids))
        .col_expr(
            Column::Status,
            when(below.clone(), status.as_str().into(), Column::Status),
        )
        .col_expr(
            Column::StatusRank,
            when(below, status.rank().into(), Column::StatusRank),
        );
    match status {
        Status::Accepted => {
            update = update.col_expr(
                Column::Wamid,
                each(outcomes, Column::Wamid, |outcome| match &outcome.verdict {
                    Verdict::Accepted(wamid) => Some(wamid.to_string()),
                    _ => None,
                }),
            );
        }
        Status::Failed => {
            update = update.col_expr(Column::FailedAt, Expr::value(now)).col_expr(
                Column::Error,
                each(outcomes, Column::Error, |outcome| {
                    serde_json::to_string(outcome.failure()?).ok()
                }),
            );
        }
        _ => {}
    }
    update.exec().await?;
    Ok(())
}

fn when(condition: SimpleExpr, value: sea_orm::Value, otherwise: Column) -> SimpleExpr {
    CaseStatement::new()
        .case(condition, Expr::value(value))
        .finally(Expr::col(otherwise))
        .into()
}

/// `CASE id WHEN … THEN … END`: a value of its own for every message, in one statement.
fn each(outcomes: &[&Outcome], column: Column, value: impl Fn(&Outcome) -> Option<String>) -> SimpleExpr {
    let mut case = CaseStatement::new();
    for outcome in outcomes {
        if let Some(value) = value(outcome) {
            case = case.case(Expr::col(Column::Id).eq(outcome.message.id), Expr::value(value));
        }
    }
    case.finally(Expr::col(column)).into()
}

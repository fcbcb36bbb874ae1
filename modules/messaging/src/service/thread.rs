//! What refers to an earlier message: quotes and reactions. Callers name it by our id; WhatsApp knows it by its own.

use chrono::TimeDelta;
use cloud_api::{ids::Wamid, message::Content};
use contracts::messaging::MessageId;
use kernel::{Error, Result, TenantTx};

use super::sender::Pair;
use crate::{
    entity::{
        Status,
        message::{Entity, Model},
    },
    error::MessagingError,
};

/// Messages older than this cannot be reacted to (Cloud API: reaction).
const REACTABLE: TimeDelta = TimeDelta::days(30);

/// WhatsApp's id of the message that is quoted.
///
/// # Errors
/// 404 when the tenant has no such message, 422 when it is of another conversation or WhatsApp does not know it yet.
pub(super) async fn quoted(
    tx: &TenantTx,
    between: Pair,
    reply_to: Option<MessageId>,
) -> Result<Option<Wamid>> {
    let Some(id) = reply_to else { return Ok(None) };
    let (_, wamid) = earlier(tx, between, "reply_to", id).await?;
    Ok(Some(wamid))
}

/// The content, with WhatsApp's id in place of ours if it is a reaction.
///
/// # Errors
/// As [`quoted`]; besides 422 for a message that cannot be reacted to: a reaction, one that failed, one older than 30 days.
pub(super) async fn reacted(tx: &TenantTx, between: Pair, content: Content) -> Result<Content> {
    const FIELD: &str = "reaction.message_id";
    let Content::Reaction { message_id, emoji } = content else {
        return Ok(content);
    };
    let id: MessageId = message_id.as_str().parse().map_err(|_| {
        let invalid = cloud_api::Invalid::new(FIELD, "must be the id of a message of yours");
        MessagingError::Invalid(invalid.found(&message_id))
    })?;
    let (row, wamid) = earlier(tx, between, FIELD, id).await?;
    if row.kind == "reaction" {
        return Err(Error::invalid(FIELD, "is a reaction, which nobody can react to"));
    }
    if row.status == Status::Failed {
        return Err(Error::invalid(FIELD, "is a message that never arrived"));
    }
    if row.at < tx.clock().now() - REACTABLE {
        return Err(Error::invalid(
            FIELD,
            "is older than 30 days, and WhatsApp no longer accepts reactions to it",
        ));
    }
    Ok(Content::Reaction {
        message_id: wamid,
        emoji,
    })
}

async fn earlier(tx: &TenantTx, between: Pair, field: &'static str, id: MessageId) -> Result<(Model, Wamid)> {
    let row = tx.get::<Entity>(id).await?;
    if (row.channel_id, row.contact_id) != between {
        return Err(Error::invalid(field, "is a message of another conversation"));
    }
    let wamid = row
        .wamid
        .clone()
        .ok_or_else(|| Error::invalid(field, "that message has not reached WhatsApp yet"))?;
    Ok((row, Wamid::from(wamid)))
}

//! What waits in a chunk: messages that certainly were not sent, and their recipients.

use std::collections::HashMap;

use cloud_api::{ids::Msisdn, message::Recipient};
use contracts::{
    contacts::{ContactAddress, ContactDirectory, ContactId},
    messaging::{ConversationId, MessageId},
};
use kernel::{Result, TenantDb};
use sea_orm::ColumnTrait;

use crate::entity::{
    Status,
    chunk::ChunkId,
    message::{Column, Entity},
};

/// What is needed of a message to send it.
#[derive(Clone, Debug)]
pub(in crate::service) struct Waiting {
    pub(in crate::service) id: MessageId,
    pub(in crate::service) conversation_id: ConversationId,
    pub(in crate::service) contact_id: ContactId,
    pub(in crate::service) kind: String,
    pub(in crate::service) content: String,
    pub(in crate::service) reply_to: Option<String>,
    /// None when the contact is gone or has no address.
    pub(in crate::service) address: Option<ContactAddress>,
    /// Where it goes; none where there is no address.
    pub(in crate::service) to: Option<Recipient>,
}

impl Waiting {
    /// Whether it is made from a template: it may be sent outside the customer service window.
    pub(in crate::service) fn is_template(&self) -> bool {
        self.kind == "template"
    }
}

/// The messages of a chunk behind the mark, in their order.
///
/// Outside a transaction: only a chunk's runner moves its mark, and what else may happen to a queued message (a status that
/// overtook its answer) does no harm here. Sorted here, and all at once: told to sort and to stop somewhere, MariaDB would
/// rather walk through all younger messages of the tenant than through the chunk.
pub(super) async fn behind(
    db: &TenantDb,
    directory: &dyn ContactDirectory,
    chunk: ChunkId,
    mark: Option<MessageId>,
) -> Result<Vec<Waiting>> {
    type Row = (
        MessageId,
        ConversationId,
        ContactId,
        String,
        String,
        Option<String>,
    );
    let mut rows: Vec<Row> = db
        .find::<Entity>()
        .filter(Column::ChunkId.eq(chunk))
        .filter_some(mark.map(|mark| Column::Id.gt(mark)))
        .filter(Column::StatusRank.eq(Status::Queued.rank()))
        .columns(&[
            Column::Id,
            Column::ConversationId,
            Column::ContactId,
            Column::Kind,
            Column::Content,
            Column::ReplyTo,
        ])
        .await?;
    rows.sort_unstable_by_key(|(id, ..)| *id);
    let contacts: Vec<ContactId> = rows.iter().map(|(_, _, contact, ..)| *contact).collect();
    let addresses = match contacts.as_slice() {
        [] => Vec::new(),
        contacts => directory.addresses(db, contacts).await?,
    };
    let addresses: HashMap<ContactId, ContactAddress> = addresses
        .into_iter()
        .map(|address| (address.id, address))
        .collect();
    let waiting =
        rows.into_iter().map(
            |(id, conversation_id, contact_id, kind, content, reply_to)| Waiting {
                id,
                conversation_id,
                contact_id,
                kind,
                content,
                reply_to,
                to: addresses.get(&contact_id).and_then(recipient),
                address: addresses.get(&contact_id).cloned(),
            },
        );
    Ok(waiting.collect())
}

/// The phone number where there is one: every message type can be sent to it.
fn recipient(address: &ContactAddress) -> Option<Recipient> {
    let phone = address
        .phone
        .as_deref()
        .and_then(|phone| Msisdn::parse(phone).ok())
        .map(Recipient::Phone);
    phone.or_else(|| {
        address
            .bsuid
            .as_deref()
            .and_then(|bsuid| Recipient::parse(bsuid).ok())
    })
}

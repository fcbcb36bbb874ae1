//! Telling WhatsApp what was read.

use cloud_api::ids::{PhoneNumberId, Wamid};
use kernel::{JobContext, JobOutcome};
use sea_orm::{ColumnTrait, Condition};
use sentences::explain;

use super::Service;
use crate::job::SendReadReceipt;

impl Service {
    /// Tells WhatsApp that the customer's last message of a conversation was read, or the last one up to a message.
    pub async fn send_read_receipt(&self, context: JobContext, job: SendReadReceipt) -> JobOutcome {
        let db = context.db;
        use crate::entity::{
            Direction,
            message::{Column, Entity},
        };
        let of_conversation = Condition::all()
            .add(Column::ConversationId.eq(job.conversation_id))
            .add(Column::Direction.eq(Direction::Inbound))
            // Notices of WhatsApp were not written by anybody.
            .add(Column::Kind.ne("system"))
            .add(Column::Wamid.is_not_null());
        let seen = match job.up_to {
            Some(id) => db.find::<Entity>().with_id(id).one().await?,
            None => None,
        };
        let newest = db
            .find::<Entity>()
            .filter(of_conversation)
            .filter_some(seen.map(|seen| Column::At.lte(seen.at)))
            .order_by(Column::At, sea_orm::Order::Desc)
            .one()
            .await?;
        let channel = self.channels.by_id(&db, job.channel_id).await?;
        let (Some(wamid), Some(channel)) = (newest.and_then(|message| message.wamid), channel) else {
            return Ok(());
        };
        let number = PhoneNumberId::from(channel.phone_number_id.clone());
        match self
            .channels
            .client(&channel)?
            .mark_read(&number, &Wamid::from(wamid), false)
            .await
        {
            Ok(()) => Ok(()),
            Err(error) if error.class().is_retryable() => {
                Err(kernel::Error::unavailable(explain(&error).to_string()).into())
            }
            // Older than 30 days, or not known to WhatsApp: nobody is waiting for that tick.
            Err(error) => {
                tracing::info!(%error, "a read receipt was refused");
                Ok(())
            }
        }
    }
}

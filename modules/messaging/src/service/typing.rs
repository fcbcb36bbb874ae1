//! "typing…" on the customer's phone (Cloud API: read receipt and typing).

use chrono::TimeDelta;
use cloud_api::ids::{PhoneNumberId, Wamid};
use contracts::messaging::ConversationId;
use kernel::{JobContext, JobOutcome, Result, TenantDb};
use sea_orm::{ColumnTrait, Condition, Order};

use super::{Service, conversations::only_unread};
use crate::{
    entity::{Direction, conversation, message},
    error::MessagingError,
    job::ShowTyping,
};

/// How long WhatsApp shows it; after that it would be untrue.
const SHOWN: TimeDelta = TimeDelta::seconds(25);

impl Service {
    /// Shows the customer that an answer is being written, for 25 seconds or until it comes. WhatsApp marks the
    /// customer's messages as read with it, so nothing in the conversation is unread any more.
    pub async fn typing(&self, db: &TenantDb, id: ConversationId) -> Result<()> {
        use message::{Column, Entity};
        let mut tx = db.begin().await?;
        let row = tx.lock::<conversation::Entity>(id).await?;
        let of_customer = Condition::all()
            .add(Column::ConversationId.eq(id))
            .add(Column::Direction.eq(Direction::Inbound))
            // Notices of WhatsApp are nothing to answer.
            .add(Column::Kind.ne("system"))
            .add(Column::Wamid.is_not_null());
        let newest = tx
            .find::<Entity>()
            .filter(of_customer)
            .order_by(Column::At, Order::Desc)
            .one()
            .await?;
        let wamid = newest
            .and_then(|message| message.wamid)
            .ok_or(MessagingError::NothingReceived)?;
        if row.unread > 0 {
            only_unread(&mut tx, &row, 0).await?;
        }
        tx.enqueue(&ShowTyping {
            channel_id: row.channel_id,
            wamid,
            until: tx.clock().now() + SHOWN,
        })?;
        tx.commit().await
    }

    /// Tells WhatsApp, unless it is too late. Nobody waits for the answer.
    pub async fn show_typing(&self, context: JobContext, job: ShowTyping) -> JobOutcome {
        let db = context.db;
        if db.clock().now() > job.until {
            return Ok(());
        }
        let Some(channel) = self.channels.by_id(&db, job.channel_id).await? else {
            return Ok(());
        };
        let number = PhoneNumberId::from(channel.phone_number_id.clone());
        let told = self
            .channels
            .client(&channel)?
            .mark_read(&number, &Wamid::from(job.wamid), true)
            .await;
        if let Err(error) = told {
            tracing::info!(%error, "a typing indicator was refused");
        }
        Ok(())
    }
}

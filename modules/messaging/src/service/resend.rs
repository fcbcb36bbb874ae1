//! Sending again what did not arrive, or what nobody knows of: a person's decision, never the platform's.

use cloud_api::{ids::Wamid, message::Content};
use contracts::messaging::{Lane, MessageId, OutgoingMessage};
use kernel::{Actor, Result, TenantDb};

use super::{Idempotency, Service, origin_of, sender_of, texts};
use crate::{
    entity::{Direction, Status, message::Model},
    error::MessagingError,
};

impl Service {
    /// Queues the same message anew: same content, quote, number and contact. The old one stays as it is, so that a late
    /// status still finds it.
    ///
    /// # Errors
    /// 404; 409 `not_resendable` unless it failed or is in doubt; and whatever sending anew may answer, such as 409
    /// `window_closed`.
    pub async fn resend_message(
        &self,
        db: &TenantDb,
        actor: &Actor,
        id: MessageId,
        once: Option<Idempotency>,
    ) -> Result<Model> {
        let old = self.message(db, id).await?;
        let undone = matches!(old.status, Status::Failed | Status::Unknown);
        if old.direction != Direction::Outbound || !undone {
            return Err(MessagingError::NotResendable.into());
        }
        let wire = serde_json::from_str(&old.content)?;
        let content = Content::from_wire(&old.kind, &wire).map_err(MessagingError::from)?;
        let template = texts::used(&old);
        let again = OutgoingMessage {
            channel_id: old.channel_id,
            contact_id: old.contact_id,
            content,
            reply_to: old.reply_to.map(Wamid::from),
            sent_by: Some(sender_of(actor)),
            template,
        };
        let how = (Lane::Interactive, origin_of(actor));
        self.queue_once(db, again, how, once).await
    }
}

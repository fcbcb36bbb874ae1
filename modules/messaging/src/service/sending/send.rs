//! Sends one message of a run: its files, a token of the number's rate, a slot, the request, and what the answer means.

use std::sync::Arc;

use cloud_api::{
    client::{Line, WireMessage},
    ids::Wamid,
    message::Content,
};
use contracts::{channels::Channel, messaging::Lane};
use kernel::TenantDb;
use sentences::Term;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    pace::Pace,
    pairs::Pairs,
    progress::{InFlight, Progress},
    slots::{Flow, Rank, Slots},
    verdict::{Consequence, Verdict, judge, judge_file},
    waiting::Waiting,
};
use crate::{entity::message::Failure, service::Service};

/// The connections that messages are sent over. Bulk has its own: they are busy, and an urgent message there would wait as long
/// as the others. Tenants' first bulk messages count as urgent.
pub(super) struct Lines {
    pub(super) bulk: Line,
    pub(super) urgent: Line,
}

impl Lines {
    fn of(&self, rank: Rank) -> &Line {
        if rank.is_bulk() { &self.bulk } else { &self.urgent }
    }
}

/// What the sends of a run share.
pub(super) struct Shared {
    pub(super) service: Service,
    pub(super) db: TenantDb,
    pub(super) channel: Channel,
    pub(super) lines: Lines,
    pub(super) lane: Lane,
    pub(super) attempt: i32,
    pub(super) flow: Flow,
    pub(super) pace: Arc<Pace>,
    pub(super) slots: Slots,
    pub(super) pairs: Arc<Pairs>,
    pub(super) progress: Progress,
    /// Whether the chunk was stopped.
    pub(super) cancelled: CancellationToken,
}

impl Shared {
    /// Sends one message when its turn has come, and judges the answer. `in_flight` is told when the request begins.
    pub(super) async fn send(
        &self,
        message: &Waiting,
        rank: Rank,
        in_flight: &mut InFlight<'_>,
    ) -> (Verdict, Consequence) {
        let Some(to) = &message.to else {
            let failure = Failure::of_ours(Term::NoAddress);
            return (Verdict::Failed(failure), Consequence::None);
        };
        if let Err(after) = self
            .pairs
            .take(self.channel.id, message.contact_id, Instant::now())
        {
            let failure = Failure::of_ours(Term::PairLimit);
            let again = Verdict::Again {
                after,
                failure,
                counts: false,
            };
            return (again, Consequence::None);
        }
        let placed = match self.placed(message).await {
            Ok(placed) => placed,
            Err(judged) => return judged,
        };
        let turn = async {
            self.pace.turn(self.lane).await;
            self.slots.take(rank, self.flow).await
        };
        let Some(_slot) = self.cancelled.run_until_cancelled(turn).await else {
            return (Verdict::Cancelled, Consequence::None);
        };
        in_flight.sent();
        let reply_to = message.reply_to.clone().map(Wamid::from);
        let id = message.id.to_string();
        let wire = WireMessage {
            to,
            kind: &message.kind,
            content: placed.as_deref().unwrap_or(&message.content),
            reply_to: reply_to.as_ref(),
            callback_data: &id,
        };
        kernel::failpoint!("send.mid_send");
        let sent = self.lines.of(rank).send(&wire).await;
        kernel::failpoint!("send.answered");
        judge(sent, self.lane, self.attempt)
    }

    /// The content with WhatsApp's media ids in place of ours, if it names any of ours.
    async fn placed(&self, message: &Waiting) -> std::result::Result<Option<String>, (Verdict, Consequence)> {
        if message.content.contains("\"med_") {
            // Boxed: an upload is a large future, and most messages never need it.
            Box::pin(self.place_files(message)).await.map(Some)
        } else {
            Ok(None)
        }
    }

    async fn place_files(&self, message: &Waiting) -> std::result::Result<String, (Verdict, Consequence)> {
        let unreadable = |_| {
            let failure = Failure::of_ours(Term::ContentUnreadable);
            (Verdict::Failed(failure), Consequence::None)
        };
        let value = serde_json::from_str(&message.content)
            .map_err(|error: serde_json::Error| unreadable(error.to_string()))?;
        let content =
            Content::from_wire(&message.kind, &value).map_err(|error| unreadable(error.to_string()))?;
        let placed = self.service.place_media(&self.db, &self.channel, content).await;
        let placed = placed.map_err(|error| judge_file(error, self.lane))?;
        Ok(placed.wire().to_string())
    }
}

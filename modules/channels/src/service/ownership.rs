//! Whose a number is: the tenant's whose connection test has passed last. Claiming a number proves nothing, blocks nobody and
//! tells nothing of others.

use std::{collections::HashSet, sync::Arc};

use contracts::channels::{AccountEventRecorded, AccountEventsRecorded, Channel, NumberOwner};
use kernel::{JobContext, JobOutcome, Result, TenantDb, TenantId, TenantTx, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use sentences::{Sentence, Sentences, Term};
use sha2::{Digest, Sha256};

use super::{Service, hold::hold};
use crate::{
    entity::{
        account_event::{self, AccountEventId},
        channel::{ActiveModel, Claim, Column, Entity, Model},
    },
    job::LoseNumber,
};

/// The kind of route by which a phone number id leads to its tenant.
pub(super) const PHONE_ROUTE: &str = "phone";
/// The same for simulated numbers. In the simulator anybody may make a number of any id, so what is proven there says nothing
/// about a number of WhatsApp's.
const SIMULATED_ROUTE: &str = "phone_simulated";

/// `field`, `event` and `topic` of what the timeline tells of this.
const FIELD: &str = "number_ownership";
const EVENT: &str = "NUMBER_LOST";
const TOPIC: &str = "ownership";

impl Service {
    /// Makes a number the transaction's tenant's, and has the tenant told that it was until now.
    pub(super) async fn take_number(&self, tx: &mut TenantTx, channel: &Model) -> Result<()> {
        let number = &channel.phone_number_id;
        let before = self.routes.take_over(tx, route_of(channel), number).await?;
        match before {
            Some(before) => tx.enqueue_for(
                &before,
                &LoseNumber {
                    phone_number_id: number.clone(),
                    kind: channel.kind,
                },
            ),
            None => Ok(()),
        }
    }

    /// Stops a number that is another tenant's now, and tells its people.
    pub async fn lose_number(&self, context: JobContext, job: LoseNumber) -> JobOutcome {
        Ok(retrying(|| self.settle_loss(&context.db, &job)).await?)
    }

    async fn settle_loss(&self, db: &TenantDb, job: &LoseNumber) -> Result<()> {
        let mut tx = db.begin().await?;
        // Locked first: a test that wins the number back waits here, or has done so already.
        let channel = tx
            .find::<Entity>()
            .filter(Column::PhoneNumberId.eq(&job.phone_number_id))
            .filter(Column::Kind.eq(job.kind))
            .for_update()
            .one()
            .await?;
        let Some(channel) = channel.filter(Model::is_owned) else {
            return Ok(());
        };
        if !self
            .routes
            .held_by_another(db.tenant(), route_of(&channel), &channel.phone_number_id)
            .await?
        {
            return Ok(());
        }
        hold(&mut tx, channel.id, &Term::HeldLost.into(), None).await?;
        let row = ActiveModel {
            claim: Set(Some(Claim::Lost)),
            ..ActiveModel::default()
        };
        tx.update::<Entity>()
            .filter(Column::Id.eq(channel.id))
            .set(row)
            .exec()
            .await?;
        tell(&mut tx, &channel).await?;
        tx.commit().await?;
        self.keys.forget(db.tenant()).await;
        Ok(())
    }

    /// Who has proven that a number is theirs, in WhatsApp and in the simulator.
    pub(super) async fn owners_of(&self, number: &str) -> Result<Vec<NumberOwner>> {
        let mut owners = Vec::new();
        for (kind, simulated) in [(PHONE_ROUTE, false), (SIMULATED_ROUTE, true)] {
            let owner = self.routes.resolve(kind, number).await?;
            owners.extend(owner.map(|db| NumberOwner { simulated, db }));
        }
        Ok(owners)
    }

    /// Of these numbers of a tenant those that it has lost to another. What came for one that it only claims was assigned on
    /// arrival, by the secret that had signed it.
    pub(super) async fn lost_among(
        &self,
        tenant: TenantId,
        channels: &[Arc<Channel>],
    ) -> Result<HashSet<String>> {
        let mut lost = HashSet::new();
        for channel in channels.iter().filter(|channel| channel.lost) {
            let (kind, number) = (route(channel.simulated), &channel.phone_number_id);
            if self.routes.held_by_another(tenant, kind, number).await? {
                lost.insert(number.clone());
            }
        }
        Ok(lost)
    }
}

/// The kind of route that leads to this number's tenant.
pub(super) fn route_of(channel: &Model) -> &'static str {
    route(channel.is_simulated())
}

fn route(simulated: bool) -> &'static str {
    if simulated { SIMULATED_ROUTE } else { PHONE_ROUTE }
}

/// Writes the loss into the timeline.
async fn tell(tx: &mut TenantTx, channel: &Model) -> Result<()> {
    use account_event::{ActiveModel, Entity};
    let now = tx.clock().now();
    let id: AccountEventId = tx.clock().new_id();
    let number = channel.display_phone_number.as_deref();
    let number = number.unwrap_or(&channel.phone_number_id);
    let title: Sentences = Sentence::new(Term::NumberLost).text("number", number).into();
    let detail: Sentences = Term::HeldLost.into();
    let row = ActiveModel {
        id: Set(id),
        digest: Set(hex::encode(Sha256::digest(format!("{FIELD} {id}")))),
        field: Set(FIELD.to_owned()),
        event: Set(EVENT.to_owned()),
        topic: Set(TOPIC.to_owned()),
        channel_id: Set(Some(channel.id)),
        waba_id: Set(channel.waba_id.clone()),
        severity: Set("critical".to_owned()),
        title: Set(title.to_string()),
        detail: Set(detail.to_string()),
        title_terms: Set(title.kept()),
        detail_terms: Set(detail.kept()),
        payload: Set("{}".to_owned()),
        at: Set(now),
        received_at: Set(now),
        ..ActiveModel::default()
    };
    tx.insert::<Entity>(row).await?;
    let item = AccountEventRecorded {
        account_event_id: id.to_string(),
        channel_id: Some(channel.id),
        field: FIELD.to_owned(),
        severity: "critical".to_owned(),
        title: title.to_string(),
    };
    tx.publish(&AccountEventsRecorded { items: vec![item] })
}

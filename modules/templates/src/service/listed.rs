//! The templates of one number, as earlier versions listed them.

use std::time::Duration;

use contracts::channels::ChannelId;
use kernel::{Result, TenantDb};
use sea_orm::{ColumnTrait, Order};

use super::{
    Service,
    sync::{Failed, Step},
};
use crate::{
    entity::{
        account,
        template::{Column, Entity, Model},
    },
    error::TemplateError,
    job::SyncAccount,
};

/// Templates of one answer.
const LISTED: u64 = 300;
/// Steps of a sync that a caller waits for: three full pages, and its end.
const STEPS: usize = 4;
/// The longest that a caller waits.
const WAIT: Duration = Duration::from_secs(20);

impl Service {
    /// The templates of the number's account from the copy, at most 300, newest first. Of an account that was never read, WhatsApp
    /// is asked first.
    pub async fn channel_templates(&self, db: &TenantDb, id: ChannelId) -> Result<Vec<Model>> {
        let waba_id = self.account_of(db, id).await?;
        let state = db
            .find::<account::Entity>()
            .filter(account::Column::WabaId.eq(waba_id.as_str()))
            .one()
            .await?;
        if state.is_none_or(|state| state.synced_at.is_none()) {
            self.read_first(db, &waba_id).await?;
        }
        db.find::<Entity>()
            .filter(Column::WabaId.eq(waba_id))
            .filter(Column::GoneAt.is_null())
            .filter(Column::WhatsappId.is_not_null())
            .order_by(Column::Id, Order::Desc)
            .limit(LISTED)
            .all()
            .await
    }

    /// Reads an account for somebody who waits; what is left then is a job's.
    async fn read_first(&self, db: &TenantDb, waba_id: &str) -> Result<()> {
        let mut tx = db.begin().await?;
        self.want_sync(&mut tx, waba_id).await?;
        tx.commit().await?;
        let reading = async {
            for attempt in 1..=STEPS {
                match self.sync_step(db, waba_id, 1).await {
                    Ok(Step::More) if attempt < STEPS => {}
                    Ok(Step::More) => self.go_on(db, waba_id).await?,
                    // Somebody else is at the same page: it is there in a moment.
                    Ok(Step::Overtaken) => {}
                    Ok(Step::Done | Step::Idle) => return Ok(()),
                    Err(Failed::WhatsApp { error, .. }) => return Err(TemplateError::WhatsApp(error).into()),
                    Err(Failed::NoNumber) => return Ok(()),
                    Err(Failed::Unusable(error) | Failed::Own(error)) => return Err(error),
                }
            }
            Ok(())
        };
        match tokio::time::timeout(WAIT, reading).await {
            Ok(read) => read,
            Err(_) => self.go_on(db, waba_id).await,
        }
    }

    async fn go_on(&self, db: &TenantDb, waba_id: &str) -> Result<()> {
        let mut tx = db.begin().await?;
        tx.enqueue(&SyncAccount::of(waba_id.to_owned()))?;
        tx.commit().await
    }
}

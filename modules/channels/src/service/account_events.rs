//! Reading the accounts' timeline.

use contracts::channels::ChannelId;
use kernel::{PageQuery, Result, TenantDb};
use sea_orm::{ColumnTrait, Condition};

use super::Service;
use crate::entity::account_event::{self, Column, Entity};

/// Which events of the timeline are wanted.
#[derive(Clone, Debug, Default)]
pub struct AccountEventFilter {
    /// Of this number, and of the whole of its account.
    pub channel_id: Option<ChannelId>,
    /// Of this webhook field.
    pub field: Option<String>,
    /// `info`, `warning` or `critical`.
    pub severity: Option<&'static str>,
}

impl Service {
    /// The timeline, newest first; 404 for a number that is not the tenant's.
    pub async fn list_account_events(
        &self,
        db: &TenantDb,
        filter: AccountEventFilter,
        query: PageQuery,
    ) -> Result<(Vec<account_event::Model>, Option<String>)> {
        let of_channel = match filter.channel_id {
            None => None,
            Some(id) => {
                let channel = self.channel(db, id).await?;
                let account = Condition::all()
                    .add(Column::ChannelId.is_null())
                    .add(Column::WabaId.eq(channel.waba_id));
                Some(Condition::any().add(Column::ChannelId.eq(id)).add(account))
            }
        };
        db.find::<Entity>()
            .filter_some(of_channel)
            .filter_some(filter.field.map(|field| Column::Field.eq(field)))
            .filter_some(filter.severity.map(|severity| Column::Severity.eq(severity)))
            .page_by_id(&query)
            .await
    }
}

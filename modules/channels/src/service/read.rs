//! Reading numbers.

use chrono::{DateTime, Utc};
use contracts::channels::{Channel, ChannelId, SealedCredentials};
use kernel::{PageQuery, Result, TenantDb};

use super::{Service, limit};
use crate::entity::channel::{Entity, Model, Status};

/// Numbers of one tenant at most: every webhook looks at all of them.
pub(super) const CHANNELS: u64 = 200;

impl Service {
    /// Newest first.
    pub async fn list_channels(
        &self,
        db: &TenantDb,
        query: PageQuery,
    ) -> Result<(Vec<Model>, Option<String>)> {
        db.find::<Entity>().page_by_id(&query).await
    }

    /// One channel, or 404.
    pub async fn channel(&self, db: &TenantDb, id: ChannelId) -> Result<Model> {
        db.get::<Entity>(id).await
    }
}

/// The number as others see it at `now`.
pub(super) fn seen(row: Model, now: DateTime<Utc>) -> Channel {
    let (held, restricted) = (row.held(now), row.restricted(now));
    Channel {
        tenant_id: row.tenant_id,
        id: row.id,
        simulated: row.is_simulated(),
        lost: row.is_lost(),
        held,
        restricted,
        needs_attention: row.status == Status::Attention,
        says_limit_reached: limit::is_shown(&row),
        phone_number_id: row.phone_number_id,
        waba_id: row.waba_id,
        portfolio_id: row.portfolio_id,
        display_phone_number: row.display_phone_number,
        throughput: row.throughput,
        messaging_limit: row.messaging_limit,
        amendments_until: row.amendments_until,
        credentials: SealedCredentials {
            access_token: row.access_token,
            app_secret: row.app_secret,
        },
    }
}

//! Which number an account's templates are read and handed in with.

use contracts::channels::{Channel, ChannelId};
use kernel::{Error, Result, TenantDb};

use super::Service;
use crate::error::TemplateError;

impl Service {
    /// The number that somebody named, or the tenant's numbers' only account.
    ///
    /// # Errors
    /// 404 for another tenant's, 409 `no_channel` or `number_lost`, 422 where one must be named.
    pub(super) async fn number(&self, db: &TenantDb, id: Option<ChannelId>) -> Result<Channel> {
        if let Some(id) = id {
            let channel = self.channels.by_id(db, id).await?;
            let channel = channel.ok_or_else(|| Error::not_found("channel"))?;
            return match channel.lost {
                true => Err(TemplateError::NumberLost.into()),
                false => Ok(channel),
            };
        }
        let mut numbers = self.numbers(db, None).await?.into_iter();
        let Some(first) = numbers.next() else {
            return Err(TemplateError::NoChannel.into());
        };
        match numbers.all(|other| other.waba_id == first.waba_id) {
            true => Ok(first),
            false => Err(TemplateError::ChooseChannel.into()),
        }
    }

    /// A number of this account.
    ///
    /// # Errors
    /// 409 `no_channel`.
    pub(super) async fn number_of(&self, db: &TenantDb, waba_id: &str) -> Result<Channel> {
        let number = self.number_for(db, waba_id, 1).await?;
        Ok(number.ok_or(TemplateError::NoChannel)?)
    }

    /// A number of the account to ask with: with several, another one at each attempt, counted from 1.
    pub(super) async fn number_for(
        &self,
        db: &TenantDb,
        waba_id: &str,
        attempt: u32,
    ) -> Result<Option<Channel>> {
        let numbers = self.numbers(db, Some(waba_id)).await?;
        let count = u32::try_from(numbers.len()).unwrap_or(u32::MAX).max(1);
        let index = usize::try_from(attempt.saturating_sub(1) % count).unwrap_or_default();
        Ok(numbers.into_iter().nth(index))
    }

    /// The numbers of the tenant or of one account, those first that work best: held ones come last.
    async fn numbers(&self, db: &TenantDb, waba_id: Option<&str>) -> Result<Vec<Channel>> {
        let tx = db.begin().await?;
        let mut numbers = self.channels.all(&tx).await?;
        tx.commit().await?;
        numbers.retain(|number| !number.lost && waba_id.is_none_or(|waba_id| number.waba_id == waba_id));
        numbers.sort_by_key(|number| (number.held.is_some(), number.needs_attention, number.id));
        Ok(numbers)
    }
}

//! The accounts whose templates are copied.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;
use contracts::channels::{ChannelId, ChannelsChanged};
use kernel::{Error, Result, TenantDb, TenantTx, retrying};
use sea_orm::ColumnTrait;

use super::Service;
use crate::{
    entity::{
        account::{Column, Entity, Model},
        template,
    },
    job::SyncAll,
};

/// A number that changes within this time of a whole sync has its account's templates read already.
const RECENT: TimeDelta = TimeDelta::minutes(10);

/// An account with its numbers and how far its copy is.
#[derive(Clone, Debug)]
pub struct Account {
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// Its numbers.
    pub channel_ids: Vec<ChannelId>,
    /// Templates in the copy that are not gone.
    pub templates: i64,
    /// None before the first sync was asked for.
    pub state: Option<Model>,
}

impl Service {
    /// Has the templates of numbers' accounts read that were connected or tested, unless they just were. What else changes about a
    /// number says nothing of templates.
    pub async fn numbers_changed(&self, tx: &mut TenantTx, events: &[ChannelsChanged]) -> Result<()> {
        let ids: BTreeSet<ChannelId> = events
            .iter()
            .flat_map(|event| &event.items)
            .filter(|item| item.connection)
            .map(|item| item.channel_id)
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<ChannelId> = ids.into_iter().collect();
        let channels = self.channels.by_ids(tx, &ids).await?;
        let accounts: BTreeSet<String> = channels
            .into_iter()
            .filter(|channel| !channel.lost)
            .map(|channel| channel.waba_id)
            .collect();
        if accounts.is_empty() {
            return Ok(());
        }
        let known = tx
            .find::<Entity>()
            .filter(Column::WabaId.is_in(accounts.iter().map(String::as_str)))
            .all()
            .await?;
        let known: HashMap<String, Model> = known.into_iter().map(|row| (row.waba_id.clone(), row)).collect();
        let now = tx.clock().now();
        for waba_id in accounts {
            let row = known.get(&waba_id);
            let is_recent = |row: &Model| {
                let under_way = row.wanted_at.or(row.sync_started_at).or(row.synced_at);
                row.failed_at.is_none() && under_way.is_some_and(|at| now - at < RECENT)
            };
            if row.is_none() {
                // Runs already where the tenant has other accounts.
                tx.enqueue(&SyncAll {})?;
            }
            if !row.is_some_and(is_recent) {
                self.want_sync_now(tx, &waba_id).await?;
            }
        }
        Ok(())
    }

    /// The accounts of the tenant's numbers, by id.
    pub async fn accounts(&self, db: &TenantDb) -> Result<Vec<Account>> {
        let tx = db.begin().await?;
        let channels = self.channels.all(&tx).await?;
        tx.commit().await?;
        let mut numbers: BTreeMap<String, Vec<ChannelId>> = BTreeMap::new();
        for channel in channels.into_iter().filter(|channel| !channel.lost) {
            numbers.entry(channel.waba_id).or_default().push(channel.id);
        }
        let counted: Vec<(String, i64)> = db
            .find::<template::Entity>()
            .filter(template::Column::GoneAt.is_null())
            .count_by(template::Column::WabaId)
            .await?;
        let mut counted: HashMap<String, i64> = counted.into_iter().collect();
        let states = db.find::<Entity>().limit(1_000).all().await?;
        let mut states: HashMap<String, Model> =
            states.into_iter().map(|row| (row.waba_id.clone(), row)).collect();
        let account = |(waba_id, channel_ids): (String, Vec<ChannelId>)| Account {
            templates: counted.remove(&waba_id).unwrap_or_default(),
            state: states.remove(&waba_id),
            waba_id,
            channel_ids,
        };
        Ok(numbers.into_iter().map(account).collect())
    }

    /// Has a number's account, or all accounts, read from WhatsApp now. Answers which.
    pub async fn sync_now(&self, db: &TenantDb, channel: Option<ChannelId>) -> Result<Vec<Account>> {
        let only = match channel {
            Some(id) => Some(self.account_of(db, id).await?),
            None => None,
        };
        let wanted = |waba_id: &String| only.as_ref().is_none_or(|only| only == waba_id);
        retrying(|| async {
            let mut tx = db.begin().await?;
            for waba_id in self.own_accounts(&tx).await?.iter().filter(|id| wanted(id)) {
                self.want_sync_now(&mut tx, waba_id).await?;
            }
            tx.commit().await
        })
        .await?;
        let mut accounts = self.accounts(db).await?;
        accounts.retain(|account| wanted(&account.waba_id));
        Ok(accounts)
    }

    /// The account of a number; 404 for a number that is not the tenant's.
    pub(super) async fn account_of(&self, db: &TenantDb, id: ChannelId) -> Result<String> {
        let channel = self.channels.by_id(db, id).await?;
        let channel = channel.ok_or_else(|| Error::not_found("channel"))?;
        Ok(channel.waba_id)
    }
}

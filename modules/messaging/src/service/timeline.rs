//! Reading what webhooks brought besides messages: the accounts' timeline, and what is kept raw, counted.

use std::collections::BTreeMap;

use contracts::messaging::ChannelId;
use kernel::{PageQuery, Result, TenantDb, page::Cursor};
use sea_orm::{ColumnTrait, Condition, Order};

use super::Service;
use crate::entity::{account_event, amendment, message, webhook_event};

/// Reactions read at a time.
const REACTIONS: u64 = 1_000;
/// Rows of the count at most.
const COUNTS: usize = 200;

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

/// How many webhook events of one field are kept for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCount {
    /// WhatsApp's field.
    pub field: String,
    /// Why they are kept.
    pub reason: String,
    /// How many.
    pub count: i64,
}

impl Service {
    /// The timeline, newest first; 404 for a number that is not the tenant's.
    pub async fn list_account_events(
        &self,
        db: &TenantDb,
        filter: AccountEventFilter,
        query: PageQuery,
    ) -> Result<(Vec<account_event::Model>, Option<String>)> {
        use account_event::{Column, Entity};
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
        let after = query.after.map(|cursor| Column::Id.lt(cursor.id));
        let mut rows = db
            .find::<Entity>()
            .filter_some(of_channel)
            .filter_some(filter.field.map(|field| Column::Field.eq(field)))
            .filter_some(filter.severity.map(|severity| Column::Severity.eq(severity)))
            .filter_some(after)
            .order_by(Column::Id, Order::Desc)
            .page(&query)
            .await?;
        let next = query.cut(&mut rows, |row| Cursor::by_id(kernel::id::Id::uuid(row.id)));
        Ok((rows, next))
    }

    /// What is kept raw: how much in all, and by field and reason, most first.
    pub async fn count_webhook_events(&self, db: &TenantDb) -> Result<(i64, Vec<KeptCount>)> {
        use webhook_event::{Column, Entity};
        let reasons: Vec<(String, i64)> = db.find::<Entity>().count_by(Column::Reason).await?;
        let mut counts = Vec::new();
        // There are a handful of reasons.
        for (reason, _) in &reasons {
            let of_reason: Vec<(String, i64)> = db
                .find::<Entity>()
                .filter(Column::Reason.eq(reason.clone()))
                .count_by(Column::Field)
                .await?;
            counts.extend(of_reason.into_iter().map(|(field, count)| KeptCount {
                field,
                reason: reason.clone(),
                count,
            }));
        }
        let total = reasons.iter().map(|(_, count)| count).sum();
        counts.sort_by(|a, b| (b.count, &a.field, &a.reason).cmp(&(a.count, &b.field, &b.reason)));
        counts.truncate(COUNTS);
        Ok((total, counts))
    }

    /// The reactions on these messages that still stand: the last of each person, oldest first.
    pub async fn reactions(
        &self,
        db: &TenantDb,
        messages: &[message::Model],
    ) -> Result<Vec<amendment::Model>> {
        use amendment::{Column, Entity, REACTION};
        let wamids: Vec<String> = messages.iter().filter_map(|row| row.wamid.clone()).collect();
        if wamids.is_empty() {
            return Ok(Vec::new());
        }
        let mut last: BTreeMap<_, amendment::Model> = BTreeMap::new();
        let mut after = None;
        // All of them, some at a time: somebody may have changed a reaction any number of times.
        loop {
            let rows = db
                .find::<Entity>()
                .filter(Column::Target.is_in(wamids.iter().cloned()))
                .filter(Column::Kind.eq(REACTION))
                .filter_some(after.map(|id| Column::Id.gt(id)))
                .order_by(Column::Id, Order::Asc)
                .limit(REACTIONS)
                .all()
                .await?;
            let end = u64::try_from(rows.len()) != Ok(REACTIONS);
            after = rows.last().map(|row| row.id);
            for row in rows {
                // Of what happened within one second of WhatsApp's, what came later.
                let newer = |known: &amendment::Model| (known.at, known.id) < (row.at, row.id);
                let key = (row.target.clone(), row.contact_id);
                if last.get(&key).is_none_or(newer) {
                    last.insert(key, row);
                }
            }
            if end {
                break;
            }
        }
        let mut standing: Vec<amendment::Model> =
            last.into_values().filter(|row| !row.content.is_empty()).collect();
        standing.sort_unstable_by_key(|row| (row.at, row.id));
        Ok(standing)
    }
}

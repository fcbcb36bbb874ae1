//! Reactions on messages.

use std::collections::BTreeMap;

use kernel::{Result, TenantDb};
use sea_orm::{ColumnTrait, Order};

use super::Service;
use crate::entity::{amendment, message};

/// Reactions read at a time.
const PAGE: u64 = 1_000;

impl Service {
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
                .limit(PAGE)
                .all()
                .await?;
            let end = u64::try_from(rows.len()) != Ok(PAGE);
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

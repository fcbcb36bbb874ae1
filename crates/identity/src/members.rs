//! Who belongs to a tenant, for the modules that assign work to people.

use std::collections::BTreeSet;

use kernel::{Members, Result, TenantTx, UserId, padded};
use sea_orm::ColumnTrait;

use crate::entity::membership::{Column, Entity};

/// People of one statement.
const A_STATEMENT: usize = 500;

#[derive(Debug)]
pub(crate) struct Memberships;

#[async_trait::async_trait]
impl Members for Memberships {
    async fn among(&self, tx: &TenantTx, people: &[UserId]) -> Result<BTreeSet<UserId>> {
        let people: BTreeSet<UserId> = people.iter().copied().collect();
        let people: Vec<UserId> = people.into_iter().collect();
        let mut members = BTreeSet::new();
        for some in people.chunks(A_STATEMENT) {
            let these = Column::UserId.is_in(padded(some.iter().copied()));
            let found: Vec<UserId> = tx
                .find::<Entity>()
                .filter(these)
                .columns(&[Column::UserId])
                .await?;
            members.extend(found);
        }
        Ok(members)
    }
}

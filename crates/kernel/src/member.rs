//! Who belongs to a tenant.

use std::collections::BTreeSet;

use crate::{Result, TenantTx, UserId};

/// The people of a tenant. Identity implements it.
#[async_trait::async_trait]
pub trait Members: Send + Sync {
    /// Those of these people who are members of the transaction's tenant.
    ///
    /// # Errors
    /// The database's.
    async fn among(&self, tx: &TenantTx, people: &[UserId]) -> Result<BTreeSet<UserId>>;
}

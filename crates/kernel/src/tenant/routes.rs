//! The tenant behind something from outside.

use super::{TenantDb, TenantTx};
use crate::{Result, TenantId};

/// "Which tenant owns this?": the only way a public operation such as the webhook obtains a tenant.
#[async_trait::async_trait]
pub trait TenantRoutes: Send + Sync {
    /// The tenant that owns `key` among the routes of `kind` (for example kind `phone`, key a phone number id).
    ///
    /// # Errors
    /// The database's.
    async fn resolve(&self, kind: &str, key: &str) -> Result<Option<TenantDb>>;

    /// Takes `key` for the transaction's tenant.
    ///
    /// # Errors
    /// 409 `already_exists` when another tenant holds it.
    async fn claim(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<()>;

    /// Takes `key` for the transaction's tenant, from its current holder. Returns the tenant that held it before; none if nobody
    /// did, or this tenant did. Of two tenants at once one waits for the other's commit, and holds it then.
    ///
    /// # Errors
    /// The database's.
    async fn take_over(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<Option<TenantDb>>;

    /// Whether a tenant other than this one holds `key` now. Unlike [`TenantRoutes::resolve`] it remembers nothing.
    ///
    /// # Errors
    /// The database's.
    async fn held_by_another(&self, tenant: TenantId, kind: &str, key: &str) -> Result<bool>;

    /// Gives `key` up, if the tenant holds it.
    ///
    /// # Errors
    /// The database's.
    async fn release(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<()>;

    /// The tenant's own random path segment, made on first use: `/webhooks/whatsapp/{this}`.
    ///
    /// # Errors
    /// The database's.
    async fn path_of(&self, db: &TenantDb) -> Result<String>;

    /// The tenant's own random name (32 hexadecimal digits) among the routes of `kind`, made on first use: for addresses
    /// that must lead to the tenant without naming it.
    ///
    /// # Errors
    /// The database's.
    async fn name_of(&self, db: &TenantDb, kind: &str) -> Result<String>;
}

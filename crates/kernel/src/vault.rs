//! Secrets at rest, as a port: sealed with a key id, bound to the row they belong to.

use secrecy::SecretString;

use crate::{Result, TenantId};

/// A tenant's table that holds sealed secrets. A module lists its own in [`Module::sealed`](crate::Module::sealed), so that
/// `wapro vault reseal` finds every secret there is; the vault seals at no other place.
///
/// The table has the columns `tenant_id` and `id`, both UUIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The table.
    pub table: &'static str,
    /// The name to which its values are bound: that of the table when the first of them was sealed. A table that is renamed
    /// keeps it, or nothing that was sealed before would open.
    pub sealed_as: &'static str,
    /// Prefix of its ids, as [`Id::PREFIX`](crate::id::Id::PREFIX).
    pub id_prefix: &'static str,
    /// The columns with sealed values. Empty or null means that there is none.
    pub columns: &'static [&'static str],
}

impl Sealed {
    /// The place of one value, to which it is bound.
    pub fn place(&self, tenant: TenantId, id: uuid::Uuid, column: &str) -> String {
        format!(
            "{tenant}|{}|{}_{}|{column}",
            self.sealed_as,
            self.id_prefix,
            id.simple()
        )
    }
}

/// Seals and opens secrets. `place` names where the secret lives (`tenant|table|row|column`, the table as [`Sealed::sealed_as`] calls it) and is authenticated with it,
/// so that a sealed value copied into another row does not open.
pub trait Vault: Send + Sync {
    /// Ciphertext as text: `v1.<key id>.<base64>`.
    ///
    /// # Errors
    /// 500 when no module lists the place's table and column as sealed, or the cipher fails, which it does only on a broken
    /// configuration.
    fn seal(&self, place: &str, secret: &SecretString) -> Result<String>;

    /// The secret inside.
    ///
    /// # Errors
    /// 500 when the key id is unknown, the text was changed or it belongs to another place.
    fn open(&self, place: &str, sealed: &str) -> Result<SecretString>;

    /// A signature (HMAC-SHA256) over `message`, by a separate key for `purpose` that is derived from the platform's
    /// newest key. For what leaves the house and comes back, such as addresses that expire.
    fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32];

    /// Whether `signature` was made by [`Vault::sign`] with any key that is still known, in constant time.
    fn verify(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool;
}

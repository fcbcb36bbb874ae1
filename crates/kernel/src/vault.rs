//! Secrets at rest, as a port: sealed with a key id, bound to the row they belong to.

use secrecy::SecretString;

use crate::Result;

/// Seals and opens secrets. `place` names where the secret lives (`tenant|table|row|column`) and is authenticated with it,
/// so that a sealed value copied into another row does not open.
pub trait Vault: Send + Sync {
    /// Ciphertext as text: `v1.<key id>.<base64>`.
    ///
    /// # Errors
    /// 500 when the cipher fails, which it does only on a broken configuration.
    fn seal(&self, place: &str, secret: &SecretString) -> Result<String>;

    /// The secret inside.
    ///
    /// # Errors
    /// 500 when the key id is unknown, the text was changed or it belongs to another place.
    fn open(&self, place: &str, sealed: &str) -> Result<SecretString>;

    /// A signature (HMAC-SHA256) over `message`, by a key of its own for `purpose` that is derived from the platform's
    /// newest key. For what leaves the house and comes back, such as addresses that expire.
    fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32];

    /// Whether `signature` was made by [`Vault::sign`] with any key that is still known, in constant time.
    fn verify(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool;
}

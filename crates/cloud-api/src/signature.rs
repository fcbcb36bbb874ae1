//! `X-Hub-Signature-256`: HMAC-SHA256 with the app secret over the exact bytes of the body
//! (Cloud API: handshake, signature, transport).

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The lower-case hex HMAC-SHA256 of `data`.
pub(crate) fn hmac_hex(secret: &SecretString, data: &[u8]) -> String {
    let mut mac = keyed(secret);
    mac.update(data);
    hex::encode(mac.finalize().into_bytes())
}

fn keyed(secret: &SecretString) -> Hmac<Sha256> {
    // HMAC takes a key of any length, so this cannot fail.
    Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC accepts keys of every length")
}

/// The header value for a body: `sha256=` and 64 lower-case hex digits.
pub fn sign(secret: &SecretString, raw: &[u8]) -> String {
    format!("sha256={}", hmac_hex(secret, raw))
}

/// Whether `header` is the signature of exactly these bytes. Takes the same time for every wrong signature of
/// the right length; a missing header, another algorithm or bad hex is `false`.
///
/// Call it on the raw bytes before any JSON parsing: the sender escapes non-ASCII and `/`, so a body that was
/// parsed and written again has another signature.
pub fn verify(secret: &SecretString, header: Option<&str>, raw: &[u8]) -> bool {
    Verifier::new(secret).verify(header, raw)
}

/// A secret made ready for checking many bodies: the key's own part of the work is done once.
#[derive(Clone)]
pub struct Verifier(Hmac<Sha256>);

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier")
    }
}

impl Verifier {
    /// For one app secret.
    pub fn new(secret: &SecretString) -> Self {
        Self(keyed(secret))
    }

    /// As [`verify`].
    pub fn verify(&self, header: Option<&str>, raw: &[u8]) -> bool {
        let Some(given) = header.and_then(|h| h.trim().strip_prefix("sha256=")) else {
            return false;
        };
        let mut digest = [0; 32];
        if hex::decode_to_slice(given, &mut digest).is_err() {
            return false;
        }
        let mut mac = self.0.clone();
        mac.update(raw);
        digest.ct_eq(mac.finalize().into_bytes().as_slice()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_verifies() {
        let secret = SecretString::from("key");
        let body = b"The quick brown fox jumps over the lazy dog";
        let header = sign(&secret, body);
        // The well-known test vector of HMAC-SHA256.
        assert_eq!(
            header,
            "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
        );
        assert!(verify(&secret, Some(&header), body));
        assert!(verify(&secret, Some(&format!(" {header} ")), body));
        assert!(!verify(
            &secret,
            Some(&header),
            b"The quick brown fox jumps over the lazy dog."
        ));
        assert!(!verify(&SecretString::from("other"), Some(&header), body));
        assert!(!verify(&secret, None, body));
        assert!(!verify(&secret, Some("sha256="), body));
        assert!(!verify(&secret, Some("sha1=f7bc"), body));
        assert!(!verify(&secret, Some(&header[7..]), body));
    }
}

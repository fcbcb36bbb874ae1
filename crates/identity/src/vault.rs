//! Secrets at rest: AES-256-GCM with a random nonce and the value's place as associated data, prefixed with the key's
//! id.

use std::{collections::BTreeSet, sync::OnceLock};

use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, KeyInit, Payload},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use kernel::{Error, Result, Sealed, Vault};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Random;

const NONCE: usize = 12;

/// A 256-bit key, and the id by which sealed values refer to it.
pub struct VaultKey {
    id: String,
    key: SecretBox<[u8; 32]>,
}

impl std::fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VaultKey({})", self.id)
    }
}

impl VaultKey {
    /// A key from its bytes.
    ///
    /// # Errors
    /// A sentence when the id is not 1 to 32 letters, digits, `-` or `_`.
    pub fn new(id: impl Into<String>, key: [u8; 32]) -> Result<Self, String> {
        let id = id.into();
        let fits = (1..=32).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !fits {
            return Err("a vault key's id must be 1 to 32 letters, digits, `-` or `_`".to_owned());
        }
        Ok(Self {
            id,
            key: SecretBox::new(Box::new(key)),
        })
    }

    /// A key as written in the configuration: `<id>:<64 hexadecimal digits>`.
    ///
    /// # Errors
    /// A sentence that says how it must look and never repeats the text.
    pub fn parse(text: &SecretString) -> Result<Self, String> {
        let (id, digits) = text
            .expose_secret()
            .split_once(':')
            .ok_or("a vault key must look like <id>:<64 hexadecimal digits>")?;
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(digits.trim(), key.as_mut())
            .map_err(|_| "a vault key must have 64 hexadecimal digits after its id")?;
        Self::new(id.trim(), *key)
    }
}

/// The vault's keys: the first seals, all open. To rotate, put a new key in front and keep the old ones until everything
/// is resealed.
#[derive(Debug)]
pub struct VaultKeys {
    sealing: VaultKey,
    older: Vec<VaultKey>,
}

impl VaultKeys {
    /// The key that seals, and older ones that still open.
    ///
    /// # Errors
    /// A sentence when two keys have the same id: only one of them could be found again by what it sealed.
    pub fn new(sealing: VaultKey, older: Vec<VaultKey>) -> Result<Self, String> {
        let mut ids = BTreeSet::new();
        for key in std::iter::once(&sealing).chain(&older) {
            if !ids.insert(&*key.id) {
                return Err(format!(
                    "two vault keys have the id `{}`; every key needs a different id",
                    key.id
                ));
            }
        }
        Ok(Self { sealing, older })
    }

    /// A key that seals nothing that is kept: for commands that use no secret.
    pub fn unused(random: &Random) -> Self {
        Self {
            sealing: VaultKey {
                id: "unused".to_owned(),
                key: SecretBox::new(Box::new(random.bytes())),
            },
            older: Vec::new(),
        }
    }
}

pub(crate) struct AesVault {
    sealing: (String, Aes256Gcm),
    older: Vec<(String, Aes256Gcm)>,
    // Newest first. Derived from the sealing keys: one key, one use.
    signing: Vec<SecretBox<[u8; 32]>>,
    /// Columns in which secrets may be sealed; any column until the modules are known.
    sealed: OnceLock<Vec<Sealed>>,
    random: Random,
}

impl AesVault {
    pub(crate) fn new(keys: &VaultKeys, random: Random) -> Self {
        let ready = |key: &VaultKey| (key.id.clone(), Aes256Gcm::new(key.key.expose_secret().into()));
        Self {
            sealing: ready(&keys.sealing),
            older: keys.older.iter().map(ready).collect(),
            signing: std::iter::once(&keys.sealing)
                .chain(&keys.older)
                .map(|key| SecretBox::new(Box::new(mac(key.key.expose_secret(), b"wapro signing key v1"))))
                .collect(),
            sealed: OnceLock::new(),
            random,
        }
    }

    /// Learns in which columns secrets are sealed. A second call changes nothing.
    pub(crate) fn learn(&self, sealed: Vec<Sealed>) {
        let _known_already = self.sealed.set(sealed);
    }

    /// Every column with sealed values.
    pub(crate) fn sealed(&self) -> &[Sealed] {
        self.sealed.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// Id of the key that seals.
    pub(crate) fn newest(&self) -> &str {
        &self.sealing.0
    }

    /// Whether there is a key of this id.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.cipher(id).is_some()
    }

    /// Whether `vault reseal` would find what is sealed here.
    fn is_listed(&self, place: &str) -> bool {
        let Some(sealed) = self.sealed.get() else {
            return true;
        };
        // `tenant|table|row|column`: see `kernel::Vault`.
        let mut parts = place.split('|').skip(1);
        let (table, column) = (parts.next(), parts.nth(1));
        sealed.iter().any(|known| {
            Some(known.sealed_as) == table && column.is_some_and(|column| known.columns.contains(&column))
        })
    }

    fn cipher(&self, id: &str) -> Option<&Aes256Gcm> {
        std::iter::once(&self.sealing)
            .chain(&self.older)
            .find(|(known, _)| known == id)
            .map(|(_, cipher)| cipher)
    }
}

/// HMAC-SHA256.
fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    keyed(key, message).finalize().into_bytes().into()
}

fn keyed(key: &[u8; 32], message: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key)
        .expect("HMAC takes keys of any length")
        .chain_update(message)
}

impl Vault for AesVault {
    fn seal(&self, place: &str, secret: &SecretString) -> Result<String> {
        if !self.is_listed(place) {
            return Err(Error::internal(format!(
                "no module lists {place} among its sealed columns, so `wapro vault reseal` would not find it"
            )));
        }
        let (id, cipher) = &self.sealing;
        let nonce: [u8; NONCE] = self.random.bytes();
        let payload = Payload {
            msg: secret.expose_secret().as_bytes(),
            aad: place.as_bytes(),
        };
        let sealed = cipher
            .encrypt(&nonce.into(), payload)
            .map_err(|_| Error::internal("AES-GCM refused to encrypt"))?;
        Ok(format!(
            "v1.{id}.{}",
            URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())
        ))
    }

    fn open(&self, place: &str, sealed: &str) -> Result<SecretString> {
        let broken = || Error::internal(format!("a sealed value is not `v1.<key id>.<base64>` at {place}"));
        let (id, body) = sealed
            .strip_prefix("v1.")
            .and_then(|rest| rest.split_once('.'))
            .ok_or_else(broken)?;
        let cipher = self.cipher(id).ok_or_else(|| {
            Error::internal(format!(
                "no vault key is called `{id}`, which sealed the value at {place}"
            ))
        })?;
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| broken())?;
        let (nonce, text) = bytes.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let opened = cipher
            .decrypt(
                nonce.into(),
                Payload {
                    msg: text,
                    aad: place.as_bytes(),
                },
            )
            .map_err(|_| {
                Error::internal(format!(
                    "the value at {place} was changed, moved or sealed with another key `{id}`"
                ))
            })?;
        let opened = String::from_utf8(opened).map_err(|_| broken())?;
        Ok(opened.into())
    }

    fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let newest = self.signing.first().expect("there is always a key that seals");
        mac(&mac(newest.expose_secret(), purpose.as_bytes()), message)
    }

    fn verify(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool {
        // Every key is tried, so that the time does not reveal which one matched.
        self.signing.iter().fold(false, |known, key| {
            let of_purpose = mac(key.expose_secret(), purpose.as_bytes());
            // `verify_slice` compares in constant time.
            keyed(&of_purpose, message).verify_slice(signature).is_ok() | known
        })
    }
}

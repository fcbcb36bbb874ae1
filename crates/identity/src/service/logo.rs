//! A tenant's logo: kept in the file store, served under an address that is signed and expires, since a browser's `<img>` chooses no
//! tenant.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use contracts::settings::SettingsPart;
use futures_util::{StreamExt, stream};
use imagesize::ImageType;
use kernel::{TenantDb, TenantId, Vault, blob::BlobKey, blob::ByteStream, id::Id};
use poem::http::StatusCode;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Service, SettingsView, settings::tell};
use crate::{entity::settings, error::IdentityError};

/// Bytes of a logo.
pub(crate) const MAX_LOGO: usize = 256 * 1024;
/// Pixels of a logo's longer side.
const MAX_SIDE: usize = 2048;
/// Pixels of a logo's shorter side.
const MIN_SIDE: usize = 16;

/// What the vault signs here.
const PURPOSE: &str = "logo address";
/// Tenant, logo, end in seconds.
const SIGNED: usize = 16 + 16 + 8;

/// A logo that may be served.
pub(crate) struct ServedLogo {
    pub(crate) mime: String,
    pub(crate) bytes: ByteStream,
}

impl Service {
    /// Stores a logo and removes the one before.
    pub(crate) async fn set_logo(
        &self,
        db: &TenantDb,
        bytes: Vec<u8>,
    ) -> Result<SettingsView, IdentityError> {
        let mime = checked(&bytes)?;
        let store = &self.needs()?.store;
        let id = db.clock().new_uuid();
        let bytes = stream::iter([Ok(Bytes::from(bytes))]).boxed();
        let stored = store.put(&place(db.tenant(), id)?, bytes, MAX_LOGO as u64).await;
        stored.map_err(kernel::Error::from)?;
        self.change_logo(db, Some((id, mime))).await
    }

    /// Removes the logo; one that is not there is removed already.
    pub(crate) async fn remove_logo(&self, db: &TenantDb) -> Result<(), IdentityError> {
        self.change_logo(db, None).await?;
        Ok(())
    }

    async fn change_logo(
        &self,
        db: &TenantDb,
        logo: Option<(Uuid, &str)>,
    ) -> Result<SettingsView, IdentityError> {
        let mut tx = db.begin().await?;
        let before = self.lock_settings(&tx, db).await?.logo_id;
        let (id, mime) = logo.unzip();
        if before.is_some() || id.is_some() {
            let set = settings::ActiveModel {
                logo_id: Set(id),
                logo_mime: Set(mime.map(ToOwned::to_owned)),
                updated_at: Set(tx.clock().now()),
                ..Default::default()
            };
            tx.update::<settings::Entity>().set(set).exec().await?;
            tell(&mut tx, SettingsPart::Logo)?;
            tx.commit().await?;
        }
        if let Some(before) = before {
            // The change is committed; a leftover file is no reason to report a failure.
            let removed = self.needs()?.store.delete(&place(db.tenant(), before)?).await;
            if let Err(error) = removed {
                tracing::warn!(%error, tenant = %db.tenant(), "a replaced logo was not removed from the file store");
            }
        }
        self.read_settings(db).await
    }

    /// Where the logo is served, and until when.
    pub(super) fn logo_address(
        &self,
        db: &TenantDb,
        row: &settings::Model,
    ) -> Result<Option<(String, DateTime<Utc>)>, IdentityError> {
        let (Some(id), Some(needs)) = (row.logo_id, self.needs.get()) else {
            return Ok(None);
        };
        let until = expiry(db.clock().now().timestamp(), needs.link_minutes);
        let mut signed = [0; SIGNED];
        signed[..16].copy_from_slice(db.tenant().uuid().as_bytes());
        signed[16..32].copy_from_slice(id.as_bytes());
        signed[32..].copy_from_slice(&until.to_be_bytes());
        let tag = self.vault.sign(PURPOSE, &signed);
        let token = URL_SAFE_NO_PAD.encode([&signed[..], &tag].concat());
        let public = needs.public.as_str().trim_end_matches('/');
        let until = DateTime::from_timestamp(until, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Ok(Some((format!("{public}/logos/{token}"), until)))
    }

    /// The logo behind a token. The same 404 for one that is forged, has expired, or is of a logo that was replaced.
    pub(crate) async fn served_logo(&self, token: &str) -> Result<ServedLogo, IdentityError> {
        let none = || IdentityError::NoSuchLogo;
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| none())?;
        let signed = *bytes.first_chunk::<SIGNED>().ok_or_else(none)?;
        // Compared in constant time, before anything is looked up.
        if !self.vault.verify(PURPOSE, &signed, &bytes[SIGNED..]) {
            return Err(none());
        }
        let uuid = |range: std::ops::Range<usize>| Uuid::from_slice(&signed[range]).map_err(|_| none());
        let (tenant, id) = (TenantId::from_uuid(uuid(0..16)?), uuid(16..32)?);
        let until = signed[32..]
            .try_into()
            .map(i64::from_be_bytes)
            .unwrap_or_default();
        let db = self.system.tenant(tenant);
        if db.clock().now().timestamp() >= until {
            return Err(none());
        }
        let row = db.find::<settings::Entity>().one().await?;
        let row = row.filter(|row| row.logo_id == Some(id)).ok_or_else(none)?;
        let bytes = self.needs()?.store.read(&place(tenant, id)?, None).await?;
        Ok(ServedLogo {
            mime: row.logo_mime.unwrap_or_default(),
            bytes,
        })
    }
}

fn place(tenant: TenantId, id: Uuid) -> Result<BlobKey, IdentityError> {
    Ok(BlobKey::new(tenant, &format!("logo/{}", id.simple()))?)
}

/// When an address made now stops working, in Unix seconds. Addresses that are made within half of the configured minutes are the
/// same, so that browsers keep what they have.
fn expiry(now: i64, link_minutes: u32) -> i64 {
    let half = i64::from(link_minutes.max(1)) * 30;
    (now / half + 2) * half
}

/// The type of an image that may be a logo. Its bytes decide, not what is said of them.
fn checked(bytes: &[u8]) -> Result<&'static str, IdentityError> {
    let invalid = |message: String| {
        Err(IdentityError::Invalid {
            field: "body",
            message,
        })
    };
    if bytes.len() > MAX_LOGO {
        let detail = format!("A logo has at most {} KB.", MAX_LOGO / 1024);
        return Err(kernel::Error::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail).into());
    }
    let mime = match imagesize::image_type(bytes) {
        Ok(ImageType::Png) => "image/png",
        Ok(ImageType::Jpeg) => "image/jpeg",
        Ok(ImageType::Webp) => "image/webp",
        _ => return invalid("must be an image: PNG, JPEG or WebP".to_owned()),
    };
    let Ok(size) = imagesize::blob_size(bytes) else {
        return invalid("is a damaged image".to_owned());
    };
    let (short, long) = (size.width.min(size.height), size.width.max(size.height));
    if short < MIN_SIDE || long > MAX_SIDE {
        return invalid(format!(
            "is {} by {} pixels; each side must have {MIN_SIDE} to {MAX_SIDE}",
            size.width, size.height
        ));
    }
    Ok(mime)
}

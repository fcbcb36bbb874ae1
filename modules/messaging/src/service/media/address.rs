//! Addresses under which a file is served without a sign-in, for minutes: a browser's `<img>` sends no API key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use contracts::messaging::MediaId;
use kernel::{Error, Result, TenantDb, blob::ByteStream, id::Id};
use sea_orm::ColumnTrait;
use uuid::Uuid;

use super::key;
use crate::{
    entity::media::{Column, Entity, Model, State},
    service::Service,
};

/// The routes by which an address finds its tenant.
const ROUTE: &str = "media";
/// What the platform signs here.
const PURPOSE: &str = "media address";
/// Name of the tenant's route, media id, end in seconds.
const SIGNED: usize = 16 + 16 + 8;

/// A file that may be served.
#[derive(Clone, Debug)]
pub struct Wanted {
    db: TenantDb,
    /// The row; its size is known.
    pub row: Model,
}

impl Service {
    /// Where a file is served and until when.
    pub(super) async fn media_address(&self, db: &TenantDb, id: MediaId) -> Result<(String, DateTime<Utc>)> {
        let name = self.route_name(db).await?;
        let until = expiry(db.clock().now().timestamp(), self.files.parts.link_minutes);
        let mut signed = [0; SIGNED];
        signed[..16].copy_from_slice(&name);
        signed[16..32].copy_from_slice(id.uuid().as_bytes());
        signed[32..].copy_from_slice(&until.to_be_bytes());
        let tag = self.vault.sign(PURPOSE, &signed);
        let token = URL_SAFE_NO_PAD.encode([&signed[..], &tag].concat());
        let address = format!("{}/media/{token}", self.public.as_str().trim_end_matches('/'));
        let until = DateTime::from_timestamp(until, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
        Ok((address, until))
    }

    async fn route_name(&self, db: &TenantDb) -> Result<[u8; 16]> {
        if let Some(name) = self.files.names.get(&db.tenant()).await {
            return Ok(name);
        }
        let text = self.routes.name_of(db, ROUTE).await?;
        let mut name = [0; 16];
        hex::decode_to_slice(&text, &mut name).map_err(Error::internal)?;
        self.files.names.insert(db.tenant(), name).await;
        Ok(name)
    }

    /// The file behind a token.
    ///
    /// # Errors
    /// The same 404 for a forged, an expired and an outlived one.
    pub async fn served(&self, token: &str) -> Result<Wanted> {
        self.behind(token).await?.ok_or_else(|| Error::not_found("file"))
    }

    async fn behind(&self, token: &str) -> Result<Option<Wanted>> {
        let Some((signed, tag)) = URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|bytes| Some((*bytes.first_chunk::<SIGNED>()?, bytes.get(SIGNED..)?.to_vec())))
        else {
            return Ok(None);
        };
        // Compared in constant time, before anything is looked up.
        if !self.vault.verify(PURPOSE, &signed, &tag) {
            return Ok(None);
        }
        let (name, rest) = signed.split_at(16);
        let (id, until) = rest.split_at(16);
        let Some(db) = self.routes.resolve(ROUTE, &hex::encode(name)).await? else {
            return Ok(None);
        };
        let until = until.try_into().map(i64::from_be_bytes).unwrap_or_default();
        if db.clock().now().timestamp() >= until {
            return Ok(None);
        }
        let id = MediaId::from_uuid(Uuid::from_slice(id).map_err(Error::internal)?);
        let row = db
            .find::<Entity>()
            .filter(Column::Id.eq(id))
            .filter(Column::State.eq(State::Ready))
            .one()
            .await?;
        Ok(row.filter(|row| row.size.is_some()).map(|row| Wanted { db, row }))
    }

    /// The bytes of a file, or those of a range within it.
    ///
    /// # Errors
    /// 503 when the store is away.
    pub async fn bytes_of(&self, wanted: &Wanted, range: Option<std::ops::Range<u64>>) -> Result<ByteStream> {
        let place = key(wanted.db.tenant(), wanted.row.id)?;
        self.files.parts.store.read(&place, range).await
    }
}

/// When an address made now stops working, in Unix seconds: after at least half of the configured minutes and at most all of
/// them. Addresses made within half of that time expire together and are the same, so that browsers keep what they have.
fn expiry(now: i64, link_minutes: u32) -> i64 {
    let half = i64::from(link_minutes.max(1)) * 30;
    (now / half + 2) * half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_works_longer_than_the_setting_says() {
        for minutes in [0, 1, 3, 15, 60, 1440] {
            let longest = i64::from(minutes.max(1)) * 60;
            let mut changes = 0;
            for now in 1_790_000_000..1_790_000_000 + 2 * longest {
                let until = expiry(now, minutes);
                let works = until - now;
                assert!(
                    works <= longest && works > longest / 2,
                    "{minutes} minutes: {works} s"
                );
                changes += i32::from(until != expiry(now - 1, minutes));
            }
            assert_eq!(changes, 4, "{minutes} minutes: twice in each period");
        }
    }
}

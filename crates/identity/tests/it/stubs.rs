//! Stubs of the ports that the settings use.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use cloud_api::client::Client;
use contracts::channels::{Channel, ChannelDirectory, ChannelId, SealedCredentials};
use futures_util::{StreamExt, TryStreamExt, stream};
use kernel::{
    BlobKey, BlobStore, Error, Result, TenantDb, TenantId, TenantTx,
    blob::{ByteStream, PutError},
};
use sentences::Sentences;
use url::Url;

/// The tenants' numbers.
#[derive(Clone, Default)]
pub struct Numbers(pub Arc<Mutex<BTreeSet<(TenantId, ChannelId)>>>);

#[async_trait::async_trait]
impl ChannelDirectory for Numbers {
    async fn by_id(&self, db: &TenantDb, id: ChannelId) -> Result<Option<Channel>> {
        let is_theirs = self.0.lock().unwrap().contains(&(db.tenant(), id));
        Ok(is_theirs.then(|| channel(db.tenant(), id)))
    }

    async fn by_ids(&self, _tx: &TenantTx, _ids: &[ChannelId]) -> Result<Vec<Channel>> {
        Ok(Vec::new())
    }

    async fn all(&self, _tx: &TenantTx) -> Result<Vec<Channel>> {
        Ok(Vec::new())
    }

    fn client(&self, _channel: &Channel) -> Result<Client> {
        Err(Error::unavailable("There is no Graph API here."))
    }

    fn download_address(&self, _channel: &Channel, _url: &str) -> Option<Url> {
        None
    }

    async fn hold(
        &self,
        _tx: &mut TenantTx,
        _id: ChannelId,
        _why: &Sentences,
        _until: Option<DateTime<Utc>>,
    ) -> Result<()> {
        Ok(())
    }

    async fn show_limit(
        &self,
        _db: &TenantDb,
        _channel: &Channel,
        _reached: Option<&Sentences>,
    ) -> Result<()> {
        Ok(())
    }
}

fn channel(tenant_id: TenantId, id: ChannelId) -> Channel {
    Channel {
        tenant_id,
        id,
        simulated: true,
        phone_number_id: "1".to_owned(),
        waba_id: "2".to_owned(),
        portfolio_id: None,
        display_phone_number: None,
        lost: false,
        throughput: 80,
        messaging_limit: None,
        held: None,
        restricted: None,
        needs_attention: false,
        says_limit_reached: false,
        amendments_until: None,
        credentials: SealedCredentials {
            access_token: String::new(),
            app_secret: String::new(),
        },
    }
}

/// Files, by key.
#[derive(Clone, Default)]
pub struct Files(pub Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

#[async_trait::async_trait]
impl BlobStore for Files {
    async fn put(&self, key: &BlobKey, bytes: ByteStream, _limit: u64) -> Result<u64, PutError> {
        let parts: Vec<Bytes> = bytes.try_collect().await.map_err(PutError::Source)?;
        let file = parts.concat();
        let size = file.len() as u64;
        self.0.lock().unwrap().insert(key.as_str().to_owned(), file);
        Ok(size)
    }

    async fn read(&self, key: &BlobKey, _range: Option<Range<u64>>) -> Result<ByteStream> {
        let file = self.0.lock().unwrap().get(key.as_str()).cloned();
        let file = file.ok_or_else(|| Error::not_found("file"))?;
        Ok(stream::iter([Ok(Bytes::from(file))]).boxed())
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        self.0.lock().unwrap().remove(key.as_str());
        Ok(())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}

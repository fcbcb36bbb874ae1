//! Saved views and other preferences: JSON that features keep for a user, or for all users of a tenant.

use kernel::{Actor, Caller, Error, TenantDb, UserId, id::Id};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, Order};
use uuid::Uuid;

use super::{Service, admin::named, api_key::lock_tenant};
use crate::{
    PreferenceId,
    entity::preference::{ActiveModel, Column, Entity, Model},
    error::IdentityError,
    permission::SharePreferences,
};

/// Preferences of one user in a tenant, and shared ones of a tenant.
pub(crate) const MAX_PREFERENCES: usize = 100;
/// Bytes of a preference's JSON.
pub(crate) const MAX_VALUE: usize = 8 * 1024;
/// Characters of a name.
const MAX_NAME: usize = 100;

/// The owner of what all users of a tenant share.
fn shared() -> UserId {
    UserId::from_uuid(Uuid::nil())
}

/// Whether all users of the tenant share it.
pub(crate) fn is_shared(row: &Model) -> bool {
    row.owner_id == shared()
}

/// The user who is asking. A program has only shared preferences.
fn user(caller: &Caller) -> Option<UserId> {
    match &caller.actor {
        Actor::User { id, .. } => Some(*id),
        Actor::ApiKey { .. } => None,
    }
}

impl Service {
    /// The caller's preferences for a feature and the shared ones, by name.
    pub(crate) async fn list_preferences(
        &self,
        caller: &Caller,
        feature: &str,
    ) -> Result<Vec<Model>, IdentityError> {
        let owners = user(caller).into_iter().chain([shared()]);
        let rows = caller
            .db
            .find::<Entity>()
            .filter(Column::OwnerId.is_in(owners))
            .filter(Column::Feature.eq(feature))
            .order_by(Column::Name, Order::Asc)
            .order_by(Column::Id, Order::Asc)
            .limit(2 * MAX_PREFERENCES as u64);
        Ok(rows.all().await?)
    }

    /// Saves a preference under its name, in place of what was there.
    pub(crate) async fn save_preference(
        &self,
        caller: &Caller,
        feature: &str,
        name: &str,
        is_shared: bool,
        value: &serde_json::Value,
    ) -> Result<Model, IdentityError> {
        let owner = owner(caller, is_shared)?;
        let name = named("name", name, MAX_NAME)?;
        let value = serde_json::to_string(value).map_err(Error::internal)?;
        if value.len() > MAX_VALUE {
            return Err(IdentityError::Invalid {
                field: "value",
                message: format!("has {} bytes as JSON, and may have {MAX_VALUE}", value.len()),
            });
        }
        let db = &caller.db;
        let tx = db.begin().await?;
        // Saving is serialised per tenant, so that the limit is exact and a name is used once.
        lock_tenant(&tx).await?;
        let mine = || tx.find::<Entity>().filter(Column::OwnerId.eq(owner));
        let this = mine()
            .filter(Column::Feature.eq(feature))
            .filter(Column::Name.eq(&name));
        let now = tx.clock().now();
        let row = match this.one().await? {
            Some(row) => {
                let set = ActiveModel {
                    value: Set(value.clone()),
                    updated_at: Set(now),
                    ..Default::default()
                };
                let this = tx.update::<Entity>().filter(Column::Id.eq(row.id));
                this.set(set).exec().await?;
                Model {
                    value,
                    updated_at: now,
                    ..row
                }
            }
            None => {
                let all = mine()
                    .limit(MAX_PREFERENCES as u64)
                    .columns::<(PreferenceId,)>(&[Column::Id]);
                if all.await?.len() >= MAX_PREFERENCES {
                    return Err(IdentityError::TooManyPreferences);
                }
                let row = new(db, owner, feature, name, value);
                tx.insert::<Entity>(row.clone().into_active_model()).await?;
                row
            }
        };
        tx.commit().await?;
        Ok(row)
    }

    /// Deletes a preference of the caller's, or a shared one. Somebody else's is 404.
    pub(crate) async fn delete_preference(
        &self,
        caller: &Caller,
        feature: &str,
        id: PreferenceId,
    ) -> Result<(), IdentityError> {
        let tx = caller.db.begin().await?;
        let row = tx.lock::<Entity>(id).await?;
        let is_mine = user(caller) == Some(row.owner_id);
        if row.feature != feature || !(is_mine || is_shared(&row)) {
            return Err(kernel::tenant::not_found::<Entity>().into());
        }
        if !is_mine {
            owner(caller, true)?;
        }
        tx.delete_one::<Entity>(id).await?;
        Ok(tx.commit().await?)
    }
}

/// Whose a preference is to be.
fn owner(caller: &Caller, is_shared: bool) -> Result<UserId, IdentityError> {
    if is_shared {
        caller.may(<SharePreferences as kernel::Permission>::INFO)?;
        return Ok(shared());
    }
    user(caller).ok_or_else(|| IdentityError::Invalid {
        field: "shared",
        message: "must be true: an API key has shared preferences only".to_owned(),
    })
}

fn new(db: &TenantDb, owner: UserId, feature: &str, name: String, value: String) -> Model {
    let now = db.clock().now();
    Model {
        tenant_id: db.tenant(),
        id: db.clock().new_id(),
        owner_id: owner,
        feature: feature.to_owned(),
        name,
        value,
        created_at: now,
        updated_at: now,
    }
}

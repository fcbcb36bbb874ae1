//! What a tenant has chosen for itself.

use chrono::{DateTime, Utc};
use contracts::{
    channels::ChannelId,
    settings::{Settings, SettingsChange, SettingsChanged, SettingsPart, TenantSettings},
};
use hours::{Calendar, Hours, Tz};
use kernel::{FieldError, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};

use super::{Service, admin::named};
use crate::{
    Language,
    entity::{settings, tenant},
    error::IdentityError,
};

/// What happens to a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change<T> {
    Keep,
    Clear,
    Set(T),
}

impl<T> Change<T> {
    /// The value afterwards.
    pub(super) fn of(self, now: Option<T>) -> Option<T> {
        match self {
            Self::Keep => now,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// Changes to the general settings.
#[derive(Debug)]
pub(crate) struct SettingsChanges {
    pub(crate) name: Change<String>,
    pub(crate) language: Change<Language>,
    pub(crate) time_zone: Change<String>,
    pub(crate) default_country: Change<String>,
    pub(crate) default_channel_id: Change<ChannelId>,
}

/// The general settings as they are shown.
pub(crate) struct SettingsView {
    pub(crate) name: String,
    pub(crate) row: settings::Model,
    pub(crate) logo: Option<(String, DateTime<Utc>)>,
}

impl SettingsView {
    pub(crate) fn time_zone(&self) -> Tz {
        zone(&self.row)
    }
}

fn zone(row: &settings::Model) -> Tz {
    let name = row.time_zone.as_deref().unwrap_or_default();
    name.parse().unwrap_or(Tz::UTC)
}

fn hours(row: &settings::Model) -> Result<Hours, IdentityError> {
    match &row.hours {
        Some(text) => Ok(serde_json::from_str(text).map_err(kernel::Error::internal)?),
        None => Ok(Hours::default()),
    }
}

/// A tenant that has chosen nothing.
fn nothing(db: &TenantDb) -> settings::Model {
    settings::Model {
        tenant_id: db.tenant(),
        language: None,
        time_zone: None,
        default_country: None,
        default_channel_id: None,
        logo_id: None,
        logo_mime: None,
        hours: None,
        updated_at: db.clock().now(),
    }
}

impl Service {
    async fn settings_row(&self, db: &TenantDb) -> Result<settings::Model, IdentityError> {
        let row = db.find::<settings::Entity>().one().await?;
        Ok(row.unwrap_or_else(|| nothing(db)))
    }

    /// The row, locked; made if it is not there.
    pub(super) async fn lock_settings(
        &self,
        tx: &TenantTx,
        db: &TenantDb,
    ) -> Result<settings::Model, IdentityError> {
        tx.insert_new::<settings::Entity>(vec![nothing(db).into_active_model()])
            .await?;
        let row = tx.find::<settings::Entity>().for_update().one().await?;
        Ok(row.unwrap_or_else(|| nothing(db)))
    }

    /// The general settings.
    pub(crate) async fn read_settings(&self, db: &TenantDb) -> Result<SettingsView, IdentityError> {
        let mut row = self.settings_row(db).await?;
        // A number that was removed since is none.
        if let (Some(id), Some(needs)) = (row.default_channel_id, self.needs.get())
            && needs.channels.by_id(db, id).await?.is_none()
        {
            row.default_channel_id = None;
        }
        let tenant = tenant::Entity::find_by_id(db.tenant())
            .one(self.system.across_tenants("the tenant's own row"))
            .await?
            .ok_or(IdentityError::NoSuchTenant)?;
        let logo = self.logo_address(db, &row)?;
        Ok(SettingsView {
            name: tenant.name,
            row,
            logo,
        })
    }

    /// Changes the general settings; one that changes nothing tells nobody.
    pub(crate) async fn update_settings(
        &self,
        db: &TenantDb,
        changes: SettingsChanges,
    ) -> Result<SettingsView, IdentityError> {
        let SettingsChanges {
            name,
            language,
            time_zone,
            default_country,
            default_channel_id,
        } = checked(changes)?;
        if let Change::Set(id) = default_channel_id {
            self.is_own_number(db, id).await?;
        }
        let mut tx = db.begin().await?;
        let before = self.lock_settings(&tx, db).await?;
        let mut after = before.clone();
        after.language = language.of(after.language);
        after.time_zone = time_zone.of(after.time_zone);
        after.default_country = default_country.of(after.default_country);
        after.default_channel_id = default_channel_id.of(after.default_channel_id);
        let renamed = match name {
            Change::Set(name) => rename(&tx, &name).await?,
            Change::Keep | Change::Clear => false,
        };
        if after != before {
            after.updated_at = tx.clock().now();
            let set = settings::ActiveModel {
                language: Set(after.language),
                time_zone: Set(after.time_zone),
                default_country: Set(after.default_country),
                default_channel_id: Set(after.default_channel_id),
                updated_at: Set(after.updated_at),
                ..Default::default()
            };
            tx.update::<settings::Entity>().set(set).exec().await?;
        } else if !renamed {
            return self.read_settings(db).await;
        }
        tell(&mut tx, SettingsPart::General)?;
        tx.commit().await?;
        self.read_settings(db).await
    }

    async fn is_own_number(&self, db: &TenantDb, id: ChannelId) -> Result<(), IdentityError> {
        let channels = &self.needs()?.channels;
        if channels.by_id(db, id).await?.is_some() {
            return Ok(());
        }
        Err(IdentityError::Invalid {
            field: "default_channel_id",
            message: "is none of your numbers".to_owned(),
        })
    }

    /// Opening hours and the time zone that they are in.
    pub(crate) async fn read_hours(&self, db: &TenantDb) -> Result<Calendar, IdentityError> {
        let row = self.settings_row(db).await?;
        Ok(Calendar::new(zone(&row), hours(&row)?))
    }

    /// Replaces the opening hours.
    pub(crate) async fn set_hours(&self, db: &TenantDb, new: Hours) -> Result<Calendar, IdentityError> {
        let faults = new.faults();
        if !faults.is_empty() {
            let fields = faults.into_iter().map(|fault| {
                let field = FieldError::new(fault.field, fault.message);
                match fault.limit {
                    Some(limit) => field.with_limit(limit as u64),
                    None => field,
                }
            });
            return Err(kernel::Error::invalid_fields(fields.collect()).into());
        }
        let mut tx = db.begin().await?;
        let before = self.lock_settings(&tx, db).await?;
        let calendar = Calendar::new(zone(&before), new);
        // Compared as hours: the text may have been written by an earlier version.
        if before.hours.is_some() && hours(&before)? == *calendar.hours() {
            return Ok(calendar);
        }
        let text = serde_json::to_string(calendar.hours()).map_err(kernel::Error::internal)?;
        let set = settings::ActiveModel {
            hours: Set(Some(text)),
            updated_at: Set(tx.clock().now()),
            ..Default::default()
        };
        tx.update::<settings::Entity>().set(set).exec().await?;
        tell(&mut tx, SettingsPart::Hours)?;
        tx.commit().await?;
        Ok(calendar)
    }
}

/// Tells that a part of the settings was changed.
pub(super) fn tell(tx: &mut TenantTx, part: SettingsPart) -> Result<(), IdentityError> {
    let items = vec![SettingsChange { part }];
    Ok(tx.publish(&SettingsChanged { items })?)
}

/// Renames the tenant; false if that is its name.
async fn rename(tx: &TenantTx, name: &str) -> Result<bool, IdentityError> {
    let on = tx.across_tenants("the tenant's own row");
    let now = tenant::Entity::find_by_id(tx.tenant()).one(on).await?;
    if now.is_none_or(|tenant| tenant.name == name) {
        return Ok(false);
    }
    tenant::Entity::update_many()
        .col_expr(tenant::Column::Name, Expr::value(name))
        .filter(tenant::Column::Id.eq(tx.tenant()))
        .exec(on)
        .await?;
    Ok(true)
}

/// The changes with their texts in the form in which they are stored.
fn checked(mut changes: SettingsChanges) -> Result<SettingsChanges, IdentityError> {
    let invalid = |field, message: &str| {
        Err(IdentityError::Invalid {
            field,
            message: message.to_owned(),
        })
    };
    match &changes.name {
        Change::Keep => {}
        Change::Clear => return invalid("name", "cannot be emptied"),
        Change::Set(name) => changes.name = Change::Set(named("name", name, 200)?),
    }
    if let Change::Set(name) = &changes.time_zone
        && name.parse::<Tz>().is_err()
    {
        return invalid(
            "time_zone",
            "must be a time zone of the IANA database, such as Europe/London",
        );
    }
    if let Change::Set(code) = &changes.default_country {
        match text::phone::country_code(code) {
            Some(code) => changes.default_country = Change::Set(code.to_owned()),
            None => {
                return invalid(
                    "default_country",
                    "must be a country as two letters (ISO 3166-1), such as GB",
                );
            }
        }
    }
    Ok(changes)
}

/// The settings of a tenant, as the modules get them.
fn shown(row: Option<settings::Model>) -> Settings {
    let language = row.as_ref().and_then(|row| row.language).unwrap_or_default();
    Settings {
        language: language.code().to_owned(),
        time_zone: row.as_ref().map_or(Tz::UTC, zone),
        default_channel: row.as_ref().and_then(|row| row.default_channel_id),
        default_country: row.and_then(|row| row.default_country),
    }
}

#[async_trait::async_trait]
impl TenantSettings for Service {
    async fn settings(&self, db: &TenantDb) -> kernel::Result<Settings> {
        let row = db.find::<settings::Entity>().one().await?;
        Ok(shown(row))
    }

    async fn settings_in(&self, tx: &TenantTx) -> kernel::Result<Settings> {
        let row = tx.find::<settings::Entity>().one().await?;
        Ok(shown(row))
    }

    async fn calendar(&self, db: &TenantDb) -> kernel::Result<Calendar> {
        Ok(self.read_hours(db).await?)
    }
}

//! What a tenant has chosen for itself: its time zone, country and number, and when it is open.

pub use hours::{Calendar, Hours, Tz};
use kernel::{Event, Result, TenantDb, TenantTx};
use serde::{Deserialize, Serialize};

use crate::channels::ChannelId;

/// A tenant's general settings; what nobody chose has its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The language of texts that the platform writes for the tenant, `en` unless chosen.
    pub language: String,
    /// Where its days begin and end, UTC unless chosen.
    pub time_zone: Tz,
    /// The country of phone numbers that are written without a country code, two capital letters (ISO 3166-1).
    pub default_country: Option<String>,
    /// The number to send by where none is named. It may have been removed since it was chosen.
    pub default_channel: Option<ChannelId>,
}

/// The tenants' settings.
#[async_trait::async_trait]
pub trait TenantSettings: Send + Sync {
    /// The tenant's general settings: one read by key.
    ///
    /// # Errors
    /// The database's.
    async fn settings(&self, db: &TenantDb) -> Result<Settings>;

    /// As [`TenantSettings::settings`], in a transaction.
    ///
    /// # Errors
    /// The database's.
    async fn settings_in(&self, tx: &TenantTx) -> Result<Settings>;

    /// When the tenant is open, in its time zone: one read by key. Read it once for many instants. A tenant without opening hours
    /// is always open.
    ///
    /// # Errors
    /// The database's.
    async fn calendar(&self, db: &TenantDb) -> Result<Calendar>;
}

/// A tenant's settings were changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettingsChanged {
    /// Which of them.
    pub items: Vec<SettingsChange>,
}

/// One change of settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettingsChange {
    /// What was changed.
    pub part: SettingsPart,
}

/// A part of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsPart {
    /// Name, language, time zone, country or number.
    General,
    /// The logo.
    Logo,
    /// The opening hours.
    Hours,
}

impl Event for SettingsChanged {
    const NAME: &'static str = "settings_changed";
    const LIVE: Option<&'static str> = Some("settings:read");
    kernel::event_items!(SettingsChange);
}

//! An installation that an earlier version left: its database as SQL, and what that version knew of it.

use std::path::Path;

use chrono::{DateTime, Utc};
use cloud_sim::Provision;
use host::database::DatabaseOptions;
use sea_orm::ConnectionTrait;
use secrecy::SecretString;
use serde_json::Value;
use server::Config;

use crate::Profile;

/// A dump, as `tests/upgrade/make.py` writes it.
#[derive(Clone, Debug)]
pub struct Dump {
    sql: String,
    /// Tenants with their keys and passwords, and what the earlier version's API answered last.
    pub known: Value,
}

impl Dump {
    /// Reads the profile's two files of a folder.
    ///
    /// # Panics
    /// When they are not there.
    pub fn read(folder: &Path, profile: Profile) -> Self {
        let name = match profile {
            Profile::Embedded => "sqlite",
            Profile::Production => "mysql",
        };
        let text = |ending: &str| {
            let file = folder.join(format!("{name}.{ending}"));
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        };
        Self {
            sql: text("sql"),
            known: serde_json::from_str(&text("json")).unwrap(),
        }
    }

    /// When the earlier version was stopped.
    ///
    /// # Panics
    /// When the dump does not say so.
    pub fn made_at(&self) -> DateTime<Utc> {
        self.known["made_at"].as_str().unwrap().parse().unwrap()
    }

    /// The key under which its secrets are sealed.
    ///
    /// # Panics
    /// When the dump does not say so.
    pub fn vault(&self) -> SecretString {
        SecretString::from(self.known["vault"].as_str().unwrap())
    }

    /// The numbers of both tenants, for a simulator whose webhooks go to `base`.
    pub(crate) fn numbers(&self, base: &str) -> Vec<Provision> {
        let tenants = ["acme", "globex"].into_iter();
        let channels = tenants.flat_map(|tenant| self.known[tenant]["channels"].as_array().unwrap());
        let number = |channel: &Value| {
            let text = |key: &str| channel[key].as_str().map(ToOwned::to_owned);
            Provision {
                app_id: text("app_id"),
                app_secret: text("app_secret"),
                verify_token: text("verify_token"),
                callback_url: Some(webhook_url(channel, base)),
                waba_id: text("waba_id"),
                phone_number_id: text("phone_number_id"),
                phone_number: text("phone_number"),
                access_token: text("access_token"),
                ..Provision::default()
            }
        };
        channels.map(number).collect()
    }

    /// Writes it into the empty database of a configuration.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn load(&self, config: &Config) {
        let options = DatabaseOptions {
            // A dump may set what holds for its connection.
            max_connections: 1,
            ..config.database()
        };
        let connection = options.connect().await.unwrap();
        connection.execute_unprepared(&self.sql).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Where a number's webhooks go now.
pub(crate) fn webhook_url(channel: &Value, base: &str) -> String {
    let before = channel["webhook_url"].as_str().unwrap();
    let at = before.find("/webhooks/").unwrap();
    format!("{base}{}", &before[at..])
}

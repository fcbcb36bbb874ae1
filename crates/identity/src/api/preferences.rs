//! Saved views and preferences over HTTP.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::{Can, NoContent, Result};
use poem_openapi::{
    Object, OpenApi,
    param::Path,
    payload::Json,
    types::{Any, Example},
};

use super::Tag;
use crate::{
    PreferenceId,
    entity::preference,
    permission::UsePreferences,
    service::{MAX_PREFERENCES, MAX_VALUE, Service, is_shared},
};

/// A saved view or another preference.
#[derive(Object)]
#[oai(rename = "Preference")]
struct PreferenceOut {
    /// Which.
    id: PreferenceId,
    /// The feature that keeps it.
    feature: String,
    /// Its name; unique among one's own of a feature, and among the shared ones.
    name: String,
    /// Whether everybody in the business has it.
    shared: bool,
    /// What the feature keeps: any JSON.
    value: Any<serde_json::Value>,
    /// When it was last saved.
    updated_at: DateTime<Utc>,
}

impl TryFrom<preference::Model> for PreferenceOut {
    type Error = kernel::Error;

    fn try_from(row: preference::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            shared: is_shared(&row),
            feature: row.feature,
            name: row.name,
            value: Any(serde_json::from_str(&row.value)?),
            updated_at: row.updated_at,
        })
    }
}

/// One's own preferences for a feature, and the shared ones.
#[derive(Object)]
struct PreferenceList {
    /// By name; at most 200.
    items: Vec<PreferenceOut>,
}

/// A preference to be saved.
#[derive(Object)]
#[oai(rename = "PreferenceIn", deny_unknown_fields, example)]
struct PreferenceIn {
    /// Its name on one line, 1 to 100 characters. What is saved under it is replaced.
    #[oai(validator(min_length = 1, max_length = 100))]
    name: String,
    /// Whether everybody in the business has it. Needs `preferences:share`.
    #[oai(default)]
    shared: bool,
    /// What the feature keeps: any JSON of at most 8 kB.
    value: Any<serde_json::Value>,
}

impl Example for PreferenceIn {
    fn example() -> Self {
        Self {
            name: "VIPs in London".to_owned(),
            shared: true,
            value: Any(serde_json::json!({ "filters": { "tag": "VIP" }, "columns": ["name", "phone"] })),
        }
    }
}

pub(crate) struct PreferencesApi {
    pub(crate) service: Arc<Service>,
}

#[OpenApi(tag = "Tag::Preferences")]
impl PreferencesApi {
    /// List preferences
    ///
    /// The user's own preferences for a feature, and those shared with everybody in the business. An API key has only the shared ones.
    #[oai(
        path = "/preferences/:feature",
        method = "get",
        operation_id = "list_preferences"
    )]
    async fn list_preferences(
        &self,
        can: Can<UsePreferences>,
        /// The feature that keeps them, for example `contacts`: lower-case letters, digits, `_`, `.` and `-`.
        #[oai(validator(max_length = 64, pattern = "^[a-z][a-z0-9_.-]*$"))]
        feature: Path<String>,
    ) -> Result<Json<PreferenceList>> {
        let rows = self.service.list_preferences(can.caller(), &feature).await?;
        let items = rows.into_iter().map(PreferenceOut::try_from);
        Ok(Json(PreferenceList {
            items: items.collect::<Result<_>>()?,
        }))
    }

    /// Save a preference
    ///
    /// Under its name, in place of what was there. A person may have 100 in a business, and a business 100 shared ones; one more is
    /// 409 `too_many_preferences`.
    #[oai(
        path = "/preferences/:feature",
        method = "put",
        operation_id = "save_preference"
    )]
    async fn save_preference(
        &self,
        can: Can<UsePreferences>,
        /// The feature that keeps it, for example `contacts`: lower-case letters, digits, `_`, `.` and `-`.
        #[oai(validator(max_length = 64, pattern = "^[a-z][a-z0-9_.-]*$"))]
        feature: Path<String>,
        body: Json<PreferenceIn>,
    ) -> Result<Json<PreferenceOut>> {
        let PreferenceIn { name, shared, value } = body.0;
        let row = self
            .service
            .save_preference(can.caller(), &feature, &name, shared, &value.0)
            .await?;
        Ok(Json(row.try_into()?))
    }

    /// Delete a preference
    ///
    /// One's own, or with `preferences:share` a shared one. That of somebody else is 404.
    #[oai(
        path = "/preferences/:feature/:preference_id",
        method = "delete",
        operation_id = "delete_preference"
    )]
    async fn delete_preference(
        &self,
        can: Can<UsePreferences>,
        /// The feature that keeps it.
        #[oai(validator(max_length = 64, pattern = "^[a-z][a-z0-9_.-]*$"))]
        feature: Path<String>,
        /// The preference's id.
        preference_id: Path<PreferenceId>,
    ) -> Result<NoContent> {
        self.service
            .delete_preference(can.caller(), &feature, *preference_id)
            .await?;
        Ok(NoContent::Done)
    }
}

const _: () = assert!(
    MAX_PREFERENCES == 100 && MAX_VALUE == 8 * 1024,
    "the descriptions name the same numbers"
);

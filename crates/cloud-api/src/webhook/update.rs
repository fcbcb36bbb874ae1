//! Changes without messages, by their field.

use serde_json::Value;

use super::{
    AccountAlert, AccountUpdate, AppContact, Call, Capability, Decision, FlowUpdate, GroupUpdate,
    NumberLimit, NumberName, Preference, Security, TemplateUpdate, UserIdChange, read,
};

/// A change that holds no messages, understood.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Update {
    /// `message_template_*_update`, `template_category_update`, `template_correct_category_detection`.
    Template(Box<TemplateUpdate>),
    /// `phone_number_quality_update`.
    NumberLimit(NumberLimit),
    /// `phone_number_name_update`.
    NumberName(NumberName),
    /// `account_update`.
    Account(Box<AccountUpdate>),
    /// `account_alerts`.
    Alert(AccountAlert),
    /// `account_review_update`.
    Review(Decision),
    /// `business_capability_update`.
    Capability(Capability),
    /// `security`.
    Security(Security),
    /// `flows`.
    Flow(FlowUpdate),
    /// `user_preferences`.
    Preferences(Vec<Preference>),
    /// `user_id_update`.
    UserIds(Vec<UserIdChange>),
    /// `smb_app_state_sync`.
    AppContacts(Vec<AppContact>),
    /// `calls`; the states of calls are among the statuses.
    Calls(Vec<Call>),
    /// `group_*_update`.
    Groups(Vec<GroupUpdate>),
}

impl Update {
    /// Whether a change of `field` is read: it has no messages, and the field is known.
    pub(super) fn has(field: &str) -> bool {
        Self::read(field, &Value::Null).is_some()
    }

    /// The list that a change of `field` consists of, if it is one.
    pub(super) fn list_of(field: &str) -> Option<&'static str> {
        Some(match field {
            "user_preferences" => "user_preferences",
            "user_id_update" => "user_id_update",
            "smb_app_state_sync" => "state_sync",
            "calls" => "calls",
            "group_lifecycle_update"
            | "group_participants_update"
            | "group_settings_update"
            | "group_status_update" => "groups",
            _ => return None,
        })
    }

    /// Reads `value` of a change of `field`; none for message-type fields and unknown ones.
    pub fn read(field: &str, value: &Value) -> Option<Self> {
        if let Some(update) = TemplateUpdate::read(field, value) {
            return Some(Self::Template(Box::new(update)));
        }
        Some(match field {
            "phone_number_quality_update" => Self::NumberLimit(NumberLimit::read(value)),
            "phone_number_name_update" => Self::NumberName(NumberName::read(value)),
            "account_update" => Self::Account(Box::new(AccountUpdate::read(value))),
            "account_alerts" => Self::Alert(AccountAlert::read(value)),
            "account_review_update" => Self::Review(Decision::from_wire(read::word(value, "decision"))),
            "business_capability_update" => Self::Capability(Capability::read(value)),
            "security" => Self::Security(Security::read(value)),
            "flows" => Self::Flow(FlowUpdate::read(value)),
            "user_preferences" => Self::Preferences(objects(value, field, Preference::read)),
            "user_id_update" => Self::UserIds(objects(value, field, UserIdChange::read)),
            "smb_app_state_sync" => Self::AppContacts(objects(value, "state_sync", AppContact::read)),
            "calls" => Self::Calls(objects(value, field, Call::read)),
            "group_lifecycle_update"
            | "group_participants_update"
            | "group_settings_update"
            | "group_status_update" => Self::Groups(objects(value, "groups", GroupUpdate::read)),
            _ => return None,
        })
    }
}

fn objects<T>(value: &Value, key: &str, read: impl Fn(&Value) -> T) -> Vec<T> {
    read::list(value, key)
        .iter()
        .filter(|element| element.is_object())
        .map(read)
        .collect()
}

//! People's choices and changes, and the phone app's contacts (Cloud API: webhooks – user / coexistence / calls / groups).

use serde_json::Value;

use super::{read, words::words};

words! {
    /// What somebody chose.
    pub enum Choice {
        /// No more of it.
        Stop = "stop",
        /// Again.
        Resume = "resume",
        /// Joined by a sign-up of the business.
        Signup = "signup",
    }
}

/// One element of `user_preferences`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    /// Phone digits.
    pub wa_id: Option<String>,
    /// BSUID.
    pub user_id: Option<String>,
    /// A sentence.
    pub detail: Option<String>,
    /// `marketing_messages`.
    pub category: Option<String>,
    /// What they chose.
    pub value: Choice,
    /// Which sign-up.
    pub signup_id: Option<String>,
    /// Unix seconds.
    pub timestamp: Option<i64>,
}

impl Preference {
    pub(super) fn read(value: &Value) -> Self {
        Self {
            wa_id: read::text(value, "wa_id"),
            user_id: read::text(value, "user_id"),
            detail: read::text(value, "detail"),
            category: read::text(value, "category"),
            value: Choice::from_wire(read::word(value, "value")),
            signup_id: read::text(value, "signup_id"),
            timestamp: read::timestamp(value, "timestamp"),
        }
    }
}

/// One element of `user_id_update`: a person has another BSUID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserIdChange {
    /// Phone digits.
    pub wa_id: Option<String>,
    /// A sentence.
    pub detail: Option<String>,
    /// The BSUID before.
    pub previous: Option<String>,
    /// The BSUID now.
    pub current: Option<String>,
    /// The same for the BSUID across linked portfolios: before and now.
    pub parent: Option<(Option<String>, Option<String>)>,
    /// Unix seconds.
    pub timestamp: Option<i64>,
}

impl UserIdChange {
    pub(super) fn read(value: &Value) -> Self {
        let both = |key: &str| {
            let pair = value.get(key).filter(|v| v.is_object())?;
            Some((read::text(pair, "previous"), read::text(pair, "current")))
        };
        let (previous, current) = both("user_id").unwrap_or_default();
        Self {
            wa_id: read::text(value, "wa_id"),
            detail: read::text(value, "detail"),
            previous,
            current,
            parent: both("parent_user_id"),
            timestamp: read::timestamp(value, "timestamp"),
        }
    }
}

/// One element of `state_sync`: somebody in the address book of the phone app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppContact {
    /// `contact`.
    pub kind: Option<String>,
    /// Full name.
    pub full_name: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Phone digits.
    pub phone_number: Option<String>,
    /// Whether they were taken out of the address book.
    pub removed: bool,
    /// Unix seconds.
    pub timestamp: Option<i64>,
}

impl AppContact {
    pub(super) fn read(value: &Value) -> Self {
        let of_contact = |key: &str| value.get("contact").and_then(|c| read::text(c, key));
        Self {
            kind: read::text(value, "type"),
            full_name: of_contact("full_name"),
            first_name: of_contact("first_name"),
            phone_number: of_contact("phone_number"),
            removed: read::text(value, "action").as_deref() == Some("remove"),
            timestamp: value
                .get("metadata")
                .and_then(|m| read::timestamp(m, "timestamp")),
        }
    }
}

/// One element of `calls`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// `wacid.…`.
    pub id: Option<String>,
    /// Digits of the caller.
    pub from: Option<String>,
    /// Digits of the called.
    pub to: Option<String>,
    /// connect or terminate.
    pub event: Option<String>,
    /// USER_INITIATED or BUSINESS_INITIATED.
    pub direction: Option<String>,
    /// COMPLETED or FAILED.
    pub status: Option<String>,
    /// Unix seconds.
    pub timestamp: Option<i64>,
    /// Seconds.
    pub duration: Option<i64>,
    /// Own data of the business.
    pub callback_data: Option<String>,
}

impl Call {
    pub(super) fn read(value: &Value) -> Self {
        Self {
            id: read::text(value, "id"),
            from: read::text(value, "from"),
            to: read::text(value, "to"),
            event: read::text(value, "event"),
            direction: read::text(value, "direction"),
            status: read::text(value, "status"),
            timestamp: read::timestamp(value, "timestamp"),
            duration: read::int(value, "duration"),
            callback_data: read::any_text(value, "biz_opaque_callback_data"),
        }
    }
}

/// One element of `groups` (fields `group_*_update`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupUpdate {
    /// Which group.
    pub group_id: Option<String>,
    /// group_create, group_participants_add, group_suspend, …
    pub kind: Option<String>,
    /// The request that it answers.
    pub request_id: Option<String>,
    /// Its name.
    pub subject: Option<String>,
    /// How to join it.
    pub invite_link: Option<String>,
    /// Unix seconds.
    pub timestamp: Option<i64>,
    /// wa_ids of who came.
    pub added: Vec<String>,
    /// wa_ids of who went.
    pub removed: Vec<String>,
}

impl GroupUpdate {
    pub(super) fn read(value: &Value) -> Self {
        let people = |key: &str| {
            let one = |p: &Value| read::text(p, "wa_id").or_else(|| read::text(p, "input"));
            read::list(value, key).iter().filter_map(one).collect()
        };
        Self {
            group_id: read::text(value, "group_id"),
            kind: read::text(value, "type"),
            request_id: read::text(value, "request_id"),
            subject: read::text(value, "subject"),
            invite_link: read::text(value, "invite_link"),
            timestamp: read::timestamp(value, "timestamp"),
            added: people("added_participants"),
            removed: people("removed_participants"),
        }
    }
}

//! Changes of templates (Cloud API: webhooks – template fields).

use serde_json::Value;

use super::{read, words::words};

words! {
    /// `event` of `message_template_status_update`.
    pub enum TemplateEvent {
        /// It can be sent.
        Approved = "APPROVED",
        /// Refused; see reason and recommendation.
        Rejected = "REJECTED",
        /// Under review.
        Pending = "PENDING",
        /// Paused because of its quality.
        Paused = "PAUSED",
        /// Disabled because of its quality.
        Disabled = "DISABLED",
        /// Its quality fell; it will be disabled if that stays.
        Flagged = "FLAGGED",
        /// It can be sent again.
        Reinstated = "REINSTATED",
        /// Its refusal is under appeal.
        InAppeal = "IN_APPEAL",
        /// Being deleted.
        PendingDeletion = "PENDING_DELETION",
        /// Deleted.
        Deleted = "DELETED",
        /// The account has too many templates.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// It cannot be edited.
        Locked = "LOCKED",
        /// Archived after long disuse.
        Archived = "ARCHIVED",
    }
}

/// News of one template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateUpdate {
    /// WhatsApp's id; a number here, a string in the Graph API.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its language with an underscore: webhooks say both `en_US` and `en-US`.
    pub language: Option<String>,
    /// What changed.
    pub change: TemplateChange,
}

/// What changed about a template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateChange {
    /// `message_template_status_update`.
    Status(TemplateStatus),
    /// `message_template_quality_update`.
    Quality {
        /// GREEN, YELLOW, RED or UNKNOWN.
        previous: Option<String>,
        /// GREEN, YELLOW, RED or UNKNOWN.
        new: Option<String>,
    },
    /// `message_template_components_update`.
    Components(TemplateComponents),
    /// `template_category_update`: a notice (with the correct category) or done (with the previous one).
    Category {
        /// What it was; only when it is done.
        previous: Option<String>,
        /// What it is now.
        new: Option<String>,
        /// What it will be; only in a notice.
        correct: Option<String>,
        /// When the notice takes effect, Unix seconds.
        at: Option<i64>,
    },
    /// `template_correct_category_detection`.
    CorrectCategory {
        /// What it is.
        category: Option<String>,
        /// What WhatsApp holds it to be.
        correct: Option<String>,
    },
}

/// A new state of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateStatus {
    /// The state.
    pub event: TemplateEvent,
    /// Why; none for `NONE` and null.
    pub reason: Option<String>,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: Option<String>,
    /// When it was or will be disabled, Unix seconds.
    pub disable_date: Option<i64>,
    /// FIRST_PAUSE, SECOND_PAUSE, RATE_LIMITING_PAUSE, UNPAUSE, DISABLED.
    pub title: Option<String>,
    /// A sentence about `title`.
    pub description: Option<String>,
    /// What was wrong with a refused one, in words.
    pub rejection: Option<String>,
    /// What to do about it.
    pub recommendation: Option<String>,
}

/// The parts of a template after somebody edited it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateComponents {
    /// Header text.
    pub title: Option<String>,
    /// Body text.
    pub body: Option<String>,
    /// Footer text.
    pub footer: Option<String>,
    /// Buttons.
    pub buttons: Vec<TemplateButton>,
}

/// One button.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateButton {
    /// QUICK_REPLY, URL, PHONE_NUMBER, …
    pub kind: Option<String>,
    /// Its label.
    pub text: Option<String>,
    /// Where it leads.
    pub url: Option<String>,
    /// Whom it calls.
    pub phone_number: Option<String>,
}

impl TemplateUpdate {
    /// None for a field that is not about templates.
    pub(super) fn read(field: &str, value: &Value) -> Option<Self> {
        let change = match field {
            "message_template_status_update" => TemplateChange::Status(status(value)),
            "message_template_quality_update" => TemplateChange::Quality {
                previous: read::text(value, "previous_quality_score"),
                new: read::text(value, "new_quality_score"),
            },
            "message_template_components_update" => TemplateChange::Components(components(value)),
            "template_category_update" => TemplateChange::Category {
                previous: read::text(value, "previous_category"),
                new: read::text(value, "new_category"),
                correct: read::text(value, "correct_category"),
                at: read::timestamp(value, "category_update_timestamp"),
            },
            "template_correct_category_detection" => TemplateChange::CorrectCategory {
                category: read::text(value, "category"),
                correct: read::text(value, "correct_category"),
            },
            _ => return None,
        };
        Some(Self {
            id: read::text(value, "message_template_id"),
            name: read::text(value, "message_template_name"),
            language: read::text(value, "message_template_language").map(|l| l.replace('-', "_")),
            change,
        })
    }
}

fn status(value: &Value) -> TemplateStatus {
    let inside = |object: &str, key: &str| value.get(object).and_then(|o| read::text(o, key));
    TemplateStatus {
        event: TemplateEvent::from_wire(read::word(value, "event")),
        reason: read::text(value, "reason").filter(|reason| reason != "NONE"),
        category: read::text(value, "message_template_category"),
        disable_date: value
            .get("disable_info")
            .and_then(|o| read::timestamp(o, "disable_date")),
        title: inside("other_info", "title"),
        description: inside("other_info", "description"),
        rejection: inside("rejection_info", "reason"),
        recommendation: inside("rejection_info", "recommendation"),
    }
}

fn components(value: &Value) -> TemplateComponents {
    TemplateComponents {
        title: read::text(value, "message_template_title"),
        body: read::text(value, "message_template_element"),
        footer: read::text(value, "message_template_footer"),
        buttons: read::list(value, "message_template_buttons")
            .iter()
            .map(|button| TemplateButton {
                kind: read::text(button, "message_template_button_type"),
                text: read::text(button, "message_template_button_text"),
                url: read::text(button, "message_template_button_url"),
                phone_number: read::text(button, "message_template_button_phone_number"),
            })
            .collect(),
    }
}

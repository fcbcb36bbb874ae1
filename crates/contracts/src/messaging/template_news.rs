//! What WhatsApp tells of templates.

use chrono::{DateTime, Utc};
use kernel::Event;
use serde::{Deserialize, Serialize};

/// Templates were approved, refused, paused, judged or filed otherwise by WhatsApp (Cloud API: webhooks – template fields).
/// Told once an event; events may come in any order, so compare `at`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TemplateNews {
    /// Which.
    pub items: Vec<TemplateNewsItem>,
}

/// What changed about one template. Only what the kind of change tells is present.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TemplateNewsItem {
    /// The WhatsApp Business Account it belongs to.
    pub waba_id: String,
    /// WhatsApp's id of the template; look it up by this first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub template_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its language, with an underscore: `en_US`.
    pub language: String,
    /// `status`, `quality`, `components`, `category` or `correct_category`.
    pub change: String,
    /// APPROVED, REJECTED, PAUSED, …
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<String>,
    /// GREEN, YELLOW, RED or UNKNOWN.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quality: Option<String>,
    /// MARKETING, UTILITY or AUTHENTICATION: what it is filed under now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<String>,
    /// What WhatsApp holds to be right, or will file it under.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub correct_category: Option<String>,
    /// What it was filed under before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous_category: Option<String>,
    /// From when it is filed under `correct_category`, where WhatsApp announces that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub effective_at: Option<DateTime<Utc>>,
    /// Why, in WhatsApp's word or sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Why, in WhatsApp's word: INVALID_FORMAT; of a pause FIRST_PAUSE, SECOND_PAUSE or RATE_LIMITING_PAUSE.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason_word: Option<String>,
    /// What WhatsApp recommends to change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recommendation: Option<String>,
    /// When it was or will be disabled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub disabled_at: Option<DateTime<Utc>>,
    /// The new content of a `components` change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content: Option<TemplateContent>,
    /// When, by WhatsApp.
    pub at: DateTime<Utc>,
}

/// The content of a changed template, as far as WhatsApp's webhooks tell it: texts and buttons without their samples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateContent {
    /// Text of the header; absent for another kind of header or none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub header: Option<String>,
    /// Text of the body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub body: Option<String>,
    /// Text of the footer, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub footer: Option<String>,
    /// Its buttons. WhatsApp documents links and phone numbers only: others may be missing.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub buttons: Vec<TemplateContentButton>,
}

/// A button of a changed template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateContentButton {
    /// URL, PHONE_NUMBER, QUICK_REPLY, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its label.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// Whom it calls.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phone_number: Option<String>,
}

impl Event for TemplateNews {
    const NAME: &'static str = "template_news";
    const LIVE: Option<&'static str> = Some("channels:read");
    kernel::event_items!(TemplateNewsItem);

    fn key(item: &Self::Item) -> String {
        // Not every kind of news names the id, and all of one template's must have one key.
        format!("{}/{}/{}", item.waba_id, item.language, item.name)
    }
}

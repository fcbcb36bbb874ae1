//! Templates of a number's account, as WhatsApp has them.

use cloud_api::template::Template;
use poem_openapi::{Object, types::Any};

/// A message template as WhatsApp has it.
#[derive(Debug, Object)]
#[oai(rename = "ChannelTemplate", skip_serializing_if_is_none)]
pub struct TemplateOut {
    /// WhatsApp's id.
    pub id: String,
    /// Its name, to be sent with messages.
    pub name: String,
    /// Its language code, to be sent exactly like this.
    pub language: String,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: Option<String>,
    /// Only APPROVED templates can be sent.
    pub status: Option<String>,
    /// Header, body, footer and buttons, in WhatsApp's own form.
    pub components: Vec<Any<serde_json::Value>>,
}

/// The templates of a number's account.
#[derive(Debug, Object)]
pub struct TemplateList {
    /// At most 300.
    pub items: Vec<TemplateOut>,
}

impl From<Vec<Template>> for TemplateList {
    fn from(templates: Vec<Template>) -> Self {
        let items = templates.into_iter().map(|template| TemplateOut {
            id: template.id,
            name: template.name,
            language: template.language,
            category: template.category,
            status: template.status,
            components: template.components.into_iter().map(Any).collect(),
        });
        Self {
            items: items.collect(),
        }
    }
}

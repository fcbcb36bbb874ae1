//! The shape of a template's timeline.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use sentences::{Sentence, Sentences};

use crate::entity::{
    enums::Severity,
    event::{Model, TemplateEventId},
};

/// Something that happened to a template.
#[derive(Debug, Object)]
#[oai(rename = "TemplateEvent", skip_serializing_if_is_none)]
pub struct TemplateEventOut {
    /// Its id.
    pub id: TemplateEventId,
    /// `added`, `removed`, `status`, `quality`, `category`, `pending_category`, `components`, `unpaused`, `submitted`, `edited`, …
    pub kind: String,
    /// How much it matters.
    pub severity: Severity,
    /// What happened, in plain words.
    pub title: String,
    /// `title`, to be said in any language.
    pub title_terms: Vec<Sentence>,
    /// What it means and what to do; absent when the title says it all.
    pub detail: Option<String>,
    /// `detail`, to be said in any language.
    pub detail_terms: Vec<Sentence>,
    /// Who did it, where somebody here has.
    pub actor: Option<String>,
    /// When, by WhatsApp where it says so.
    pub at: DateTime<Utc>,
}

impl From<Model> for TemplateEventOut {
    fn from(row: Model) -> Self {
        let (title, detail) = (
            Sentences::read(Some(&row.title)),
            Sentences::read(Some(&row.detail)),
        );
        Self {
            id: row.id,
            kind: row.kind,
            severity: row.severity,
            title: title.to_string(),
            title_terms: title.0,
            detail: Some(detail.to_string()).filter(|said| !said.is_empty()),
            detail_terms: detail.0,
            actor: row.actor,
            at: row.at,
        }
    }
}

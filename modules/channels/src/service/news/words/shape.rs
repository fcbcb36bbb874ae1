//! How an event is told.

use sentences::{Sentence, Sentences, Term};

/// Good to know.
pub(in super::super) const INFO: &str = "info";
/// Somebody should look.
pub(in super::super) const WARNING: &str = "warning";
/// Something has stopped or will.
pub(in super::super) const CRITICAL: &str = "critical";

/// An event in plain words.
#[derive(Debug)]
pub(in super::super) struct Words {
    /// WhatsApp's word for it.
    pub(in super::super) event: String,
    /// What it is about: of a topic the newest counts.
    pub(in super::super) topic: &'static str,
    pub(in super::super) severity: &'static str,
    pub(in super::super) title: Sentences,
    /// What it means and what to do.
    pub(in super::super) detail: Sentences,
}

pub(super) fn words(
    event: impl Into<String>,
    topic: &'static str,
    severity: &'static str,
    title: impl Into<Sentences>,
    detail: impl Into<Sentences>,
) -> Words {
    Words {
        event: event.into(),
        topic,
        severity,
        title: title.into(),
        detail: detail.into(),
    }
}

/// Somebody else's words; nothing where they said nothing.
pub(super) fn said(text: &str) -> Sentences {
    if text.is_empty() {
        return Sentences::default();
    }
    Sentence::new(Term::Said).text("said", text).into()
}

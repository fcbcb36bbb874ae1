//! What became of a template, in plain words.

use chrono::{DateTime, Utc};
use contracts::templates::TemplatePart;
use sea_orm::ActiveEnum;
use sentences::{ParamKind, Sentence, Sentences, Term};

use super::parts::FLAGGED;
use crate::entity::{
    enums::{Category, Severity, Status},
    template::Model,
};

/// An entry of a template's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// `status`, `quality`, `category`, `components`, `added`, `removed`, …
    pub(super) kind: &'static str,
    pub(super) severity: Severity,
    pub(super) title: Sentences,
    /// What it means and what to do.
    pub(super) detail: Sentences,
    /// Who did it, where somebody here has.
    pub(super) actor: Option<String>,
    /// When, by WhatsApp where it says so.
    pub(super) at: DateTime<Utc>,
}

impl Note {
    pub(super) fn new(
        kind: &'static str,
        severity: Severity,
        title: impl Into<Sentences>,
        detail: impl Into<Sentences>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            kind,
            severity,
            title: title.into(),
            detail: detail.into(),
            actor: None,
            at,
        }
    }
}

/// A sentence about the template.
pub(super) fn of_it(row: &Model, term: Term) -> Sentence {
    let name = format!("“{}” ({})", row.name, row.language);
    Sentence::new(term).text("template", &name)
}

fn category(category: Option<Category>) -> String {
    category.map_or_else(|| "another_category".to_owned(), |it| it.to_value())
}

/// Entries for the parts that changed.
pub(super) fn of(before: &Model, row: &Model, changed: &[TemplatePart], at: DateTime<Utc>) -> Vec<Note> {
    let mut notes = Vec::new();
    if changed.contains(&TemplatePart::Status) {
        notes.push(of_status(before, row, at));
    }
    if changed.contains(&TemplatePart::Quality) {
        notes.push(of_quality(before, row, at));
    }
    if changed.contains(&TemplatePart::Category) && before.category.is_some() {
        let title = of_it(row, Term::TemplateFiled).word("category", &category(row.category));
        let detail = Sentence::new(Term::TemplateWasFiled).word("category", &category(before.category));
        notes.push(Note::new("category", Severity::Warning, title, detail, at));
    } else if changed.contains(&TemplatePart::PendingCategory) {
        notes.push(of_pending(row, at));
    }
    let is_new = before.components != row.components || changed.contains(&TemplatePart::Variables);
    if changed.contains(&TemplatePart::Components) && is_new && before.components != "[]" {
        let mut detail = Sentences::from(Term::LookBeforeSending);
        if changed.contains(&TemplatePart::Variables) {
            detail = Sentences::from(Term::TemplateVariablesChanged).and(detail);
        }
        let severity = if changed.contains(&TemplatePart::Variables) {
            Severity::Warning
        } else {
            Severity::Info
        };
        let title = of_it(row, Term::TemplateContentChanged);
        notes.push(Note::new("components", severity, title, detail, at));
    }
    notes
}

fn of_status(before: &Model, row: &Model, at: DateTime<Utc>) -> Note {
    let stopped = matches!(
        before.status,
        Status::Paused | Status::Disabled | Status::Archived | Status::Locked
    );
    let flagged = row.reason.as_deref() == Some(FLAGGED);
    let (severity, title, detail): (_, _, Sentences) = match row.status {
        Status::Approved if flagged => (
            Severity::Warning,
            Term::TemplateFlagged,
            Term::TemplateWillBeDisabled.into(),
        ),
        Status::Approved if stopped => (Severity::Info, Term::TemplateBack, ().into()),
        Status::Approved => (Severity::Info, Term::TemplateApproved, ().into()),
        Status::Submitting | Status::Pending => (Severity::Info, Term::TemplatePending, ().into()),
        Status::Rejected => (Severity::Warning, Term::TemplateRefused, reason(row)),
        Status::Paused => (Severity::Warning, Term::TemplatePaused, reason(row)),
        Status::Disabled => (Severity::Critical, Term::TemplateDisabled, reason(row)),
        Status::InAppeal => (Severity::Info, Term::TemplateInAppeal, ().into()),
        Status::PendingDeletion => (Severity::Info, Term::TemplateBeingDeleted, ().into()),
        Status::Deleted => (
            Severity::Info,
            Term::TemplateDeleted,
            Term::TemplateNameLocked.into(),
        ),
        Status::LimitExceeded => (
            Severity::Warning,
            Term::TemplatesFull,
            Term::DeleteTemplates.into(),
        ),
        Status::Archived => (Severity::Warning, Term::TemplateArchived, reason(row)),
        Status::Locked => (Severity::Warning, Term::TemplateLocked, reason(row)),
        Status::Unknown => (Severity::Warning, Term::TemplateNewState, reason(row)),
    };
    let recommended = said(row.recommendation.as_deref()).filter(|_| row.status == Status::Rejected);
    Note::new("status", severity, of_it(row, title), detail.and(recommended), at)
}

fn of_quality(before: &Model, row: &Model, at: DateTime<Utc>) -> Note {
    let bad = matches!(row.quality.as_str(), "RED" | "YELLOW");
    let title = of_it(row, Term::TemplateQuality).word("quality", &row.quality);
    let fell = bad.then(|| Sentence::new(Term::TemplateQualityFell).word("previous", &before.quality));
    Note::new(
        "quality",
        if bad { Severity::Warning } else { Severity::Info },
        title,
        fell,
        at,
    )
}

fn of_pending(row: &Model, at: DateTime<Utc>) -> Note {
    let is = category(row.category);
    match (row.pending_category, row.pending_category_at) {
        (None, _) => {
            let title = of_it(row, Term::TemplateStaysFiled).word("category", &is);
            Note::new("pending_category", Severity::Info, title, (), at)
        }
        (Some(next), Some(when)) => {
            let title = of_it(row, Term::TemplateWillBeFiled).word("category", &category(Some(next)));
            let detail = Sentence::new(Term::TemplateFiledUntil)
                .word("category", &is)
                .with("date", ParamKind::Time, when);
            Note::new("pending_category", Severity::Warning, title, detail, at)
        }
        (Some(next), None) => {
            let title = of_it(row, Term::TemplateMisfiled).word("category", &category(Some(next)));
            let detail = Sentence::new(Term::CorrectCategory).word("category", &is);
            Note::new("pending_category", Severity::Warning, title, detail, at)
        }
    }
}

/// Why a template is in its state, as far as WhatsApp said so.
pub(super) fn reason(row: &Model) -> Sentences {
    let word = row.reason.as_deref();
    let known: Sentences = match (row.status, word) {
        (Status::Paused, Some("FIRST_PAUSE")) => Term::PausedThreeHours.into(),
        (Status::Paused, Some("SECOND_PAUSE")) => Term::PausedSixHours.into(),
        (Status::Paused, Some("RATE_LIMITING_PAUSE")) => Term::PausedForPacing.into(),
        (Status::Paused, _) => Term::PausedForFeedback.into(),
        (Status::Disabled, _) => Term::MakeAnotherTemplate.into(),
        (Status::Approved, Some(FLAGGED)) => Term::TemplateWillBeDisabled.into(),
        (Status::Approved, _) => ().into(),
        (_, word) => word
            .map(|word| Sentence::new(Term::Reason).word("reason", word))
            .into(),
    };
    // What was said of a pause is in its own sentence already.
    let text = row
        .reason_text
        .as_deref()
        .filter(|_| row.status != Status::Paused);
    known.and(said(text))
}

fn said(text: Option<&str>) -> Option<Sentence> {
    let text = text.filter(|text| !text.is_empty())?;
    Some(Sentence::new(Term::Said).text("said", text))
}

/// A template that was not known before.
pub(super) fn found(row: &Model, at: DateTime<Utc>) -> Note {
    Note::new("added", Severity::Info, of_it(row, Term::TemplateFound), (), at)
}

/// A template that the account no longer has.
pub(super) fn gone(row: &Model, at: DateTime<Utc>) -> Note {
    Note::new(
        "removed",
        Severity::Warning,
        of_it(row, Term::TemplateGone),
        (),
        at,
    )
}

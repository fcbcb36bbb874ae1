//! What stands beside a template: what was handed in, and whether it can be changed.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use sentences::{Sentence, Sentences};

use crate::{
    entity::{
        enums::{SubmissionKind, SubmissionState},
        submission,
    },
    service::Editing,
};

/// What was handed in and has no answer yet, or was refused.
#[derive(Debug, Object)]
#[oai(rename = "TemplateSubmission", skip_serializing_if_is_none)]
pub struct SubmissionOut {
    /// A creation, a change or a deletion.
    pub kind: SubmissionKind,
    /// What became of it.
    pub state: SubmissionState,
    /// Why WhatsApp refused it, or what it waits for.
    pub problem: Option<String>,
    /// `problem`, to be said in any language.
    #[oai(default, skip_serializing_if_is_empty)]
    pub problem_terms: Vec<Sentence>,
    /// Who handed it in.
    pub submitted_by: Option<String>,
    /// When something of it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<submission::Model> for SubmissionOut {
    fn from(row: submission::Model) -> Self {
        let problem = Sentences::read(row.problem.as_deref());
        Self {
            kind: row.kind,
            state: row.state,
            problem: (!problem.is_empty()).then(|| problem.to_string()),
            problem_terms: problem.0,
            submitted_by: row.submitted_by,
            updated_at: row.updated_at,
        }
    }
}

/// Whether a template can be changed now. WhatsApp takes changes of approved, rejected and paused templates; of approved ones one in
/// 24 hours and ten in 30 days.
#[derive(Debug, Object)]
#[oai(rename = "TemplateEditing", skip_serializing_if_is_none)]
pub struct EditingOut {
    /// It can.
    pub possible: bool,
    /// Why not, in English.
    pub why: Option<String>,
    /// `why`, to be said in any language.
    #[oai(default, skip_serializing_if_is_empty)]
    pub why_terms: Vec<Sentence>,
    /// Changes that are left in 24 hours; absent where WhatsApp does not count them.
    pub today_left: Option<i32>,
    /// Changes that are left in 30 days; absent where WhatsApp does not count them.
    pub month_left: Option<i32>,
    /// When the next change is possible, if only time stands in the way.
    pub next_at: Option<DateTime<Utc>>,
}

impl From<Editing> for EditingOut {
    fn from(editing: Editing) -> Self {
        let why = editing.why();
        Self {
            possible: editing.hindrance.is_none(),
            why: (!why.is_empty()).then(|| why.to_string()),
            why_terms: why.0,
            today_left: editing.today_left,
            month_left: editing.month_left,
            next_at: editing.next_at,
        }
    }
}

//! Words for what became of templates.

use cloud_api::webhook::{TemplateChange, TemplateEvent, TemplateStatus, TemplateUpdate};

use sentences::{Sentence, Sentences, Term};

use super::{
    super::topics::TEMPLATE as TOPIC,
    shape::{CRITICAL, INFO, WARNING, Words, said, words},
};

pub(super) fn of(update: &TemplateUpdate) -> Words {
    let name = match (&update.name, &update.language) {
        (Some(name), Some(language)) => Some(format!("“{name}” ({language})")),
        (Some(name), None) => Some(format!("“{name}”")),
        _ => update.id.clone(),
    };
    let of_it = |term| Sentence::new(term).named("template", name.as_deref(), "without_a_name");
    match &update.change {
        TemplateChange::Status(status) => of_status(name.as_deref(), status),
        TemplateChange::Quality { previous, new } => {
            let word = |quality: &Option<String>| quality.clone().unwrap_or_else(|| "unknown".to_owned());
            let bad = matches!(new.as_deref(), Some("RED" | "YELLOW"));
            let title = of_it(Term::TemplateQuality).word("quality", &word(new));
            let fell =
                bad.then(|| Sentence::new(Term::TemplateQualityFell).word("previous", &word(previous)));
            words("quality", TOPIC, if bad { WARNING } else { INFO }, title, fell)
        }
        TemplateChange::Components(_) => words(
            "components",
            TOPIC,
            INFO,
            of_it(Term::TemplateContentChanged),
            Term::LookBeforeSending,
        ),
        TemplateChange::Category {
            previous,
            new,
            correct,
            ..
        } => {
            let filed =
                |term, category: &Option<String>| Sentence::new(term).word("category", other(category));
            let (title, detail) = match (correct, previous) {
                (Some(_), None) => (
                    of_it(Term::TemplateWillBeFiled).word("category", other(correct)),
                    filed(Term::TemplateFiledNow, new),
                ),
                _ => (
                    of_it(Term::TemplateFiled).word("category", other(new)),
                    filed(Term::TemplateWasFiled, previous),
                ),
            };
            words("category", TOPIC, WARNING, title, detail)
        }
        TemplateChange::CorrectCategory { category, correct } => words(
            "correct_category",
            TOPIC,
            WARNING,
            of_it(Term::TemplateMisfiled).word("category", other(correct)),
            Sentence::new(Term::CorrectCategory).word("category", other(category)),
        ),
        _ => words("template", TOPIC, INFO, of_it(Term::TemplateChanged), ()),
    }
}

fn other(category: &Option<String>) -> &str {
    category.as_deref().unwrap_or("another_category")
}

fn of_status(name: Option<&str>, status: &TemplateStatus) -> Words {
    let told = || said(status.description.as_deref().unwrap_or_default());
    let (severity, title, detail): (_, _, Sentences) = match &status.event {
        TemplateEvent::Approved => (INFO, Term::TemplateApproved, ().into()),
        TemplateEvent::Rejected => (WARNING, Term::TemplateRefused, refusal(status)),
        TemplateEvent::Pending => (INFO, Term::TemplatePending, ().into()),
        TemplateEvent::Paused if status.title.as_deref() == Some("UNPAUSE") => {
            (INFO, Term::TemplateBack, told())
        }
        TemplateEvent::Paused => (WARNING, Term::TemplatePaused, told()),
        TemplateEvent::Disabled => (CRITICAL, Term::TemplateDisabled, Term::MakeAnotherTemplate.into()),
        TemplateEvent::Flagged => (
            WARNING,
            Term::TemplateFlagged,
            Term::TemplateWillBeDisabled.into(),
        ),
        TemplateEvent::Reinstated => (INFO, Term::TemplateBack, told()),
        TemplateEvent::InAppeal => (INFO, Term::TemplateInAppeal, ().into()),
        TemplateEvent::PendingDeletion => (INFO, Term::TemplateBeingDeleted, ().into()),
        TemplateEvent::Deleted => (INFO, Term::TemplateDeleted, Term::TemplateNameLocked.into()),
        TemplateEvent::LimitExceeded => (WARNING, Term::TemplatesFull, Term::DeleteTemplates.into()),
        TemplateEvent::Locked => (WARNING, Term::TemplateLocked, told()),
        TemplateEvent::Archived => (INFO, Term::TemplateArchived, told()),
        _ => (INFO, Term::TemplateNewState, told()),
    };
    let title = Sentence::new(title).named("template", name, "without_a_name");
    words(status.event.as_str(), TOPIC, severity, title, detail)
}

/// Why WhatsApp refused it, and what it recommends.
fn refusal(status: &TemplateStatus) -> Sentences {
    let why = status.reason.as_deref();
    let why = why.map(|why| Sentence::new(Term::Reason).word("reason", why));
    Sentences::from(why)
        .and(said(status.rejection.as_deref().unwrap_or_default()))
        .and(said(status.recommendation.as_deref().unwrap_or_default()))
}

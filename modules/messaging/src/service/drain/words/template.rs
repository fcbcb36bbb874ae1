//! Words for what became of templates.

use cloud_api::webhook::{TemplateChange, TemplateEvent, TemplateStatus, TemplateUpdate};

use super::{CRITICAL, INFO, TEMPLATE as TOPIC, WARNING, Words, plain, words};

pub(super) fn of(update: &TemplateUpdate) -> Words {
    let name = match (&update.name, &update.language) {
        (Some(name), Some(language)) => format!("“{name}” ({language})"),
        (Some(name), None) => format!("“{name}”"),
        _ => update.id.clone().unwrap_or_else(|| "without a name".to_owned()),
    };
    match &update.change {
        TemplateChange::Status(status) => of_status(&name, status),
        TemplateChange::Quality { previous, new } => {
            let word = |quality: &Option<String>| plain(quality.as_deref().unwrap_or("unknown"));
            let bad = matches!(new.as_deref(), Some("RED" | "YELLOW"));
            words(
                "quality",
                TOPIC,
                if bad { WARNING } else { INFO },
                format!("Quality of template {name}: {}", word(new)),
                if bad {
                    format!(
                        "It was {}. People block or report it: send it less often, or only to those who expect it, before \
                         WhatsApp pauses it.",
                        word(previous)
                    )
                } else {
                    String::new()
                },
            )
        }
        TemplateChange::Components(_) => words(
            "components",
            TOPIC,
            INFO,
            format!("The content of template {name} was changed"),
            "Look at it before it is sent again.",
        ),
        TemplateChange::Category {
            previous,
            new,
            correct,
            ..
        } => {
            let word = |category: &Option<String>| plain(category.as_deref().unwrap_or("another category"));
            match (correct, previous) {
                (Some(_), None) => words(
                    "category",
                    TOPIC,
                    WARNING,
                    format!("Template {name} will become {}", word(correct)),
                    format!(
                        "It is filed under {} now. Prices follow the category. Ask WhatsApp for a review if you disagree.",
                        word(new)
                    ),
                ),
                _ => words(
                    "category",
                    TOPIC,
                    WARNING,
                    format!("Template {name} is {} now", word(new)),
                    format!("It was {}. Prices follow the category.", word(previous)),
                ),
            }
        }
        TemplateChange::CorrectCategory { category, correct } => words(
            "correct_category",
            TOPIC,
            WARNING,
            format!(
                "WhatsApp holds template {name} to be {}",
                plain(correct.as_deref().unwrap_or("of another category"))
            ),
            format!(
                "It is filed under {}. Too many wrong categories limit the account: correct it.",
                plain(category.as_deref().unwrap_or("another category"))
            ),
        ),
        _ => words("template", TOPIC, INFO, format!("Template {name} changed"), ""),
    }
}

fn of_status(name: &str, status: &TemplateStatus) -> Words {
    let why = status.reason.as_deref().map(plain);
    let said = status.description.clone().unwrap_or_default();
    let (severity, title, detail) = match &status.event {
        TemplateEvent::Approved => (INFO, "can be sent", String::new()),
        TemplateEvent::Rejected => (
            WARNING,
            "was refused",
            [
                why.map(|why| format!("Reason: {why}.")),
                status.rejection.clone(),
                status.recommendation.clone(),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
        ),
        TemplateEvent::Pending => (INFO, "is being looked at", String::new()),
        TemplateEvent::Paused if status.title.as_deref() == Some("UNPAUSE") => {
            (INFO, "can be sent again", said)
        }
        TemplateEvent::Paused => (WARNING, "is paused", said),
        TemplateEvent::Disabled => (
            CRITICAL,
            "is disabled for good",
            "Too many people blocked or reported it. Make another one.".to_owned(),
        ),
        TemplateEvent::Flagged => (
            WARNING,
            "has low quality",
            "WhatsApp will disable it if that stays so.".to_owned(),
        ),
        TemplateEvent::Reinstated => (INFO, "can be sent again", said),
        TemplateEvent::InAppeal => (INFO, "is being looked at again", String::new()),
        TemplateEvent::PendingDeletion => (INFO, "is being deleted", String::new()),
        TemplateEvent::Deleted => (
            INFO,
            "is deleted",
            "Its name cannot be used for 30 days.".to_owned(),
        ),
        TemplateEvent::LimitExceeded => (
            WARNING,
            "could not be made: the account has too many",
            "Delete templates that are no longer used.".to_owned(),
        ),
        TemplateEvent::Locked => (WARNING, "is locked and cannot be edited", said),
        TemplateEvent::Archived => (INFO, "was put away, since nobody sent it for long", said),
        _ => (INFO, "has a new state", said),
    };
    words(
        status.event.as_str(),
        TOPIC,
        severity,
        format!("Template {name} {title}"),
        detail,
    )
}

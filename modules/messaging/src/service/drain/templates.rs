//! Publishes what became of templates.

use cloud_api::webhook::{TemplateChange, TemplateUpdate, Update};
use contracts::{
    channels::{AccountNews, Told},
    messaging::{TemplateChanged, TemplatesChanged},
};
use kernel::{Result, TenantTx};

/// Publishes what the news say about templates.
pub(super) fn tell(tx: &mut TenantTx, news: &[AccountNews]) -> Result<()> {
    let items: Vec<TemplateChanged> = news
        .iter()
        .filter_map(|news| match &news.told {
            Told::Update(Update::Template(update)) => Some(changed(news, update)),
            _ => None,
        })
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    tx.publish(&TemplatesChanged { items })
}

fn changed(news: &AccountNews, update: &TemplateUpdate) -> TemplateChanged {
    let base = TemplateChanged {
        waba_id: news.waba_id.clone(),
        template_id: update.id.clone(),
        name: update.name.clone().unwrap_or_default(),
        language: update.language.clone().unwrap_or_default(),
        at: news.at,
        ..TemplateChanged::default()
    };
    let change = |word: &str| word.to_owned();
    match update.change.clone() {
        TemplateChange::Status(status) => TemplateChanged {
            change: change("status"),
            // WhatsApp tells the end of a pause as another pause.
            status: Some(match status.title.as_deref() {
                Some("UNPAUSE") => "APPROVED".to_owned(),
                _ => status.event.as_str().to_owned(),
            }),
            category: status.category,
            reason: status.rejection.or(status.reason).or(status.description),
            ..base
        },
        TemplateChange::Quality { new, .. } => TemplateChanged {
            change: change("quality"),
            quality: new,
            ..base
        },
        TemplateChange::Components(_) => TemplateChanged {
            change: change("components"),
            ..base
        },
        TemplateChange::Category { new, correct, .. } => TemplateChanged {
            change: change("category"),
            category: new,
            correct_category: correct,
            ..base
        },
        TemplateChange::CorrectCategory { category, correct } => TemplateChanged {
            change: change("correct_category"),
            category,
            correct_category: correct,
            ..base
        },
        _ => base,
    }
}

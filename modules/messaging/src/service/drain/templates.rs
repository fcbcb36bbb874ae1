//! Publishes what became of templates.

use cloud_api::webhook::{TemplateChange, TemplateUpdate, Update};
use contracts::{
    channels::{AccountNews, Told},
    messaging::{TemplateNews, TemplateNewsItem},
};
use kernel::{Result, TenantTx};

/// Publishes what the news say about templates.
pub(super) fn tell(tx: &mut TenantTx, news: &[AccountNews]) -> Result<()> {
    let items: Vec<TemplateNewsItem> = news
        .iter()
        .filter_map(|news| match &news.told {
            Told::Update(Update::Template(update)) => Some(changed(news, update)),
            _ => None,
        })
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    tx.publish(&TemplateNews { items })
}

fn changed(news: &AccountNews, update: &TemplateUpdate) -> TemplateNewsItem {
    let base = TemplateNewsItem {
        waba_id: news.waba_id.clone(),
        template_id: update.id.clone(),
        name: update.name.clone().unwrap_or_default(),
        language: update.language.clone().unwrap_or_default(),
        at: news.at,
        ..TemplateNewsItem::default()
    };
    let change = |word: &str| word.to_owned();
    match update.change.clone() {
        TemplateChange::Status(status) => TemplateNewsItem {
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
        TemplateChange::Quality { new, .. } => TemplateNewsItem {
            change: change("quality"),
            quality: new,
            ..base
        },
        TemplateChange::Components(_) => TemplateNewsItem {
            change: change("components"),
            ..base
        },
        TemplateChange::Category { new, correct, .. } => TemplateNewsItem {
            change: change("category"),
            category: new,
            correct_category: correct,
            ..base
        },
        TemplateChange::CorrectCategory { category, correct } => TemplateNewsItem {
            change: change("correct_category"),
            category,
            correct_category: correct,
            ..base
        },
        _ => base,
    }
}

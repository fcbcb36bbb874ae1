//! Publishes what became of templates.

use chrono::{DateTime, Utc};
use cloud_api::webhook::{TemplateChange, TemplateComponents, TemplateStatus, TemplateUpdate, Update};
use contracts::{
    channels::{AccountNews, Told},
    messaging::{TemplateContent, TemplateContentButton, TemplateNews, TemplateNewsItem},
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
    match update.change.clone() {
        TemplateChange::Status(status) => of_status(status, base),
        TemplateChange::Quality { new, .. } => TemplateNewsItem {
            change: "quality".to_owned(),
            quality: new,
            ..base
        },
        TemplateChange::Components(content) => TemplateNewsItem {
            change: "components".to_owned(),
            content: Some(of_content(content)),
            ..base
        },
        TemplateChange::Category {
            previous,
            new,
            correct,
            at,
        } => TemplateNewsItem {
            change: "category".to_owned(),
            category: new,
            previous_category: previous,
            correct_category: correct,
            effective_at: at.and_then(instant),
            ..base
        },
        TemplateChange::CorrectCategory { category, correct } => TemplateNewsItem {
            change: "correct_category".to_owned(),
            category,
            correct_category: correct,
            ..base
        },
        _ => base,
    }
}

fn of_status(status: TemplateStatus, base: TemplateNewsItem) -> TemplateNewsItem {
    // The end of a pause has the title UNPAUSE, under the event APPROVED or PAUSED.
    let (unpaused, event) = (
        status.title.as_deref() == Some("UNPAUSE"),
        status.event.as_str().to_owned(),
    );
    let word = status.reason.clone().or(status.title).filter(|_| !unpaused);
    TemplateNewsItem {
        change: "status".to_owned(),
        status: Some(if unpaused { "APPROVED".to_owned() } else { event }),
        category: status.category,
        reason: status.rejection.or(status.reason).or(status.description),
        reason_word: word,
        recommendation: status.recommendation,
        disabled_at: status.disable_date.and_then(instant),
        ..base
    }
}

fn of_content(content: TemplateComponents) -> TemplateContent {
    let buttons = content.buttons.into_iter().map(|button| TemplateContentButton {
        kind: button.kind.unwrap_or_default(),
        text: button.text,
        url: button.url,
        phone_number: button.phone_number,
    });
    TemplateContent {
        header: content.title,
        body: content.body,
        footer: content.footer,
        buttons: buttons.collect(),
    }
}

fn instant(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

//! Templates of a number's account: as WhatsApp has them now, and what its news say of them.

use chrono::{DateTime, SubsecRound, Utc};
use cloud_api::{
    ids::WabaId,
    template::Template,
    webhook::{TemplateChange, TemplateUpdate, Update},
};
use contracts::{
    channels::{AccountNews, ChannelId, Told},
    templates::{Category, TemplateKey},
};
use kernel::{Result, TenantDb, TenantTx, retrying};

use super::{
    Service,
    catalog::{self, Filed},
    read::seen,
};
use crate::error::ChannelError;

impl Service {
    /// The channel's templates as WhatsApp has them now, at most 300.
    pub async fn templates(&self, db: &TenantDb, id: ChannelId) -> Result<Vec<Template>> {
        // News count by whole seconds; what comes while the list is read is newer.
        let asked = db.clock().now().trunc_subsecs(0);
        let channel = self.channel(db, id).await?;
        let waba = WabaId::from(channel.waba_id.clone());
        let client = self.client_of(&seen(channel, db.clock().now()))?;
        let (mut templates, mut after) = (Vec::new(), None::<String>);
        for _ in 0..3 {
            let page = client
                .templates(&waba, after.as_deref(), 100)
                .await
                .map_err(ChannelError::from)?;
            templates.extend(page.items);
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        let filed = listed(waba.as_str(), &templates, asked);
        retrying(|| async {
            let tx = db.begin().await?;
            catalog::file(&tx, filed.clone()).await?;
            tx.commit().await
        })
        .await?;
        Ok(templates)
    }
}

/// What the listed templates are filed under.
fn listed(waba_id: &str, templates: &[Template], at: DateTime<Utc>) -> Vec<Filed> {
    let filed = templates.iter().filter_map(|template| {
        Some(Filed {
            key: key(waba_id, &template.name, &template.language)?,
            category: Category::parse(template.category.as_deref()?)?,
            at,
        })
    });
    filed.collect()
}

/// Keeps what news say of templates' categories.
pub(super) async fn apply(tx: &TenantTx, news: &[AccountNews]) -> Result<()> {
    let filed = news.iter().filter_map(|news| {
        let Told::Update(Update::Template(update)) = &news.told else {
            return None;
        };
        Some(Filed {
            key: key(
                &news.waba_id,
                update.name.as_deref()?,
                update.language.as_deref()?,
            )?,
            category: Category::parse(category_in(update)?)?,
            at: news.at,
        })
    });
    catalog::file(tx, filed.collect()).await
}

/// None for what no column holds. WhatsApp writes en_US and en-US.
fn key(waba_id: &str, name: &str, language: &str) -> Option<TemplateKey> {
    let fits = |text: &str, most: usize| text.chars().count() <= most;
    let fit = fits(waba_id, 32) && fits(name, 512) && fits(language, 16);
    fit.then(|| TemplateKey {
        waba_id: waba_id.to_owned(),
        name: name.to_owned(),
        language: language.replace('-', "_"),
    })
}

/// The category that a template has from now on.
fn category_in(update: &TemplateUpdate) -> Option<&str> {
    match &update.change {
        TemplateChange::Status(status) => status.category.as_deref(),
        TemplateChange::Category { new, .. } => new.as_deref(),
        TemplateChange::CorrectCategory { category, .. } => category.as_deref(),
        _ => None,
    }
}

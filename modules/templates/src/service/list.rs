//! Reading the copy.

use std::collections::HashMap;

use contracts::{channels::ChannelId, templates::TemplateId};
use kernel::{PageQuery, Result, TenantDb};
use sea_orm::{ColumnTrait, sea_query::LikeExpr};
use text::key::text_key;

use super::Service;
use crate::entity::{
    enums::{Category, Status},
    submission,
    template::{Column, Entity, Model},
};

/// Bytes of content that a page of the list has at most.
const A_PAGE: i64 = 2 << 20;

/// Which templates are wanted.
#[derive(Clone, Debug, Default)]
pub struct TemplateFilter {
    /// Of the account of this number.
    pub channel_id: Option<ChannelId>,
    /// Of this WhatsApp Business Account.
    pub waba_id: Option<String>,
    /// With this status.
    pub status: Option<Status>,
    /// Filed under this.
    pub category: Option<Category>,
    /// In this language.
    pub language: Option<String>,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub quality: Option<&'static str>,
    /// With exactly this name.
    pub name: Option<String>,
    /// With this in name or texts.
    pub search: Option<String>,
}

impl Service {
    /// A page of templates, newest first. Those that are gone are left out unless asked for. 404 for a number that is not the
    /// tenant's.
    pub async fn templates(
        &self,
        db: &TenantDb,
        filter: TemplateFilter,
        query: &PageQuery,
    ) -> Result<(Vec<Model>, Option<String>)> {
        let of_number = match filter.channel_id {
            Some(id) => Some(self.account_of(db, id).await?),
            None => None,
        };
        let gone = matches!(filter.status, Some(Status::Deleted | Status::PendingDeletion));
        db.find::<Entity>()
            .filter_some((!gone).then(|| Column::GoneAt.is_null()))
            .filter_some(of_number.map(|waba| Column::WabaId.eq(waba)))
            .filter_some(filter.waba_id.map(|waba| Column::WabaId.eq(waba)))
            .filter_some(filter.status.map(|status| Column::Status.eq(status)))
            .filter_some(filter.category.map(|category| Column::Category.eq(category)))
            .filter_some(
                filter
                    .language
                    .map(|language| Column::Language.eq(language.replace('-', "_"))),
            )
            .filter_some(filter.quality.map(|quality| Column::Quality.eq(quality)))
            .filter_some(filter.name.map(|name| Column::Name.eq(name.trim())))
            .search_some(filter.search.as_deref().and_then(contains))
            .page_by_id_within(query, Column::Components, A_PAGE)
            .await
    }

    /// One template.
    pub async fn template(&self, db: &TenantDb, id: TemplateId) -> Result<Model> {
        db.get::<Entity>(id).await
    }

    /// What was handed in of these templates and has no answer yet, or was refused.
    pub async fn submissions(
        &self,
        db: &TenantDb,
        ids: impl IntoIterator<Item = TemplateId>,
    ) -> Result<HashMap<TemplateId, submission::Model>> {
        let ids: Vec<TemplateId> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = db
            .find::<submission::Entity>()
            .filter(submission::Column::TemplateId.is_in(kernel::padded(ids)))
            .all()
            .await?;
        Ok(rows.into_iter().map(|row| (row.template_id, row)).collect())
    }
}

/// "The text occurs in name or texts", as [`text_key`] compares; nothing for a text with nothing to look for.
fn contains(text: &str) -> Option<sea_orm::sea_query::SimpleExpr> {
    let key = text_key(text);
    if key.is_empty() {
        return None;
    }
    let mut pattern = String::from("%");
    for c in key.chars() {
        // Not the backslash: MySQL would have it doubled once more inside a literal.
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    Some(Column::SearchKey.like(LikeExpr::new(pattern).escape('!')))
}

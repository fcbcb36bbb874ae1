//! What happened to templates, as a timeline for people.

use contracts::templates::TemplateId;
use kernel::{PageQuery, Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{Service, notes::Note};
use crate::entity::{
    event::{ActiveModel, Column, Entity, Model},
    template,
};

/// Writes entries into the timelines, in the order given.
pub(super) async fn write(tx: &TenantTx, notes: impl IntoIterator<Item = (TemplateId, Note)>) -> Result<()> {
    let now = tx.clock().now();
    let row = |(template_id, note): (TemplateId, Note)| ActiveModel {
        id: Set(tx.clock().new_id()),
        template_id: Set(template_id),
        kind: Set(note.kind.to_owned()),
        severity: Set(note.severity),
        title: Set(note.title.kept().unwrap_or_default()),
        detail: Set(note.detail.kept().unwrap_or_default()),
        actor: Set(note.actor.map(|actor| actor.chars().take(200).collect())),
        at: Set(note.at),
        created_at: Set(now),
        ..ActiveModel::default()
    };
    let rows: Vec<ActiveModel> = notes.into_iter().map(row).collect();
    match rows.is_empty() {
        true => Ok(()),
        false => tx.insert_many::<Entity>(rows).await,
    }
}

impl Service {
    /// A template's timeline, newest first; 404 for a template that is not the tenant's.
    pub async fn timeline(
        &self,
        db: &TenantDb,
        id: TemplateId,
        query: &PageQuery,
    ) -> Result<(Vec<Model>, Option<String>)> {
        db.get::<template::Entity>(id).await?;
        db.find::<Entity>()
            .filter(Column::TemplateId.eq(id))
            .page_by_time(Column::At, |row| row.at, query)
            .await
    }
}

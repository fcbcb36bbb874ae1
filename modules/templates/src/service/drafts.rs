//! Drafts: what somebody is writing, saved as it is. A half-written template is a valid draft.

use contracts::{channels::ChannelId, templates::TemplateId};
use kernel::{Actor, Error, FieldError, PageQuery, Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde_json::Value;

use super::{
    Service,
    check::{self, LARGEST},
    submit::name_of,
};
use crate::{
    entity::{
        draft::{ActiveModel, Column, DraftId, Entity, Model},
        template,
    },
    error::TemplateError,
};

/// Drafts of a tenant.
pub(super) const MOST: usize = 200;
/// Bytes of the bodies of one page.
const PAGE: i64 = 512 * 1024;
/// Characters of a name and of a language that the list shows.
const SHOWN: (usize, usize) = (512, 16);

/// A draft as somebody writes it.
#[derive(Clone, Debug)]
pub struct Written {
    /// For which number's account.
    pub channel_id: Option<ChannelId>,
    /// The template that it changes; none for a new one.
    pub template_id: Option<TemplateId>,
    /// WhatsApp's body of a creation as far as it is written.
    pub template: Value,
    /// What its slots will be filled with.
    pub mapping: Option<Value>,
}

/// A mapping is an object of at most [`LARGEST`] bytes. What is in it is looked at where it is used.
pub(super) fn mapping(mapping: Option<&Value>) -> Result<()> {
    let Some(mapping) = mapping else {
        return Ok(());
    };
    if !mapping.is_object() {
        return Err(Error::invalid("mapping", "must be an object"));
    }
    let size = mapping.to_string().len();
    if size > LARGEST {
        let field = FieldError::new("mapping", format!("must have {LARGEST} bytes of JSON at most"));
        return Err(Error::invalid_fields(vec![
            field.with_limit(LARGEST as u64).with_value(size),
        ]));
    }
    Ok(())
}

/// Keeps a draft in a transaction.
///
/// # Errors
/// 409 `drafts_full`.
pub(super) async fn keep(tx: &TenantTx, actor: &Actor, written: &Written) -> Result<DraftId> {
    let ids: Vec<DraftId> = tx
        .find::<Entity>()
        .limit(MOST as u64)
        .columns(&[Column::Id])
        .await?;
    if ids.len() >= MOST {
        return Err(TemplateError::DraftsFull(MOST).into());
    }
    let id: DraftId = tx.clock().new_id();
    let row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(tx.clock().now()),
        ..columns(tx, actor, written)
    };
    tx.insert::<Entity>(row).await?;
    Ok(id)
}

fn columns(tx: &TenantTx, actor: &Actor, written: &Written) -> ActiveModel {
    let cut = |key: &str, most: usize| check::text(&written.template, key).chars().take(most).collect();
    ActiveModel {
        channel_id: Set(written.channel_id),
        template_id: Set(written.template_id),
        name: Set(cut("name", SHOWN.0)),
        language: Set(cut("language", SHOWN.1)),
        body: Set(written.template.to_string()),
        mapping: Set(written.mapping.as_ref().map_or("{}".to_owned(), Value::to_string)),
        saved_by: Set(Some(name_of(actor))),
        updated_at: Set(tx.clock().now()),
        ..Default::default()
    }
}

impl Service {
    /// A page of drafts, newest first.
    pub async fn drafts(&self, db: &TenantDb, query: &PageQuery) -> Result<(Vec<Model>, Option<String>)> {
        db.find::<Entity>()
            .page_by_id_within(query, Column::Body, PAGE)
            .await
    }

    /// One draft.
    ///
    /// # Errors
    /// 404 if it is not the tenant's.
    pub async fn draft(&self, db: &TenantDb, id: DraftId) -> Result<Model> {
        db.get::<Entity>(id).await
    }

    /// Saves a new draft.
    ///
    /// # Errors
    /// 409 `drafts_full`, 422 for what is too large, 404 for a number or template that is not the tenant's.
    pub async fn add_draft(&self, db: &TenantDb, actor: &Actor, written: Written) -> Result<Model> {
        self.admissible(db, &written).await?;
        let tx = db.begin().await?;
        let id = keep(&tx, actor, &written).await?;
        let row = tx.get::<Entity>(id).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Saves a draft over the version that was read.
    ///
    /// # Errors
    /// 409 `draft_changed` with the newest version, if that is another; else as [`Service::add_draft`].
    pub async fn save_draft(
        &self,
        db: &TenantDb,
        actor: &Actor,
        id: DraftId,
        version: i32,
        written: Written,
    ) -> Result<Model> {
        db.get::<Entity>(id).await?;
        self.admissible(db, &written).await?;
        let tx = db.begin().await?;
        let row = tx.lock::<Entity>(id).await?;
        if row.version != version {
            return Err(TemplateError::DraftChanged { newest: row.version }.into());
        }
        let saved = ActiveModel {
            version: Set(version.saturating_add(1)),
            ..columns(&tx, actor, &written)
        };
        tx.update::<Entity>()
            .filter(Column::Id.eq(id))
            .set(saved)
            .exec()
            .await?;
        let row = tx.get::<Entity>(id).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Deletes a draft.
    ///
    /// # Errors
    /// 404 if it is not the tenant's.
    pub async fn delete_draft(&self, db: &TenantDb, id: DraftId) -> Result<()> {
        let tx = db.begin().await?;
        tx.delete_one::<Entity>(id).await?;
        tx.commit().await
    }

    /// Whether a draft can be saved: what it names is the tenant's, and it is not too large.
    async fn admissible(&self, db: &TenantDb, written: &Written) -> Result<()> {
        check::given(&written.template)?;
        mapping(written.mapping.as_ref())?;
        if let Some(id) = written.channel_id {
            let channel = self.channels.by_id(db, id).await?;
            channel.ok_or_else(|| Error::not_found("channel"))?;
        }
        if let Some(id) = written.template_id {
            db.get::<template::Entity>(id).await?;
        }
        Ok(())
    }
}

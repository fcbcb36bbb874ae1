//! Deleting templates, and what uses one.

use contracts::templates::{TemplateId, TemplatePart};
use kernel::{Actor, Result, TenantDb};
use sea_orm::{ActiveEnum, ColumnTrait, Order};
use serde_json::Value;

use super::{
    Service, drafts,
    store::tell,
    submit::{self, Handed},
};
use crate::{
    entity::{
        draft::{self, DraftId},
        enums::{Status, SubmissionKind},
        template::{Entity, Model},
    },
    error::TemplateError,
};

/// What uses a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseKind {
    /// A draft changes it.
    Draft,
    /// It is mapped: its slots are filled by themselves.
    DefaultMapping,
}

/// One thing that uses a template.
#[derive(Clone, Debug)]
pub struct Use {
    /// What it is.
    pub kind: UseKind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Service {
    /// What uses a template. Modules that keep templates (campaigns, rules) are to be asked here, by a port of theirs in `contracts`.
    ///
    /// # Errors
    /// 404 if it is not the tenant's.
    pub async fn uses(&self, db: &TenantDb, id: TemplateId) -> Result<Vec<Use>> {
        let row = db.get::<Entity>(id).await?;
        let drafts = db
            .find::<draft::Entity>()
            .filter(draft::Column::TemplateId.eq(id))
            .order_by(draft::Column::Id, Order::Desc)
            .limit(drafts::MOST as u64)
            .columns(&[draft::Column::Id, draft::Column::Name])
            .await?;
        let of_draft = |(id, name): (DraftId, String)| Use {
            kind: UseKind::Draft,
            id: id.to_string(),
            name,
        };
        let mut uses: Vec<Use> = drafts.into_iter().map(of_draft).collect();
        let mapping: Value = serde_json::from_str(&row.mapping)?;
        if mapping.as_object().is_some_and(|mapping| !mapping.is_empty()) {
            uses.push(Use {
                kind: UseKind::DefaultMapping,
                id: row.id.to_string(),
                name: row.name,
            });
        }
        Ok(uses)
    }

    /// Deletes a template at WhatsApp, in a job; all languages of its name if told. One that is deleted already stays as it is.
    ///
    /// # Errors
    /// 409 `not_deletable` or `submission_pending`, 404 if it is not the tenant's.
    pub async fn delete(
        &self,
        db: &TenantDb,
        actor: &Actor,
        id: TemplateId,
        all_languages: bool,
    ) -> Result<Model> {
        let row = db.get::<Entity>(id).await?;
        if row.gone_at.is_some() || matches!(row.status, Status::Deleted | Status::PendingDeletion) {
            return Ok(row);
        }
        let number = self.number_of(db, &row.waba_id).await?;
        let mut tx = db.begin().await?;
        let row = tx.lock::<Entity>(id).await?;
        let hindrance = match row.status {
            Status::Disabled => Some("WhatsApp does not delete disabled templates."),
            _ if row.whatsapp_id.is_none() => Some(
                "WhatsApp does not have this template. Give its submission up instead, once WhatsApp has refused it.",
            ),
            _ => None,
        };
        if let Some(hindrance) = hindrance {
            return Err(TemplateError::NotDeletable(hindrance).into());
        }
        let handed = Handed {
            all_languages,
            status: row.status.to_value(),
            ..Handed::default()
        };
        submit::hand_in(&mut tx, actor, id, number.id, SubmissionKind::Delete, &handed).await?;
        tell(&mut tx, &row, &[TemplatePart::Submission])?;
        tx.commit().await?;
        Ok(row)
    }
}

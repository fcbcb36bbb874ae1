//! What WhatsApp refused: handed in once more, or given up.

use contracts::templates::{TemplateId, TemplatePart};
use kernel::{Actor, Error, Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use sentences::Term;

use super::{Handed, name_of, note};
use crate::{
    entity::{
        enums::{Severity, Status, SubmissionKind, SubmissionState},
        event,
        submission::{self, Column, Entity},
        template::{self, Model},
    },
    error::TemplateError,
    job::Submit,
    service::{Service, drafts, limits::NAME_LOCK, store::tell},
};

impl Service {
    /// Hands in once more what WhatsApp refused, as it is.
    ///
    /// # Errors
    /// 409 `nothing_refused`, 404 if it is not the tenant's.
    pub async fn retry(&self, db: &TenantDb, actor: &Actor, id: TemplateId) -> Result<Model> {
        let mut tx = db.begin().await?;
        let row = tx.lock::<template::Entity>(id).await?;
        let refused = refused(&tx, id).await?;
        let again = submission::ActiveModel {
            state: Set(SubmissionState::Waiting),
            // It may have arrived: whether it has is looked up first.
            attempts: Set(refused.attempts.clamp(0, 1)),
            problem: Set(None),
            submitted_by: Set(Some(name_of(actor))),
            updated_at: Set(tx.clock().now()),
            ..Default::default()
        };
        tx.update::<Entity>()
            .filter(Column::TemplateId.eq(id))
            .set(again)
            .exec()
            .await?;
        tx.enqueue(&Submit { template_id: id })?;
        note(
            &tx,
            &row,
            "submitted",
            Severity::Info,
            Term::TemplateSubmitted,
            (),
            Some(actor),
        )
        .await?;
        tell(&mut tx, &row, &[TemplatePart::Submission])?;
        tx.commit().await?;
        Ok(row)
    }

    /// Gives up what WhatsApp refused. A creation goes, and what was written stays as a draft; so does a change.
    ///
    /// # Errors
    /// 409 `nothing_refused` or `drafts_full`, 404 if it is not the tenant's.
    pub async fn give_up(&self, db: &TenantDb, actor: &Actor, id: TemplateId) -> Result<()> {
        let mut tx = db.begin().await?;
        let row = tx.lock::<template::Entity>(id).await?;
        let refused = refused(&tx, id).await?;
        let handed: Handed = serde_json::from_str(&refused.body)?;
        let goes = refused.kind == SubmissionKind::Create && row.whatsapp_id.is_none();
        if refused.kind != SubmissionKind::Delete {
            let mapping = match &handed.mapping {
                Some(mapping) => serde_json::to_value(mapping)?,
                None => serde_json::from_str(&row.mapping)?,
            };
            let draft = drafts::Written {
                channel_id: Some(refused.channel_id),
                template_id: Some(id).filter(|_| !goes),
                template: handed.template,
                mapping: Some(mapping),
            };
            drafts::keep(&tx, actor, &draft).await?;
        }
        tx.delete::<Entity>()
            .filter(Column::TemplateId.eq(id))
            .exec()
            .await?;
        if goes {
            remove(&tx, &row).await?;
            tell(&mut tx, &row, &[TemplatePart::Removed])?;
        } else {
            note(
                &tx,
                &row,
                "given_up",
                Severity::Info,
                Term::TemplateGivenUp,
                (),
                Some(actor),
            )
            .await?;
            tell(&mut tx, &row, &[TemplatePart::Submission])?;
        }
        tx.commit().await
    }
}

/// The refused submission of a template, locked.
async fn refused(tx: &TenantTx, id: TemplateId) -> Result<submission::Model> {
    let this = tx.find::<Entity>().filter(Column::TemplateId.eq(id));
    let row = this.for_update().one().await?;
    let refused = row.filter(|row| row.state == SubmissionState::Refused);
    refused.ok_or_else(|| Error::from(TemplateError::NothingRefused))
}

/// A creation that WhatsApp never took goes with its timeline; a row that was another template's before is deleted again.
async fn remove(tx: &TenantTx, row: &Model) -> Result<()> {
    let this = template::Column::Id.eq(row.id);
    if let Some(until) = row.locked_until {
        let deleted = template::ActiveModel {
            status: Set(Status::Deleted),
            gone_at: Set(Some(until - NAME_LOCK)),
            ..Default::default()
        };
        tx.update::<template::Entity>()
            .filter(this)
            .set(deleted)
            .exec()
            .await?;
        return Ok(());
    }
    tx.delete::<event::Entity>()
        .filter(event::Column::TemplateId.eq(row.id))
        .exec()
        .await?;
    tx.delete::<template::Entity>().filter(this).exec().await?;
    Ok(())
}

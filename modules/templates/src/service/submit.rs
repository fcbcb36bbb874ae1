//! Handing templates in: a creation, a change or a deletion is written down in one transaction with the job that asks WhatsApp
//! (`submit/ask.rs`); its answer, or why there is none, is kept (`submit/settle.rs`).

mod ask;
mod refused;
mod settle;

use cloud_api::template::{
    lint::{Finding, Rule},
    render::Source,
};
use contracts::{
    channels::ChannelId,
    templates::{Mapping, TemplateId, TemplatePart},
};
use kernel::{Actor, Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use sentences::{Sentence, Sentences, Term};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Service, check,
    content::search_key,
    limits::Hindrance,
    mapping,
    notes::{Note, of_it},
    store::tell,
    timeline,
};
use crate::{
    entity::{
        draft::DraftId,
        enums::{Category, Severity, Status, SubmissionKind, SubmissionState},
        submission::{self, Column, Entity},
        template::{self, Model},
    },
    error::TemplateError,
    job::Submit,
};

/// What was handed in, as the submission keeps it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Handed {
    /// The whole body of a creation; of a change too, whose request is a part of it. Null for a deletion.
    #[serde(default)]
    pub template: Value,
    /// What the template's slots are filled with once WhatsApp has taken the change; none if that stays.
    #[serde(default)]
    pub mapping: Option<Mapping>,
    /// Of a deletion: all languages of the name.
    #[serde(default)]
    pub all_languages: bool,
    /// The template's status when it was handed in: changes of approved templates are counted.
    #[serde(default)]
    pub status: String,
}

/// A template to hand in.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// WhatsApp's body of a creation.
    pub template: Value,
    /// What its slots are filled with.
    pub mapping: Option<Mapping>,
    /// The draft that it was written as: it has done its duty then.
    pub draft: Option<DraftId>,
}

impl Service {
    /// Creates a template: it is kept as SUBMITTING, and a job hands it in.
    ///
    /// # Errors
    /// 422 `template_refused` with each finding, 409 `template_exists`; else as [`Service::check`].
    pub async fn create(
        &self,
        db: &TenantDb,
        actor: &Actor,
        channel: Option<ChannelId>,
        wanted: Wanted,
    ) -> Result<Model> {
        check::given(&wanted.template)?;
        self.check_mapping(db, &wanted.template, wanted.mapping.as_ref())
            .await?;
        let number = self.number(db, channel).await?;
        let findings = self.findings(db, &number.waba_id, &wanted.template, None).await?;
        acceptable(&findings)?;
        let mut tx = db.begin().await?;
        let id = revived_or_new(&tx, &number.waba_id, &wanted).await?;
        let handed = Handed {
            template: wanted.template,
            ..Handed::default()
        };
        hand_in(&mut tx, actor, id, number.id, SubmissionKind::Create, &handed).await?;
        drop_draft(&tx, wanted.draft).await?;
        let row = tx.get::<template::Entity>(id).await?;
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
        tell(&mut tx, &row, &[TemplatePart::Added, TemplatePart::Status])?;
        tx.commit().await?;
        Ok(row)
    }

    /// Changes a template: its content is replaced once WhatsApp has taken the change. A creation that WhatsApp refused is replaced and
    /// handed in again.
    ///
    /// # Errors
    /// 409 `not_editable` with the reason, 422 `template_refused` with each finding, 404 if it is not the tenant's.
    pub async fn edit(&self, db: &TenantDb, actor: &Actor, id: TemplateId, wanted: Wanted) -> Result<Model> {
        check::given(&wanted.template)?;
        let row = db.get::<template::Entity>(id).await?;
        let template = check::whole(&wanted.template, &row);
        self.check_mapping(db, &template, wanted.mapping.as_ref()).await?;
        let editing = self.editing(db, &row).await?;
        match editing.hindrance {
            Some(Hindrance::BeingSubmitted) => return Err(TemplateError::SubmissionPending.into()),
            Some(_) => return Err(TemplateError::NotEditable(editing.why()).into()),
            None => {}
        }
        let findings = self
            .findings(db, &row.waba_id, &wanted.template, Some(&row))
            .await?;
        acceptable(&findings)?;
        let number = self.number_of(db, &row.waba_id).await?;
        let mut tx = db.begin().await?;
        let row = tx.lock::<template::Entity>(id).await?;
        let template = check::whole(&wanted.template, &row);
        let is_new = row.whatsapp_id.is_none();
        let handed = Handed {
            mapping: wanted.mapping.clone().filter(|_| !is_new),
            template,
            status: sea_orm::ActiveEnum::to_value(&row.status),
            ..Handed::default()
        };
        let kind = match is_new {
            true => SubmissionKind::Create,
            false => SubmissionKind::Edit,
        };
        hand_in(&mut tx, actor, id, number.id, kind, &handed).await?;
        if is_new {
            let mut content = content(&row.name, &handed.template)?;
            if let Some(mapping) = &wanted.mapping {
                content.mapping = Set(mapping::kept(mapping)?);
            }
            tx.update::<template::Entity>()
                .filter(template::Column::Id.eq(id))
                .set(content)
                .exec()
                .await?;
        }
        drop_draft(&tx, wanted.draft).await?;
        let row = tx.get::<template::Entity>(id).await?;
        tell(&mut tx, &row, &[TemplatePart::Submission])?;
        tx.commit().await?;
        Ok(row)
    }

    /// Whether a mapping fits the template that it comes with.
    async fn check_mapping(&self, db: &TenantDb, template: &Value, mapping: Option<&Mapping>) -> Result<()> {
        let Some(mapping) = mapping else { return Ok(()) };
        let tx = db.begin().await?;
        self.fitting(&tx, Source::of(template), mapping).await?;
        tx.commit().await
    }

    /// Ends a pause, where pacing paused the template at least five minutes ago. WhatsApp is asked at once.
    ///
    /// # Errors
    /// 409 `not_paused`, 409 `unpause_refused` with WhatsApp's reason, 502 `whatsapp_refused`, 404 if it is not the tenant's.
    pub async fn unpause(&self, db: &TenantDb, actor: &Actor, id: TemplateId) -> Result<Model> {
        let row = db.get::<template::Entity>(id).await?;
        let Some(whatsapp_id) = row
            .whatsapp_id
            .as_deref()
            .filter(|_| row.status == Status::Paused)
        else {
            return Err(TemplateError::NotPaused.into());
        };
        let asked = settle::whole_second(db.clock().now());
        let number = self.number_of(db, &row.waba_id).await?;
        let client = self.channels.client(&number)?;
        let answer = client.unpause_template(whatsapp_id).await;
        answer
            .map_err(TemplateError::from)?
            .map_err(TemplateError::UnpauseRefused)?;
        let mut tx = db.begin().await?;
        let mut row = tx.lock::<template::Entity>(id).await?;
        // Its news may have come before.
        if row.status == Status::Paused {
            let sendable = template::ActiveModel {
                status: Set(Status::Approved),
                status_at: Set(Some(asked)),
                reason: Set(None),
                updated_at: Set(tx.clock().now()),
                ..Default::default()
            };
            tx.update::<template::Entity>()
                .filter(template::Column::Id.eq(id))
                .set(sendable)
                .exec()
                .await?;
            row = tx.get::<template::Entity>(id).await?;
        }
        note(
            &tx,
            &row,
            "unpaused",
            Severity::Info,
            Term::TemplateUnpaused,
            (),
            Some(actor),
        )
        .await?;
        tell(&mut tx, &row, &[TemplatePart::Submission])?;
        tx.commit().await?;
        Ok(row)
    }
}

/// Whether it may be handed in.
fn acceptable(findings: &[Finding]) -> Result<()> {
    let exists = |finding: &Finding| finding.rule == Rule::DuplicateNameLanguage;
    if findings.iter().any(exists) {
        return Err(TemplateError::Exists.into());
    }
    match check::refused(findings) {
        fields if fields.is_empty() => Ok(()),
        fields => Err(TemplateError::Refused(fields).into()),
    }
}

/// What a template has of the body of a creation.
fn content(name: &str, template: &Value) -> Result<template::ActiveModel> {
    let components = check::components(template);
    let named = check::text(template, "parameter_format").eq_ignore_ascii_case("NAMED");
    let ttl = template.get("message_send_ttl_seconds").and_then(Value::as_i64);
    let category = contracts::templates::Category::parse(check::text(template, "category"));
    Ok(template::ActiveModel {
        category: Set(category.map(Category::from)),
        named: Set(named),
        components: Set(serde_json::to_string(components)?),
        content_digest: Set(check::content_digest(components)),
        search_key: Set(Some(search_key(name, components))),
        ttl_seconds: Set(ttl.and_then(|ttl| i32::try_from(ttl).ok())),
        ..Default::default()
    })
}

/// The row of a new template. One that is deleted gives its row, with its timeline, to the next of its name and language.
async fn revived_or_new(tx: &TenantTx, waba_id: &str, wanted: &Wanted) -> Result<TemplateId> {
    use template::Column;
    let now = tx.clock().now();
    let (name, language) = (
        check::text(&wanted.template, "name").to_owned(),
        check::text(&wanted.template, "language").to_owned(),
    );
    let mapping = mapping::kept(wanted.mapping.as_ref().unwrap_or(&Mapping::new()))?;
    let fresh = template::ActiveModel {
        whatsapp_id: Set(None),
        status: Set(Status::Submitting),
        live: Set(None),
        quality: Set("UNKNOWN".to_owned()),
        reason: Set(None),
        recommendation: Set(None),
        previous_category: Set(None),
        pending_category: Set(None),
        pending_category_at: Set(None),
        mapping: Set(mapping),
        status_at: Set(None),
        quality_at: Set(None),
        category_at: Set(None),
        components_at: Set(None),
        reason_text: Set(None),
        disabled_at: Set(None),
        seen_at: Set(None),
        missed_at: Set(None),
        gone_at: Set(None),
        updated_at: Set(now),
        ..content(&name, &wanted.template)?
    };
    let same = tx
        .find::<template::Entity>()
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::Name.eq(name.as_str()))
        .filter(Column::Language.eq(language.as_str()))
        .for_update()
        .one()
        .await?;
    if let Some(same) = same {
        if !check::is_gone(&same) {
            return Err(TemplateError::Exists.into());
        }
        let this = template::Column::Id.eq(same.id);
        let update = tx.update::<template::Entity>().filter(this);
        update.set(fresh).exec().await?;
        return Ok(same.id);
    }
    let id: TemplateId = tx.clock().new_id();
    let row = template::ActiveModel {
        id: Set(id),
        waba_id: Set(waba_id.to_owned()),
        name: Set(name),
        language: Set(language),
        created_at: Set(now),
        ..fresh
    };
    match tx.insert::<template::Entity>(row).await {
        // Somebody else handed in the same at this moment.
        Err(error) if error.code() == "already_exists" => Err(TemplateError::Exists.into()),
        Err(error) => Err(error),
        Ok(()) => Ok(id),
    }
}

/// Writes a submission and enqueues its job.
pub(super) async fn hand_in(
    tx: &mut TenantTx,
    actor: &Actor,
    id: TemplateId,
    channel_id: ChannelId,
    kind: SubmissionKind,
    handed: &Handed,
) -> Result<()> {
    let before = tx.find::<Entity>().filter(Column::TemplateId.eq(id));
    if let Some(before) = before.for_update().one().await? {
        if before.state != SubmissionState::Refused {
            return Err(TemplateError::SubmissionPending.into());
        }
        tx.delete::<Entity>()
            .filter(Column::TemplateId.eq(id))
            .exec()
            .await?;
    }
    let now = tx.clock().now();
    let row = submission::ActiveModel {
        template_id: Set(id),
        channel_id: Set(channel_id),
        kind: Set(kind),
        state: Set(SubmissionState::Waiting),
        body: Set(serde_json::to_string(handed)?),
        attempts: Set(0),
        problem: Set(None),
        submitted_by: Set(Some(name_of(actor))),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    tx.insert::<Entity>(row).await?;
    tx.enqueue(&Submit { template_id: id })
}

/// A draft that was handed in is no longer needed. One that is gone already is no reason to stop.
async fn drop_draft(tx: &TenantTx, draft: Option<DraftId>) -> Result<()> {
    use crate::entity::draft;
    if let Some(id) = draft {
        tx.delete::<draft::Entity>()
            .filter(draft::Column::Id.eq(id))
            .exec()
            .await?;
    }
    Ok(())
}

/// Who did it, as colleagues know them.
pub(super) fn name_of(actor: &Actor) -> String {
    let (Actor::User { name, .. } | Actor::ApiKey { name, .. }) = actor;
    name.chars().take(200).collect()
}

/// Writes something into a template's timeline.
pub(super) async fn note(
    tx: &TenantTx,
    row: &Model,
    kind: &'static str,
    severity: Severity,
    title: Term,
    detail: impl Into<Sentences>,
    actor: Option<&Actor>,
) -> Result<()> {
    let title = of_it(row, title);
    note_as(tx, row, kind, severity, title, detail, actor.map(name_of)).await
}

/// As [`note`], with a title of one's own and a name that is kept already.
async fn note_as(
    tx: &TenantTx,
    row: &Model,
    kind: &'static str,
    severity: Severity,
    title: Sentence,
    detail: impl Into<Sentences>,
    actor: Option<String>,
) -> Result<()> {
    let note = Note {
        actor,
        ..Note::new(kind, severity, title, detail, tx.clock().now())
    };
    timeline::write(tx, [(row.id, note)]).await
}

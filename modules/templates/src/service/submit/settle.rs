//! WhatsApp's answer is kept: id, status and category of a creation, the new content of a change, the end of a deletion.

use chrono::{DateTime, SubsecRound, Utc};
use contracts::templates::{self, TemplatePart};
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::{ActiveEnum, ActiveValue::Set, ColumnTrait};
use sentences::{Sentence, Sentences, Term};
use serde_json::Value;

use super::{ask::Work, content, note_as};
use crate::{
    entity::{
        enums::{Category, Severity, Status},
        submission,
        template::{ActiveModel, Column, Entity, Model},
    },
    service::{
        Service, check,
        content::search_key,
        limits::{EDITED, NAME_LOCK, RESUBMITTED},
        live::Live,
        mapping,
        notes::of_it,
        store::tell,
    },
};

/// Languages of a name that one deletion concerns.
const LANGUAGES: u64 = 200;

/// What WhatsApp has done.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// It has the template.
    Created {
        /// Its id.
        id: String,
        /// Its status; in review if WhatsApp does not say.
        status: Option<String>,
        /// What it is filed under.
        category: Option<String>,
        /// Its components, where they were read: it may have been created by somebody else.
        components: Option<Vec<Value>>,
    },
    /// It has the new content.
    Edited {
        /// Its status; in review if WhatsApp does not say.
        status: Option<String>,
        /// What it is filed under.
        category: Option<String>,
    },
    /// It is deleted.
    Deleted,
}

/// WhatsApp's news count by whole seconds; what comes after the question is newer.
pub(super) fn whole_second(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

impl Service {
    /// Keeps an answer to a question of this time.
    pub(super) async fn settle(
        &self,
        db: &TenantDb,
        work: &Work,
        answer: Answer,
        asked: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = db.begin().await?;
        let this = tx.find::<Entity>().with_id(work.row.id).for_update();
        let Some(row) = this.one().await? else {
            return Ok(());
        };
        let done = tx
            .delete::<submission::Entity>()
            .filter(submission::Column::TemplateId.eq(row.id))
            // A later one is not this one's to end.
            .filter(submission::Column::CreatedAt.eq(work.submission.created_at))
            .exec()
            .await?;
        if done == 0 {
            return Ok(());
        }
        match answer {
            Answer::Created {
                id,
                status,
                category,
                components,
            } => {
                let mut changes = ActiveModel {
                    whatsapp_id: Set(Some(id)),
                    seen_at: Set(Some(asked)),
                    ..Default::default()
                };
                // Its news may have come first; then they are newer.
                if row.status == Status::Submitting {
                    changes.status = Set(status.as_deref().map_or(Status::Pending, Status::of));
                    changes.status_at = Set(Some(asked));
                }
                if let Some(components) = components.filter(|it| !it.is_empty()) {
                    changes.components = Set(serde_json::to_string(&components)?);
                    changes.content_digest = Set(check::content_digest(&components));
                    changes.search_key = Set(Some(search_key(&row.name, &components)));
                }
                created(&mut tx, &row, changes, category.as_deref(), asked).await?;
            }
            Answer::Edited { status, category } => {
                edited(&mut tx, work, &row, status.as_deref(), category.as_deref(), asked).await?;
            }
            Answer::Deleted => deleted(&mut tx, work, &row, asked).await?,
        }
        tx.commit().await
    }
}

/// Writes the changes and reads the row again.
async fn write(tx: &TenantTx, row: &Model, mut changes: ActiveModel) -> Result<Model> {
    changes.updated_at = Set(tx.clock().now());
    let this = Column::Id.eq(row.id);
    tx.update::<Entity>().filter(this).set(changes).exec().await?;
    tx.get::<Entity>(row.id).await
}

async fn created(
    tx: &mut TenantTx,
    row: &Model,
    mut changes: ActiveModel,
    category: Option<&str>,
    asked: DateTime<Utc>,
) -> Result<()> {
    changes.components_at = Set(Some(asked));
    let refiled = file(&mut changes, row, category, asked);
    let after = write(tx, row, changes).await?;
    let mut parts = vec![TemplatePart::Status];
    if refiled {
        note_refiled(tx, &after).await?;
        parts.push(TemplatePart::Category);
    }
    if after.status != row.status {
        note_decided(tx, &after).await?;
    }
    tell(tx, &after, &parts)
}

/// Files the template under the category that WhatsApp answered, unless news were newer. Whether it is another than was wanted.
fn file(changes: &mut ActiveModel, row: &Model, category: Option<&str>, asked: DateTime<Utc>) -> bool {
    let Some(category) = category.and_then(templates::Category::parse).map(Category::from) else {
        return false;
    };
    if row.category_at.is_some_and(|at| at >= asked) {
        return false;
    }
    changes.category = Set(Some(category));
    changes.category_at = Set(Some(asked));
    let before = row.category.filter(|before| *before != category);
    if before.is_some() {
        changes.previous_category = Set(before);
    }
    before.is_some()
}

/// WhatsApp filed it under another category than the one that was asked for.
async fn note_refiled(tx: &TenantTx, row: &Model) -> Result<()> {
    let word = |category: Option<Category>| category.map(|it| it.to_value()).unwrap_or_default();
    let title = of_it(row, Term::TemplateFiled).word("category", &word(row.category));
    let detail = Sentence::new(Term::TemplateWasFiled).word("category", &word(row.previous_category));
    note_as(tx, row, "category", Severity::Warning, title, detail, None).await
}

/// WhatsApp decided at once.
async fn note_decided(tx: &TenantTx, row: &Model) -> Result<()> {
    let (severity, title) = match row.status {
        Status::Approved => (Severity::Info, Term::TemplateApproved),
        Status::Rejected => (Severity::Critical, Term::TemplateRefused),
        _ => return Ok(()),
    };
    let title = of_it(row, title);
    note_as(tx, row, "status", severity, title, (), None).await
}

async fn edited(
    tx: &mut TenantTx,
    work: &Work,
    row: &Model,
    status: Option<&str>,
    category: Option<&str>,
    asked: DateTime<Utc>,
) -> Result<()> {
    let mut changes = ActiveModel {
        components_at: Set(Some(asked)),
        seen_at: Set(Some(asked)),
        ..content(&row.name, &work.handed.template)?
    };
    // The category is WhatsApp's to say.
    changes.category = Default::default();
    let mut parts = vec![
        TemplatePart::Components,
        TemplatePart::Status,
        TemplatePart::Variables,
    ];
    if file(&mut changes, row, category, asked) {
        parts.push(TemplatePart::Category);
    }
    if work.handed.template.get("message_send_ttl_seconds").is_none() {
        changes.ttl_seconds = Default::default();
    }
    if let Some(mapping) = &work.handed.mapping {
        changes.mapping = Set(mapping::kept(mapping)?);
        parts.push(TemplatePart::Mapping);
    }
    let mut now = row.status;
    // News that came while WhatsApp was asked are newer than its answer.
    if (row.status, row.status_at) == (work.row.status, work.row.status_at) {
        now = status.map_or(Status::Pending, Status::of);
        changes.status = Set(now);
        changes.status_at = Set(Some(asked));
        changes.reason = Set(None);
        changes.reason_text = Set(None);
        changes.recommendation = Set(None);
    }
    changes.live = Set(live(work, row, now)?);
    let after = write(tx, row, changes).await?;
    let kind = match work.handed.status == Status::Approved.to_value() {
        true => EDITED,
        false => RESUBMITTED,
    };
    let title = of_it(row, Term::TemplateEdited);
    let by = work.submission.submitted_by.clone();
    note_as(tx, &after, kind, Severity::Info, title, (), by).await?;
    tell(tx, &after, &parts)
}

/// The version that WhatsApp sends until it has approved this change: the one that it had approved before.
fn live(work: &Work, row: &Model, now: Status) -> Result<Option<String>> {
    if now != Status::Pending || work.handed.status != Status::Approved.to_value() {
        return Ok(None);
    }
    // News of the change may have come first; then the row keeps it already.
    let known = Live::read(row)?.map_or_else(|| Live::of(&work.row), |live| Ok(Some(live)))?;
    let Some(mut live) = known else { return Ok(None) };
    if work.handed.mapping.is_some() && live.mapping.is_none() {
        live.mapping = Some(serde_json::from_str(&row.mapping)?);
    }
    live.kept().map(Some)
}

async fn deleted(tx: &mut TenantTx, work: &Work, row: &Model, asked: DateTime<Utc>) -> Result<()> {
    let mut rows = vec![row.clone()];
    if work.handed.all_languages {
        let others = tx
            .find::<Entity>()
            .filter(Column::WabaId.eq(row.waba_id.as_str()))
            .filter(Column::Name.eq(row.name.as_str()))
            .filter(Column::Id.ne(row.id))
            .filter(Column::WhatsappId.is_not_null())
            .filter(Column::GoneAt.is_null())
            .limit(LANGUAGES)
            .for_update();
        rows.extend(others.all().await?);
    }
    let now = tx.clock().now();
    for row in rows {
        // Its news may have come first: then what it was before is in the work.
        let before = match row.id == work.row.id {
            true => work.row.status,
            false => row.status,
        };
        let was_approved = matches!(before, Status::Approved | Status::Paused);
        let changes = ActiveModel {
            status: Set(Status::PendingDeletion),
            live: Set(None),
            status_at: Set(Some(asked)),
            gone_at: Set(row.gone_at.or(Some(now))),
            locked_until: Set(was_approved.then(|| now + NAME_LOCK).or(row.locked_until)),
            ..Default::default()
        };
        let after = write(tx, &row, changes).await?;
        let title = of_it(&row, Term::TemplateDeletedHere);
        let detail = match was_approved {
            true => Sentences::from(Term::TemplateNameLocked),
            false => Sentences::default(),
        };
        let by = work.submission.submitted_by.clone();
        note_as(tx, &after, "deleted", Severity::Warning, title, detail, by).await?;
        tell(tx, &after, &[TemplatePart::Removed, TemplatePart::Status])?;
    }
    Ok(())
}

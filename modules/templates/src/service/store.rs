//! Writes what was learned of templates: rows, timeline, and the event for other modules and the portal.

use chrono::{DateTime, Utc};
use contracts::templates::{TemplateChange, TemplatePart, TemplatesChanged};
use kernel::{Result, TenantTx};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait,
};

use super::{
    content,
    limits::NAME_LOCK,
    notes::{self, Note},
    parts::{self, Applied, Learned, Teller},
    timeline,
};
use crate::entity::{
    enums::Status,
    template::{ActiveModel, Column, Entity, Model},
};

/// Templates told of in one event.
const AN_EVENT: usize = 200;

/// A template of an account by what WhatsApp calls it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) name: String,
    /// With an underscore: `en_US`.
    pub(super) language: String,
}

impl Name {
    /// None for what no column holds. WhatsApp writes `en_US` and `en-US`.
    pub(super) fn of(name: &str, language: &str) -> Option<Self> {
        let fits = |text: &str, most: usize| !text.is_empty() && text.chars().count() <= most;
        (fits(name, 512) && fits(language, 16)).then(|| Self {
            name: name.to_owned(),
            language: language.replace('-', "_"),
        })
    }
}

/// A template with what became of it in this transaction.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) row: Model,
    new: bool,
    touched: bool,
    changed: Vec<TemplatePart>,
    notes: Vec<Note>,
    at: DateTime<Utc>,
}

impl Held {
    /// One that is known.
    pub(super) fn known(row: Model) -> Self {
        Self {
            at: row.updated_at,
            row,
            new: false,
            touched: false,
            changed: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// One that nobody here has heard of before. Nothing is known of it yet.
    pub(super) fn unknown(tx: &TenantTx, waba_id: &str, name: Name, at: DateTime<Utc>) -> Self {
        let now = tx.clock().now();
        let row = Model {
            tenant_id: tx.tenant(),
            id: tx.clock().new_id(),
            waba_id: waba_id.to_owned(),
            whatsapp_id: None,
            search_key: Some(content::search_key(&name.name, &[])),
            name: name.name,
            language: name.language,
            status: Status::Unknown,
            category: None,
            quality: "UNKNOWN".to_owned(),
            named: false,
            components: "[]".to_owned(),
            live: None,
            content_digest: None,
            ttl_seconds: None,
            reason: None,
            reason_text: None,
            recommendation: None,
            previous_category: None,
            pending_category: None,
            pending_category_at: None,
            mapping: "{}".to_owned(),
            status_at: None,
            quality_at: None,
            category_at: None,
            components_at: None,
            disabled_at: None,
            seen_at: None,
            missed_at: None,
            gone_at: None,
            locked_until: None,
            created_at: now,
            updated_at: now,
        };
        let found = notes::found(&row, at);
        Self {
            new: true,
            touched: true,
            changed: vec![TemplatePart::Added],
            notes: vec![found],
            at,
            row,
        }
    }

    /// Puts what was learned into it; answers whether WhatsApp should be asked.
    pub(super) fn learn(&mut self, learned: Learned) -> bool {
        let (at, teller) = (learned.at, learned.teller);
        let Applied {
            changed,
            notes,
            doubtful,
            touched,
        } = parts::apply(&mut self.row, learned);
        self.touched |= touched;
        if !changed.is_empty() {
            self.at = at;
        }
        for part in changed {
            if !self.changed.contains(&part) {
                self.changed.push(part);
            }
        }
        // Of one that was just found in a list, how it is is no news.
        if !self.new || teller == Teller::News {
            self.notes.extend(notes);
        }
        doubtful
    }

    /// It was seen in the list that was asked for then.
    pub(super) fn mark_seen(&mut self, at: DateTime<Utc>) {
        self.row.seen_at = self.row.seen_at.max(Some(at));
        self.row.missed_at = None;
    }

    /// The account no longer has it, by a list that was asked for then.
    pub(super) fn mark_gone(&mut self, at: DateTime<Utc>) {
        self.notes.push(notes::gone(&self.row, at));
        if matches!(self.row.status, Status::Approved | Status::Paused) {
            self.row.locked_until = Some(at + NAME_LOCK);
        }
        self.row.status = Status::Deleted;
        self.row.status_at = Some(at);
        (self.row.reason, self.row.reason_text) = (None, None);
        self.row.live = None;
        self.row.gone_at = Some(at);
        self.row.missed_at = None;
        self.changed.extend([TemplatePart::Removed, TemplatePart::Status]);
        (self.touched, self.at) = (true, at);
    }

    /// WhatsApp has another one under its name now: what is known is of the one before.
    pub(super) fn replace(&mut self) {
        let row = &mut self.row;
        (row.status_at, row.quality_at, row.category_at, row.components_at) = (None, None, None, None);
        (row.seen_at, row.missed_at) = (None, None);
        row.live = None;
        (
            row.pending_category,
            row.pending_category_at,
            row.previous_category,
        ) = (None, None, None);
        self.touched = true;
    }

    /// Whether anything besides when it was seen is another.
    pub(super) fn is_touched(&self) -> bool {
        self.touched
    }
}

/// Writes those that were touched, their timelines, and tells of what changed.
pub(super) async fn save(tx: &mut TenantTx, held: impl IntoIterator<Item = Held>) -> Result<()> {
    let now = tx.clock().now();
    let (mut new, mut notes, mut items) = (Vec::new(), Vec::new(), Vec::new());
    let mut touched: Vec<Held> = held.into_iter().filter(Held::is_touched).collect();
    // In the order of their keys, so that two transactions never wait for each other.
    touched.sort_by_key(|held| held.row.id);
    for mut held in touched {
        if !held.changed.is_empty() {
            held.row.updated_at = now;
            items.push(change(&held.row, &held.changed, held.at));
        }
        let id = held.row.id;
        notes.extend(held.notes.into_iter().map(|note| (id, note)));
        let row = columns(held.row, held.new);
        match held.new {
            true => new.push(row),
            false => {
                let this = Column::Id.eq(id);
                tx.update::<Entity>().filter(this).set(row).exec().await?;
            }
        }
    }
    if !new.is_empty() {
        tx.insert_many::<Entity>(new).await?;
    }
    timeline::write(tx, notes).await?;
    for some in items.chunks(AN_EVENT) {
        tx.publish(&TemplatesChanged { items: some.to_vec() })?;
    }
    Ok(())
}

/// What is told of a template: what changed, and how it is now.
fn change(row: &Model, changed: &[TemplatePart], at: DateTime<Utc>) -> TemplateChange {
    let refiled = changed.contains(&TemplatePart::Category);
    TemplateChange {
        template_id: row.id,
        waba_id: row.waba_id.clone(),
        name: row.name.clone(),
        language: row.language.clone(),
        changed: changed.to_vec(),
        status: row.status.into(),
        previous_category: row.previous_category.filter(|_| refiled).map(Into::into),
        category: row.category.map(Into::into),
        pending_category: row.pending_category.map(Into::into),
        pending_category_at: row.pending_category_at,
        quality: Some(row.quality.clone()),
        at,
    }
}

/// Tells the other modules and the open portals what somebody here changed about a template.
pub(super) fn tell(tx: &mut TenantTx, row: &Model, changed: &[TemplatePart]) -> Result<()> {
    let item = change(row, changed, tx.clock().now());
    tx.publish(&TemplatesChanged { items: vec![item] })
}

/// The columns of the copy. The mapping of a known template is somebody else's to write.
fn columns(row: Model, new: bool) -> ActiveModel {
    ActiveModel {
        id: if new { Set(row.id) } else { NotSet },
        waba_id: if new { Set(row.waba_id) } else { NotSet },
        name: if new { Set(row.name) } else { NotSet },
        language: if new { Set(row.language) } else { NotSet },
        mapping: if new { Set(row.mapping) } else { NotSet },
        created_at: if new { Set(row.created_at) } else { NotSet },
        whatsapp_id: Set(row.whatsapp_id),
        status: Set(row.status),
        category: Set(row.category),
        quality: Set(row.quality),
        named: Set(row.named),
        components: Set(row.components),
        live: Set(row.live),
        content_digest: Set(row.content_digest),
        ttl_seconds: Set(row.ttl_seconds),
        reason: Set(row.reason),
        reason_text: Set(row.reason_text),
        recommendation: Set(row.recommendation),
        previous_category: Set(row.previous_category),
        pending_category: Set(row.pending_category),
        pending_category_at: Set(row.pending_category_at),
        status_at: Set(row.status_at),
        quality_at: Set(row.quality_at),
        category_at: Set(row.category_at),
        components_at: Set(row.components_at),
        disabled_at: Set(row.disabled_at),
        search_key: Set(row.search_key),
        seen_at: Set(row.seen_at),
        missed_at: Set(row.missed_at),
        gone_at: Set(row.gone_at),
        locked_until: Set(row.locked_until),
        updated_at: Set(row.updated_at),
        ..ActiveModel::default()
    }
}

//! What is learned of a template, put into its row part by part: of status, quality, category and content the newest by WhatsApp's
//! clock counts, in whatever order they are told.

use chrono::{DateTime, Utc};
use cloud_api::template::render::{Slot, Source, slots};
use contracts::{messaging::TemplateContent, templates::TemplatePart};
use serde_json::Value;

use super::{
    check, content,
    limits::NAME_LOCK,
    live::{self, Sent},
    notes::Note,
};
use crate::entity::{
    enums::{Category, Status},
    template::Model,
};

/// The word in `reason` of an approved template that WhatsApp is about to disable.
pub(super) const FLAGGED: &str = "FLAGGED";

/// Who tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Teller {
    /// A webhook: as old as it says. Of two of the same second the later counts.
    News,
    /// The account's list: as old as the question. What news told of that second may be newer.
    List,
}

/// Whether a template can be sent, and why not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) status: Option<Status>,
    /// WhatsApp's word.
    pub(super) reason: Option<String>,
    /// WhatsApp's sentence.
    pub(super) text: Option<String>,
    pub(super) recommendation: Option<String>,
    pub(super) disabled_at: Option<DateTime<Utc>>,
}

/// What is said of another category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pending {
    /// Nothing.
    #[default]
    Untold,
    /// There is none, or no longer.
    None,
    /// WhatsApp holds this to be right, and files it so from then on where it says when.
    Is(Category, Option<DateTime<Utc>>),
}

/// What a template is filed under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Filing {
    pub(super) category: Option<Category>,
    pub(super) previous: Option<Category>,
    pub(super) pending: Pending,
}

/// The content of a template.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// All of it.
    Whole {
        components: Vec<Value>,
        named: bool,
        ttl_seconds: Option<i32>,
    },
    /// As far as webhooks tell it.
    Told(TemplateContent),
}

/// What was learned of one template at one moment.
#[derive(Clone, Debug)]
pub(super) struct Learned {
    pub(super) at: DateTime<Utc>,
    pub(super) teller: Teller,
    pub(super) whatsapp_id: Option<String>,
    pub(super) verdict: Option<Verdict>,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub(super) quality: Option<String>,
    pub(super) filing: Option<Filing>,
    pub(super) content: Option<Content>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// What is not as it was.
    pub(super) changed: Vec<TemplatePart>,
    /// For the timeline.
    pub(super) notes: Vec<Note>,
    /// What was told contradicts something as new, or is older than what is known: WhatsApp should be asked.
    pub(super) doubtful: bool,
    /// Whether any column of the copy is another.
    pub(super) touched: bool,
}

/// Puts it into the row.
pub(super) fn apply(row: &mut Model, learned: Learned) -> Applied {
    let before = row.clone();
    let mut applied = Applied::default();
    let Learned {
        at,
        teller,
        whatsapp_id,
        verdict,
        quality,
        filing,
        content,
    } = learned;
    if whatsapp_id.is_some() {
        row.whatsapp_id = whatsapp_id;
    }
    let mut counts = |known: Option<DateTime<Utc>>, differs: bool| {
        let newer = match teller {
            Teller::News => known.max(before.seen_at).is_none_or(|known| at >= known),
            Teller::List => known.is_none_or(|known| at > known),
        };
        applied.doubtful |= differs && (!newer || (teller == Teller::News && known == Some(at)));
        newer
    };
    let mut seen = live::Learned {
        judged: false,
        told: false,
    };
    if let Some(verdict) = &verdict
        && counts(row.status_at, differs(&before, verdict))
    {
        judge(row, verdict, teller, at);
        seen.judged = verdict.status.is_some();
    }
    if let Some(quality) = quality
        && counts(row.quality_at, row.quality != quality)
    {
        // Nothing else tells that it is no longer about to be disabled.
        if quality == "GREEN" && row.reason.as_deref() == Some(FLAGGED) {
            row.reason = None;
        }
        row.quality = quality;
        row.quality_at = Some(at);
    }
    if let Some(filing) = filing
        && counts(
            row.category_at,
            filing.category.is_some_and(|it| row.category != Some(it)),
        )
    {
        file(row, filing, at);
    }
    if let Some(content) = content
        && counts(row.components_at, false)
    {
        rewrite(row, content, at);
        seen.told = teller == Teller::News && before.status_at.is_none_or(|known| known <= at);
    }
    live::follow(row, &before, seen);
    applied.touched = before != *row;
    applied.changed = changed(&before, row);
    applied.notes = super::notes::of(&before, row, &applied.changed, at);
    applied
}

fn differs(row: &Model, verdict: &Verdict) -> bool {
    verdict.status.is_some_and(|status| status != row.status)
}

fn judge(row: &mut Model, verdict: &Verdict, teller: Teller, at: DateTime<Utc>) {
    let Some(status) = verdict.status else {
        // A warning only: whether it can be sent is as before.
        if row.status == Status::Approved {
            row.reason.clone_from(&verdict.reason);
        }
        return;
    };
    let same = status == row.status;
    // A list has no sentences: what news said of the same state stays.
    let cleared = status == Status::Approved && teller == Teller::News;
    if !same || cleared || verdict.reason.is_some() {
        row.reason.clone_from(&verdict.reason);
    }
    if !same || verdict.text.is_some() {
        row.reason_text.clone_from(&verdict.text);
    }
    if !same || verdict.recommendation.is_some() {
        row.recommendation.clone_from(&verdict.recommendation);
    }
    if !same || verdict.disabled_at.is_some() {
        row.disabled_at = verdict.disabled_at;
    }
    let is_lock = matches!(status, Status::Deleted | Status::PendingDeletion);
    if is_lock && matches!(row.status, Status::Approved | Status::Paused) {
        row.locked_until = row.locked_until.max(Some(at + NAME_LOCK));
    }
    row.status = status;
    row.status_at = Some(at);
    match status {
        Status::Deleted => row.gone_at = row.gone_at.or(Some(at)),
        // One that was deleted here is gone already; of others it is told when they are.
        Status::PendingDeletion => {}
        _ => row.gone_at = None,
    }
}

fn file(row: &mut Model, filing: Filing, at: DateTime<Utc>) {
    let before = row.category;
    if let Some(category) = filing.category {
        row.category = Some(category);
    }
    if row.category != before && before.is_some() {
        row.previous_category = before;
    }
    if filing.previous.is_some() {
        row.previous_category = filing.previous;
    }
    match filing.pending {
        Pending::Is(category, when) if Some(category) != row.category => {
            let known = row
                .pending_category_at
                .filter(|_| row.pending_category == Some(category));
            row.pending_category = Some(category);
            row.pending_category_at = when.or(known);
        }
        Pending::Is(..) | Pending::None => (row.pending_category, row.pending_category_at) = (None, None),
        // It has come about.
        Pending::Untold if row.pending_category == row.category => {
            (row.pending_category, row.pending_category_at) = (None, None);
        }
        Pending::Untold => {}
    }
    row.category_at = Some(at);
}

fn rewrite(row: &mut Model, content: Content, at: DateTime<Utc>) {
    let known: Vec<Value> = serde_json::from_str(&row.components).unwrap_or_default();
    let components = match content {
        Content::Whole {
            components,
            named,
            ttl_seconds,
        } => {
            row.named = named;
            row.ttl_seconds = ttl_seconds;
            components
        }
        // Of a template without content the webhook would make half of one: it is read from WhatsApp.
        Content::Told(_) if known.is_empty() => return,
        Content::Told(told) => content::patched(known.clone(), &told),
    };
    if components != known || row.search_key.is_none() || row.content_digest.is_none() {
        row.components = Value::from(components.clone()).to_string();
        row.content_digest = check::content_digest(&components);
        row.search_key = Some(content::search_key(&row.name, &components));
    }
    row.components_at = Some(at);
}

/// Which parts of the row are not as they were.
fn changed(before: &Model, row: &Model) -> Vec<TemplatePart> {
    let status = before.status != row.status || before.reason != row.reason;
    let pending = (before.pending_category, before.pending_category_at)
        != (row.pending_category, row.pending_category_at);
    let (sent_before, sent) = (live::sent(before).ok(), live::sent(row).ok());
    let components = before.components != row.components || content_of(&sent_before) != content_of(&sent);
    let parts = [
        (
            before.gone_at.is_some() && row.gone_at.is_none(),
            TemplatePart::Added,
        ),
        (
            before.gone_at.is_none() && row.gone_at.is_some(),
            TemplatePart::Removed,
        ),
        (status, TemplatePart::Status),
        (before.quality != row.quality, TemplatePart::Quality),
        (before.category != row.category, TemplatePart::Category),
        (pending, TemplatePart::PendingCategory),
        (components, TemplatePart::Components),
        (
            components && variables(before, sent_before) != variables(row, sent),
            TemplatePart::Variables,
        ),
    ];
    parts
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, part)| part)
        .collect()
}

fn content_of(sent: &Option<Sent>) -> Option<(&[Value], bool)> {
    let sent = sent.as_ref()?;
    Some((&sent.components, sent.named))
}

/// What has to be said before it can be sent, apart from samples and labels. None where its content is not known yet.
fn variables(row: &Model, sent: Option<Sent>) -> Option<Vec<Slot>> {
    let sent = sent.filter(|sent| !sent.components.is_empty())?;
    let source = Source {
        components: &sent.components,
        named: sent.named,
        authentication: row.category == Some(Category::Authentication),
    };
    let bare = |slot: Slot| Slot {
        label: None,
        example: None,
        ..slot
    };
    Some(slots(source).into_iter().map(bare).collect())
}

//! What WhatsApp's webhooks tell of templates, put into the copy: in any order, twice, late.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    messaging::{TemplateNews, TemplateNewsItem},
    templates::TemplateId,
};
use kernel::{Result, TenantTx, padded};
use sea_orm::{ColumnTrait, Condition};

use super::{
    Service,
    parts::{Content, FLAGGED, Filing, Learned, Pending, Teller, Verdict},
    store::{self, Held, Name},
};
use crate::{
    entity::{
        enums::{Category, Status},
        template::{Column, Entity},
    },
    job::SyncAccount,
};

/// Templates of one statement.
const A_STATEMENT: usize = 200;
/// News of this age that contradict what is known may be true all the same, because two clocks differ; older ones are late.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// How long to wait before asking WhatsApp about what it just told: a list counts as of whole seconds.
const A_MOMENT: TimeDelta = TimeDelta::seconds(2);

/// The templates of an account that news are about.
#[derive(Default)]
struct Known {
    held: Vec<Held>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<Name, usize>,
}

/// What to ask WhatsApp after the news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Ask {
    #[default]
    Nothing,
    /// The account's list, in a moment.
    Later,
    /// The account's list.
    Now,
}

impl Service {
    /// Applies news, oldest first. Those of accounts that have no number of the tenant's change nothing.
    pub async fn apply_news(&self, tx: &mut TenantTx, events: &[TemplateNews]) -> Result<()> {
        let ours: BTreeSet<String> = self
            .channels
            .all(tx)
            .await?
            .into_iter()
            .filter(|channel| !channel.lost)
            .map(|channel| channel.waba_id)
            .collect();
        let mut by_account: BTreeMap<&str, Vec<&TemplateNewsItem>> = BTreeMap::new();
        for item in events.iter().flat_map(|event| &event.items) {
            if ours.contains(&item.waba_id) {
                by_account.entry(&item.waba_id).or_default().push(item);
            }
        }
        for (waba_id, items) in by_account {
            let mut known = Known::read(tx, waba_id, &items).await?;
            let mut ask = Ask::Nothing;
            for item in items {
                ask = ask.max(known.take(tx, item));
            }
            store::save(tx, known.held).await?;
            let waba_id = waba_id.to_owned();
            match ask {
                Ask::Nothing => {}
                Ask::Later => {
                    let at = tx.clock().now() + A_MOMENT;
                    tx.enqueue_at(&SyncAccount::anew(waba_id), at)?;
                }
                Ask::Now => self.want_sync(tx, &waba_id).await?,
            }
        }
        Ok(())
    }
}

impl Known {
    /// Locks the rows that the news are about.
    async fn read(tx: &TenantTx, waba_id: &str, items: &[&TemplateNewsItem]) -> Result<Self> {
        let mut known = Self::default();
        let ids: BTreeSet<&str> = items
            .iter()
            .filter_map(|item| item.template_id.as_deref())
            .collect();
        let names: BTreeSet<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let names: Vec<&str> = names.into_iter().collect();
        let by_id = ids
            .chunks(A_STATEMENT)
            .map(|some| Column::WhatsappId.is_in(padded(some.iter().copied())));
        let by_name = names
            .chunks(A_STATEMENT)
            .map(|some| Column::Name.is_in(padded(some.iter().copied())));
        let mut seen: BTreeSet<TemplateId> = BTreeSet::new();
        for these in by_id.chain(by_name) {
            let condition = Condition::all().add(Column::WabaId.eq(waba_id)).add(these);
            let rows = tx.find::<Entity>().filter(condition).for_update().all().await?;
            for row in rows {
                if seen.insert(row.id) {
                    known.hold(Held::known(row));
                }
            }
        }
        Ok(known)
    }

    fn hold(&mut self, held: Held) -> usize {
        let index = self.held.len();
        if let Some(id) = &held.row.whatsapp_id {
            self.by_id.insert(id.clone(), index);
        }
        let name = Name {
            name: held.row.name.clone(),
            language: held.row.language.clone(),
        };
        self.by_name.insert(name, index);
        self.held.push(held);
        index
    }

    fn take(&mut self, tx: &TenantTx, item: &TemplateNewsItem) -> Ask {
        let id = item.template_id.as_deref().filter(|id| id.len() <= 32);
        let by_id = id.and_then(|id| self.by_id.get(id).copied());
        let name = Name::of(&item.name, &item.language);
        let by_name = || name.as_ref().and_then(|name| self.by_name.get(name).copied());
        let (index, new) = match (by_id.or_else(by_name), name) {
            (Some(index), _) => (index, false),
            (None, Some(name)) => (self.hold(Held::unknown(tx, &item.waba_id, name, item.at)), true),
            // Neither known nor named: only the list can tell.
            (None, None) => return Ask::Now,
        };
        let held = &mut self.held[index];
        let other = |known: &str| id.is_some_and(|id| id != known);
        if held.row.whatsapp_id.as_deref().is_some_and(other) {
            // One was deleted, and another made under its name. Which of the two is the newer one only the list can tell, unless
            // the known one is gone.
            if held.row.gone_at.is_none() || is_end(item) {
                return if is_end(item) { Ask::Nothing } else { Ask::Later };
            }
            held.replace();
        }
        if let Some(id) = id {
            self.by_id.insert(id.to_owned(), index);
        }
        let held = &mut self.held[index];
        let doubtful = held.learn(learned(item, id)) && tx.clock().now() - item.at < FRESH;
        let unknown = held.row.status == Status::Unknown && item.status.is_some();
        match () {
            () if new || held.row.components == "[]" => Ask::Now,
            // Webhooks do not tell all of the content.
            () if doubtful || unknown || item.content.is_some() || item.change == "components" => Ask::Later,
            () => Ask::Nothing,
        }
    }
}

/// Whether a template has ended.
fn is_end(item: &TemplateNewsItem) -> bool {
    let status = item.status.as_deref().map(Status::of);
    matches!(status, Some(Status::Deleted | Status::PendingDeletion))
}

fn learned(item: &TemplateNewsItem, id: Option<&str>) -> Learned {
    Learned {
        at: item.at,
        teller: Teller::News,
        whatsapp_id: id.map(ToOwned::to_owned),
        verdict: item.status.as_deref().map(|word| verdict(item, word)),
        quality: item.quality.as_deref().map(quality),
        filing: filing(item),
        content: item.content.clone().map(Content::Told),
    }
}

/// A status of WhatsApp's, by the event that tells it (Cloud API: webhooks – template fields).
fn verdict(item: &TemplateNewsItem, word: &str) -> Verdict {
    let event = word.trim().to_ascii_uppercase();
    let status = match event.as_str() {
        "REINSTATED" | "UNARCHIVED" | "UNPAUSED" => Some(Status::Approved),
        FLAGGED => None,
        event => Some(Status::of(event)),
    };
    let reason = item
        .reason_word
        .clone()
        .or_else(|| item.reason.clone().filter(|it| is_word(it)));
    let reason = match status {
        None => Some(FLAGGED.to_owned()),
        Some(Status::Unknown) => Some(event),
        Some(Status::Approved) => None,
        Some(_) => reason,
    };
    let text = item.reason.clone().filter(|text| !is_word(text));
    Verdict {
        text: text.filter(|_| status != Some(Status::Approved)),
        reason: reason.map(|reason| reason.chars().take(64).collect()),
        recommendation: item.recommendation.clone(),
        disabled_at: item.disabled_at.filter(|_| status == Some(Status::Disabled)),
        status,
    }
}

/// Whether a reason is one of WhatsApp's words and not a sentence.
fn is_word(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A quality score in WhatsApp's word.
pub(super) fn quality(word: &str) -> String {
    let word = word.trim().to_ascii_uppercase();
    match word.as_str() {
        "GREEN" | "YELLOW" | "RED" => word,
        _ => "UNKNOWN".to_owned(),
    }
}

/// What is said of the category. A notice has the present one in `category` and the coming one in `correct_category`; when that has
/// come about, `category` has it and `previous_category` the one before; a notice that is withdrawn has neither.
fn filing(item: &TemplateNewsItem) -> Option<Filing> {
    let category = item.category.as_deref().and_then(Category::of);
    let correct = item.correct_category.as_deref().and_then(Category::of);
    let pending = match (item.change.as_str(), correct) {
        (_, Some(correct)) => Pending::Is(correct, item.effective_at),
        ("category", None) => Pending::None,
        _ => Pending::Untold,
    };
    let says = category.is_some() || pending != Pending::Untold;
    says.then(|| Filing {
        category,
        previous: item.previous_category.as_deref().and_then(Category::of),
        pending,
    })
}

/// The instant in whole seconds, as WhatsApp counts.
pub(super) fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    use chrono::SubsecRound;
    at.trunc_subsecs(0)
}

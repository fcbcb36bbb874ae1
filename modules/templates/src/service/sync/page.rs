//! One page of an account's list: read from WhatsApp, and put into the copy.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use cloud_api::{
    error::Error as GraphError,
    ids::WabaId,
    template::{Page, Template},
};
use kernel::{Result, TenantTx, padded};
use sea_orm::{ColumnTrait, sea_query::Expr};

use crate::{
    entity::{
        enums::{Category, Status},
        template::{Column, Entity},
    },
    service::{
        news::quality,
        parts::{Content, Filing, Learned, Pending, Teller, Verdict},
        store::{Held, Name},
    },
};

/// Templates of one page; fewer where a page would be larger than an answer may be.
const PAGE_SIZES: [u32; 4] = [100, 25, 5, 1];

/// The page behind a cursor, smaller where its answer would be too large.
pub(super) async fn read(
    client: &cloud_api::client::Client,
    waba_id: &str,
    after: Option<&str>,
) -> Result<Page<Template>, GraphError> {
    let waba = WabaId::from(waba_id.to_owned());
    let mut sizes = PAGE_SIZES.into_iter();
    let mut size = sizes.next().unwrap_or(1);
    loop {
        match client.templates(&waba, after, size).await {
            Err(error) if error.is_too_large() => match sizes.next() {
                Some(smaller) => size = smaller,
                None => return Err(error),
            },
            other => return other,
        }
    }
}

/// The templates of a page with what the page says of them.
pub(super) async fn merge(
    tx: &TenantTx,
    waba_id: &str,
    asked: DateTime<Utc>,
    templates: &[Template],
) -> Result<Vec<Held>> {
    let names: BTreeSet<&str> = templates.iter().map(|template| template.name.as_str()).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx
        .find::<Entity>()
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::Name.is_in(padded(names)))
        .for_update()
        .all()
        .await?;
    let mut known: HashMap<Name, Held> = HashMap::new();
    for row in rows {
        let name = Name {
            name: row.name.clone(),
            language: row.language.clone(),
        };
        known.insert(name, Held::known(row));
    }
    let mut seen: HashMap<Name, Held> = HashMap::new();
    for template in templates {
        let Some(name) = Name::of(&template.name, &template.language) else {
            continue;
        };
        let held = seen.remove(&name).or_else(|| known.remove(&name));
        let mut held = held.unwrap_or_else(|| Held::unknown(tx, waba_id, name.clone(), asked));
        let another = |id: &String| *id != template.id;
        if held.row.whatsapp_id.as_ref().is_some_and(another) {
            held.replace();
        }
        held.learn(learned(template, asked));
        seen.insert(name, held);
    }
    let mut all: Vec<Held> = seen.into_values().collect();
    for held in &mut all {
        held.mark_seen(asked);
    }
    Ok(all)
}

fn learned(template: &Template, asked: DateTime<Utc>) -> Learned {
    let status = Status::listed(template.status.as_deref());
    let word = match status {
        Status::Unknown => template.status.clone(),
        _ => template.rejected_reason.clone().filter(|reason| reason != "NONE"),
    };
    let category = |word: &Option<String>| word.as_deref().and_then(Category::of);
    let named = template.parameter_format.as_deref();
    Learned {
        at: asked,
        teller: Teller::List,
        whatsapp_id: Some(template.id.clone()).filter(|id| id.len() <= 32),
        verdict: Some(Verdict {
            status: Some(status),
            reason: word.map(|word| word.chars().take(64).collect()),
            ..Verdict::default()
        }),
        quality: template.quality_score.as_deref().map(quality),
        filing: Some(Filing {
            category: category(&template.category),
            previous: category(&template.previous_category),
            pending: match category(&template.correct_category) {
                Some(correct) => Pending::Is(correct, None),
                None => Pending::None,
            },
        }),
        content: Some(Content::Whole {
            components: template.components.clone(),
            named: named.is_some_and(|format| format.eq_ignore_ascii_case("NAMED")),
            ttl_seconds: template
                .ttl_seconds
                .and_then(|seconds| i32::try_from(seconds).ok()),
        }),
    }
}

/// Keeps that these rows were seen; those that have changed besides are written whole.
pub(super) async fn save_seen(tx: &TenantTx, held: &[Held], at: DateTime<Utc>) -> Result<()> {
    let same: Vec<_> = held
        .iter()
        .filter(|held| !held.is_touched())
        .map(|held| held.row.id)
        .collect();
    if same.is_empty() {
        return Ok(());
    }
    tx.update::<Entity>()
        .filter(Column::Id.is_in(padded(same)))
        .col_expr(Column::SeenAt, Expr::value(at))
        .col_expr(Column::MissedAt, Expr::value(None::<DateTime<Utc>>))
        .exec()
        .await?;
    Ok(())
}

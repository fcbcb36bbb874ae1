//! What templates are filed under, as far as WhatsApp has said so: by its news, and where somebody listed a number's templates.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use contracts::templates::{Category, TemplateCatalog, TemplateKey};
use kernel::{Result, TenantDb, TenantTx, tenant::TenantSelect};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, sea_query::OnConflict};

use super::Service;
use crate::entity::template_category::{ActiveModel, Column, Entity, Model};

/// Templates of one statement.
const A_STATEMENT: usize = 100;

/// A template's category, and since when.
#[derive(Clone, Debug)]
pub(super) struct Filed {
    pub(super) key: TemplateKey,
    pub(super) category: Category,
    /// When WhatsApp said so: the newest counts, in whatever order they are told.
    pub(super) at: DateTime<Utc>,
}

#[async_trait::async_trait]
impl TemplateCatalog for Service {
    async fn categories(&self, db: &TenantDb, keys: &[TemplateKey]) -> Result<Vec<Option<Category>>> {
        categories(|| db.find(), keys).await
    }

    async fn categories_in(&self, tx: &TenantTx, keys: &[TemplateKey]) -> Result<Vec<Option<Category>>> {
        categories(|| tx.find(), keys).await
    }
}

/// Keeps what WhatsApp said.
pub(super) async fn file(tx: &TenantTx, filed: Vec<Filed>) -> Result<()> {
    // The newest of each, in key order: two transactions cannot wait for each other's rows.
    let mut newest: BTreeMap<TemplateKey, Filed> = BTreeMap::new();
    for one in filed {
        match newest.get(&one.key) {
            Some(known) if known.at > one.at => {}
            _ => {
                newest.insert(one.key.clone(), one);
            }
        }
    }
    let filed: Vec<Filed> = newest.into_values().collect();
    for some in filed.chunks(A_STATEMENT) {
        let keys: Vec<TemplateKey> = some.iter().map(|one| one.key.clone()).collect();
        let known = rows(|| tx.find(), &keys).await?;
        let newer = |one: &&Filed| known.get(&one.key).is_none_or(|row| row.at <= one.at);
        let rows: Vec<ActiveModel> = some.iter().filter(newer).map(row).collect();
        if rows.is_empty() {
            continue;
        }
        let change = OnConflict::columns([Column::TenantId, Column::WabaId, Column::Name, Column::Language])
            .update_columns([Column::Category, Column::At])
            .to_owned();
        tx.upsert::<Entity>(rows, change).await?;
    }
    Ok(())
}

fn row(one: &Filed) -> ActiveModel {
    ActiveModel {
        waba_id: Set(one.key.waba_id.clone()),
        name: Set(one.key.name.clone()),
        language: Set(one.key.language.clone()),
        category: Set(one.category.as_str().to_owned()),
        at: Set(one.at),
        ..ActiveModel::default()
    }
}

async fn categories<'c>(
    find: impl Fn() -> TenantSelect<'c, Entity>,
    keys: &[TemplateKey],
) -> Result<Vec<Option<Category>>> {
    let mut known = HashMap::new();
    for some in keys.chunks(A_STATEMENT) {
        known.extend(rows(&find, some).await?);
    }
    let category = |key| known.get(key).and_then(|row| Category::parse(&row.category));
    Ok(keys.iter().map(category).collect())
}

async fn rows<'c>(
    find: impl Fn() -> TenantSelect<'c, Entity>,
    keys: &[TemplateKey],
) -> Result<HashMap<TemplateKey, Model>> {
    // An empty condition would mean all of them.
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let these = keys.iter().fold(Condition::any(), |any, key| {
        let this = Condition::all()
            .add(Column::WabaId.eq(key.waba_id.as_str()))
            .add(Column::Name.eq(key.name.as_str()))
            .add(Column::Language.eq(key.language.as_str()));
        any.add(this)
    });
    let rows = find().filter(these).all().await?;
    let key = |row: &Model| TemplateKey {
        waba_id: row.waba_id.clone(),
        name: row.name.clone(),
        language: row.language.clone(),
    };
    Ok(rows.into_iter().map(|row| (key(&row), row)).collect())
}

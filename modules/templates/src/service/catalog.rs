//! The port: what is known of templates.

use std::collections::HashMap;

use cloud_api::template::render::Problem;
use contracts::templates::{
    FilledTemplate, Filling, KnownTemplate, Mapping, TemplateCard, TemplateCatalog, TemplateId, TemplateKey,
};
use kernel::{Result, TenantDb, TenantTx, tenant::TenantSelect};
use sea_orm::{ColumnTrait, Condition};

use super::{Service, fill::On, live, mapping};
use crate::entity::{
    enums::{Category, Status},
    template::{Column, Entity, Model},
};

/// Templates of one statement.
const A_STATEMENT: usize = 100;

type Row = (String, String, String, Option<Category>, Status, Option<String>);

#[async_trait::async_trait]
impl TemplateCatalog for Service {
    async fn known(&self, db: &TenantDb, keys: &[TemplateKey]) -> Result<Vec<Option<KnownTemplate>>> {
        known(|| db.find(), keys).await
    }

    async fn known_in(&self, tx: &TenantTx, keys: &[TemplateKey]) -> Result<Vec<Option<KnownTemplate>>> {
        known(|| tx.find(), keys).await
    }

    async fn template(&self, db: &TenantDb, id: TemplateId) -> Result<Option<TemplateCard>> {
        let row = db.find::<Entity>().filter(Column::Id.eq(id)).one().await?;
        row.map(card).transpose()
    }

    async fn cards_in(&self, tx: &TenantTx, keys: &[TemplateKey]) -> Result<Vec<Option<TemplateCard>>> {
        let mut found = HashMap::new();
        for some in keys.chunks(A_STATEMENT) {
            let rows = tx.find::<Entity>().filter(any_of(some)).all().await?;
            for row in rows {
                let card = card(row)?;
                found.insert(card.key.clone(), card);
            }
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }

    async fn fill(
        &self,
        db: &TenantDb,
        template: &TemplateCard,
        fillings: &[Filling],
    ) -> Result<Vec<std::result::Result<FilledTemplate, Vec<Problem>>>> {
        self.fill_cards(On::Db(db), template, fillings).await
    }

    async fn fill_in(
        &self,
        tx: &TenantTx,
        template: &TemplateCard,
        fillings: &[Filling],
    ) -> Result<Vec<std::result::Result<FilledTemplate, Vec<Problem>>>> {
        self.fill_cards(On::Tx(tx), template, fillings).await
    }
}

/// A row for code that sends it: the version that WhatsApp sends, with the mapping that counts.
pub(super) fn card(row: Model) -> Result<TemplateCard> {
    let sent = live::sent(&row)?;
    let mut card = TemplateCard {
        id: row.id,
        key: TemplateKey {
            waba_id: row.waba_id,
            name: row.name,
            language: row.language,
        },
        whatsapp_id: row.whatsapp_id,
        category: row.category.map(Into::into),
        status: row.status.into(),
        named: sent.named,
        components: sent.components,
        mapping: Mapping::new(),
    };
    card.mapping = mapping::effective(card.source(), sent.mapping);
    Ok(card)
}

/// A condition for these, of which there is at least one.
fn any_of(keys: &[TemplateKey]) -> Condition {
    keys.iter().fold(Condition::any(), |any, key| {
        let this = Condition::all()
            .add(Column::WabaId.eq(key.waba_id.as_str()))
            .add(Column::Name.eq(key.name.as_str()))
            .add(Column::Language.eq(key.language.as_str()));
        any.add(this)
    })
}

async fn known<'c>(
    find: impl Fn() -> TenantSelect<'c, Entity>,
    keys: &[TemplateKey],
) -> Result<Vec<Option<KnownTemplate>>> {
    let mut known = HashMap::new();
    for some in keys.chunks(A_STATEMENT) {
        known.extend(rows(&find, some).await?);
    }
    Ok(keys.iter().map(|key| known.get(key).copied()).collect())
}

async fn rows<'c>(
    find: impl Fn() -> TenantSelect<'c, Entity>,
    keys: &[TemplateKey],
) -> Result<HashMap<TemplateKey, KnownTemplate>> {
    // An empty condition would mean all of them.
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let these = any_of(keys);
    let columns = [
        Column::WabaId,
        Column::Name,
        Column::Language,
        Column::Category,
        Column::Status,
        // Of those in review only.
        Column::Live,
    ];
    let rows: Vec<Row> = find().filter(these).columns(&columns).await?;
    let known = rows
        .into_iter()
        .map(|(waba_id, name, language, category, status, live)| {
            let key = TemplateKey {
                waba_id,
                name,
                language,
            };
            let known = KnownTemplate {
                category: category.map(Into::into),
                status: status.into(),
                has_live: live.is_some(),
            };
            (key, known)
        });
    Ok(known.collect())
}

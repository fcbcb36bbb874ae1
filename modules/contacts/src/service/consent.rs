//! Consent to marketing. The newest choice counts, in whatever order choices arrive.

use std::collections::BTreeMap;

use contracts::contacts::{
    ContactChange, ContactConsent, ContactConsentChanged, ContactId, ContactsChanged, MarketingChoice,
};
use kernel::{Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, Order};

use super::IN_LIST;
use crate::entity::{Contacts, contact};

/// They want it.
pub(crate) const ALLOWED: &str = "allowed";
/// They do not.
pub(crate) const STOPPED: &str = "stopped";
/// The longest sentence about a choice, in characters.
const MAX_DETAIL: usize = 500;
const MAX_SOURCE: usize = 32;

/// See [`contracts::contacts::ContactDirectory::choose_marketing`].
pub(super) async fn choose(tx: &mut TenantTx, choices: &[MarketingChoice]) -> Result<()> {
    let mut newest: BTreeMap<ContactId, &MarketingChoice> = BTreeMap::new();
    for choice in choices {
        let kept = newest.entry(choice.contact).or_insert(choice);
        if order(choice.at, choice.allowed) > order(kept.at, kept.allowed) {
            *kept = choice;
        }
    }
    let mut items = Vec::new();
    let ids: Vec<ContactId> = newest.keys().copied().collect();
    for ids in ids.chunks(IN_LIST) {
        let rows = tx
            .find::<Contacts>()
            .filter(contact::Column::Id.is_in(ids.iter().copied()))
            .order_by(contact::Column::Id, Order::Asc)
            .for_update()
            .all()
            .await?;
        for row in rows {
            let choice = newest[&row.id];
            let known = row
                .marketing_at
                .map(|at| order(at, row.marketing.as_deref() == Some(ALLOWED)));
            if known.is_some_and(|known| known >= order(choice.at, choice.allowed)) {
                continue;
            }
            write(tx, row.id, choice).await?;
            items.push(ContactConsent {
                contact_id: row.id,
                marketing: word(choice.allowed).to_owned(),
                at: choice.at,
                source: choice.source.clone(),
            });
        }
    }
    if items.is_empty() {
        return Ok(());
    }
    let at = tx.clock().now();
    let changed = items.iter().map(|item| ContactChange {
        contact_id: item.contact_id,
        deleted: false,
        at,
    });
    tx.publish(&ContactsChanged {
        items: changed.collect(),
    })?;
    tx.publish(&ContactConsentChanged { items })
}

/// Newer choices are greater; of two at once the "no" is.
fn order(at: chrono::DateTime<chrono::Utc>, allowed: bool) -> (chrono::DateTime<chrono::Utc>, bool) {
    (at, !allowed)
}

fn word(allowed: bool) -> &'static str {
    if allowed { ALLOWED } else { STOPPED }
}

async fn write(tx: &TenantTx, id: ContactId, choice: &MarketingChoice) -> Result<()> {
    let cut = |text: &str, length: usize| text.chars().take(length).collect::<String>();
    let row = contact::ActiveModel {
        marketing: Set(Some(word(choice.allowed).to_owned())),
        marketing_at: Set(Some(choice.at)),
        marketing_source: Set(Some(cut(&choice.source, MAX_SOURCE))),
        marketing_detail: Set(choice.detail.as_deref().map(|text| cut(text, MAX_DETAIL))),
        updated_at: Set(tx.clock().now()),
        ..contact::ActiveModel::default()
    };
    tx.update::<Contacts>()
        .filter(contact::Column::Id.eq(id))
        .set(row)
        .exec()
        .await?;
    Ok(())
}

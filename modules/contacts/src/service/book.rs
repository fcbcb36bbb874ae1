//! Names from the address book of the business's own phone. They rank above a profile's name and below one given here.

use std::collections::{BTreeMap, BTreeSet};

use contracts::contacts::{BookEntry, ContactId, ContactMerge, Sighting};
use kernel::{Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, Order};

use super::{IN_LIST, MAX_NAME, key::Seen, known, learn};
use crate::entity::{Contacts, contact};

/// See [`contracts::contacts::ContactDirectory::note_address_book`].
pub(super) async fn note(tx: &mut TenantTx, entries: &[BookEntry]) -> Result<Vec<ContactMerge>> {
    let mut newest: BTreeMap<String, &BookEntry> = BTreeMap::new();
    for entry in entries {
        let digits: String = entry.wa_id.chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() || digits.len() > 32 {
            continue;
        }
        let kept = newest.entry(digits).or_insert(entry);
        if entry.at > kept.at {
            *kept = entry;
        }
    }
    let sighting = |digits: &String| Sighting {
        wa_id: Some(digits.clone()),
        ..Sighting::default()
    };
    // A person who was removed from the address book does not become a contact by that.
    let named: Vec<Sighting> = newest
        .iter()
        .filter(|(_, entry)| entry.name.is_some())
        .map(|(digits, _)| sighting(digits))
        .collect();
    let merges = learn::resolve(tx, &named).await?.merges;
    let seen: Vec<Seen> = newest
        .keys()
        .map(|digits| Seen::read(&sighting(digits)))
        .collect::<Result<_>>()?;
    let owners = known::owners(tx, seen.iter().flat_map(Seen::lookups)).await?;
    let mut of_contact: BTreeMap<ContactId, &BookEntry> = BTreeMap::new();
    for (seen, entry) in seen.iter().zip(newest.into_values()) {
        let Some(id) = known::contact_of(seen, &owners) else {
            continue;
        };
        let kept = of_contact.entry(id).or_insert(entry);
        if entry.at > kept.at {
            *kept = entry;
        }
    }
    let changed = write(tx, &of_contact).await?;
    learn::refresh(tx, &changed).await?;
    Ok(merges)
}

async fn write(tx: &TenantTx, entries: &BTreeMap<ContactId, &BookEntry>) -> Result<BTreeSet<ContactId>> {
    let mut changed = BTreeSet::new();
    let ids: Vec<ContactId> = entries.keys().copied().collect();
    for ids in ids.chunks(IN_LIST) {
        let rows = tx
            .find::<Contacts>()
            .filter(contact::Column::Id.is_in(ids.iter().copied()))
            .order_by(contact::Column::Id, Order::Asc)
            .for_update()
            .all()
            .await?;
        for row in rows {
            let entry = entries[&row.id];
            if row.book_at.is_some_and(|at| at >= entry.at) {
                continue;
            }
            let name: Option<String> = entry
                .name
                .as_deref()
                .and_then(text::name::told)
                .map(|name| name.chars().take(MAX_NAME).collect());
            let from_book = row.book_name.is_some() && row.book_name == row.name;
            let mut new = contact::ActiveModel {
                book_name: Set(name.clone()),
                book_at: Set(Some(entry.at)),
                ..contact::ActiveModel::default()
            };
            if row.name.is_none() || row.name_from_profile || from_book {
                match name {
                    Some(name) => {
                        new.name = Set(Some(name));
                        new.name_from_profile = Set(false);
                    }
                    None if from_book => {
                        new.name_from_profile = Set(true);
                        new.name = Set(row.profile_name);
                    }
                    None => {}
                }
            }
            tx.update::<Contacts>()
                .filter(contact::Column::Id.eq(row.id))
                .set(new)
                .exec()
                .await?;
            changed.insert(row.id);
        }
    }
    Ok(changed)
}

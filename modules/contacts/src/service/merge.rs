//! People who have another phone number or BSUID now, and contacts that turn out to be one person.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::contacts::{
    ContactChange, ContactId, ContactMerge, ContactsChanged, ContactsMerged, IdentityChange, KnownBy,
    Sighting,
};
use kernel::{Error, Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, Order, sea_query::Expr};

use super::{
    Attributes, MAX_ATTRIBUTES, MAX_TAGS, guess,
    key::{Key, Seen},
    known, learn,
};
use crate::entity::{Contacts, Identities, Taggings, contact, identity, tagging};

/// How much two clocks may differ.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// The longest note, in characters.
const MAX_NOTE: usize = 4_000;

/// See [`contracts::contacts::ContactDirectory::change_identities`].
pub(super) async fn change_identities(
    tx: &mut TenantTx,
    changes: &[IdentityChange],
) -> Result<Vec<ContactMerge>> {
    let mut merges = Vec::new();
    for change in changes {
        merges.extend(apply(tx, change).await?);
    }
    tell(tx, &merges)?;
    Ok(merges)
}

/// Tells who went into whom.
pub(super) fn tell(tx: &mut TenantTx, merges: &[ContactMerge]) -> Result<()> {
    if merges.is_empty() {
        return Ok(());
    }
    let at = tx.clock().now();
    let gone = merges.iter().map(|merge| ContactChange {
        contact_id: merge.from,
        deleted: true,
        at,
    });
    tx.publish(&ContactsChanged {
        items: gone.collect(),
    })?;
    tx.publish(&ContactsMerged {
        items: merges.to_vec(),
    })
}

async fn apply(tx: &mut TenantTx, change: &IdentityChange) -> Result<Option<ContactMerge>> {
    let mut previous = seen(&change.portfolio, &change.previous);
    let Some(mut current) = seen(&change.portfolio, &change.current) else {
        return Ok(None);
    };
    let lookups = previous.iter().chain([&current]).flat_map(Seen::lookups);
    let owners = known::owners(tx, lookups).await?;
    if let Some(previous) = &mut previous {
        guess::rule_out(tx, std::slice::from_mut(previous), &owners).await?;
    }
    guess::rule_out(tx, std::slice::from_mut(&mut current), &owners).await?;
    let before = previous.as_ref().and_then(|it| known::contact_of(it, &owners));
    if let Some(before) = before.filter(|_| current.bsuid.is_none()) {
        guess::rule_out_for(tx, &mut current, before, &owners).await?;
    }
    let bsuid_now = [&current.bsuid, &current.bsuid_anywhere]
        .into_iter()
        .flatten()
        .find_map(|key| owners.get(key).copied());
    let phone_now = current.phones().find_map(|key| owners.get(key).copied());

    let id = match before.or(bsuid_now).or(phone_now) {
        Some(id) => id,
        None => {
            let sighting = Sighting {
                portfolio: change.portfolio.clone(),
                wa_id: change.current.wa_id.clone(),
                bsuid: change.current.bsuid.clone(),
                ..Sighting::default()
            };
            let made = learn::resolve(tx, &[sighting]).await?;
            // Nobody is known by it: nobody is joined.
            *made
                .contacts
                .first()
                .ok_or_else(|| Error::internal("a sighting without its contact"))?
        }
    };
    // A BSUID is one person for ever. A phone number may have been somebody else's: the contact that had it before the
    // change is another person, who only loses the number.
    let mut other = bsuid_now.filter(|other| *other != id);
    if other.is_none()
        && let Some(holder) = phone_now.filter(|other| *other != id)
        && came_after(tx, holder, change.at).await?
    {
        other = Some(holder);
    }
    let mut stale = BTreeSet::from([id]);
    stale.extend(phone_now);
    if let Some(other) = other {
        absorb(tx, id, other).await?;
        stale.remove(&other);
    }
    if let Some(previous) = &previous {
        give(tx, id, previous.keys(), false).await?;
    }
    take_spellings(tx, id, &current.spellings).await?;
    give(tx, id, current.keys(), true).await?;
    learn::refresh(tx, &stale).await?;
    Ok(other.map(|from| ContactMerge { from, into: id }))
}

fn seen(portfolio: &str, known: &KnownBy) -> Option<Seen> {
    let KnownBy { wa_id, bsuid } = known.clone();
    Seen::read(&Sighting {
        portfolio: portfolio.to_owned(),
        wa_id,
        bsuid,
        ..Sighting::default()
    })
    .ok()
}

/// Whether the contact came to be by what was written after the change.
async fn came_after(tx: &TenantTx, id: ContactId, change: DateTime<Utc>) -> Result<bool> {
    let row = tx
        .find::<Contacts>()
        .filter(contact::Column::Id.eq(id))
        .one()
        .await?;
    Ok(row.is_some_and(|row| row.created_at + SKEW >= change))
}

/// Gives identities to a contact, even from other contacts; `current` ones become the youngest of their kind. Old ones that nobody
/// has are only remembered, and those of others stay with them.
pub(super) async fn give(
    tx: &TenantTx,
    id: ContactId,
    keys: impl Iterator<Item = &Key>,
    current: bool,
) -> Result<()> {
    let now = tx.clock().now();
    let mine = tx
        .find::<Identities>()
        .filter(identity::Column::ContactId.eq(id))
        .all()
        .await?;
    for key in keys {
        let youngest = mine
            .iter()
            .filter(|row| row.kind == key.kind)
            .map(|row| row.learned_at)
            .max();
        let learned_at = match youngest {
            Some(youngest) if current => now.max(youngest + TimeDelta::microseconds(1)),
            _ if current => now,
            Some(youngest) => youngest - TimeDelta::microseconds(1),
            None => now - TimeDelta::microseconds(1),
        };
        tx.insert_new::<Identities>(vec![key.row(id, learned_at)]).await?;
        if current {
            let row = identity::ActiveModel {
                contact_id: Set(id),
                learned_at: Set(learned_at),
                ..identity::ActiveModel::default()
            };
            tx.update::<Identities>()
                .filter(identity::Column::Kind.eq(key.kind))
                .filter(identity::Column::Scope.eq(key.scope.clone()))
                .filter(identity::Column::Value.eq(key.value.clone()))
                .set(row)
                .exec()
                .await?;
        }
    }
    Ok(())
}

/// Other spellings of a number go where the number goes.
async fn take_spellings(tx: &TenantTx, id: ContactId, spellings: &[Key]) -> Result<()> {
    for key in spellings {
        tx.update::<Identities>()
            .filter(identity::Column::Kind.eq(key.kind))
            .filter(identity::Column::Scope.eq(key.scope.clone()))
            .filter(identity::Column::Value.eq(key.value.clone()))
            .col_expr(identity::Column::ContactId, Expr::value(id))
            .exec()
            .await?;
    }
    Ok(())
}

/// Gives everything of `from` to `into` and removes it.
pub(super) async fn absorb(tx: &TenantTx, into: ContactId, from: ContactId) -> Result<()> {
    let rows = tx
        .find::<Contacts>()
        .filter(contact::Column::Id.is_in([into, from]))
        .order_by(contact::Column::Id, Order::Asc)
        .for_update()
        .all()
        .await?;
    let of = |id: ContactId| rows.iter().find(|row| row.id == id);
    if let (Some(kept), Some(gone)) = (of(into), of(from)) {
        let row = united(kept, gone)?;
        tx.update::<Contacts>()
            .filter(contact::Column::Id.eq(into))
            .set(row)
            .exec()
            .await?;
    }
    let theirs = identity::ActiveModel {
        contact_id: Set(into),
        ..identity::ActiveModel::default()
    };
    tx.update::<Identities>()
        .filter(identity::Column::ContactId.eq(from))
        .set(theirs)
        .exec()
        .await?;
    unite_tags(tx, into, from).await?;
    tx.delete::<Contacts>()
        .filter(contact::Column::Id.eq(from))
        .exec()
        .await?;
    Ok(())
}

/// What the kept contact has afterwards: its own where it has something, else the other's.
fn united(kept: &contact::Model, gone: &contact::Model) -> Result<contact::ActiveModel> {
    let mut row = contact::ActiveModel::default();
    let given = |contact: &contact::Model| contact.name.is_some() && !contact.name_from_profile;
    if kept.name.is_none() || (!given(kept) && given(gone)) {
        row.name = Set(gone.name.clone());
        row.name_from_profile = Set(gone.name_from_profile);
    }
    let note = [&kept.note, &gone.note].into_iter().flatten();
    let note: Vec<&str> = note.map(String::as_str).collect();
    if !note.is_empty() {
        row.note = Set(Some(note.join("\n\n").chars().take(MAX_NOTE).collect()));
    }
    let mut attributes: Attributes = serde_json::from_str(&kept.attributes)?;
    for (key, value) in serde_json::from_str::<Attributes>(&gone.attributes)? {
        if attributes.len() < MAX_ATTRIBUTES {
            attributes.entry(key).or_insert(value);
        }
    }
    row.attributes = Set(serde_json::to_string(&attributes)?);
    if gone.marketing_at > kept.marketing_at {
        row.marketing = Set(gone.marketing.clone());
        row.marketing_at = Set(gone.marketing_at);
        row.marketing_source = Set(gone.marketing_source.clone());
        row.marketing_detail = Set(gone.marketing_detail.clone());
    }
    if (gone.profile_at, &gone.profile_name) > (kept.profile_at, &kept.profile_name) {
        row.profile_name = Set(gone.profile_name.clone());
        row.profile_at = Set(gone.profile_at);
        if kept.name_from_profile && !given(gone) {
            row.name = Set(gone.profile_name.clone());
        }
    }
    if gone.book_at > kept.book_at {
        row.book_name = Set(gone.book_name.clone());
        row.book_at = Set(gone.book_at);
    }
    Ok(row)
}

async fn unite_tags(tx: &TenantTx, into: ContactId, from: ContactId) -> Result<()> {
    let both = tx
        .find::<Taggings>()
        .filter(tagging::Column::ContactId.is_in([into, from]))
        .all()
        .await?;
    let mine: BTreeSet<crate::TagId> = both
        .iter()
        .filter(|row| row.contact_id == into)
        .map(|row| row.tag_id)
        .collect();
    let rows = both
        .iter()
        .filter(|row| row.contact_id == from && !mine.contains(&row.tag_id))
        .take(MAX_TAGS.saturating_sub(mine.len()))
        .map(|row| tagging::ActiveModel {
            contact_id: Set(into),
            tag_id: Set(row.tag_id),
            ..tagging::ActiveModel::default()
        })
        .collect();
    tx.delete::<Taggings>()
        .filter(tagging::Column::ContactId.eq(from))
        .exec()
        .await?;
    tx.insert_new::<Taggings>(rows).await?;
    Ok(())
}

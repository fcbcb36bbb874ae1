//! Keys of rows that were written by an earlier way of comparing text, written anew.

use std::collections::{BTreeSet, HashMap};

use contracts::contacts::{ContactChange, ContactId, ContactsChanged};
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, Order};

use super::{
    IN_LIST,
    key::Key,
    read::search_text,
    tags::{MAX_FOLDED, fold},
};
use crate::{
    TagId,
    entity::{Contacts, Identities, Taggings, Tags, contact, identity, tag, tagging},
    job::Rekey,
};

/// Tags a batch: each may be a join of two.
const TAGS: u64 = 100;
/// Taggings that one transaction moves to another tag.
const MOVED: u64 = 1_000;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// Tags up to this one are done.
    Tag(Option<TagId>),
    /// All tags are done, and contacts up to this one.
    Contact(Option<ContactId>),
    /// Everything is done.
    End,
}

/// Renews one batch and leaves the next as a job, in one transaction. Tags come first: there are few, and equal ones are joined.
pub(crate) async fn rekey(db: &TenantDb, from: Reached) -> Result<()> {
    let mut tx = db.begin().await?;
    let reached = match from {
        Reached::Tag(after) => tags(&mut tx, after).await?,
        Reached::Contact(after) => contacts(&mut tx, after).await?,
        Reached::End => Reached::End,
    };
    if let Some(next) = Rekey::from(reached) {
        tx.enqueue(&next)?;
    }
    tx.commit().await
}

async fn tags(tx: &mut TenantTx, after: Option<TagId>) -> Result<Reached> {
    let rows = tx
        .find::<Tags>()
        .filter_some(after.map(|id| tag::Column::Id.gt(id)))
        .order_by(tag::Column::Id, Order::Asc)
        .limit(TAGS)
        .all()
        .await?;
    let mut done = after;
    for row in &rows {
        // A join of many contacts takes several transactions; this tag is the first of the next.
        if !renew_tag(tx, row).await? {
            return Ok(Reached::Tag(done));
        }
        done = Some(row.id);
    }
    Ok(match u64::try_from(rows.len()) == Ok(TAGS) {
        true => Reached::Tag(done),
        false => Reached::Contact(None),
    })
}

/// Gives the tag its key. Where another tag has it, the two become one: the older stays, with its name and colour. Answers whether
/// it is done.
async fn renew_tag(tx: &mut TenantTx, row: &tag::Model) -> Result<bool> {
    let key = fold(&row.name);
    // A name that nothing can be compared by stays apart, under the key that it has.
    if row.folded == key || key.is_empty() || key.chars().count() > MAX_FOLDED {
        return Ok(true);
    }
    let same = [row.folded.clone(), key.clone()];
    let rows = tx
        .find::<Tags>()
        .filter(tag::Column::Folded.is_in(same))
        .order_by(tag::Column::Folded, Order::Asc)
        .through_index(&[tag::Column::Folded])
        .for_update()
        .all()
        .await?;
    // Deleted since it was read.
    let Some(mine) = rows.iter().find(|it| it.id == row.id) else {
        return Ok(true);
    };
    if let Some(other) = rows.iter().find(|it| it.id != mine.id && it.folded == key) {
        let (kept, gone) = (mine.id.min(other.id), mine.id.max(other.id));
        if !move_taggings(tx, gone, kept).await? {
            return Ok(false);
        }
        tx.delete::<Tags>()
            .filter(tag::Column::Id.eq(gone))
            .exec()
            .await?;
        if kept != mine.id {
            return Ok(true);
        }
    }
    let renewed = tag::ActiveModel {
        folded: Set(key),
        ..tag::ActiveModel::default()
    };
    let this = tag::Column::Id.eq(mine.id);
    tx.update::<Tags>().filter(this).set(renewed).exec().await?;
    Ok(true)
}

/// Moves contacts from one tag to the other, at most [`MOVED`]. Answers whether none is left.
async fn move_taggings(tx: &mut TenantTx, from: TagId, to: TagId) -> Result<bool> {
    let having = tagging::Column::TagId.eq(from);
    let contacts: Vec<(ContactId,)> = tx
        .find::<Taggings>()
        .filter(having.clone())
        .order_by(tagging::Column::ContactId, Order::Asc)
        .limit(MOVED)
        .columns(&[tagging::Column::ContactId])
        .await?;
    if contacts.is_empty() {
        return Ok(true);
    }
    let contacts: Vec<ContactId> = contacts.into_iter().map(|(id,)| id).collect();
    let row = |contact: &ContactId| tagging::ActiveModel {
        contact_id: Set(*contact),
        tag_id: Set(to),
        ..tagging::ActiveModel::default()
    };
    tx.insert_new::<Taggings>(contacts.iter().map(row).collect())
        .await?;
    for some in contacts.chunks(IN_LIST) {
        tx.delete::<Taggings>()
            .filter(having.clone())
            .filter(tagging::Column::ContactId.is_in(some.iter().copied()))
            .exec()
            .await?;
    }
    let moved = contacts.len();
    tell(tx, contacts)?;
    Ok(u64::try_from(moved).is_ok_and(|moved| moved < MOVED))
}

async fn contacts(tx: &mut TenantTx, after: Option<ContactId>) -> Result<Reached> {
    let rows = tx
        .find::<Contacts>()
        .filter_some(after.map(|id| contact::Column::Id.gt(id)))
        .order_by(contact::Column::Id, Order::Asc)
        .limit(IN_LIST as u64)
        .all()
        .await?;
    let Some(last) = rows.last() else {
        return Ok(Reached::End);
    };
    let reached = Reached::Contact(Some(last.id));
    let mut keys: HashMap<ContactId, Vec<Key>> = HashMap::new();
    let ids = rows.iter().map(|row| row.id);
    let theirs = identity::Column::ContactId.is_in(ids);
    for row in tx.find::<Identities>().filter(theirs).all().await? {
        keys.entry(row.contact_id).or_default().push(row.into());
    }
    let mut shown = BTreeSet::new();
    for row in rows {
        let keys = keys.get(&row.id).into_iter().flatten();
        if renew_contact(tx, &row, keys).await? {
            shown.insert(row.id);
        }
    }
    tell(tx, shown)?;
    Ok(reached)
}

/// Writes what is searched, and takes away names in which nothing can be seen. Answers whether another name is shown now.
async fn renew_contact(
    tx: &TenantTx,
    row: &contact::Model,
    keys: impl Iterator<Item = &Key>,
) -> Result<bool> {
    let seen = |name: &Option<String>| name.clone().filter(|name| text::name::is_visible(name));
    let (book, profile) = (seen(&row.book_name), seen(&row.profile_name));
    let given = seen(&row.name);
    let hidden = given.is_none() && row.name.is_some();
    let name = match hidden {
        true => book.clone().or_else(|| profile.clone()),
        false => given,
    };
    let search = search_text(name.as_deref(), keys);
    if search == row.search && !hidden && book == row.book_name && profile == row.profile_name {
        return Ok(false);
    }
    let mut new = contact::ActiveModel {
        search: Set(search),
        ..contact::ActiveModel::default()
    };
    if hidden {
        new.name_from_profile = Set(book.is_none());
        new.name = Set(name);
    }
    if book != row.book_name {
        new.book_name = Set(book);
    }
    if profile != row.profile_name {
        new.profile_name = Set(profile);
    }
    // A concurrent change has already written the key.
    let unchanged = contact::Column::Search.eq(row.search.clone());
    let written = tx
        .update::<Contacts>()
        .filter(contact::Column::Id.eq(row.id))
        .filter(unchanged)
        .set(new)
        .exec()
        .await?;
    Ok(written > 0 && hidden)
}

fn tell(tx: &mut TenantTx, contacts: impl IntoIterator<Item = ContactId>) -> Result<()> {
    let at = tx.clock().now();
    let items: Vec<ContactChange> = contacts
        .into_iter()
        .map(|contact_id| ContactChange {
            contact_id,
            deleted: false,
            at,
        })
        .collect();
    match items.is_empty() {
        true => Ok(()),
        false => tx.publish(&ContactsChanged { items }),
    }
}

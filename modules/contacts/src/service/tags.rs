//! Tags: labels that are made by using them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use contracts::contacts::{ContactChange, ContactId, ContactsChanged};
use kernel::{PageQuery, TenantDb, TenantTx};
use sea_orm::{ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, IntoActiveModel, Order};
use text::key::text_key;

use super::{MAX_TAG_NAME, MAX_TAGS};
use crate::{
    TagId,
    entity::{Taggings, Tags, tag, tagging},
    error::ContactError,
};

/// Colours for tags that nobody chose one for: the portal's own.
const COLORS: [&str; 8] = [
    "#0f8a5f", "#2563eb", "#7c3aed", "#db2777", "#dc2626", "#d97706", "#0891b2", "#64748b",
];

/// A tag and how many contacts have it.
#[derive(Debug)]
pub(crate) struct TagCount {
    pub(crate) tag: tag::Model,
    pub(crate) contacts: u64,
}

/// The longest key of a tag, in characters: the width of its column.
pub(super) const MAX_FOLDED: usize = 190;

/// `VIP` and `vip` are one tag, and so are all names that [`text_key`] takes for the same.
pub(super) fn fold(name: &str) -> String {
    text_key(name)
}

/// The names under which a tag may be stored: its key, and what stood for it in rows that `Rekey` has not come to yet.
fn stored_as(name: &str) -> BTreeSet<String> {
    BTreeSet::from([fold(name), name.trim().to_lowercase()])
}

/// The tags of this name: one, or several while `Rekey` has not joined them yet.
pub(super) async fn ids_by_name(db: &TenantDb, name: &str) -> Result<Vec<TagId>, ContactError> {
    let named = tag::Column::Folded.is_in(stored_as(name));
    let found: Vec<(TagId,)> = db
        .find::<Tags>()
        .filter(named)
        .columns(&[tag::Column::Id])
        .await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// The name as it is stored, if it is one.
fn name_of<'a>(field: &str, name: &'a str) -> Result<Cow<'a, str>, ContactError> {
    let refused = |why: String| Err(ContactError::invalid(field, why));
    let name = match text::name::given(name) {
        Ok(name) => name,
        Err(fault) => return refused(fault.to_string()),
    };
    if name.chars().count() > MAX_TAG_NAME {
        return refused(format!("must have 1 to {MAX_TAG_NAME} characters"));
    }
    match fold(&name).chars().count() {
        0 => refused("must have at least one letter, digit or sign".to_owned()),
        1..=MAX_FOLDED => Ok(name),
        _ => refused("has too many characters that stand for several letters".to_owned()),
    }
}

fn color_of(folded: &str) -> &'static str {
    let sum: usize = folded.bytes().map(usize::from).sum();
    COLORS[sum % COLORS.len()]
}

/// Tags by their folded names, each once, as first written.
pub(super) fn checked(names: &[String]) -> Result<BTreeMap<String, String>, ContactError> {
    let mut tags = BTreeMap::new();
    for name in names {
        let name = name_of("tags", name)?;
        tags.entry(fold(&name)).or_insert_with(|| name.into_owned());
    }
    if tags.len() > MAX_TAGS {
        return Err(ContactError::invalid(
            "tags",
            format!("a contact may have at most {MAX_TAGS}"),
        ));
    }
    Ok(tags)
}

/// Gives the contact exactly these tags, making the ones that are missing. Answers whether anything changed.
pub(super) async fn put_tags(
    tx: &TenantTx,
    contact: ContactId,
    wanted: &BTreeMap<String, String>,
) -> Result<bool, ContactError> {
    let ids = ids_of(tx, wanted).await?;
    let taken = tx
        .delete::<Taggings>()
        .filter(tagging::Column::ContactId.eq(contact))
        .filter(tagging::Column::TagId.is_not_in(ids.iter().copied()))
        .exec()
        .await?;
    let rows = ids.into_iter().map(|tag| tagging::ActiveModel {
        tenant_id: NotSet,
        contact_id: Set(contact),
        tag_id: Set(tag),
    });
    let given = tx.insert_new::<Taggings>(rows.collect()).await?;
    Ok(taken + given > 0)
}

/// The tags of these names, locked until the transaction ends: `Rekey` must not join one of them to another before the contact
/// has it.
async fn ids_of(tx: &TenantTx, wanted: &BTreeMap<String, String>) -> Result<Vec<TagId>, ContactError> {
    let stored: BTreeSet<String> = wanted.values().flat_map(|name| stored_as(name)).collect();
    let named = || {
        tx.find::<Tags>()
            .filter(tag::Column::Folded.is_in(stored.iter().cloned()))
            .order_by(tag::Column::Folded, Order::Asc)
            .through_index(&[tag::Column::Folded])
    };
    let mut found = by_key(named().for_update().all().await?);
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|(key, _)| !found.contains_key(*key))
        .map(|(_, name)| name)
        .collect();
    if !missing.is_empty() {
        let rows = missing
            .into_iter()
            .map(|name| row(tx, name, None).into_active_model())
            .collect();
        // Another transaction may have made the same tag meanwhile. The insert leaves a shared lock on its row, so the row stays
        // until this transaction ends. Asking for more than that would deadlock with others that hold the same shared lock.
        tx.insert_new::<Tags>(rows).await?;
        found = by_key(named().all().await?);
    }
    let wanted = wanted.keys().filter_map(|key| found.get(key));
    Ok(wanted.copied().collect())
}

/// The oldest tag of each key: of several that are equal, the one that stays.
fn by_key(rows: Vec<tag::Model>) -> BTreeMap<String, TagId> {
    let mut oldest = BTreeMap::new();
    for row in rows {
        let id = oldest.entry(fold(&row.name)).or_insert(row.id);
        *id = Ord::min(*id, row.id);
    }
    oldest
}

fn row(tx: &TenantTx, name: &str, color: Option<String>) -> tag::Model {
    let folded = fold(name);
    tag::Model {
        tenant_id: tx.tenant(),
        id: tx.clock().new_id(),
        name: name.to_owned(),
        color: color.unwrap_or_else(|| color_of(&folded).to_owned()),
        folded,
        created_at: tx.clock().now(),
    }
}

/// A page of tags, newest first, with how many contacts have each.
pub(crate) async fn list_tags(
    db: &TenantDb,
    page: PageQuery,
) -> Result<(Vec<TagCount>, Option<String>), ContactError> {
    let (tags, next) = db.find::<Tags>().page_by_id(&page).await?;
    let shown = tagging::Column::TagId.is_in(tags.iter().map(|tag| tag.id));
    let counts: Vec<(TagId, i64)> = db
        .find::<Taggings>()
        .filter(shown)
        .count_by(tagging::Column::TagId)
        .await?;
    let counts: HashMap<TagId, i64> = counts.into_iter().collect();
    let counted = |tag: tag::Model| {
        let contacts = counts.get(&tag.id).copied().unwrap_or_default();
        TagCount {
            contacts: u64::try_from(contacts).unwrap_or_default(),
            tag,
        }
    };
    Ok((tags.into_iter().map(counted).collect(), next))
}

/// A new tag that no contact has yet.
pub(crate) async fn create_tag(
    db: &TenantDb,
    name: &str,
    color: Option<String>,
) -> Result<TagCount, ContactError> {
    let name = name_of("name", name)?;
    let tx = db.begin().await?;
    let tag = row(&tx, &name, color.map(|color| color.to_lowercase()));
    let same = tx
        .find::<Tags>()
        .filter(tag::Column::Folded.is_in(stored_as(&name)))
        .one()
        .await?;
    if same.is_some() {
        return Err(ContactError::TagExists);
    }
    if tx
        .insert_new::<Tags>(vec![tag.clone().into_active_model()])
        .await?
        == 0
    {
        return Err(ContactError::TagExists);
    }
    tx.commit().await?;
    Ok(TagCount { tag, contacts: 0 })
}

/// Deletes a tag and takes it off every contact. The contacts stay, and count as changed only up to a thousand: beyond,
/// pages that show tags read them anew anyway.
pub(crate) async fn delete_tag(db: &TenantDb, id: TagId) -> Result<(), ContactError> {
    let mut tx = db.begin().await?;
    tx.delete_one::<Tags>(id).await?;
    let mine = tagging::Column::TagId.eq(id);
    let changed: Vec<(ContactId,)> = tx
        .find::<Taggings>()
        .filter(mine.clone())
        .limit(1_000)
        .columns(&[tagging::Column::ContactId])
        .await?;
    tx.delete::<Taggings>().filter(mine).exec().await?;
    let at = tx.clock().now();
    let items: Vec<ContactChange> = changed
        .into_iter()
        .map(|(contact_id,)| ContactChange {
            contact_id,
            deleted: false,
            at,
        })
        .collect();
    if !items.is_empty() {
        tx.publish(&ContactsChanged { items })?;
    }
    Ok(tx.commit().await?)
}

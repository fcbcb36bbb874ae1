//! From what WhatsApp showed to contacts: a batch at a time, in a handful of statements, safe against its own doubles.
//!
//! Sightings that share a phone number or a BSUID are one person. Of a person's identities the BSUID is believed first: if
//! phone and BSUID are known as two contacts, the sighting belongs to the BSUID's, and both keep what they have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contracts::contacts::{ContactChange, ContactId, ContactsChanged, Sighting};
use kernel::{Error, Result, TenantTx};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, IntoActiveModel, Order,
    sea_query::{Expr, OnConflict},
};

use super::{
    IN_LIST,
    key::{Key, Seen},
    read::search_text,
};
use crate::entity::{
    Contacts, Identities, contact,
    identity::{self, Kind},
};

type Owners = HashMap<Key, ContactId>;

/// Finds or creates the contact of each sighting and learns what is new. See [`contracts::contacts::ContactDirectory`].
pub(super) async fn resolve(tx: &mut TenantTx, sightings: &[Sighting]) -> Result<Vec<ContactId>> {
    let seen: Vec<Seen> = sightings.iter().map(Seen::read).collect::<Result<_>>()?;
    let mut owners = owners(tx, seen.iter().flat_map(Seen::lookups)).await?;
    let newcomers = learn_keys(tx, &seen, &mut owners).await?;
    // Every identity has an owner now, unless its contact was deleted while we looked; then the next try finds it free.
    let contacts: Option<Vec<ContactId>> = seen.iter().map(|it| contact_of(it, &owners)).collect();
    let contacts = contacts
        .ok_or_else(|| Error::unavailable("A contact was deleted while it was looked up. Try again."))?;

    let mut stale = newcomers;
    stale.extend(learn_usernames(tx, &seen, &contacts, &owners).await?);
    let names = profile_names(&seen, &contacts);
    stale.extend(wrongly_named(tx, &names).await?);
    refresh(tx, &stale, &names).await?;
    Ok(contacts)
}

/// Who holds these identities. Absent ones are nobody's yet.
pub(super) async fn owners<'a>(tx: &TenantTx, keys: impl Iterator<Item = &'a Key>) -> Result<Owners> {
    let mut kinds: BTreeSet<Kind> = BTreeSet::new();
    let (mut scopes, mut values): (BTreeSet<&str>, BTreeSet<&str>) = Default::default();
    for Key { kind, scope, value } in keys {
        kinds.insert(*kind);
        scopes.insert(scope);
        values.insert(value);
    }
    let mut owners = Owners::new();
    let values: Vec<&str> = values.into_iter().collect();
    // One statement for all kinds. It may find a few rows more than were asked for, under keys that nobody looks at.
    for values in values.chunks(IN_LIST) {
        let rows = tx
            .find::<Identities>()
            .filter(identity::Column::Kind.is_in(kinds.iter().copied()))
            .filter(identity::Column::Scope.is_in(scopes.iter().copied()))
            .filter(identity::Column::Value.is_in(values.iter().copied()))
            .all()
            .await?;
        owners.extend(
            rows.into_iter()
                .map(|row| (row.contact_id, Key::from(row)))
                .map(|(id, key)| (key, id)),
        );
    }
    Ok(owners)
}

/// The contact of a sighting whose identities are known: by BSUID, else by phone, else by the name alone.
pub(super) fn contact_of(seen: &Seen, owners: &Owners) -> Option<ContactId> {
    let alone = seen
        .username
        .as_ref()
        .filter(|_| seen.bsuid.is_none() && seen.phone.is_none());
    let in_order = [
        seen.bsuid.as_ref(),
        seen.bsuid_anywhere.as_ref(),
        seen.phone.as_ref(),
        alone,
    ];
    in_order
        .into_iter()
        .flatten()
        .find_map(|key| owners.get(key).copied())
}

/// Gives every unknown identity to somebody: to the contact its sighting is known by, to the contact of another sighting
/// of the same person, or to a new one. Returns the contacts that changed or came to be.
async fn learn_keys(tx: &TenantTx, seen: &[Seen], owners: &mut Owners) -> Result<BTreeSet<ContactId>> {
    let mut fresh: BTreeSet<ContactId> = BTreeSet::new();
    let mut wanted: BTreeMap<Key, ContactId> = BTreeMap::new();
    for person in people(seen) {
        let unknown: BTreeSet<&Key> = person
            .iter()
            .flat_map(|it| it.keys())
            .filter(|key| !owners.contains_key(*key))
            .collect();
        if unknown.is_empty() {
            continue;
        }
        let known = person
            .iter()
            .filter_map(|it| Some((by_phone(it, owners), contact_of(it, owners)?)))
            .min();
        let of_person = known.map_or_else(|| tx.clock().new_id(), |(_, id)| id);
        if known.is_none() {
            fresh.insert(of_person);
        }
        for it in &person {
            let mine = contact_of(it, owners).unwrap_or(of_person);
            for key in it.keys().filter(|key| unknown.contains(key)) {
                // Two claims to one identity are settled alike in whatever order they came.
                wanted
                    .entry(key.clone())
                    .and_modify(|id| *id = mine.min(*id))
                    .or_insert(mine);
            }
        }
    }
    if wanted.is_empty() {
        return Ok(BTreeSet::new());
    }
    create(tx, &fresh).await?;
    let mut stale: BTreeSet<ContactId> = wanted.values().copied().collect();
    let now = tx.clock().now();
    let rows = wanted.iter().map(|(key, id)| key.row(*id, now)).collect();
    let new = tx.insert_new::<Identities>(rows).await?;
    if usize::try_from(new) == Ok(wanted.len()) {
        owners.extend(wanted);
        return Ok(stale);
    }
    // Another transaction saw one of them first and has committed: what it wrote is visible now, and counts.
    let held = self::owners(tx, wanted.keys()).await?;
    let gone = yield_to(tx, &wanted, &held, &fresh).await?;
    owners.extend(
        held.into_iter()
            .map(|(key, id)| (key, gone.get(&id).copied().unwrap_or(id))),
    );
    stale.retain(|id| !gone.contains_key(id));
    stale.extend(gone.into_values());
    Ok(stale)
}

/// Whether the sighting is known by its phone at best: such a contact comes after one known by BSUID.
fn by_phone(seen: &Seen, owners: &Owners) -> bool {
    ![&seen.bsuid, &seen.bsuid_anywhere]
        .into_iter()
        .flatten()
        .any(|key| owners.contains_key(key))
}

/// Contacts that nobody else can see yet and that met an older one of the same person give it all they have. Returns
/// who went where.
async fn yield_to(
    tx: &TenantTx,
    wanted: &BTreeMap<Key, ContactId>,
    held: &Owners,
    fresh: &BTreeSet<ContactId>,
) -> Result<HashMap<ContactId, ContactId>> {
    let mut gone: HashMap<ContactId, ContactId> = HashMap::new();
    // Keys are in order, BSUIDs first: the older contact that the BSUID names is preferred.
    for (key, mine) in wanted.iter().filter(|(_, mine)| fresh.contains(*mine)) {
        if let Some(winner) = held.get(key).filter(|holder| *holder != mine) {
            gone.entry(*mine).or_insert(*winner);
        }
    }
    for (loser, winner) in &gone {
        tx.update::<Identities>()
            .col_expr(identity::Column::ContactId, Expr::value(*winner))
            .filter(identity::Column::ContactId.eq(*loser))
            .exec()
            .await?;
    }
    if !gone.is_empty() {
        tx.delete::<Contacts>()
            .filter(contact::Column::Id.is_in(gone.keys().copied()))
            .exec()
            .await?;
    }
    Ok(gone)
}

async fn create(tx: &TenantTx, ids: &BTreeSet<ContactId>) -> Result<()> {
    let now = tx.clock().now();
    let row = |id: &ContactId| {
        let row = contact::Model {
            tenant_id: tx.tenant(),
            id: *id,
            name: None,
            name_from_profile: true,
            note: None,
            attributes: "{}".to_owned(),
            search: String::new(),
            created_at: now,
            updated_at: now,
            marketing: None,
            marketing_at: None,
            marketing_source: None,
            marketing_detail: None,
            book_name: None,
            book_at: None,
        };
        row.into_active_model()
    };
    tx.insert_many::<Contacts>(ids.iter().map(row).collect()).await
}

/// Sightings by person: those that share an identity, directly or through others, stand together.
fn people(seen: &[Seen]) -> Vec<Vec<&Seen>> {
    let mut leader: Vec<usize> = (0..seen.len()).collect();
    fn find(leader: &mut [usize], mut at: usize) -> usize {
        while leader[at] != at {
            leader[at] = leader[leader[at]];
            at = leader[at];
        }
        at
    }
    let mut first: HashMap<&Key, usize> = HashMap::new();
    for (at, it) in seen.iter().enumerate() {
        for key in it.keys() {
            let other = *first.entry(key).or_insert(at);
            let (a, b) = (find(&mut leader, at), find(&mut leader, other));
            leader[a.max(b)] = a.min(b);
        }
    }
    let mut people: BTreeMap<usize, Vec<&Seen>> = BTreeMap::new();
    for (at, it) in seen.iter().enumerate() {
        people.entry(find(&mut leader, at)).or_default().push(it);
    }
    people.into_values().collect()
}

/// Moves usernames to whoever was last seen with them. Returns the contacts that won or lost one.
async fn learn_usernames(
    tx: &TenantTx,
    seen: &[Seen],
    contacts: &[ContactId],
    owners: &Owners,
) -> Result<BTreeSet<ContactId>> {
    let mut holder: BTreeMap<&Key, ContactId> = BTreeMap::new();
    let mut latest: BTreeMap<ContactId, &Key> = BTreeMap::new();
    for (it, contact) in seen.iter().zip(contacts) {
        if let Some(key) = &it.username {
            holder.insert(key, *contact);
            latest.insert(*contact, key);
        }
    }
    let moved = holder
        .into_iter()
        .filter(|(key, id)| latest.get(id) == Some(key) && owners.get(*key) != Some(id));
    let moved: Vec<(&Key, ContactId)> = moved.collect();
    if moved.is_empty() {
        return Ok(BTreeSet::new());
    }
    let winners: Vec<ContactId> = moved.iter().map(|(_, contact)| *contact).collect();
    for ids in winners.chunks(IN_LIST) {
        tx.delete::<Identities>()
            .filter(identity::Column::ContactId.is_in(ids.iter().copied()))
            .filter(identity::Column::Kind.eq(Kind::Username))
            .exec()
            .await?;
    }
    let now = tx.clock().now();
    let take_over = OnConflict::columns([
        identity::Column::TenantId,
        identity::Column::Kind,
        identity::Column::Scope,
        identity::Column::Value,
    ])
    .update_columns([identity::Column::ContactId, identity::Column::LearnedAt])
    .to_owned();
    tx.upsert::<Identities>(
        moved.iter().map(|(key, id)| key.row(*id, now)).collect(),
        take_over,
    )
    .await?;
    let losers = moved.iter().filter_map(|(key, _)| owners.get(*key).copied());
    Ok(losers.chain(winners.iter().copied()).collect())
}

/// The last profile name seen of each contact.
fn profile_names<'a>(seen: &'a [Seen], contacts: &[ContactId]) -> BTreeMap<ContactId, &'a str> {
    let named = seen
        .iter()
        .zip(contacts)
        .filter_map(|(it, contact)| Some((*contact, it.name.as_deref()?)));
    named.collect()
}

/// Of these contacts, the ones that should take their profile's name and have not.
async fn wrongly_named(tx: &TenantTx, names: &BTreeMap<ContactId, &str>) -> Result<Vec<ContactId>> {
    let ids: Vec<ContactId> = names.keys().copied().collect();
    let mut wrong = Vec::new();
    for ids in ids.chunks(IN_LIST) {
        let rows: Vec<(ContactId, Option<String>, bool)> = tx
            .find::<Contacts>()
            .filter(contact::Column::Id.is_in(ids.iter().copied()))
            .columns(&[
                contact::Column::Id,
                contact::Column::Name,
                contact::Column::NameFromProfile,
            ])
            .await?;
        let differs = |(id, name, from_profile): (ContactId, Option<String>, bool)| {
            let takes = from_profile || name.is_none();
            (takes && name.as_deref() != names.get(&id).copied()).then_some(id)
        };
        wrong.extend(rows.into_iter().filter_map(differs));
    }
    Ok(wrong)
}

/// Writes names and what is searched anew, and tells. `names` are profile names; a name that somebody gave stays.
pub(super) async fn refresh(
    tx: &mut TenantTx,
    stale: &BTreeSet<ContactId>,
    names: &BTreeMap<ContactId, &str>,
) -> Result<()> {
    let now = tx.clock().now();
    let replace = OnConflict::columns([contact::Column::TenantId, contact::Column::Id])
        .update_columns([
            contact::Column::Name,
            contact::Column::NameFromProfile,
            contact::Column::Search,
            contact::Column::UpdatedAt,
        ])
        .to_owned();
    let mut items = Vec::with_capacity(stale.len());
    let ids: Vec<ContactId> = stale.iter().copied().collect();
    for ids in ids.chunks(IN_LIST) {
        let rows = tx
            .find::<Contacts>()
            .filter(contact::Column::Id.is_in(ids.iter().copied()))
            .order_by(contact::Column::Id, Order::Asc)
            .for_update()
            .all()
            .await?;
        let mut keys: HashMap<ContactId, Vec<Key>> = HashMap::new();
        let mine = identity::Column::ContactId.is_in(ids.iter().copied());
        for row in tx.find::<Identities>().filter(mine).all().await? {
            keys.entry(row.contact_id).or_default().push(row.into());
        }
        let renewed = |row: contact::Model| {
            let given = names
                .get(&row.id)
                .filter(|_| row.name.is_none() || row.name_from_profile);
            let name = given.map_or_else(|| row.name.clone(), |name| Some((*name).to_owned()));
            let mut new = row.clone().into_active_model();
            new.name_from_profile = Set(row.name_from_profile || given.is_some());
            new.search = Set(search_text(
                name.as_deref(),
                keys.get(&row.id).into_iter().flatten(),
            ));
            new.name = Set(name);
            new.updated_at = Set(now);
            new
        };
        items.extend(rows.iter().map(|row| ContactChange {
            contact_id: row.id,
            deleted: false,
            at: now,
        }));
        tx.upsert::<Contacts>(rows.into_iter().map(renewed).collect(), replace.clone())
            .await?;
    }
    if !items.is_empty() {
        tx.publish(&ContactsChanged { items })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shares_an_identity_through_others_is_one_person() {
        let seen = |wa_id: &str, bsuid: &str| {
            let some = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
            Seen::read(&Sighting {
                wa_id: some(wa_id),
                bsuid: some(bsuid),
                ..Sighting::default()
            })
            .unwrap()
        };
        let all = [
            seen("1", ""),
            seen("2", "B"),
            seen("", "A"),
            seen("1", "A"),
            seen("3", ""),
            seen("2", ""),
        ];
        let sizes: Vec<usize> = people(&all).iter().map(Vec::len).collect();
        assert_eq!(sizes, [3, 2, 1]);
    }
}

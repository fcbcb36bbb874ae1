//! From what WhatsApp showed to contacts: a batch at a time, in a handful of statements, safe against its own doubles.
//!
//! Sightings that share a phone number or a BSUID are one person. Of a person's identities the BSUID is believed first: if
//! phone and BSUID are known as two contacts, the sighting belongs to the BSUID's, and both keep what they have.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::contacts::{ContactChange, ContactId, ContactsChanged, Resolved, Sighting};
use kernel::{Error, Result, TenantTx, each, padded};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ExprTrait, IntoActiveModel, Order,
    sea_query::{Expr, OnConflict},
};

use super::{
    IN_LIST, doubles,
    guess::{self, contradict},
    key::{Key, Seen},
    known::{self, Known, Owners, contact_of},
    read::search_text,
};
use crate::entity::{Contacts, Identities, contact, identity};

/// Finds or creates the contact of each sighting and learns what is new. See [`contracts::contacts::ContactDirectory`].
pub(super) async fn resolve(tx: &mut TenantTx, sightings: &[Sighting]) -> Result<Resolved> {
    let Resolved { contacts, merges } = learn(tx, sightings, true).await?;
    // Every identity has an owner now, unless its contact was deleted while we looked; then the next try finds it free.
    let contacts: Option<Vec<ContactId>> = contacts.into_iter().collect();
    let contacts = contacts
        .ok_or_else(|| Error::unavailable("A contact was deleted while it was looked up. Try again."))?;
    Ok(Resolved { contacts, merges })
}

/// The same, but makes nobody.
pub(super) async fn recognise(
    tx: &mut TenantTx,
    sightings: &[Sighting],
) -> Result<Resolved<Option<ContactId>>> {
    learn(tx, sightings, false).await
}

async fn learn(
    tx: &mut TenantTx,
    sightings: &[Sighting],
    newcomers: bool,
) -> Result<Resolved<Option<ContactId>>> {
    let mut seen: Vec<Seen> = sightings.iter().map(Seen::read).collect::<Result<_>>()?;
    let mut known = Known::read(tx, seen.iter().flat_map(Seen::lookups)).await?;
    let lost = guess::release(tx, &seen, &mut known.owners).await?;
    let mut bsuids = guess::rule_out(tx, &mut seen, &known.owners).await?;
    let merges = doubles::join(tx, &seen, &known.owners).await?;
    if !merges.is_empty() {
        known = Known::read(tx, seen.iter().flat_map(Seen::lookups)).await?;
        bsuids = guess::rule_out(tx, &mut seen, &known.owners).await?;
    }
    let people = people(&seen, |it| bsuids.of_seen(it, &known.owners));
    let mut learnt = learn_keys(tx, &seen, &people, &mut known.owners, newcomers).await?;
    learnt.changed.extend(lost);
    let contacts: Vec<Option<ContactId>> = seen.iter().map(|it| contact_of(it, &known.owners)).collect();
    let of_known: Vec<(&Seen, ContactId)> = seen
        .iter()
        .zip(&contacts)
        .filter_map(|(it, contact)| Some((it, (*contact)?)))
        .collect();
    let now = tx.clock().now();
    let names = profile_names(&of_known, now);
    learn_usernames(tx, &of_known, &known, &mut learnt, now).await?;
    let mut noted = Names::new();
    for (id, (name, at)) in names.iter().filter(|(id, _)| !learnt.fresh.contains_key(*id)) {
        match known.profiles.get(id) {
            Some(profile) if !profile.nameless && profile.is_as_new_as(name, *at) => {}
            Some(profile) if !profile.nameless && profile.name.as_deref() == Some(*name) => {
                noted.insert(*id, (*name, *at));
            }
            _ => _ = learnt.changed.insert(*id),
        }
    }
    create(tx, &learnt.fresh, &names, now).await?;
    noted.retain(|id, _| !learnt.changed.contains(id));
    note(tx, &noted).await?;
    let made = learnt.fresh.keys().map(|id| change(*id, now)).collect();
    renew(tx, &learnt.changed, &names, made).await?;
    Ok(Resolved { contacts, merges })
}

/// Whom it concerned.
#[derive(Debug, Default)]
struct Learnt {
    /// Contacts that are to be made, with their identities.
    fresh: BTreeMap<ContactId, BTreeSet<Key>>,
    /// Contacts of which something changed.
    changed: BTreeSet<ContactId>,
}

/// Gives every unknown identity to somebody: to the contact its sighting is known by, to the contact of another sighting
/// of the same person, or to a new one, if there may be `newcomers`.
async fn learn_keys(
    tx: &TenantTx,
    seen: &[Seen],
    people: &[Vec<&Seen>],
    owners: &mut Owners,
    newcomers: bool,
) -> Result<Learnt> {
    let mut learnt = Learnt::default();
    let mut wanted: BTreeMap<Key, ContactId> = BTreeMap::new();
    for person in people {
        let unknown: BTreeSet<&Key> = person
            .iter()
            // What was typed teaches nothing of somebody who is known by another spelling.
            .filter(|it| !(it.typed && contact_of(it, owners).is_some()))
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
        if known.is_none() && !newcomers {
            continue;
        }
        let of_person = known.map_or_else(|| tx.clock().new_id(), |(_, id)| id);
        if known.is_none() {
            learnt.fresh.insert(of_person, BTreeSet::new());
        }
        for it in person {
            let mine = contact_of(it, owners).unwrap_or(of_person);
            for key in it.keys().filter(|key| unknown.contains(key)) {
                // Two claims to one identity are settled alike in whatever order they came.
                wanted
                    .entry(key.clone())
                    .and_modify(|id| *id = Ord::min(mine, *id))
                    .or_insert(mine);
            }
        }
    }
    if wanted.is_empty() {
        return Ok(learnt);
    }
    let now = tx.clock().now();
    // Of two spellings the phone id is the one to write to.
    let others: BTreeSet<&Key> = seen.iter().filter_map(|it| it.other_phone.as_ref()).collect();
    let at = |key| now - TimeDelta::microseconds(i64::from(others.contains(key)));
    let rows = wanted.iter().map(|(key, id)| key.row(*id, at(key))).collect();
    let new = tx.insert_new::<Identities>(rows).await?;
    let mut gone = HashMap::new();
    let mut held = Owners::new();
    if usize::try_from(new) != Ok(wanted.len()) {
        // Another transaction saw one of them first and has committed: what it wrote is visible now, and counts.
        held = known::owners(tx, wanted.keys()).await?;
        gone = yield_to(tx, &wanted, &held, &learnt.fresh).await?;
        learnt.changed.extend(gone.values());
    }
    for (key, mine) in wanted {
        let holder = held.get(&key).copied().unwrap_or(mine);
        let holder = gone.get(&holder).copied().unwrap_or(holder);
        owners.insert(key.clone(), holder);
        match learnt.fresh.get_mut(&holder) {
            Some(keys) => _ = keys.insert(key),
            None => _ = learnt.changed.insert(holder),
        }
    }
    learnt.fresh.retain(|id, _| !gone.contains_key(id));
    Ok(learnt)
}

/// Whether the sighting is known by its phone at best: such a contact comes after one known by BSUID.
fn by_phone(seen: &Seen, owners: &Owners) -> bool {
    ![&seen.bsuid, &seen.bsuid_anywhere]
        .into_iter()
        .flatten()
        .any(|key| owners.contains_key(key))
}

/// Contacts that are not made yet and that met an older one of the same person give it all they have. Returns who went where.
async fn yield_to(
    tx: &TenantTx,
    wanted: &BTreeMap<Key, ContactId>,
    held: &Owners,
    fresh: &BTreeMap<ContactId, BTreeSet<Key>>,
) -> Result<HashMap<ContactId, ContactId>> {
    let mut gone: HashMap<ContactId, ContactId> = HashMap::new();
    // Keys are in order, BSUIDs first: the older contact that the BSUID names is preferred.
    for (key, mine) in wanted.iter().filter(|(_, mine)| fresh.contains_key(mine)) {
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
    Ok(gone)
}

/// Makes the newcomers, whole: nothing of them has to be read or written again.
async fn create(
    tx: &TenantTx,
    fresh: &BTreeMap<ContactId, BTreeSet<Key>>,
    names: &Names<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = |(id, keys): (&ContactId, &BTreeSet<Key>)| {
        let name = names.get(id).map(|(name, _)| (*name).to_owned());
        let row = contact::Model {
            tenant_id: tx.tenant(),
            id: *id,
            name_from_profile: true,
            note: None,
            attributes: "{}".to_owned(),
            search: search_text(name.as_deref(), keys.iter()),
            created_at: now,
            updated_at: now,
            marketing: None,
            marketing_at: None,
            marketing_source: None,
            marketing_detail: None,
            book_name: None,
            book_at: None,
            profile_at: names.get(id).map(|(_, at)| *at),
            profile_name: name.clone(),
            name,
        };
        row.into_active_model()
    };
    tx.insert_many::<Contacts>(fresh.iter().map(row).collect()).await
}

/// Sightings by person: those that share an identity, directly or through others, stand together; so do those that share a
/// spelling, unless their BSUIDs contradict each other.
fn people(seen: &[Seen], bsuids: impl Fn(&Seen) -> BTreeSet<Key>) -> Vec<Vec<&Seen>> {
    let mut groups = Groups((0..seen.len()).collect());
    let mut first: HashMap<&Key, usize> = HashMap::new();
    for (at, it) in seen.iter().enumerate() {
        for key in it.keys() {
            let other = *first.entry(key).or_insert(at);
            groups.unite(at, other);
        }
    }
    let mut known: BTreeMap<usize, BTreeSet<Key>> = BTreeMap::new();
    for (at, it) in seen.iter().enumerate() {
        known.entry(groups.leader(at)).or_default().extend(bsuids(it));
    }
    for (at, it) in seen.iter().enumerate() {
        for other in it.spellings.iter().filter_map(|key| first.get(key)) {
            let (one, other) = (groups.leader(at), groups.leader(*other));
            if one != other && !contradict(&known[&one], &known[&other]) {
                groups.unite(one, other);
                let theirs = known.remove(&one.max(other)).unwrap_or_default();
                known.entry(one.min(other)).or_default().extend(theirs);
            }
        }
    }
    let mut people: BTreeMap<usize, Vec<&Seen>> = BTreeMap::new();
    for (at, it) in seen.iter().enumerate() {
        people.entry(groups.leader(at)).or_default().push(it);
    }
    people.into_values().collect()
}

/// Groups of positions, each with its first one as the leader: for each position the next on the way to it.
struct Groups(Vec<usize>);

impl Groups {
    fn leader(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn unite(&mut self, one: usize, other: usize) {
        let (one, other) = (self.leader(one), self.leader(other));
        self.0[one.max(other)] = one.min(other);
    }
}

/// Moves usernames to the contact last seen with them, by WhatsApp's time. A contact keeps those it had before, which show it no
/// longer: what is told late must find when they were seen.
async fn learn_usernames(
    tx: &TenantTx,
    seen: &[(&Seen, ContactId)],
    known: &Known,
    learnt: &mut Learnt,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut holders: BTreeMap<&Key, (DateTime<Utc>, ContactId)> = BTreeMap::new();
    for (it, contact) in seen {
        let Some(key) = &it.username else { continue };
        let at = it.at.unwrap_or(now);
        let holder = holders.entry(key).or_insert((at, *contact));
        *holder = Ord::max(*holder, (at, *contact));
    }
    holders.retain(|key, (at, _)| known.seen_at.get(*key).is_none_or(|seen| seen < at));
    if holders.is_empty() {
        return Ok(());
    }
    let take_over = OnConflict::columns([
        identity::Column::TenantId,
        identity::Column::Kind,
        identity::Column::Scope,
        identity::Column::Value,
    ])
    .update_columns([identity::Column::ContactId, identity::Column::LearnedAt])
    .to_owned();
    let rows = holders.iter().map(|(key, (at, id))| key.row(*id, *at)).collect();
    tx.upsert::<Identities>(rows, take_over).await?;
    for (key, (_, winner)) in holders {
        let before = known.owners.get(key).copied();
        if before != Some(winner) {
            learnt.changed.extend(before);
            match learnt.fresh.get_mut(&winner) {
                Some(keys) => _ = keys.insert(key.clone()),
                None => _ = learnt.changed.insert(winner),
            }
        }
    }
    Ok(())
}

/// Profile names, and when they were seen.
type Names<'a> = BTreeMap<ContactId, (&'a str, DateTime<Utc>)>;

/// The newest profile name seen of each contact.
fn profile_names<'a>(seen: &[(&'a Seen, ContactId)], now: DateTime<Utc>) -> Names<'a> {
    let mut names = Names::new();
    for (it, contact) in seen {
        let Some(name) = it.name.as_deref() else { continue };
        let at = it.at.unwrap_or(now);
        let newest = names.entry(*contact).or_insert((name, at));
        if (newest.1, newest.0) < (at, name) {
            *newest = (name, at);
        }
    }
    names
}

/// Notes when people were last seen with the names that are known: a name that was theirs before may be told late.
async fn note(tx: &TenantTx, seen: &Names<'_>) -> Result<()> {
    use contact::Column::{Id, ProfileAt, ProfileName};
    let seen: Vec<_> = seen.iter().map(|(id, (name, at))| (*id, *name, *at)).collect();
    for some in seen.chunks(IN_LIST) {
        let some = padded(some.iter().copied());
        let names: Vec<(ContactId, &str)> = some.iter().map(|(id, name, _)| (*id, *name)).collect();
        let times: Vec<(ContactId, DateTime<Utc>)> = some.iter().map(|(id, _, at)| (*id, *at)).collect();
        // Somebody else may have learnt something newer since they were read.
        let older = ProfileAt
            .is_null()
            .or(Expr::col(ProfileAt).lt(each(Id, &times, ProfileAt)));
        tx.update::<Contacts>()
            .filter(Id.is_in(some.iter().map(|(id, ..)| *id)))
            .filter(Expr::col(ProfileName).eq(each(Id, &names, ProfileName)))
            .filter(older)
            .col_expr(ProfileAt, each(Id, &times, ProfileAt))
            .exec()
            .await?;
    }
    Ok(())
}

/// Writes anew what is searched of these contacts, and tells.
pub(super) async fn refresh(tx: &mut TenantTx, stale: &BTreeSet<ContactId>) -> Result<()> {
    renew(tx, stale, &Names::new(), Vec::new()).await
}

/// Writes names and what is searched anew, and tells of it and of those that were `made`. A name that somebody gave stays.
async fn renew(
    tx: &mut TenantTx,
    stale: &BTreeSet<ContactId>,
    names: &Names<'_>,
    made: Vec<ContactChange>,
) -> Result<()> {
    let now = tx.clock().now();
    let replace = OnConflict::columns([contact::Column::TenantId, contact::Column::Id])
        .update_columns([
            contact::Column::Name,
            contact::Column::NameFromProfile,
            contact::Column::ProfileName,
            contact::Column::ProfileAt,
            contact::Column::Search,
            contact::Column::UpdatedAt,
        ])
        .to_owned();
    let mut items = made;
    let ids: Vec<ContactId> = stale.iter().copied().collect();
    for ids in ids.chunks(IN_LIST) {
        let rows = tx
            .find::<Contacts>()
            .filter(contact::Column::Id.is_in(padded(ids.iter().copied())))
            .order_by(contact::Column::Id, Order::Asc)
            .for_update()
            .all()
            .await?;
        let mut keys: HashMap<ContactId, Vec<Key>> = HashMap::new();
        let mine = identity::Column::ContactId.is_in(padded(ids.iter().copied()));
        for row in tx.find::<Identities>().filter(mine).all().await? {
            keys.entry(row.contact_id).or_default().push(row.into());
        }
        let renewed = |row: contact::Model| {
            let mut new = row.clone().into_active_model();
            let mut name = row.name.clone();
            let mut profile = row.profile_name.clone();
            if let Some((seen, at)) = names.get(&row.id)
                && (row.profile_at, row.profile_name.as_deref()) < (Some(*at), Some(*seen))
            {
                profile = Some((*seen).to_owned());
                new.profile_at = Set(Some(*at));
            }
            if names.contains_key(&row.id) && (row.name.is_none() || row.name_from_profile) {
                name.clone_from(&profile);
                new.name_from_profile = Set(true);
            }
            new.profile_name = Set(profile);
            new.search = Set(search_text(
                name.as_deref(),
                keys.get(&row.id).into_iter().flatten(),
            ));
            new.name = Set(name);
            new.updated_at = Set(now);
            new
        };
        items.extend(rows.iter().map(|row| change(row.id, now)));
        tx.upsert::<Contacts>(rows.into_iter().map(renewed).collect(), replace.clone())
            .await?;
    }
    if !items.is_empty() {
        tx.publish(&ContactsChanged { items })?;
    }
    Ok(())
}

fn change(contact_id: ContactId, at: DateTime<Utc>) -> ContactChange {
    ContactChange {
        contact_id,
        deleted: false,
        at,
    }
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
        let bsuids = |it: &Seen| it.bsuid.iter().cloned().collect();
        let sizes = |all: &[Seen]| -> Vec<usize> { people(all, bsuids).iter().map(Vec::len).collect() };
        assert_eq!(sizes(&all), [3, 2, 1]);
        // A spelling joins those whose BSUIDs do not contradict each other.
        let (long, short) = ("5531988888801", "553188888801");
        assert_eq!(sizes(&[seen(long, "A"), seen(short, "")]), [2]);
        assert_eq!(
            sizes(&[seen(short, "B"), seen(long, ""), seen(long, "A")]),
            [1, 2]
        );
    }
}

//! A spelling of a phone number is a guess: two people may have numbers that are spellings of each other. BSUIDs that
//! contradict it rule it out. What WhatsApp itself told (two spellings in one sighting, the answer to a send) is no guess.

use std::collections::{BTreeSet, HashMap};

use contracts::contacts::ContactId;
use kernel::{Result, TenantTx, padded};
use sea_orm::ColumnTrait;

use super::{
    IN_LIST,
    key::{Key, Seen},
    known::Owners,
};
use crate::entity::{
    Identities,
    identity::{self, Kind},
};

/// BSUIDs that people are known by or are seen with.
#[derive(Debug, Default)]
pub(super) struct Bsuids(HashMap<ContactId, BTreeSet<Key>>);

impl Bsuids {
    /// All that is known of whom a sighting shows for certain.
    pub(super) fn of_seen(&self, seen: &Seen, owners: &Owners) -> BTreeSet<Key> {
        let known = certain(seen, owners).and_then(|id| self.0.get(&id));
        known.into_iter().flatten().chain(&seen.bsuid).cloned().collect()
    }

    fn of(&self, contact: ContactId) -> &BTreeSet<Key> {
        static NONE: BTreeSet<Key> = BTreeSet::new();
        self.0.get(&contact).unwrap_or(&NONE)
    }
}

/// Takes numbers from contacts that have them and another spelling of them, but another BSUID: somebody was taken for them by the
/// spelling. Returns the contacts that lost one. No statement where all BSUIDs are known.
pub(super) async fn release(
    tx: &TenantTx,
    seen: &[Seen],
    owners: &mut Owners,
) -> Result<BTreeSet<ContactId>> {
    let holder = |it: &Seen, owners: &Owners| {
        let is_new = it.bsuid.is_some() && it.bsuid_owner(owners).is_none();
        let holder = *owners.get(it.phone.as_ref().filter(|_| is_new)?)?;
        guesses(it, owners).any(|id| id == holder).then_some(holder)
    };
    let holders: BTreeSet<ContactId> = seen.iter().filter_map(|it| holder(it, owners)).collect();
    let mut lost = BTreeSet::new();
    if holders.is_empty() {
        return Ok(lost);
    }
    let bsuids = read(tx, &holders).await?;
    for it in seen {
        let (Some(id), Some(bsuid), Some(phone)) = (holder(it, owners), &it.bsuid, &it.phone) else {
            continue;
        };
        if contradict(&BTreeSet::from([bsuid.clone()]), bsuids.of(id)) {
            tx.delete::<Identities>()
                .filter(identity::Column::ContactId.eq(id))
                .filter(identity::Column::Kind.eq(Kind::Phone))
                .filter(identity::Column::Value.eq(phone.value.clone()))
                .exec()
                .await?;
            owners.remove(phone);
            lost.insert(id);
        }
    }
    Ok(lost)
}

/// Takes out of sightings the spellings by which other people are known. Costs one statement where a spelling leads to somebody
/// else than what WhatsApp told does, and none otherwise.
pub(super) async fn rule_out(tx: &TenantTx, seen: &mut [Seen], owners: &Owners) -> Result<Bsuids> {
    let mut involved: BTreeSet<ContactId> = BTreeSet::new();
    for it in &*seen {
        let certain = certain(it, owners);
        let mut guessed = guesses(it, owners).filter(|id| Some(*id) != certain).peekable();
        if guessed.peek().is_some() {
            involved.extend(guessed.chain(certain));
        }
    }
    let mut bsuids = read(tx, &involved).await?;
    if involved.is_empty() {
        return Ok(bsuids);
    }
    // What WhatsApp told comes first, whatever the order of the sightings.
    for it in &*seen {
        if let (Some(id), Some(bsuid)) = (certain(it, owners), &it.bsuid) {
            bsuids.0.entry(id).or_default().insert(bsuid.clone());
        }
    }
    for it in seen {
        let certain = certain(it, owners);
        let mine = bsuids.of_seen(it, owners);
        it.spellings.retain(|key| match owners.get(key) {
            Some(id) => Some(*id) == certain || !contradict(&mine, bsuids.of(*id)),
            None => true,
        });
        if certain.is_none()
            && let Some(id) = guesses(it, owners).next()
        {
            bsuids.0.entry(id).or_default().extend(mine);
        }
    }
    Ok(bsuids)
}

/// The same for a sighting without a BSUID that is known to be of this contact.
pub(super) async fn rule_out_for(
    tx: &TenantTx,
    seen: &mut Seen,
    contact: ContactId,
    owners: &Owners,
) -> Result<()> {
    let guessed: BTreeSet<ContactId> = guesses(seen, owners).filter(|id| *id != contact).collect();
    if guessed.is_empty() {
        return Ok(());
    }
    let involved = guessed.into_iter().chain([contact]).collect();
    let bsuids = read(tx, &involved).await?;
    let mine = bsuids.of(contact);
    seen.spellings.retain(|key| {
        let owner = owners.get(key);
        owner.is_none_or(|id| *id == contact || !contradict(mine, bsuids.of(*id)))
    });
    Ok(())
}

/// Whether two sets of BSUIDs are of two people: they have none in common, and two that could be compared. One that somebody
/// typed has no portfolio, and is compared with those of any.
pub(super) fn contradict(one: &BTreeSet<Key>, other: &BTreeSet<Key>) -> bool {
    let pairs = || one.iter().flat_map(|a| other.iter().map(move |b| (a, b)));
    let comparable = |(a, b): (&Key, &Key)| a.scope == b.scope || a.scope.is_empty() || b.scope.is_empty();
    pairs().any(comparable) && !pairs().any(|(a, b)| comparable((a, b)) && a.value == b.value)
}

/// BSUIDs of these contacts.
async fn read(tx: &TenantTx, contacts: &BTreeSet<ContactId>) -> Result<Bsuids> {
    let mut bsuids = Bsuids::default();
    let contacts: Vec<ContactId> = contacts.iter().copied().collect();
    for some in contacts.chunks(IN_LIST) {
        let rows = tx
            .find::<Identities>()
            .filter(identity::Column::ContactId.is_in(padded(some.iter().copied())))
            .filter(identity::Column::Kind.eq(Kind::Bsuid))
            .all()
            .await?;
        for row in rows {
            bsuids.0.entry(row.contact_id).or_default().insert(row.into());
        }
    }
    Ok(bsuids)
}

/// Whom a sighting shows by what WhatsApp told: the BSUID, else the phone.
fn certain(seen: &Seen, owners: &Owners) -> Option<ContactId> {
    let phones = || [&seen.phone, &seen.other_phone].into_iter().flatten();
    seen.bsuid_owner(owners)
        .or_else(|| phones().find_map(|key| owners.get(key).copied()))
}

fn guesses<'a>(seen: &'a Seen, owners: &'a Owners) -> impl Iterator<Item = ContactId> + 'a {
    seen.spellings.iter().filter_map(|key| owners.get(key).copied())
}

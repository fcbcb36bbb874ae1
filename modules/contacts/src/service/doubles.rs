//! Contacts that are one person under two spellings of a phone number.
//!
//! WhatsApp writes some numbers in another way than people do (Brazil's ninth digit, Mexico's 1, Argentina's 9), and tells its
//! spelling in answers to sends, in statuses and in webhooks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contracts::contacts::{ContactId, ContactMerge, Spelling};
use kernel::{Result, TenantTx};
use sea_orm::ColumnTrait;
use text::phone::may_be_same;

use super::{
    IN_LIST,
    key::{self, Key, Seen},
    known::{self, Owners},
    learn,
    merge::{absorb, give, tell},
};
use crate::entity::{
    Identities,
    identity::{self, Kind},
};

/// Joins contacts that sightings know by spellings of one phone number. No statement where there are none.
pub(super) async fn join(tx: &mut TenantTx, seen: &[Seen], owners: &Owners) -> Result<Vec<ContactMerge>> {
    let mut joined = Joined::default();
    for it in seen {
        let mut holders = it.phones().filter_map(|key| owners.get(key).copied());
        let Some(first) = holders.next() else { continue };
        for other in holders {
            joined.unite(tx, first, other).await?;
        }
        // WhatsApp's own spelling is the one to write to.
        let holder = joined.now(first);
        if joined.stale.contains(&holder) && !it.typed {
            give(tx, holder, it.phone.iter(), true).await?;
        }
    }
    joined.finish(tx).await
}

/// See [`contracts::contacts::ContactDirectory::learn_spellings`].
pub(super) async fn learn_spellings(tx: &mut TenantTx, spellings: &[Spelling]) -> Result<Vec<ContactMerge>> {
    let told: Vec<(Key, &Spelling)> = spellings
        .iter()
        .filter_map(|spelling| Some((key::phone_of(&spelling.wa_id)?, spelling)))
        .collect();
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let owners = known::owners(tx, told.iter().map(|(key, _)| key)).await?;
    let mut news: BTreeMap<ContactId, Vec<(Key, Option<ContactId>)>> = BTreeMap::new();
    for (key, spelling) in told {
        let holder = owners.get(&key).copied();
        if holder != Some(spelling.contact) || spelling.differs {
            news.entry(spelling.contact).or_default().push((key, holder));
        }
    }
    let phones = phones_of(tx, news.keys().copied()).await?;
    let mut joined = Joined::default();
    for (contact, told) in news {
        let Some(phones) = phones.get(&contact) else {
            continue;
        };
        for (key, holder) in told {
            // What ends otherwise is no spelling of the number, and not worth joining two people for.
            if !phones.iter().any(|phone| may_be_same(phone, &key.value)) {
                continue;
            }
            if let Some(other) = holder {
                joined.unite(tx, contact, other).await?;
                if joined.now(contact) != joined.now(other) {
                    // Two people by their BSUIDs: the number stays where it is.
                    continue;
                }
            }
            let contact = joined.now(contact);
            give(tx, contact, std::iter::once(&key), true).await?;
            joined.stale.insert(contact);
        }
    }
    joined.finish(tx).await
}

/// The phone numbers of these contacts; who has none, or has been deleted, is left out.
async fn phones_of(
    tx: &TenantTx,
    contacts: impl Iterator<Item = ContactId>,
) -> Result<HashMap<ContactId, Vec<String>>> {
    let contacts: Vec<ContactId> = contacts.collect();
    let mut phones: HashMap<ContactId, Vec<String>> = HashMap::new();
    for some in contacts.chunks(IN_LIST) {
        let rows: Vec<(ContactId, String)> = tx
            .find::<Identities>()
            .filter(identity::Column::ContactId.is_in(some.iter().copied()))
            .filter(identity::Column::Kind.eq(Kind::Phone))
            .columns(&[identity::Column::ContactId, identity::Column::Value])
            .await?;
        for (contact, phone) in rows {
            phones.entry(contact).or_default().push(phone);
        }
    }
    Ok(phones)
}

/// What has been joined so far.
#[derive(Debug, Default)]
struct Joined {
    merges: Vec<ContactMerge>,
    /// Contacts of which something changed.
    stale: BTreeSet<ContactId>,
}

impl Joined {
    /// Who has what this contact had.
    fn now(&self, contact: ContactId) -> ContactId {
        let gone = |id: ContactId| self.merges.iter().find(|merge| merge.from == id);
        let mut contact = contact;
        while let Some(merge) = gone(contact) {
            contact = merge.into;
        }
        contact
    }

    /// Makes one of two contacts, unless their BSUIDs say that they are two people. The older one stays: others may have its id.
    async fn unite(&mut self, tx: &TenantTx, one: ContactId, other: ContactId) -> Result<()> {
        let (one, other) = (self.now(one), self.now(other));
        if one == other || differ(tx, one, other).await? {
            return Ok(());
        }
        let (into, from) = (one.min(other), one.max(other));
        absorb(tx, into, from).await?;
        self.merges.push(ContactMerge { from, into });
        self.stale.remove(&from);
        self.stale.insert(into);
        Ok(())
    }

    async fn finish(self, tx: &mut TenantTx) -> Result<Vec<ContactMerge>> {
        if !self.stale.is_empty() {
            learn::refresh(tx, &self.stale).await?;
        }
        tell(tx, &self.merges)?;
        Ok(self.merges)
    }
}

/// Whether both have a BSUID of one portfolio, and not the same.
async fn differ(tx: &TenantTx, one: ContactId, other: ContactId) -> Result<bool> {
    let bsuids = tx
        .find::<Identities>()
        .filter(identity::Column::ContactId.is_in([one, other]))
        .filter(identity::Column::Kind.eq(Kind::Bsuid))
        .all()
        .await?;
    let of = |id: ContactId| bsuids.iter().filter(move |row| row.contact_id == id);
    let mut pairs = of(one).flat_map(|a| of(other).map(move |b| (a, b)));
    Ok(pairs.any(|(a, b)| a.scope == b.scope && a.value != b.value))
}

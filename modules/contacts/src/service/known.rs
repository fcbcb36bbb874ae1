//! What is known already of identities that WhatsApp shows.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use contracts::contacts::ContactId;
use kernel::{Result, TenantTx, padded};
use sea_orm::{ColumnTrait, Condition};

use super::{
    IN_LIST,
    key::{Key, Seen},
};
use crate::entity::{
    Contacts, Identities, contact,
    identity::{self, Kind},
};

/// Whose an identity is.
pub(super) type Owners = HashMap<Key, ContactId>;

/// What is known of identities, and of the people to whom they lead.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) owners: Owners,
    /// When the usernames among them were last seen with their owners.
    pub(super) seen_at: HashMap<Key, DateTime<Utc>>,
    pub(super) profiles: HashMap<ContactId, Profile>,
}

/// What somebody's own profile calls them, and when they were last seen so.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) name: Option<String>,
    at: Option<DateTime<Utc>>,
    /// Nothing is shown: somebody emptied the name.
    pub(super) nameless: bool,
}

impl Profile {
    /// Within one of WhatsApp's seconds the order of the alphabet decides, which is the same in whatever order they are told.
    pub(super) fn is_as_new_as(&self, name: &str, at: DateTime<Utc>) -> bool {
        (self.at, self.name.as_deref()) >= (Some(at), Some(name))
    }
}

impl Known {
    /// One statement for identities of all kinds and their people. It may find a few rows more than were asked for, under keys
    /// that nobody looks at.
    pub(super) async fn read<'a>(tx: &TenantTx, keys: impl Iterator<Item = &'a Key>) -> Result<Self> {
        type Row = (
            Kind,
            String,
            String,
            ContactId,
            DateTime<Utc>,
            Option<String>,
            Option<String>,
            Option<DateTime<Utc>>,
        );
        let mut known = Self::default();
        let asked = Asked::of(keys);
        for values in asked.values.chunks(IN_LIST) {
            let rows: Vec<Row> = tx
                .find::<Identities>()
                .filter(asked.condition(values))
                .columns_beside::<Contacts, _>(
                    (identity::Column::ContactId, contact::Column::Id),
                    &[
                        identity::Column::Kind,
                        identity::Column::Scope,
                        identity::Column::Value,
                        identity::Column::ContactId,
                        identity::Column::LearnedAt,
                    ],
                    &[
                        contact::Column::Name,
                        contact::Column::ProfileName,
                        contact::Column::ProfileAt,
                    ],
                )
                .await?;
            for (kind, scope, value, id, learned_at, shown, name, at) in rows {
                let key = Key { kind, scope, value };
                if kind == Kind::Username {
                    known.seen_at.insert(key.clone(), learned_at);
                }
                known.owners.insert(key, id);
                known.profiles.entry(id).or_insert(Profile {
                    name,
                    at,
                    nameless: shown.is_none(),
                });
            }
        }
        Ok(known)
    }
}

/// Identities as a statement asks for them.
struct Asked<'a> {
    kinds: BTreeSet<Kind>,
    scopes: BTreeSet<&'a str>,
    values: Vec<&'a str>,
}

impl<'a> Asked<'a> {
    fn of(keys: impl Iterator<Item = &'a Key>) -> Self {
        let (mut kinds, mut scopes) = (BTreeSet::new(), BTreeSet::new());
        let mut values: BTreeSet<&str> = BTreeSet::new();
        for Key { kind, scope, value } in keys {
            kinds.insert(*kind);
            scopes.insert(scope.as_str());
            values.insert(value);
        }
        Self {
            kinds,
            scopes,
            values: values.into_iter().collect(),
        }
    }

    fn condition(&self, values: &[&str]) -> Condition {
        Condition::all()
            .add(identity::Column::Kind.is_in(self.kinds.iter().copied()))
            .add(identity::Column::Scope.is_in(self.scopes.iter().copied()))
            .add(identity::Column::Value.is_in(padded(values.iter().copied())))
    }
}

/// Who holds these identities. Absent ones are nobody's yet.
pub(super) async fn owners<'a>(tx: &TenantTx, keys: impl Iterator<Item = &'a Key>) -> Result<Owners> {
    Ok(Known::read(tx, keys).await?.owners)
}

/// The contact of a sighting whose identities are known: by BSUID, else by phone in any spelling, else by the name alone.
pub(super) fn contact_of(seen: &Seen, owners: &Owners) -> Option<ContactId> {
    let alone = seen
        .username
        .as_ref()
        .filter(|_| seen.bsuid.is_none() && seen.phone.is_none());
    let bsuids = [&seen.bsuid, &seen.bsuid_anywhere];
    bsuids
        .into_iter()
        .flatten()
        .chain(seen.phones())
        .chain(alone)
        .find_map(|key| owners.get(key).copied())
}

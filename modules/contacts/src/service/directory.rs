//! Who is who, for the other modules.

use contracts::contacts::{ContactCard, ContactDirectory, ContactId, Sighting};
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::{ColumnTrait, Order};

use super::{
    IN_LIST, learn,
    read::{contains, current, identities_of},
};
use crate::entity::{Contacts, contact, identity::Kind};

/// The port's implementation. It holds nothing: everything comes with the transaction.
pub(crate) struct Directory;

#[async_trait::async_trait]
impl ContactDirectory for Directory {
    async fn resolve(&self, tx: &mut TenantTx, sightings: &[Sighting]) -> Result<Vec<ContactId>> {
        learn::resolve(tx, sightings).await
    }

    async fn cards(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactCard>> {
        let identities = identities_of(db, contacts).await?;
        let mut cards = Vec::with_capacity(contacts.len());
        for ids in contacts.chunks(IN_LIST) {
            let names: Vec<(ContactId, Option<String>)> = db
                .find::<Contacts>()
                .filter(contact::Column::Id.is_in(ids.iter().copied()))
                .columns(&[contact::Column::Id, contact::Column::Name])
                .await?;
            cards.extend(names.into_iter().map(|(id, name)| {
                let mine = identities.get(&id).map_or(&[][..], Vec::as_slice);
                ContactCard {
                    id,
                    name,
                    phone: current(mine, Kind::Phone),
                    bsuid: current(mine, Kind::Bsuid),
                    username: current(mine, Kind::Username),
                }
            }));
        }
        Ok(cards)
    }

    async fn search(&self, db: &TenantDb, text: &str, limit: u64) -> Result<Vec<ContactId>> {
        let ids: Vec<(ContactId,)> = db
            .find::<Contacts>()
            .filter_some(contains(text))
            .order_by(contact::Column::Id, Order::Desc)
            .limit(limit)
            .columns(&[contact::Column::Id])
            .await?;
        Ok(ids.into_iter().map(|(id,)| id).collect())
    }
}

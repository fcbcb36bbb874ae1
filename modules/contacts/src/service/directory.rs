//! Who is who, for the other modules.

use contracts::contacts::{
    BookEntry, ContactAddress, ContactCard, ContactDirectory, ContactId, ContactMerge, IdentityChange,
    MarketingChoice, Resolved, Sighting, Spelling,
};
use kernel::{Result, TenantDb, TenantIds, TenantTx};
use sea_orm::ColumnTrait;
use text::phone::Rules;

use super::{
    IN_LIST, book, consent, doubles,
    key::Seen,
    learn, merge,
    read::{contains, current, identities_of},
    typed,
};
use crate::entity::{
    Contacts, contact,
    identity::{self, Kind},
};

/// The port's implementation. All but how phone numbers are read comes with the transaction.
pub(crate) struct Directory {
    pub(crate) rules: Rules<'static>,
}

#[async_trait::async_trait]
impl ContactDirectory for Directory {
    fn is_usable(&self, sighting: &Sighting) -> bool {
        Seen::read(sighting).is_ok()
    }

    async fn resolve(&self, tx: &mut TenantTx, sightings: &[Sighting]) -> Result<Resolved> {
        learn::resolve(tx, sightings).await
    }

    async fn recognise(
        &self,
        tx: &mut TenantTx,
        sightings: &[Sighting],
    ) -> Result<Resolved<Option<ContactId>>> {
        learn::recognise(tx, sightings).await
    }

    async fn addressed(
        &self,
        tx: &mut TenantTx,
        portfolio: &str,
        field: &'static str,
        text: &str,
    ) -> Result<Resolved> {
        typed::addressed(tx, self.rules, portfolio, field, text).await
    }

    async fn learn_spellings(&self, tx: &mut TenantTx, spellings: &[Spelling]) -> Result<Vec<ContactMerge>> {
        doubles::learn_spellings(tx, spellings).await
    }

    async fn cards(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactCard>> {
        let identities = identities_of(db, contacts).await?;
        let mut cards = Vec::with_capacity(contacts.len());
        for ids in contacts.chunks(IN_LIST) {
            let names: Vec<(ContactId, Option<String>, Option<String>)> = db
                .find::<Contacts>()
                .filter(contact::Column::Id.is_in(ids.iter().copied()))
                .columns(&[
                    contact::Column::Id,
                    contact::Column::Name,
                    contact::Column::Marketing,
                ])
                .await?;
            cards.extend(names.into_iter().map(|(id, name, marketing)| {
                let mine = identities.get(&id).map_or(&[][..], Vec::as_slice);
                ContactCard {
                    id,
                    name,
                    phone: current(mine, Kind::Phone),
                    phones: phones(mine),
                    bsuid: current(mine, Kind::Bsuid),
                    username: current(mine, Kind::Username),
                    marketing_stopped: marketing.as_deref() == Some(consent::STOPPED),
                }
            }));
        }
        Ok(cards)
    }

    async fn addresses(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactAddress>> {
        let identities = identities_of(db, contacts).await?;
        let addresses = identities.into_iter().map(|(id, mine)| ContactAddress {
            id,
            phone: current(&mine, Kind::Phone),
            bsuid: current(&mine, Kind::Bsuid),
        });
        Ok(addresses.collect())
    }

    fn matching(&self, db: &TenantDb, text: &str) -> Option<TenantIds> {
        let fitting = contains(text)?;
        let contacts = db.find::<Contacts>().search_some(Some(fitting));
        Some(contacts.into_ids(contact::Column::Id))
    }

    async fn choose_marketing(&self, tx: &mut TenantTx, choices: &[MarketingChoice]) -> Result<()> {
        consent::choose(tx, choices).await
    }

    async fn change_identities(
        &self,
        tx: &mut TenantTx,
        changes: &[IdentityChange],
    ) -> Result<Vec<ContactMerge>> {
        merge::change_identities(tx, changes).await
    }

    async fn note_address_book(&self, tx: &mut TenantTx, entries: &[BookEntry]) -> Result<Vec<ContactMerge>> {
        book::note(tx, entries).await
    }
}

fn phones(identities: &[identity::Model]) -> Vec<String> {
    let phones = identities.iter().filter(|it| it.kind == Kind::Phone);
    phones.map(|it| it.value.clone()).collect()
}

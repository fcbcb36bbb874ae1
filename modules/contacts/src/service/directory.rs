//! Who is who, for the other modules.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use contracts::{
    contacts::{
        BookEntry, ContactAddress, ContactCard, ContactDirectory, ContactField, ContactId, ContactMerge,
        FieldsOfContacts, IdentityChange, MarketingChoice, Resolved, Sighting, Spelling,
    },
    settings::TenantSettings,
};
use kernel::{Result, TenantDb, TenantIds, TenantTx, padded, tenant::TenantSelect};
use sea_orm::ColumnTrait;
use text::phone::Rules;

use super::{
    IN_LIST, book, consent, doubles, fields,
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
    pub(crate) settings: Arc<dyn TenantSettings>,
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
        // A number with a plus needs no country.
        let settings = match text.trim_start().starts_with('+') {
            true => None,
            false => Some(self.settings.settings_in(tx).await?),
        };
        let rules = Rules {
            default_country: settings.as_ref().and_then(|it| it.default_country.as_deref()),
            ..self.rules
        };
        typed::addressed(tx, rules, portfolio, field, text).await
    }

    async fn learn_spellings(&self, tx: &mut TenantTx, spellings: &[Spelling]) -> Result<Vec<ContactMerge>> {
        doubles::learn_spellings(tx, spellings).await
    }

    async fn cards(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactCard>> {
        let identities = identities_of(|| db.find(), contacts).await?;
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
        let (identities, stopped) = futures_util::try_join!(
            identities_of(|| db.find(), contacts),
            stopped_among(|| db.find(), contacts)
        )?;
        Ok(addresses(identities, &stopped))
    }

    async fn addresses_in(&self, tx: &TenantTx, contacts: &[ContactId]) -> Result<Vec<ContactAddress>> {
        let identities = identities_of(|| tx.find(), contacts).await?;
        let stopped = stopped_among(|| tx.find(), contacts).await?;
        Ok(addresses(identities, &stopped))
    }

    async fn fields(
        &self,
        db: &TenantDb,
        contacts: &[ContactId],
        wanted: &[ContactField],
    ) -> Result<FieldsOfContacts> {
        fields::fields_of(|| db.find(), || db.find(), contacts, wanted).await
    }

    async fn fields_in(
        &self,
        tx: &TenantTx,
        contacts: &[ContactId],
        wanted: &[ContactField],
    ) -> Result<FieldsOfContacts> {
        fields::fields_of(|| tx.find(), || tx.find(), contacts, wanted).await
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

/// Those of the contacts who want no more marketing: few of many.
async fn stopped_among<'c>(
    find: impl Fn() -> TenantSelect<'c, Contacts>,
    contacts: &[ContactId],
) -> Result<HashSet<ContactId>> {
    let mut stopped = HashSet::new();
    for ids in contacts.chunks(IN_LIST) {
        let these = find()
            .filter(contact::Column::Id.is_in(padded(ids.iter().copied())))
            .filter(contact::Column::Marketing.eq(consent::STOPPED));
        stopped.extend(these.columns::<ContactId>(&[contact::Column::Id]).await?);
    }
    Ok(stopped)
}

fn addresses(
    identities: HashMap<ContactId, Vec<identity::Model>>,
    stopped: &HashSet<ContactId>,
) -> Vec<ContactAddress> {
    let addresses = identities.into_iter().map(|(id, mine)| ContactAddress {
        id,
        phone: current(&mine, Kind::Phone),
        bsuid: current(&mine, Kind::Bsuid),
        marketing_stopped: stopped.contains(&id),
    });
    addresses.collect()
}

fn phones(identities: &[identity::Model]) -> Vec<String> {
    let phones = identities.iter().filter(|it| it.kind == Kind::Phone);
    phones.map(|it| it.value.clone()).collect()
}

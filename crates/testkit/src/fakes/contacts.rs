//! Everybody is who their phone number or BSUID says.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use contracts::contacts::{
    BookEntry, ContactAddress, ContactCard, ContactDirectory, ContactField, ContactId, ContactMerge,
    FieldsOfContacts, IdentityChange, MarketingChoice, Resolved, Sighting, Spelling,
};
use kernel::{Result, TenantDb, TenantId, TenantIds, TenantTx};

/// People by tenant and by what they are known by.
#[derive(Debug, Default)]
pub struct FakeContacts {
    known: Mutex<BTreeMap<(TenantId, String), ContactId>>,
    stopped: Mutex<BTreeSet<ContactId>>,
    fields: Mutex<FieldsOfContacts>,
    reads: AtomicUsize,
}

impl FakeContacts {
    /// Somebody wants no marketing.
    ///
    /// # Panics
    /// Never.
    pub fn stop_marketing(&self, contact: ContactId) {
        self.stopped.lock().unwrap().insert(contact);
    }

    /// Gives somebody's field a value.
    ///
    /// # Panics
    /// Never.
    pub fn set_field(&self, contact: ContactId, field: ContactField, value: &str) {
        let mut fields = self.fields.lock().unwrap();
        fields.entry(contact).or_default().insert(field, value.to_owned());
    }

    /// Somebody of the tenant whom this phone number belongs to.
    ///
    /// # Panics
    /// Never.
    pub fn know(&self, db: &TenantDb, phone: &str) -> ContactId {
        let mut known = self.known.lock().unwrap();
        *known
            .entry((db.tenant(), phone.to_owned()))
            .or_insert_with(|| db.clock().new_id())
    }

    /// How often fields were asked for.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }

    fn fields_of(&self, contacts: &[ContactId], wanted: &[ContactField]) -> FieldsOfContacts {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let fields = self.fields.lock().unwrap();
        let of = |contact: &ContactId| {
            let theirs = fields
                .get(contact)?
                .iter()
                .filter(|(field, _)| wanted.contains(field));
            Some((
                *contact,
                theirs
                    .map(|(field, value)| (field.clone(), value.clone()))
                    .collect(),
            ))
        };
        contacts.iter().filter_map(of).collect()
    }

    fn find(&self, tenant: TenantId, sighting: &Sighting) -> Option<ContactId> {
        let known = self.known.lock().unwrap();
        known.get(&(tenant, key(sighting))).copied()
    }

    fn find_or_make(&self, tx: &TenantTx, sighting: &Sighting) -> ContactId {
        let mut known = self.known.lock().unwrap();
        *known
            .entry((tx.tenant(), key(sighting)))
            .or_insert_with(|| tx.clock().new_id())
    }

    fn addresses_of(&self, tenant: TenantId, contacts: &[ContactId]) -> Vec<ContactAddress> {
        let (known, stopped) = (self.known.lock().unwrap(), self.stopped.lock().unwrap());
        let theirs = known
            .iter()
            .filter(|((of, _), id)| *of == tenant && contacts.contains(id));
        let address = |((_, key), id): (&(TenantId, String), &ContactId)| {
            let is_phone = key.bytes().all(|byte| byte.is_ascii_digit());
            ContactAddress {
                id: *id,
                phone: is_phone.then(|| key.clone()),
                bsuid: (!is_phone).then(|| key.clone()),
                marketing_stopped: stopped.contains(id),
            }
        };
        theirs.map(address).collect()
    }
}

/// What somebody is known by.
fn key(sighting: &Sighting) -> String {
    let digits = |wa_id: &String| wa_id.chars().filter(char::is_ascii_digit).collect();
    let phone = sighting.wa_id.as_ref().map(digits);
    phone.or_else(|| sighting.bsuid.clone()).unwrap_or_default()
}

#[async_trait::async_trait]
impl ContactDirectory for FakeContacts {
    fn is_usable(&self, sighting: &Sighting) -> bool {
        !key(sighting).is_empty()
    }

    async fn resolve(&self, tx: &mut TenantTx, sightings: &[Sighting]) -> Result<Resolved> {
        let contacts = sightings.iter().map(|sighting| self.find_or_make(tx, sighting));
        Ok(Resolved {
            contacts: contacts.collect(),
            merges: Vec::new(),
        })
    }

    async fn recognise(
        &self,
        tx: &mut TenantTx,
        sightings: &[Sighting],
    ) -> Result<Resolved<Option<ContactId>>> {
        let contacts = sightings.iter().map(|sighting| self.find(tx.tenant(), sighting));
        Ok(Resolved {
            contacts: contacts.collect(),
            merges: Vec::new(),
        })
    }

    async fn addressed(
        &self,
        tx: &mut TenantTx,
        portfolio: &str,
        _field: &'static str,
        text: &str,
    ) -> Result<Resolved> {
        let sighting = Sighting {
            portfolio: portfolio.to_owned(),
            wa_id: Some(text.chars().filter(char::is_ascii_digit).collect()),
            ..Sighting::default()
        };
        self.resolve(tx, &[sighting]).await
    }

    async fn learn_spellings(&self, _: &mut TenantTx, _: &[Spelling]) -> Result<Vec<ContactMerge>> {
        Ok(Vec::new())
    }

    async fn cards(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactCard>> {
        let card = |address: ContactAddress| ContactCard {
            id: address.id,
            name: None,
            phones: address.phone.iter().map(|phone| format!("+{phone}")).collect(),
            phone: address.phone.map(|phone| format!("+{phone}")),
            bsuid: address.bsuid,
            username: None,
            marketing_stopped: address.marketing_stopped,
        };
        let addresses = self.addresses_of(db.tenant(), contacts);
        Ok(addresses.into_iter().map(card).collect())
    }

    async fn addresses(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactAddress>> {
        Ok(self.addresses_of(db.tenant(), contacts))
    }

    async fn addresses_in(&self, tx: &TenantTx, contacts: &[ContactId]) -> Result<Vec<ContactAddress>> {
        Ok(self.addresses_of(tx.tenant(), contacts))
    }

    async fn fields(
        &self,
        _: &TenantDb,
        contacts: &[ContactId],
        wanted: &[ContactField],
    ) -> Result<FieldsOfContacts> {
        Ok(self.fields_of(contacts, wanted))
    }

    async fn fields_in(
        &self,
        _: &TenantTx,
        contacts: &[ContactId],
        wanted: &[ContactField],
    ) -> Result<FieldsOfContacts> {
        Ok(self.fields_of(contacts, wanted))
    }

    fn matching(&self, _: &TenantDb, _: &str) -> Option<TenantIds> {
        None
    }

    async fn choose_marketing(&self, _: &mut TenantTx, choices: &[MarketingChoice]) -> Result<()> {
        let mut stopped = self.stopped.lock().unwrap();
        for choice in choices {
            if choice.allowed {
                stopped.remove(&choice.contact);
            } else {
                stopped.insert(choice.contact);
            }
        }
        Ok(())
    }

    async fn change_identities(&self, _: &mut TenantTx, _: &[IdentityChange]) -> Result<Vec<ContactMerge>> {
        Ok(Vec::new())
    }

    async fn note_address_book(&self, _: &mut TenantTx, _: &[BookEntry]) -> Result<Vec<ContactMerge>> {
        Ok(Vec::new())
    }
}

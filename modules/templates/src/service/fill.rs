//! Filling templates: values said for the send, then the mapping, then its fallbacks.

use std::collections::{BTreeMap, BTreeSet};

use cloud_api::template::render::{self, Attempt, Problem, Slot, Source, slots};
use contracts::{
    contacts::{ContactField, ContactId, FieldsOfContacts},
    templates::{FilledTemplate, Filling, Mapping, SlotSource, TemplateCard, Values},
};
use kernel::{Result, TenantDb, TenantTx};
use serde_json::Value;

use super::Service;

/// Contacts of one read.
const A_READ: usize = 500;

/// Where contacts are read.
#[derive(Clone, Copy)]
pub(super) enum On<'a> {
    /// Outside a transaction.
    Db(&'a TenantDb),
    /// In one.
    Tx(&'a TenantTx),
}

/// Where a slot's value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// It was said for this send.
    Said,
    /// A field of the contact.
    Contact,
    /// The mapping's text, file or place.
    Mapping,
    /// The mapping's fallback.
    Fallback,
}

/// A slot and what it was filled with.
#[derive(Debug)]
pub struct FilledSlot {
    /// The slot.
    pub slot: Slot,
    /// Its value, and where it came from.
    pub value: Option<(Value, From)>,
}

/// One filling.
#[derive(Debug)]
pub struct Filled {
    /// The slots, in the order of the phone.
    pub slots: Vec<FilledSlot>,
    /// Components, picture and problems.
    pub attempt: Attempt,
}

impl Service {
    /// Fills a template for each of these, in their order.
    pub(super) async fn fill_all(
        &self,
        on: On<'_>,
        source: Source<'_>,
        mapping: &Mapping,
        fillings: &[Filling],
    ) -> Result<Vec<Filled>> {
        let slots = slots(source);
        let mut filled = Vec::with_capacity(fillings.len());
        for some in fillings.chunks(A_READ) {
            let fields = self.fields(on, &slots, mapping, some).await?;
            filled.extend(some.iter().map(|filling| {
                let theirs = filling.contact.and_then(|contact| fields.get(&contact));
                fill_one(source, &slots, mapping, &filling.values, theirs)
            }));
        }
        Ok(filled)
    }

    /// As the port answers.
    pub(super) async fn fill_cards(
        &self,
        on: On<'_>,
        template: &TemplateCard,
        fillings: &[Filling],
    ) -> Result<Vec<std::result::Result<FilledTemplate, Vec<Problem>>>> {
        let filled = self
            .fill_all(on, template.source(), &template.mapping, fillings)
            .await?;
        Ok(filled.into_iter().map(ready).collect())
    }

    /// The fields of contacts that the mapping reads for slots about which nothing was said.
    async fn fields(
        &self,
        on: On<'_>,
        slots: &[Slot],
        mapping: &Mapping,
        fillings: &[Filling],
    ) -> Result<FieldsOfContacts> {
        let mut wanted: BTreeSet<ContactField> = BTreeSet::new();
        let mut contacts: BTreeSet<ContactId> = BTreeSet::new();
        let mapped = slots.iter().filter_map(|slot| match mapping.get(&slot.key) {
            Some(SlotSource::Contact { field, .. }) => Some((slot, field)),
            _ => None,
        });
        for (slot, field) in mapped {
            let open = fillings
                .iter()
                .filter(|filling| said(&filling.values, slot).is_none());
            for contact in open.filter_map(|filling| filling.contact) {
                contacts.insert(contact);
                wanted.insert(field.clone());
            }
        }
        if contacts.is_empty() {
            return Ok(FieldsOfContacts::new());
        }
        let (contacts, wanted): (Vec<_>, Vec<_>) =
            (contacts.into_iter().collect(), wanted.into_iter().collect());
        match on {
            On::Db(db) => self.contacts.fields(db, &contacts, &wanted).await,
            On::Tx(tx) => self.contacts.fields_in(tx, &contacts, &wanted).await,
        }
    }
}

fn ready(filled: Filled) -> std::result::Result<FilledTemplate, Vec<Problem>> {
    let Filled { slots, attempt } = filled;
    if !attempt.problems.is_empty() {
        return Err(attempt.problems);
    }
    let values = slots
        .into_iter()
        .filter_map(|FilledSlot { slot, value }| Some((slot.key, value?.0)))
        .collect();
    Ok(FilledTemplate {
        components: attempt.components,
        shown: attempt.shown,
        values,
    })
}

fn fill_one(
    source: Source<'_>,
    slots: &[Slot],
    mapping: &Mapping,
    values: &Values,
    contact: Option<&BTreeMap<ContactField, String>>,
) -> Filled {
    let of = |slot: &Slot| FilledSlot {
        slot: slot.clone(),
        value: said(values, slot)
            .map(|value| (value, From::Said))
            .or_else(|| mapped(mapping.get(&slot.key)?, contact)),
    };
    let slots: Vec<FilledSlot> = slots.iter().map(of).collect();
    let values: Values = slots
        .iter()
        .filter_map(|one| Some((one.slot.key.clone(), one.value.as_ref()?.0.clone())))
        .collect();
    Filled {
        slots,
        attempt: render::attempt(source, &values),
    }
}

/// What was said for a slot. A blank text says nothing.
fn said(values: &Values, slot: &Slot) -> Option<Value> {
    match values.get(&slot.key)? {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        value => Some(own_files(value.clone())),
    }
}

fn mapped(from: &SlotSource, contact: Option<&BTreeMap<ContactField, String>>) -> Option<(Value, From)> {
    let fallback = |text: &Option<String>| text.as_deref().map(|text| (Value::from(text), From::Fallback));
    match from {
        SlotSource::Contact {
            field,
            fallback: other,
        } => {
            let theirs = contact.and_then(|contact| contact.get(field));
            let theirs = theirs.map(|text| (Value::from(text.as_str()), From::Contact));
            theirs.or_else(|| fallback(other))
        }
        SlotSource::Text { text } => Some((Value::from(text.as_str()), From::Mapping)),
        SlotSource::Fixed { value } => Some((own_files(value.clone()), From::Mapping)),
        SlotSource::Ask { fallback: other } => fallback(other),
    }
}

/// A file that was uploaded here: its `media_id` stands where WhatsApp's `id` will stand when the message leaves.
pub(super) fn own_files(mut value: Value) -> Value {
    if let Value::Object(file) = &mut value
        && !file.contains_key("id")
        && let Some(id) = file.remove("media_id").filter(|id| !id.is_null())
    {
        file.insert("id".to_owned(), id);
    }
    value
}

//! Filling templates: values said for the send, then the mapping, then its fallbacks.

use std::collections::{BTreeMap, BTreeSet};

use cloud_api::template::render::{self, Attempt, Problem, RenderRule, Slot, Source, slots};
use contracts::{
    contacts::{ContactField, ContactId, FieldsOfContacts},
    messaging::MediaId,
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
                .filter(|filling| matches!(said(&filling.values, slot), Said::Nothing));
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
    let mut unusable: BTreeMap<&str, &'static str> = BTreeMap::new();
    let mut filled = Vec::with_capacity(slots.len());
    for slot in slots {
        let value = match said(values, slot) {
            Said::Value(value) => Some((value.clone(), From::Said)),
            Said::Nothing => mapping.get(&slot.key).and_then(|from| mapped(from, contact)),
            Said::Missing => None,
        };
        let value = value.and_then(|(value, from)| match own_files(value) {
            Ok(value) => Some((value, from)),
            Err(why) => {
                unusable.insert(&slot.key, why);
                None
            }
        });
        filled.push(FilledSlot {
            slot: slot.clone(),
            value,
        });
    }
    let values: Values = filled
        .iter()
        .filter_map(|one| Some((one.slot.key.clone(), one.value.as_ref()?.0.clone())))
        .collect();
    let mut attempt = render::attempt(source, &values);
    for problem in &mut attempt.problems {
        let why = problem.slot.as_deref().and_then(|key| unusable.get(key));
        if let Some(why) = why {
            problem.rule = RenderRule::ValueInvalid;
            problem.why = Some((*why).to_owned());
        }
    }
    Filled {
        slots: filled,
        attempt,
    }
}

/// What was said for a slot.
enum Said<'v> {
    /// Nothing, or a blank text: the mapping counts.
    Nothing,
    /// That it has no value.
    Missing,
    /// This.
    Value(&'v Value),
}

fn said<'v>(values: &'v Values, slot: &Slot) -> Said<'v> {
    match values.get(&slot.key) {
        None => Said::Nothing,
        Some(Value::String(text)) if text.trim().is_empty() => Said::Nothing,
        Some(Value::Null) => Said::Missing,
        Some(value) => Said::Value(value),
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
        SlotSource::Fixed { value } => Some((value.clone(), From::Mapping)),
        SlotSource::Ask { fallback: other } => fallback(other),
    }
}

/// A file that was uploaded here: its `media_id` stands where WhatsApp's `id` will stand when the message leaves.
///
/// # Errors
/// What is wrong with an id that is none of ours, or that stands beside another file.
pub(super) fn own_files(mut value: Value) -> Result<Value, &'static str> {
    let Value::Object(file) = &mut value else {
        return Ok(value);
    };
    let is_ours = |id: &Value| id.as_str().is_some_and(|id| id.parse::<MediaId>().is_ok());
    if let Some(id) = file.remove("media_id").filter(|id| !id.is_null()) {
        if ["id", "link"]
            .iter()
            .any(|key| file.get(*key).is_some_and(|other| !other.is_null()))
        {
            return Err("needs exactly one of `media_id`, `id` and `link`, has more");
        }
        if !is_ours(&id) {
            return Err("`media_id` is no id of a file that was uploaded here: these begin with `med_`");
        }
        file.insert("id".to_owned(), id);
    }
    let meant = |id: &&Value| id.as_str().is_some_and(|id| id.starts_with("med_"));
    match file.get("id").filter(meant) {
        Some(id) if !is_ours(id) => Err("`id` begins like one of a file that was uploaded here, but is none"),
        _ => Ok(value),
    }
}

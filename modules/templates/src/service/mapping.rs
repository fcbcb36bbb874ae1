//! What the slots of a template are filled with when nothing is said for a send.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cloud_api::template::{
    render::{Slot, SlotKind, Source, check_value, slots},
    variables::{Piece, pieces},
};
use contracts::{
    contacts::ContactField,
    templates::{Mapping, SlotSource, TemplateChange, TemplateId, TemplatePart, TemplatesChanged},
};
use kernel::{Error, FieldError, Result, TenantDb};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::Deserialize;
use serde_json::Value;

use super::{Service, catalog::card, fill::own_files};
use crate::{
    entity::template::{ActiveModel, Column, Entity, Model},
    error::TemplateError,
};

/// What is said of an entry that cannot be read.
const UNREADABLE: &str =
    "must have `from`: `contact` with a `field`, `text` with a `text`, `fixed` with a `value`, or `ask`";

/// Characters of an attribute's name; contacts have no longer ones.
const KEY: usize = 64;

/// Names of variables that mean a first name, or a name to be addressed by.
const NAMES: [&str; 14] = [
    "first_name",
    "firstname",
    "fname",
    "given_name",
    "name",
    "customer_name",
    "customer",
    "client_name",
    "user_name",
    "username",
    "nombre",
    "nome",
    "vorname",
    "prenom",
];

/// Names of variables that mean the whole name.
const WHOLE_NAMES: [&str; 3] = ["full_name", "fullname", "contact_name"];

/// First names that samples often have.
const SAMPLES: [&str; 42] = [
    "ahmed",
    "aisha",
    "ali",
    "amy",
    "ana",
    "andrew",
    "anna",
    "ben",
    "carlos",
    "david",
    "emma",
    "fatima",
    "hassan",
    "jane",
    "jessica",
    "joao",
    "john",
    "jose",
    "juan",
    "lisa",
    "maria",
    "mark",
    "mary",
    "michael",
    "mohammed",
    "mona",
    "omar",
    "pablo",
    "peter",
    "priya",
    "rahul",
    "raj",
    "sam",
    "sara",
    "sarah",
    "sofia",
    "susan",
    "tom",
    "أحمد",
    "سارة",
    "محمد",
    "فاطمة",
];

/// Words after which somebody's name follows.
const GREETINGS: [&str; 16] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "hola",
    "olá",
    "oi",
    "hallo",
    "bonjour",
    "salut",
    "ciao",
    "مرحبا",
    "مرحباً",
    "أهلا",
    "أهلاً",
    "عزيزي",
];

/// The mapping of a template: what was chosen for slots that it has, and a default for a slot that plainly takes a first name. What
/// was chosen for slots that it no longer has stays stored, and counts again when they come back.
pub(super) fn effective(source: Source<'_>, mut chosen: Mapping) -> Mapping {
    let of = |slot: Slot| {
        let one = chosen.remove(&slot.key).filter(|one| fits(one, slot.kind));
        Some((slot.key.clone(), one.or_else(|| default_of(source, &slot))?))
    };
    slots(source).into_iter().filter_map(of).collect()
}

/// Reads a mapping. An entry that is none is left out.
pub(super) fn read(stored: &Value) -> Mapping {
    let entries = stored.as_object().into_iter().flatten();
    let read = entries.filter_map(|(key, from)| Some((key.clone(), SlotSource::deserialize(from).ok()?)));
    read.collect()
}

/// A mapping that comes with a template, by the template's slots.
///
/// # Errors
/// 422 naming each slot that there is not, or that does not take what it was given.
pub(super) fn checked(template: &Value, mapping: Option<&Value>) -> Result<()> {
    let Some(mapping) = mapping else { return Ok(()) };
    let read = read(mapping);
    let unread = mapping
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !read.contains_key(*key));
    let unread = unread.map(|(key, _)| FieldError::new(format!("mapping.{key}"), UNREADABLE));
    let errors: Vec<FieldError> = unread.chain(check(Source::of(template), &read)).collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid_fields(errors)),
    }
}

/// Whether a slot takes what comes from there.
fn fits(from: &SlotSource, kind: SlotKind) -> bool {
    match from {
        SlotSource::Contact { .. } => kind.is_text() && kind != SlotKind::Password,
        SlotSource::Text { .. } => kind.is_text() && kind != SlotKind::Password,
        SlotSource::Fixed { .. } => !kind.is_text(),
        SlotSource::Ask { fallback } => fallback.is_none() || (kind.is_text() && kind != SlotKind::Password),
    }
}

/// A first name where the variable's name, its sample or the greeting before it says so.
fn default_of(source: Source<'_>, slot: &Slot) -> Option<SlotSource> {
    if slot.kind != SlotKind::Text {
        return None;
    }
    let variable = slot.variable.as_deref()?;
    let field = if WHOLE_NAMES.contains(&variable) {
        ContactField::Name
    } else if NAMES.contains(&variable)
        || is_sampled(slot)
        || (slot.card.is_none() && is_greeted(source, slot))
    {
        ContactField::FirstName
    } else {
        return None;
    };
    Some(SlotSource::Contact {
        field,
        fallback: None,
    })
}

fn is_sampled(slot: &Slot) -> bool {
    let sample = slot.example.as_deref().unwrap_or_default().trim().to_lowercase();
    SAMPLES.contains(&sample.as_str())
}

/// Whether it stands behind a greeting: `Hi {{1}}`.
fn is_greeted(source: Source<'_>, slot: &Slot) -> bool {
    let is_body = |part: &&Value| {
        part["type"]
            .as_str()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("BODY"))
    };
    let body = source.components.iter().find(is_body);
    let text = body.and_then(|body| body["text"].as_str()).unwrap_or_default();
    let pieces = pieces(text);
    if !slot.key.starts_with("body_") {
        return false;
    }
    pieces.windows(2).any(|two| match two {
        [Piece::Text(before), Piece::Variable(name)] if Some(*name) == slot.variable.as_deref() => {
            let letters = |c: char| !c.is_alphabetic();
            let last = before
                .split_whitespace()
                .last()
                .unwrap_or_default()
                .trim_matches(letters);
            GREETINGS.contains(&last.to_lowercase().as_str())
        }
        _ => false,
    })
}

/// What is wrong with a mapping for this template; each error names its slot: `mapping.body_1`.
pub(super) fn check(source: Source<'_>, mapping: &Mapping) -> Vec<FieldError> {
    let slots: BTreeMap<String, Slot> = slots(source)
        .into_iter()
        .map(|slot| (slot.key.clone(), slot))
        .collect();
    let mut errors = Vec::new();
    for (key, from) in mapping {
        let Some(slot) = slots.get(key) else {
            let known: Vec<&str> = slots.keys().take(20).map(String::as_str).collect();
            let known = match known.as_slice() {
                [] => "the template has none".to_owned(),
                some => format!("there are `{}`", some.join("`, `")),
            };
            errors.push(FieldError::new(
                format!("mapping.{key}"),
                format!("is no slot of this template; {known}"),
            ));
            continue;
        };
        errors.extend(check_one(source, slot, from));
    }
    errors
}

fn check_one(source: Source<'_>, slot: &Slot, from: &SlotSource) -> Vec<FieldError> {
    let at = |field: &str| format!("mapping.{}.{field}", slot.key);
    if !fits(from, slot.kind) {
        let message = match slot.kind {
            SlotKind::Password => "is a one-time password: only `ask` without a fallback",
            kind if kind.is_text() => "takes a text: `contact`, `text` or `ask`",
            _ => "takes no text: `fixed` with a value, or `ask` without a fallback",
        };
        return vec![FieldError::new(at("from"), message)];
    }
    let said = |field: &str, value: Value| -> Vec<FieldError> {
        let problems = check_value(source, &slot.key, &value);
        let error = |problem: &cloud_api::template::render::Problem| FieldError {
            limit: problem.wanted.and_then(|wanted| u64::try_from(wanted).ok()),
            ..FieldError::new(at(field), problem.english())
        };
        problems.iter().map(error).collect()
    };
    match from {
        SlotSource::Contact { field, fallback } => {
            let mut errors = Vec::new();
            if let ContactField::Attribute(key) = field
                && key.chars().count() > KEY
            {
                errors.push(
                    FieldError::new(at("field"), "has a longer key than contacts have")
                        .with_limit(KEY as u64),
                );
            }
            if let Some(fallback) = fallback {
                errors.extend(said("fallback", fallback.as_str().into()));
            }
            errors
        }
        SlotSource::Text { text } => said("text", text.as_str().into()),
        SlotSource::Fixed { value } => said("value", own_files(value.clone())),
        SlotSource::Ask { fallback: None } => Vec::new(),
        SlotSource::Ask { fallback: Some(text) } => said("fallback", text.as_str().into()),
    }
}

impl Service {
    /// Replaces what a template is filled with.
    ///
    /// # Errors
    /// 404; 422 naming each slot that there is not, or that does not take what it was given.
    pub async fn set_mapping(
        &self,
        db: &TenantDb,
        id: TemplateId,
        mapping: Mapping,
    ) -> Result<Model, TemplateError> {
        let mut tx = db.begin().await?;
        let row = tx.lock::<Entity>(id).await?;
        let mut known = card(row.clone())?;
        let errors = check(known.source(), &mapping);
        if !errors.is_empty() {
            return Err(TemplateError::Invalid(errors));
        }
        let text = serde_json::to_string(&mapping).map_err(Error::internal)?;
        if row.mapping == text {
            return Ok(row);
        }
        let now = tx.clock().now();
        let set = ActiveModel {
            mapping: Set(text.clone()),
            updated_at: Set(now),
            ..ActiveModel::default()
        };
        tx.update::<Entity>()
            .filter(Column::Id.eq(id))
            .set(set)
            .exec()
            .await?;
        known.mapping = mapping;
        tx.publish(&TemplatesChanged {
            items: vec![changed(&row, now)],
        })?;
        tx.commit().await?;
        Ok(Model {
            mapping: text,
            updated_at: now,
            ..row
        })
    }
}

fn changed(row: &Model, at: DateTime<Utc>) -> TemplateChange {
    TemplateChange {
        template_id: row.id,
        waba_id: row.waba_id.clone(),
        name: row.name.clone(),
        language: row.language.clone(),
        changed: vec![TemplatePart::Mapping],
        status: row.status.into(),
        previous_category: None,
        category: row.category.map(Into::into),
        pending_category: row.pending_category.map(Into::into),
        pending_category_at: row.pending_category_at,
        quality: Some(row.quality.clone()),
        at,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn first_name() -> SlotSource {
        SlotSource::Contact {
            field: ContactField::FirstName,
            fallback: None,
        }
    }

    fn mapping_of(body: Value) -> Mapping {
        let template = json!({"components": [body]});
        effective(Source::of(&template), Mapping::new())
    }

    #[test]
    fn a_first_name_is_recognised_by_name_sample_and_greeting() {
        let named = mapping_of(json!({"type": "BODY", "text": "A {{first_name}} b {{order}} c"}));
        assert_eq!(
            named,
            Mapping::from([("body_first_name".to_owned(), first_name())])
        );
        let sampled =
            json!({"type": "BODY", "text": "For {{1}}: {{2}}.", "example": {"body_text": [["Ana", "A-77"]]}});
        assert_eq!(
            mapping_of(sampled),
            Mapping::from([("body_1".to_owned(), first_name())])
        );
        let greeted = json!({"type": "BODY", "text": "Hello {{1}}, your order {{2}} left."});
        assert_eq!(
            mapping_of(greeted),
            Mapping::from([("body_1".to_owned(), first_name())])
        );
        let arabic = json!({"type": "BODY", "text": "مرحباً {{1}}، طلبك {{2}} جاهز."});
        assert_eq!(
            mapping_of(arabic),
            Mapping::from([("body_1".to_owned(), first_name())])
        );
        assert!(mapping_of(json!({"type": "BODY", "text": "The train to {{1}} leaves."})).is_empty());
    }

    #[test]
    fn what_was_chosen_stays_as_far_as_its_slots_do() {
        let template = json!({"components": [{"type": "BODY", "text": "Hello {{1}} and {{2}}."}]});
        let chosen = Mapping::from([
            ("body_1".to_owned(), SlotSource::Ask { fallback: None }),
            ("body_3".to_owned(), SlotSource::Text { text: "x".to_owned() }),
        ]);
        let mapping = effective(Source::of(&template), chosen);
        assert_eq!(
            mapping,
            Mapping::from([("body_1".to_owned(), SlotSource::Ask { fallback: None })])
        );
    }

    #[test]
    fn a_mapping_names_what_does_not_fit() {
        let template = json!({"components": [
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "Hello {{1}} and {{2}}."},
            {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "text": "Copy"}]}]});
        let text = |text: &str| SlotSource::Text {
            text: text.to_owned(),
        };
        let mapping = Mapping::from([
            ("body_1".to_owned(), text("two\nlines")),
            ("body_2".to_owned(), text("fine")),
            ("body_9".to_owned(), text("nowhere")),
            ("header_media".to_owned(), text("https://shop.example/a.jpg")),
            ("button_0".to_owned(), text("A-COUPON-THAT-IS-MUCH-TOO-LONG")),
        ]);
        let errors = check(Source::of(&template), &mapping);
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "mapping.body_1.text",
                "mapping.body_9",
                "mapping.button_0.text",
                "mapping.header_media.from"
            ]
        );
        let fixed = |value: Value| Mapping::from([("header_media".to_owned(), SlotSource::Fixed { value })]);
        assert!(
            check(
                Source::of(&template),
                &fixed(json!({"link": "https://shop.example/a.jpg"}))
            )
            .is_empty()
        );
        assert_eq!(check(Source::of(&template), &fixed(json!({"link": ""}))).len(), 1);
    }
}

//! What the slots of a template are filled with when nothing is said for a send.

mod defaults;

use std::collections::BTreeMap;

use cloud_api::{
    media::MediaKind,
    template::render::{Slot, SlotKind, Source, check_value, slots},
};
use contracts::{
    contacts::ContactField,
    messaging::MediaId,
    templates::{Mapping, SlotSource, TemplateId, TemplatePart},
};
use kernel::{Error, FieldError, Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde::Deserialize;
use serde_json::Value;

use super::{Service, catalog::card, fill::own_files, live::Live, store::tell};
use crate::{
    entity::template::{ActiveModel, Column, Entity, Model},
    error::TemplateError,
};

/// Characters of an attribute's name; contacts have no longer ones.
const KEY: usize = 64;

/// The mapping of a template: what was chosen for slots that it has, and a default for a slot that plainly takes a first name. What
/// was chosen for slots that it no longer has stays stored, and counts again when they come back.
pub(super) fn effective(source: Source<'_>, mut chosen: Mapping) -> Mapping {
    let of = |slot: Slot| {
        let one = chosen.remove(&slot.key).filter(|one| fits(one, slot.kind));
        Some((slot.key.clone(), one.or_else(|| defaults::of(source, &slot))?))
    };
    slots(source).into_iter().filter_map(of).collect()
}

/// Reads a mapping. An entry that is none is left out.
pub(super) fn read(stored: &Value) -> Mapping {
    let entries = stored.as_object().into_iter().flatten();
    let read = entries.filter_map(|(key, from)| Some((key.clone(), SlotSource::deserialize(from).ok()?)));
    read.collect()
}

/// A mapping as its column keeps it.
pub(super) fn kept(mapping: &Mapping) -> Result<String> {
    serde_json::to_string(mapping).map_err(Error::internal)
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

/// What is wrong with a mapping for this template, its files apart; each error names its slot: `mapping.body_1`.
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
        SlotSource::Fixed { value } => match own_files(value.clone()) {
            Ok(value) => said("value", value),
            Err(why) => vec![FieldError::new(at("value"), why)],
        },
        SlotSource::Ask { fallback: None } => Vec::new(),
        SlotSource::Ask { fallback: Some(text) } => said("fallback", text.as_str().into()),
    }
}

/// The files that were uploaded here, each with its slot and as what it is sent.
fn files(source: Source<'_>, mapping: &Mapping) -> Vec<(String, (MediaId, MediaKind))> {
    let file = |slot: Slot| {
        let kind = match slot.kind {
            SlotKind::Image => MediaKind::Image,
            SlotKind::Video => MediaKind::Video,
            SlotKind::Document => MediaKind::Document,
            _ => return None,
        };
        let SlotSource::Fixed { value } = mapping.get(&slot.key)? else {
            return None;
        };
        let id = own_files(value.clone()).ok()?["id"].as_str()?.parse().ok()?;
        Some((slot.key, (id, kind)))
    };
    slots(source).into_iter().filter_map(file).collect()
}

impl Service {
    /// Checks a mapping that comes with a template, by the template's slots.
    ///
    /// # Errors
    /// 422 naming each slot that there is not, or that does not take what it was given.
    pub(super) async fn fitting(&self, tx: &TenantTx, source: Source<'_>, mapping: &Mapping) -> Result<()> {
        let mut errors = check(source, mapping);
        let (keys, files): (Vec<String>, Vec<_>) = files(source, mapping).into_iter().unzip();
        if !files.is_empty() {
            let unsendable = self.media.unsendable(tx, &files).await?;
            let both = keys.into_iter().zip(unsendable);
            let why = both.filter_map(|(key, error)| Some((key, error?)));
            errors.extend(why.map(|(key, error)| {
                let said = match error.code() {
                    "not_found" => "is no file that was uploaded here".to_owned(),
                    _ => error.detail().to_owned(),
                };
                FieldError::new(format!("mapping.{key}.value"), said).with_code(error.code())
            }));
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(TemplateError::Invalid(errors).into()),
        }
    }

    /// Replaces what a template is filled with. While a change that brings a mapping of its own is in review, that of the version which
    /// is sent.
    ///
    /// # Errors
    /// 404; 422 naming each slot that there is not, or that does not take what it was given.
    pub async fn set_mapping(&self, db: &TenantDb, id: TemplateId, mapping: Mapping) -> Result<Model> {
        let mut tx = db.begin().await?;
        let row = tx.lock::<Entity>(id).await?;
        let known = card(row.clone())?;
        self.fitting(&tx, known.source(), &mapping).await?;
        let text = kept(&mapping)?;
        let live = Live::read(&row)?.filter(|live| live.mapping.is_some());
        let row = match live {
            Some(live) => {
                let mapping = Some(serde_json::from_str(&text).map_err(Error::internal)?);
                let live = Live { mapping, ..live }.kept()?;
                Model {
                    live: Some(live),
                    ..row
                }
            }
            None if row.mapping == text => return Ok(row),
            None => Model { mapping: text, ..row },
        };
        let now = tx.clock().now();
        let set = ActiveModel {
            mapping: Set(row.mapping.clone()),
            live: Set(row.live.clone()),
            updated_at: Set(now),
            ..ActiveModel::default()
        };
        tx.update::<Entity>()
            .filter(Column::Id.eq(id))
            .set(set)
            .exec()
            .await?;
        tell(&mut tx, &row, &[TemplatePart::Mapping])?;
        tx.commit().await?;
        Ok(Model {
            updated_at: now,
            ..row
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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

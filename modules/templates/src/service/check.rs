//! What WhatsApp would refuse, known before it is asked: the rules of `cloud_api::template::lint`, and what the copy knows of the
//! account. Reads a few rows by their keys; never asks Graph.

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::template::lint::{self, Finding, Known, Rule, Severity};
use contracts::{channels::ChannelId, templates::TemplateId};
use kernel::{Error, FieldError, Result, TenantDb, padded};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, Order};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Service,
    limits::{EDITS_A_MONTH, Editing, Hindrance, NAME_LOCK},
};
use crate::entity::{
    enums::{Status, SubmissionKind, SubmissionState},
    submission,
    template::{Column, Entity, Model},
};

/// Largest template, in bytes of JSON.
pub(crate) const LARGEST: usize = 64 * 1024;
/// Other templates that one is compared with; every language of a name, and a few with the same words.
const COMPARED: u64 = 200;
/// Templates of an account, and of one whose business is not verified.
const ACCOUNT: (i64, i64) = (6_000, 250);

/// The digest by which templates with the same body and footer are found; none where there is no body.
pub(crate) fn content_digest(components: &[Value]) -> Option<String> {
    let (body, footer) = lint::words(components);
    let digest = Sha256::new()
        .chain_update(body)
        .chain_update([0])
        .chain_update(footer)
        .finalize();
    (!body.is_empty()).then(|| hex::encode(digest))
}

/// The fields of an error, one for each finding that WhatsApp certainly refuses; none if it may be submitted.
pub(super) fn refused(findings: &[Finding]) -> Vec<FieldError> {
    let refused = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Refused);
    refused.map(field).collect()
}

fn field(finding: &Finding) -> FieldError {
    let parameter = |names: &[&str]| names.iter().find_map(|name| finding.parameters.get(*name));
    FieldError {
        limit: parameter(&["limit"]).and_then(Value::as_u64),
        value: parameter(&["value", "length", "count"])
            .cloned()
            .map(poem_openapi::types::Any),
        ..FieldError::new(finding.path.as_str(), finding.english()).with_code(finding.rule.code())
    }
}

/// A template as somebody gave it: an object of at most [`LARGEST`] bytes.
pub(super) fn given(template: &Value) -> Result<()> {
    if !template.is_object() {
        return Err(Error::invalid("template", "must be an object"));
    }
    let size = template.to_string().len();
    if size > LARGEST {
        let field = FieldError::new("template", format!("must have {LARGEST} bytes of JSON at most"))
            .with_limit(LARGEST as u64)
            .with_value(size);
        return Err(Error::invalid_fields(vec![field]));
    }
    Ok(())
}

/// The body of a creation: what a change does not say is as the template has it.
pub(super) fn whole(template: &Value, of: &Model) -> Value {
    let mut whole = template.clone();
    if let Some(object) = whole.as_object_mut() {
        let mut fill = |key: &str, value: Value| {
            object.entry(key).or_insert(value);
        };
        fill("name", of.name.as_str().into());
        fill("language", of.language.as_str().into());
        if let Some(category) = of.category {
            fill("category", category.to_value().into());
        }
        if of.named {
            fill("parameter_format", "NAMED".into());
        }
    }
    whole
}

/// Text of a key of the template.
pub(super) fn text<'t>(template: &'t Value, key: &str) -> &'t str {
    template.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The components of the template.
pub(super) fn components(template: &Value) -> &[Value] {
    template
        .get("components")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

impl Service {
    /// What WhatsApp would refuse about a template, or about this change of one.
    ///
    /// # Errors
    /// 404 for a number or template that is not the tenant's, 422 for what is no template or too large.
    pub async fn check(
        &self,
        db: &TenantDb,
        channel: Option<ChannelId>,
        template: &Value,
        of: Option<TemplateId>,
    ) -> Result<Vec<Finding>> {
        given(template)?;
        let row = match of {
            Some(id) => Some(db.get::<Entity>(id).await?),
            None => None,
        };
        let waba_id = match (&row, channel) {
            (Some(row), None) => row.waba_id.clone(),
            _ => self.number(db, channel).await?.waba_id,
        };
        self.findings(db, &waba_id, template, row.as_ref()).await
    }

    /// As [`Service::check`], of an account; `of` is the template that is changed.
    pub(super) async fn findings(
        &self,
        db: &TenantDb,
        waba_id: &str,
        template: &Value,
        of: Option<&Model>,
    ) -> Result<Vec<Finding>> {
        let now = db.clock().now();
        let template = match of {
            Some(row) => whole(template, row),
            None => template.clone(),
        };
        let mut found = lint::lint(&template);
        let others = others(db, waba_id, &template).await?;
        let deleting = deleting(db, &others, text(&template, "name")).await?;
        let (going, others): (Vec<&Model>, Vec<&Model>) = others
            .iter()
            .filter(|other| of.is_none_or(|of| of.id != other.id))
            .partition(|other| deleting.contains(&other.id));
        found.extend(against(&template, &others)?);
        match of {
            Some(row) => found.extend(changed(row, &template, &self.editing(db, row).await?)),
            None => {
                // WhatsApp has not answered the deletion yet; from then on the name is locked.
                let until = now + NAME_LOCK;
                found.extend(match going.is_empty() {
                    true => locked(&others, text(&template, "name"), now),
                    false => Some(lock(Rule::NameBeingDeleted, until, now)),
                });
                found.extend(room(db, waba_id).await?);
            }
        }
        Ok(found)
    }
}

/// The account's templates that have the same name, and some that have the same words. Rows whose words nobody has reckoned yet are
/// among them, as far as they are few.
async fn others(db: &TenantDb, waba_id: &str, template: &Value) -> Result<Vec<Model>> {
    let name = text(template, "name");
    let account = || db.find::<Entity>().filter(Column::WabaId.eq(waba_id));
    let mut others = Vec::new();
    if !name.is_empty() {
        let named = account().filter(Column::Name.eq(name));
        others = named.limit(COMPARED).all().await?;
    }
    if let Some(key) = content_digest(components(template)) {
        let same = Condition::any()
            .add(Column::ContentDigest.eq(key))
            .add(Column::ContentDigest.is_null());
        let same = account()
            .filter(same)
            .filter(Column::Name.ne(name))
            .order_by(Column::ContentDigest, Order::Desc);
        others.extend(same.limit(COMPARED).all().await?);
    }
    Ok(others)
}

/// Those of this name, which is locked then, whose deletion was handed in and not refused.
async fn deleting(db: &TenantDb, others: &[Model], name: &str) -> Result<Vec<TemplateId>> {
    // Of others the name is not locked, and WhatsApp has them until then.
    let locks =
        |row: &&Model| matches!(row.status, Status::Approved | Status::Paused) && row.gone_at.is_none();
    let same = others.iter().filter(|row| row.name == name).filter(locks);
    let ids: Vec<TemplateId> = same.map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    db.find::<submission::Entity>()
        .filter(submission::Column::TemplateId.is_in(padded(ids)))
        .filter(submission::Column::Kind.eq(SubmissionKind::Delete))
        .filter(submission::Column::State.ne(SubmissionState::Refused))
        .columns(&[submission::Column::TemplateId])
        .await
}

/// Whether a template no longer counts as one of the account's.
pub(super) fn is_gone(row: &Model) -> bool {
    row.gone_at.is_some() || matches!(row.status, Status::Deleted | Status::PendingDeletion)
}

/// What the account's other templates say against it. Those that are gone say nothing.
fn against(template: &Value, others: &[&Model]) -> Result<Vec<Finding>> {
    let mut there = Vec::new();
    for row in others.iter().filter(|row| !is_gone(row)) {
        let components: Vec<Value> = serde_json::from_str(&row.components)?;
        there.push((row, row.category.map(|category| category.to_value()), components));
    }
    let known = there.iter().map(|(row, category, components)| Known {
        name: &row.name,
        language: &row.language,
        category: category.as_deref().unwrap_or_default(),
        components,
    });
    Ok(lint::against(template, known))
}

/// Whether the name was deleted less than 30 days ago.
fn locked(others: &[&Model], name: &str, now: DateTime<Utc>) -> Option<Finding> {
    let same = || others.iter().filter(|row| row.name == name);
    let certain = same()
        .filter_map(|row| row.locked_until)
        .filter(|until| *until > now)
        .max();
    if let Some(until) = certain {
        return Some(lock(Rule::NameLocked, until, now));
    }
    let perhaps = same()
        .filter(|row| row.locked_until.is_none() && is_gone(row))
        .filter_map(|row| Some(row.gone_at.or(row.status_at)? + NAME_LOCK))
        .filter(|until| *until > now)
        .max()?;
    Some(lock(Rule::NameMaybeLocked, perhaps, now))
}

/// A name that cannot be used until then: for how many days, and when that ends.
fn lock(rule: Rule, until: DateTime<Utc>, now: DateTime<Utc>) -> Finding {
    let left = until - now;
    let days = left.num_days() + i64::from(left > TimeDelta::days(left.num_days()));
    let parameters = [("days", Value::from(days)), ("until", until.to_rfc3339().into())];
    Finding::new(rule, "name", parameters)
}

/// Whether the account may have one more. How many it may have WhatsApp does not tell.
async fn room(db: &TenantDb, waba_id: &str) -> Result<Option<Finding>> {
    let account = db
        .find::<Entity>()
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::GoneAt.is_null());
    let counted = account.count_by::<String>(Column::WabaId).await?;
    let count = counted.first().map_or(0, |(_, count)| *count);
    let rule = match count {
        count if count >= ACCOUNT.0 => (Rule::AccountFull, ACCOUNT.0),
        count if count >= ACCOUNT.1 => (Rule::AccountUnverified, ACCOUNT.1),
        _ => return Ok(None),
    };
    let parameters = [("count", count.into()), ("limit", rule.1.into())];
    Ok(Some(Finding::new(rule.0, "name", parameters)))
}

/// What stands against a change of this template.
fn changed(row: &Model, template: &Value, editing: &Editing) -> Vec<Finding> {
    let mut found = Vec::new();
    if text(template, "name") != row.name {
        let value = ("value", row.name.as_str().into());
        found.push(Finding::new(Rule::NameFixed, "name", [value]));
    }
    if text(template, "language") != row.language {
        let value = ("value", row.language.as_str().into());
        found.push(Finding::new(Rule::LanguageFixed, "language", [value]));
    }
    if let Some(category) = row.category.filter(|_| row.status == Status::Approved)
        && !text(template, "category").eq_ignore_ascii_case(&category.to_value())
    {
        let category = ("category", category.to_value().into());
        found.push(Finding::new(Rule::CategoryFixed, "category", [category]));
    }
    let at = || editing.next_at.unwrap_or_default().to_rfc3339();
    found.extend(editing.hindrance.map(|hindrance| match hindrance {
        Hindrance::Day => Finding::new(Rule::EditLimitDay, "template", [("at", at().into())]),
        Hindrance::Month => {
            let limit = ("limit", EDITS_A_MONTH.into());
            Finding::new(Rule::EditLimitMonth, "template", [limit, ("at", at().into())])
        }
        _ => Finding::new(
            Rule::EditState,
            "template",
            [("status", row.status.to_value().into())],
        ),
    }));
    found
}

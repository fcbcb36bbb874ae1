//! What a message says: content that the caller brought, or one of the business's templates with values.

use cloud_api::{
    message::Content,
    template::render::{Problem, slots},
};
use contracts::{
    channels::Channel,
    contacts::ContactId,
    messaging::TemplateUse,
    templates::{Filling, TemplateCard, TemplateId, Values},
};
use kernel::{Error, FieldError, Result, TenantDb, TenantTx};
use serde_json::json;

use super::Service;
use crate::error::MessagingError;

/// What a message is to say.
#[derive(Clone, Debug)]
pub enum Said {
    /// This.
    Content(Content),
    /// A template, filled for the contact.
    Template {
        /// Which.
        id: TemplateId,
        /// Values by slot; they go before the template's mapping.
        values: Values,
    },
}

/// Content, and the template that was filled for it.
pub(super) type Filled = (Content, Option<TemplateUse>);

impl Service {
    /// The template that is to be sent, if one is named. Read before the transaction begins.
    ///
    /// # Errors
    /// 404; 422 naming values for slots that there are not.
    pub(super) async fn template_of(&self, db: &TenantDb, said: &Said) -> Result<Option<TemplateCard>> {
        let Said::Template { id, values } = said else {
            return Ok(None);
        };
        let card = self.catalog.template(db, *id).await?;
        let card = card.ok_or_else(|| Error::not_found("template"))?;
        let slots = slots(card.source());
        let unknown = values
            .keys()
            .filter(|key| slots.iter().all(|slot| slot.key != **key));
        let errors: Vec<FieldError> = unknown
            .map(|key| FieldError::new(format!("values.{key}"), "is no slot of this template"))
            .collect();
        match errors.is_empty() {
            true => Ok(Some(card)),
            false => Err(Error::invalid_fields(errors)),
        }
    }

    /// The content, filled for the contact where it is a template.
    ///
    /// # Errors
    /// 422 for a template of another account than the number's; 422 `template_incomplete` naming each slot that is missing or does
    /// not fit.
    pub(super) async fn filled(
        &self,
        tx: &TenantTx,
        said: Said,
        card: Option<&TemplateCard>,
        (channel, contact): (&Channel, ContactId),
    ) -> Result<Filled> {
        let (card, values) = match (said, card) {
            (Said::Content(content), _) => return Ok((content, None)),
            (Said::Template { values, .. }, Some(card)) => (card, values),
            (Said::Template { .. }, None) => return Err(Error::not_found("template")),
        };
        if card.key.waba_id != channel.waba_id {
            return Err(MessagingError::OtherAccount.into());
        }
        let filling = Filling {
            values,
            contact: Some(contact),
        };
        let filled = self.catalog.fill_in(tx, card, &[filling]).await?.pop();
        let filled = match filled {
            Some(Ok(filled)) => filled,
            Some(Err(problems)) => return Err(MessagingError::Incomplete(problems).into()),
            None => return Err(Error::internal("a filling has no answer")),
        };
        let wire = json!({
            "name": card.key.name,
            "language": { "code": card.key.language },
            "components": filled.components,
        });
        let content = Content::parse("template", &wire).map_err(MessagingError::Invalid)?;
        let used = TemplateUse {
            id: card.whatsapp_id.clone().unwrap_or_default(),
            template_id: Some(card.id),
            values: filled.values,
        };
        Ok((content, Some(used)))
    }
}

/// Each problem as a field of the request.
pub(crate) fn fields(problems: &[Problem]) -> Vec<FieldError> {
    let field = |problem: &Problem| FieldError {
        limit: problem.wanted.and_then(|wanted| u64::try_from(wanted).ok()),
        value: problem.given.map(|given| poem_openapi::types::Any(json!(given))),
        ..FieldError::new(
            problem
                .slot
                .as_ref()
                .map_or_else(|| "values".to_owned(), |slot| format!("values.{slot}")),
            match &problem.slot {
                Some(_) => problem.english(),
                None => format!("{}: {}", problem.at, problem.english()),
            },
        )
    };
    problems.iter().map(field).collect()
}

//! Previews: a template as the phone would show it, ready to be sent or not.

use cloud_api::template::render::Source;
use contracts::{
    contacts::ContactId,
    templates::{Filling, Mapping, TemplateId, Values},
};
use kernel::{Error, Result, TenantDb};
use serde_json::Value;

use super::{
    Service,
    catalog::card,
    check,
    fill::{Filled, On},
    mapping,
};
use crate::{
    entity::template::{Entity, Model},
    error::TemplateError,
};

/// Who and what a preview is for.
#[derive(Clone, Debug, Default)]
pub struct Previewed {
    /// What is said for this send.
    pub values: Values,
    /// Whose fields the mapping reads.
    pub contact: Option<ContactId>,
}

impl Service {
    /// A template of the copy, filled.
    ///
    /// # Errors
    /// 404 for the template and for the contact.
    pub async fn preview(&self, db: &TenantDb, id: TemplateId, wanted: Previewed) -> Result<Filled> {
        let card = card(db.get::<Entity>(id).await?)?;
        self.preview_of(db, card.source(), &card.mapping, wanted).await
    }

    /// A template that somebody is writing, filled.
    ///
    /// # Errors
    /// 404 for the contact; 422 for a template that is no object or too large.
    pub async fn preview_draft(
        &self,
        db: &TenantDb,
        template: &Value,
        mapping: Mapping,
        wanted: Previewed,
    ) -> Result<Filled, TemplateError> {
        check::given(template)?;
        let source = Source::of(template);
        let mapping = mapping::effective(source, mapping);
        Ok(self.preview_of(db, source, &mapping, wanted).await?)
    }

    async fn preview_of(
        &self,
        db: &TenantDb,
        source: Source<'_>,
        mapping: &Mapping,
        wanted: Previewed,
    ) -> Result<Filled> {
        let Previewed { values, contact } = wanted;
        if let Some(contact) = contact
            && self.contacts.cards(db, &[contact]).await?.is_empty()
        {
            return Err(Error::not_found("contact"));
        }
        let filling = Filling { values, contact };
        let mut filled = self.fill_all(On::Db(db), source, mapping, &[filling]).await?;
        filled
            .pop()
            .ok_or_else(|| Error::internal("a filling has no answer"))
    }

    /// What a template's slots are filled with: what was chosen, and defaults.
    ///
    /// # Errors
    /// A row that cannot be read.
    pub fn mapping_of(row: &Model) -> Result<Mapping> {
        Ok(card(row.clone())?.mapping)
    }
}

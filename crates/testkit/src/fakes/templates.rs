//! Templates that a test files under a category.

use std::{collections::BTreeMap, sync::Mutex};

use cloud_api::template::render::Problem;
use contracts::templates::{
    Category, FilledTemplate, Filling, KnownTemplate, TemplateCard, TemplateCatalog, TemplateId, TemplateKey,
    TemplateStatus,
};
use kernel::{Result, TenantDb, TenantTx};

/// What is known of templates: what a test said, by name. None of them can be filled.
#[derive(Debug, Default)]
pub struct FakeTemplates {
    known: Mutex<BTreeMap<String, KnownTemplate>>,
}

impl FakeTemplates {
    /// WhatsApp files every template of this name under a category, and has approved it.
    ///
    /// # Panics
    /// Never.
    pub fn file(&self, template: &str, category: Category) {
        let known = KnownTemplate {
            category: Some(category),
            status: TemplateStatus::Approved,
            has_live: false,
        };
        self.known.lock().unwrap().insert(template.to_owned(), known);
    }

    fn of(&self, keys: &[TemplateKey]) -> Vec<Option<KnownTemplate>> {
        let known = self.known.lock().unwrap();
        keys.iter().map(|key| known.get(&key.name).copied()).collect()
    }
}

#[async_trait::async_trait]
impl TemplateCatalog for FakeTemplates {
    async fn known(&self, _: &TenantDb, keys: &[TemplateKey]) -> Result<Vec<Option<KnownTemplate>>> {
        Ok(self.of(keys))
    }

    async fn known_in(&self, _: &TenantTx, keys: &[TemplateKey]) -> Result<Vec<Option<KnownTemplate>>> {
        Ok(self.of(keys))
    }

    async fn template(&self, _: &TenantDb, _: TemplateId) -> Result<Option<TemplateCard>> {
        Ok(None)
    }

    async fn cards_in(&self, _: &TenantTx, keys: &[TemplateKey]) -> Result<Vec<Option<TemplateCard>>> {
        Ok(keys.iter().map(|_| None).collect())
    }

    async fn fill(
        &self,
        _: &TenantDb,
        _: &TemplateCard,
        fillings: &[Filling],
    ) -> Result<Vec<std::result::Result<FilledTemplate, Vec<Problem>>>> {
        Ok(fillings.iter().map(|_| Err(Vec::new())).collect())
    }

    async fn fill_in(
        &self,
        _: &TenantTx,
        _: &TemplateCard,
        fillings: &[Filling],
    ) -> Result<Vec<std::result::Result<FilledTemplate, Vec<Problem>>>> {
        Ok(fillings.iter().map(|_| Err(Vec::new())).collect())
    }
}

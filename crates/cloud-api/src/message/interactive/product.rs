//! Products of a catalogue.

use crate::{
    error::Invalid,
    message::{
        check,
        wire::{At, object},
    },
};

object! {
    /// One product.
    pub struct Product {
        /// Id of the catalogue.
        catalog_id: String,
        /// The product's id in it.
        product_retailer_id: String,
    }
}

impl Product {
    pub(in crate::message) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check::required(&at.key("catalog_id"), &self.catalog_id)?;
        check::required(&at.key("product_retailer_id"), &self.product_retailer_id)
    }
}

object! {
    /// Products in sections.
    pub struct ProductList {
        /// Id of the catalogue.
        catalog_id: String,
        /// 1 to 10, with 30 products in total.
        sections: Vec<ProductSection>,
    }
}

object! {
    /// Products under one title.
    pub struct ProductSection {
        /// Up to 24 characters; needed when there are several sections.
        title: Option<String>,
        /// Its products.
        product_items: Vec<ProductItem>,
    }
}

object! {
    /// A product of the message's catalogue.
    pub struct ProductItem {
        /// Its id in the catalogue.
        product_retailer_id: String,
    }
}

impl ProductList {
    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check::required(&at.key("catalog_id"), &self.catalog_id)?;
        check_sections(&self.sections, &at.key("sections"))
    }
}

/// Sections of products, also in templates: at most 10, with at most 30 products.
pub(in crate::message) fn check_sections(sections: &[ProductSection], at: &At<'_>) -> Result<(), Invalid> {
    check::count(at, "sections", sections.len(), 1, 10)?;
    let total = sections.iter().map(|section| section.product_items.len()).sum();
    check::count(at, "products in all sections", total, 1, 30)?;
    for (index, section) in sections.iter().enumerate() {
        let at = at.index(index);
        let title = section.title.as_deref().unwrap_or_default();
        if sections.len() > 1 && title.trim().is_empty() {
            return Err(at
                .key("title")
                .invalid("is needed when there is more than one section"));
        }
        check::at_most(&at.key("title"), title, 24)?;
        let items = at.key("product_items");
        check::count(&items, "products", section.product_items.len(), 1, 30)?;
        for (index, item) in section.product_items.iter().enumerate() {
            let at = items.index(index);
            check::required(&at.key("product_retailer_id"), &item.product_retailer_id)?;
        }
    }
    Ok(())
}

object! {
    /// A button that opens the catalogue.
    pub struct CatalogMessage {
        /// Product whose picture is shown; the catalogue's first when left out.
        thumbnail_product_retailer_id: Option<String>,
    }
}

impl CatalogMessage {
    pub(in crate::message) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        match &self.thumbnail_product_retailer_id {
            Some(id) => check::required(&at.key("thumbnail_product_retailer_id"), id),
            None => Ok(()),
        }
    }
}

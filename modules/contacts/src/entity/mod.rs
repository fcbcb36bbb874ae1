//! Rows of contacts. Their keys start with the tenant; only `TenantDb` reaches them.

pub mod contact;
pub mod identity;
pub mod tag;
pub mod tagging;

pub use contact::Entity as Contacts;
pub use identity::Entity as Identities;
pub use tag::Entity as Tags;
pub use tagging::Entity as Taggings;

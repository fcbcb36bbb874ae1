//! Routes and their shapes: permit, call one verb, shape the answer.

mod contacts;
mod export;
mod tags;

use poem_openapi::Tags;

pub(crate) use contacts::ContactsApi;
pub(crate) use export::ExportApi;
pub(crate) use tags::TagsApi;

#[derive(Tags)]
enum Tag {
    /// The people a tenant talks to, and labels on them.
    Contacts,
}

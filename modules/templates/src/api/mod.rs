//! Routes and their shapes: permit, call, shape.

mod accounts;
mod drafts;
mod events;
mod filling;
mod mapping;
mod samples;
mod state;
mod templates;
mod writing;

use poem_openapi::Tags;

pub use accounts::AccountsApi;
pub use drafts::DraftsApi;
pub use filling::FillingApi;
pub use samples::SamplesApi;
pub use templates::TemplatesApi;
pub use writing::WritingApi;

#[derive(Tags)]
enum Tag {
    /// Message templates: written, checked, submitted, watched and filled.
    Templates,
}

//! Routes and their shapes: permit, call, shape.

mod account_events;
mod channels;

use poem_openapi::Tags;

pub use account_events::AccountEventsApi;
pub use channels::ChannelsApi;

#[derive(Tags)]
enum Tag {
    /// WhatsApp Business phone numbers and their credentials.
    Channels,
}

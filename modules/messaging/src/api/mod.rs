//! Routes and their shapes: permit, call, shape.

mod conversations;
mod home;
mod media;
mod message_extras;
mod messages;
mod serving;
mod shapes;
mod upload;
mod webhook;
mod webhook_events;

use poem_openapi::Tags;

pub use conversations::ConversationsApi;
pub use home::HomeApi;
pub use media::MediaApi;
pub use messages::MessagesApi;
pub(crate) use serving::serve_file;
pub(crate) use webhook::{receive, verify};
pub use webhook_events::WebhookEventsApi;

#[derive(Tags)]
enum Tag {
    /// The inbox: threads between one number and one contact.
    Conversations,
    /// What the first page of the portal shows.
    Home,
    /// Files of messages.
    Media,
    /// Sending messages, and what became of them.
    Messages,
}

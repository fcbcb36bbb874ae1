//! Routes and their shapes: permit, call, shape.

mod account_events;
mod channels;
mod conversations;
mod media;
mod message_extras;
mod messages;
mod serving;
mod shapes;
mod upload;
mod webhook;

use kernel::PageQuery;
use poem_openapi::Tags;

pub use account_events::AccountEventsApi;
pub use channels::ChannelsApi;
pub use conversations::ConversationsApi;
pub use media::MediaApi;
pub use messages::MessagesApi;
pub(crate) use serving::serve_file;
pub(crate) use webhook::{receive, verify};

#[derive(Tags)]
enum Tag {
    /// WhatsApp Business phone numbers and their credentials.
    Channels,
    /// The inbox: threads between one number and one contact.
    Conversations,
    /// Files of messages.
    Media,
    /// Sending messages, and what became of them.
    Messages,
}

/// What `limit` and `after` ask for.
fn page_query(limit: Option<u64>, after: Option<String>) -> kernel::Result<PageQuery> {
    PageQuery::new(limit, after)
}

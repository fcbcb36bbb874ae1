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

use kernel::{Error, PageQuery, Result};
use poem_openapi::{Tags, types::MaybeUndefined};

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

/// What `limit` and `after` ask for of the list of this name.
fn page_query(list: &'static str, limit: Option<u64>, after: Option<String>) -> kernel::Result<PageQuery> {
    PageQuery::new(list, limit, after)
}

/// The new value of a field that cannot be emptied; none where it stays.
fn kept_or_set(field: &str, value: MaybeUndefined<String>) -> Result<Option<String>> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(Error::invalid(
            field,
            "cannot be emptied; leave it out to keep it as it is",
        )),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

/// A name as it is stored.
fn named(name: &str) -> Result<String> {
    let name = text::name::given(name).map_err(|fault| Error::invalid("name", fault.to_string()))?;
    Ok(name.to_owned())
}

//! Facts that one module publishes and others listen to, committed with the state they describe.

use serde::{Serialize, de::DeserializeOwned};

/// A fact in the past tense: ids and facts only, one row for a whole batch of items.
pub trait Event: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The event's own word in snake_case, for example `messages_received`; at most 64 bytes.
    const NAME: &'static str;
    /// The permission needed to receive it over the WebSocket; `None` keeps it inside the server.
    const LIVE: Option<&'static str> = None;

    /// One of the things that happened.
    type Item: Send + Sync + 'static;

    /// What happened, oldest first.
    fn items(&self) -> &[Self::Item];

    /// What happened, oldest first.
    fn into_items(self) -> Vec<Self::Item>;

    /// The event of these items.
    fn of(items: Vec<Self::Item>) -> Self;

    /// What the item is about, such as its conversation. When a [listener](crate::Listener) cannot apply an item, the items
    /// of its key wait behind it and those of other keys go on. An empty key (the default) is one for the whole tenant. Of a
    /// key longer than 190 characters the first 190 count.
    fn key(_item: &Self::Item) -> String {
        String::new()
    }

    /// The event as live clients get it, if they get less than listeners do. A listener may get this form too, from a process
    /// of an earlier release, so what it lacks is optional (`#[serde(default)]`).
    fn live(&self) -> Option<Self> {
        None
    }
}

/// The three methods of an [`Event`] that is a struct with the one field `items`.
///
/// ```
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct DoorsOpened {
///     items: Vec<u32>,
/// }
///
/// impl kernel::Event for DoorsOpened {
///     const NAME: &'static str = "doors_opened";
///     kernel::event_items!(u32);
/// }
/// ```
#[macro_export]
macro_rules! event_items {
    ($item:ty) => {
        type Item = $item;

        fn items(&self) -> &[Self::Item] {
            &self.items
        }

        fn into_items(self) -> Vec<Self::Item> {
            self.items
        }

        fn of(items: Vec<Self::Item>) -> Self {
            Self { items }
        }
    };
}

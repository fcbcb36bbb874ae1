//! Tests that no single crate can contain. `tests/README.md` says what each file tests.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "a test that cannot go on should say so at once, and these look behind every fence to see that it stands"
)]

mod arrows;
mod bad_input;
mod batches;
mod bodies;
mod conversations;
mod corpus;
mod faults;
mod figures;
mod file_types;
mod fixtures;
mod flows;
mod front;
mod gate;
mod home;
mod inbox_plans;
mod inbox_search;
mod isolation;
mod jobs;
mod limits;
mod live;
mod live_ending;
mod media;
mod numbers_module;
mod odd_webhooks;
mod openapi;
mod operator;
mod origins;
mod ownership;
mod rates;
mod receiving;
mod schema;
mod sending;
mod sign_in;
mod spellings;
mod statuses;
mod template_events;
mod template_messages;
mod template_writing;
mod templates;
mod unread;
mod upgrade;
mod webhook;

//! User stories over HTTP.

mod asked_again;
mod every_type;
mod newcomer;

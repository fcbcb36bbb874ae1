//! The stories of the people who use the platform, over HTTP.

mod asked_again;
mod every_type;
mod newcomer;

//! The stories of the people who use the platform, over HTTP.

mod newcomer;

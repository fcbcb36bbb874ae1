//! A running platform with two tenants, the simulator and a clock that can be advanced, on either profile.
//!
//! Architecture invariant: a dev-dependency only. Every test has two tenants, trusts the simulator's ledger more than the
//! platform's own tables, and waits for events instead of sleeping.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "a test that cannot go on should say so at once, and this crate is where tests get their HTTP clients and ids"
)]

mod app;
pub mod database;
mod dump;
pub mod fakes;
mod fault_proxy;
mod fleet;
mod live;
mod mariadb_server;
mod process;
mod profile;
mod redis_server;
mod running;
mod tenant;
pub mod world;

pub use app::{PASSWORD, TestApp};
pub use database::TestDatabase;
pub use dump::Dump;
pub use fault_proxy::{FaultProxy, Weather};
pub use fleet::{Fleet, eventually};
pub use live::LiveSocket;
pub use mariadb_server::MariaDbServer;
pub use process::{Process, binary};
pub use profile::{Profile, Services};
pub use redis_server::RedisServer;
pub use running::Running;
pub use tenant::{Answer, Tenant, signed};
pub use world::World;

/// Writes each test once and runs it on both profiles: `name::embedded` and `name::production`.
#[macro_export]
macro_rules! on_both_profiles {
    ($($(#[$doc:meta])* async fn $name:ident($app:ident: & $kind:ident) $body:block)*) => { $(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn story($app: &$crate::$kind) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn embedded() {
                let app = $crate::TestApp::start($crate::Profile::Embedded).await;
                story(&app).await;
                app.stop().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn production() {
                let app = $crate::TestApp::start($crate::Profile::Production).await;
                story(&app).await;
                app.stop().await;
            }
        }
    )* };
}

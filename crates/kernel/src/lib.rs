//! What a module *is*: [`Module`], [`TenantDb`], [`Can`], [`Event`], [`Job`], [`Error`], typed ids, the clock.
//!
//! Architecture invariant: the kernel knows no feature by name, no apalis, no Redis and no Meta.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the kernel is the fence itself: it holds the connection so that nobody else has to"
)]

pub mod api;
pub mod blob;
pub mod caller;
pub mod clock;
pub mod contention;
pub mod each;
pub mod error;
pub mod event;
#[cfg(any(debug_assertions, feature = "failpoints"))]
pub mod failpoint;
pub mod fence;
pub mod fetch;
pub mod id;
pub mod job;
pub mod limit;
pub mod listener;
pub mod member;
pub mod module;
pub mod outbox;
pub mod page;
pub mod pump;
pub mod role;
mod sizes;
pub mod tenant;
pub mod vault;

pub use api::{Api, Created, NoContent};
pub use blob::{BlobKey, BlobStore};
pub use caller::{Actor, Authenticator, Caller, Can, Permission, PermissionInfo};
pub use clock::{Clock, ManualClock};
pub use contention::retrying;
pub use each::each;
pub use error::{Error, FieldError, Problem, Result};
pub use event::Event;
pub use fetch::{FetchError, Fetched, Fetcher};
pub use id::{TenantId, UserId};
pub use job::{Job, JobContext, JobError, JobOutcome, Jobs};
pub use limit::{Bucket, Counted, Level, Limiter, Quota, RateNote, Taken, Wait};
pub use listener::{Events, Listener};
pub use member::Members;
pub use module::{Module, PublicRoute};
pub use page::{Cursor, Page, PageQuery};
pub use pump::{Pump, Pumped};
pub use role::Role;
pub use sizes::padded;
pub use tenant::{SystemDb, TenantDb, TenantEntity, TenantIds, TenantRoutes, TenantRow, TenantTx};
pub use vault::{Sealed, Vault};

/// A place at which a test may let the process die, stop, wait or fail; nothing in a release build.
///
/// `failpoint!("send.answered")` cannot fail; `failpoint!(try "relay.before_commit")` returns the injected error from the function
/// (which returns a [`Result`]).
#[cfg(any(debug_assertions, feature = "failpoints"))]
#[macro_export]
macro_rules! failpoint {
    (try $name:literal) => {
        $crate::failpoint::pass($name).await?
    };
    ($name:literal) => {
        let _never_fails = $crate::failpoint::pass($name).await;
    };
}

/// A place at which a test may let the process die, stop, wait or fail; nothing in this build.
#[cfg(not(any(debug_assertions, feature = "failpoints")))]
#[macro_export]
macro_rules! failpoint {
    (try $name:literal) => {};
    ($name:literal) => {};
}

// The `id!` macro expands in crates that name neither sea-orm nor poem-openapi.
#[doc(hidden)]
pub mod reexport {
    pub use {poem_openapi, sea_orm, serde, serde_json, uuid};
}

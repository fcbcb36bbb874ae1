//! What every feature is to the host.

use poem::endpoint::BoxEndpoint;

use crate::{Api, Events, Jobs, PermissionInfo, Pump, Sealed};

/// A feature: one folder, one line in the composition root. All modules are compiled in; which tenant has which is a row.
pub trait Module: Send + Sync + 'static {
    /// Table prefix, first segment of job and log names: `contacts`.
    fn name(&self) -> &'static str;

    /// Name for people.
    fn title(&self) -> &'static str;

    /// One sentence for the person who switches it on or off.
    fn description(&self) -> &'static str;

    /// Names of the modules without which it cannot work: a tenant that has this one has them too.
    fn requires(&self) -> &'static [&'static str] {
        &[]
    }

    /// Routes under `/api/v1` and their description.
    fn api(&self) -> Api;

    /// The rights it checks.
    fn permissions(&self) -> &'static [PermissionInfo];

    /// Its background work: `jobs.on(…)`.
    fn jobs(&self, _jobs: &mut Jobs) {}

    /// Its tables that are queues by themselves.
    fn pumps(&self) -> Vec<Pump> {
        Vec::new()
    }

    /// Its columns with sealed secrets. The vault seals in no column that is not listed.
    fn sealed(&self) -> &'static [Sealed] {
        &[]
    }

    /// What it listens to: `events.on(…)` with a [`Listener`](crate::Listener).
    fn events(&self, _events: &mut Events) {}

    /// Paths under `/api/v1`, as the document writes them, whose handler passes the body on as it comes instead of holding it
    /// whole, with the most bytes that may come; more is 413. All other bodies share a small limit and a budget of memory.
    fn streamed_bodies(&self) -> &'static [(&'static str, u64)] {
        &[]
    }

    /// Routes outside `/api/v1` that authenticate by other means than a caller, such as WhatsApp's webhook. Each is listed
    /// in `openapi/public.txt`.
    fn public_routes(&self) -> Vec<PublicRoute> {
        Vec::new()
    }
}

/// A route outside `/api/v1`.
pub struct PublicRoute {
    /// Its pattern, as poem writes it: `/webhooks/whatsapp/:path`.
    pub path: &'static str,
    /// The methods it has, for the header `Allow`: `GET, HEAD, POST`.
    pub allow: &'static str,
    /// Answers it. A body has been read only if the handler asks for it.
    pub endpoint: BoxEndpoint<'static>,
}

impl std::fmt::Debug for PublicRoute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicRoute({} {})", self.allow, self.path)
    }
}

//! Facts one module tells and others hear. Written with the state they speak of, delivered at least once.

use std::{collections::BTreeMap, future::Future, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Clock, TenantDb,
    job::{Handler, JobError, JobOutcome},
};

/// A fact in the past tense: ids and facts only, one row for a whole batch.
pub trait Event: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The field's own word in snake_case, for example `messages_received`.
    const NAME: &'static str;
    /// The permission a signed-in person needs to hear of it over the WebSocket; `None` keeps it inside the server.
    const LIVE: Option<&'static str> = None;
}

/// What a subscriber gets besides the event.
#[derive(Clone, Debug)]
pub struct EventContext {
    /// The tenant the event happened in.
    pub db: TenantDb,
    /// 1 for the first try.
    pub attempt: u32,
    /// The clock.
    pub clock: Clock,
}

/// Collects who listens to what. One failing subscriber never holds up another: each delivery is a job of its own.
#[derive(Default)]
pub struct Events {
    module: &'static str,
    subscribers: BTreeMap<&'static str, Vec<String>>,
    handlers: BTreeMap<String, Handler>,
}

impl Events {
    /// Says whose subscriptions follow. Called by the host before [`Module::events`](crate::Module::events).
    pub fn for_module(&mut self, module: &'static str) {
        self.module = module;
    }

    /// Calls `handler` for every `E`. It may be called twice for one event: make it idempotent by natural key.
    pub fn on<E: Event, F, Fut>(&mut self, handler: F)
    where
        F: Fn(EventContext, E) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = JobOutcome> + Send + 'static,
    {
        let kind = format!("{}.on.{}", self.module, E::NAME);
        let run = move |context: crate::JobContext, payload: String| -> BoxFuture<'static, JobOutcome> {
            let context = EventContext {
                db: context.db,
                attempt: context.attempt,
                clock: context.clock,
            };
            match serde_json::from_str::<E>(&payload) {
                Ok(event) => handler(context, event).boxed(),
                Err(error) => async move { Err(JobError::fail(error)) }.boxed(),
            }
        };
        self.subscribers.entry(E::NAME).or_default().push(kind.clone());
        self.handlers.insert(
            kind,
            Handler {
                queue: "events",
                max_attempts: 12,
                run: Arc::new(run),
            },
        );
    }

    /// Event name → the kinds of job that deliver it, and kind → handler.
    #[must_use]
    pub fn into_parts(self) -> (BTreeMap<&'static str, Vec<String>>, BTreeMap<String, Handler>) {
        (self.subscribers, self.handlers)
    }
}

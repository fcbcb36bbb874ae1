//! What runs besides the HTTP server: relay, feeders, workers, pumps, the live hub.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use kernel::{Events, Jobs, Module, Result, SystemDb, job::Handler, listener::Registered, outbox};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    bus::Bus,
    events::{Listening, Registry},
    jobs::{
        QUEUES,
        carrier::{self, Away, Route},
        feeder::Feeder,
        runner::Runner,
    },
    live::Hub,
    pump::Pumping,
    relay::Relay,
    tidying::Tidying,
};

/// The roles of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Answers HTTP and WebSocket.
    pub serve: bool,
    /// Relays events and runs jobs.
    pub work: bool,
}

/// The background tasks of one process.
#[derive(Debug)]
pub struct Runtime {
    hub: Hub,
    idle: Idle,
    running: Option<Runner>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Runtime {
    /// Starts the tasks of the roles. `owner` must be unique to the process.
    ///
    /// # Errors
    /// When Redis is named but cannot be reached.
    pub async fn start(
        system: SystemDb,
        bus: Bus,
        modules: &[Box<dyn Module>],
        route: &Route,
        roles: Roles,
        owner: &str,
        stop: CancellationToken,
    ) -> Result<Self, Away> {
        let subscriptions = subscriptions(modules);
        let registry = Registry::new(&subscriptions.listeners);
        registry.teach(&system);
        let hub = Hub::new(system.clone(), bus.clone(), stop.clone());
        let progress = Arc::new(Notify::new());
        let mut tasks = JoinSet::new();
        let (mut feeders, mut pumps, mut running) = (Vec::new(), Vec::new(), None);
        let mut listening = None;
        crate::true_time::correct(&system).await;
        tasks.spawn(crate::true_time::keep(system.clone(), stop.clone()));
        // A command may run over a database without tables yet.
        if roles.serve || roles.work {
            tasks.spawn(registry.clone().keep(system.clone(), bus.clone(), stop.clone()));
        }
        if roles.serve {
            tasks.spawn(hub.clone().run());
        }
        if roles.work {
            let runner = Runner::new(
                system.clone(),
                bus.clone(),
                subscriptions.handlers.clone(),
                stop.clone(),
            );
            feeders = QUEUES
                .iter()
                .map(|queue| Arc::new(Feeder::new(system.clone(), bus.clone(), *queue, progress.clone())))
                .collect();
            running = Some(runner.clone());
            carrier::start(route, feeders.clone(), runner, owner, &mut tasks, stop.clone()).await?;
            for pump in modules.iter().flat_map(|module| module.pumps()) {
                let pumping = Pumping::new(system.clone(), pump, progress.clone());
                tasks.spawn(pumping.clone().run(bus.clone(), stop.clone()));
                pumps.push(pumping);
            }
            let listeners = Listening::new(system.clone(), &subscriptions.listeners, &progress);
            tasks.spawn(listeners.clone().run(bus.clone(), stop.clone()));
            listening = Some(listeners);
            let relay = Relay::new(system.clone(), bus, registry.clone(), owner.to_owned());
            tasks.spawn(relay.run(stop.clone()));
            let tidying = Tidying::new(system.clone(), registry, owner.to_owned());
            tasks.spawn(tidying.run(stop.clone()));
        }
        Ok(Self {
            hub,
            idle: Idle {
                system,
                feeders,
                pumps,
                listening,
                progress,
            },
            running,
            tasks,
            stop,
        })
    }

    /// The live hub, for the WebSocket's route.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Says when nothing is left to do.
    pub fn idle(&self) -> Idle {
        self.idle.clone()
    }

    /// Stops everything and waits for running tasks, with a timeout.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let ended = async {
            while self.tasks.join_next().await.is_some() {}
            self.hub.ended().await;
            if let Some(runner) = &self.running {
                runner.ended().await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(12), ended)
            .await
            .is_err()
        {
            tracing::warn!(
                "some background work did not end in time; it will be taken over by another process"
            );
        }
    }
}

/// Checks whether any work is waiting or running. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Idle {
    system: SystemDb,
    feeders: Vec<Arc<Feeder>>,
    pumps: Vec<Pumping>,
    listening: Option<Listening>,
    progress: Arc<Notify>,
}

impl Idle {
    /// Resolves when a job has ended, or after a short interval.
    pub async fn moved(&self) {
        let _ = tokio::time::timeout(Duration::from_millis(20), self.progress.notified()).await;
    }

    /// Resolves once no pump has anything left, no event waits to be relayed or heard, and no job is due, on its way or
    /// running. What waits for a retry, in a listener as in a job, is not waited for.
    ///
    /// # Errors
    /// The database's.
    pub async fn settled(&self) -> Result<()> {
        loop {
            let moved = self.progress.notified();
            if self.is_settled().await? {
                return Ok(());
            }
            // The relay does not signal progress, so check again soon without a signal.
            let _ = tokio::time::timeout(Duration::from_millis(20), moved).await;
        }
    }

    fn nothing_runs(&self) -> bool {
        self.feeders.iter().all(|feeder| feeder.is_idle())
            && self.pumps.iter().all(Pumping::is_idle)
            && self.listening.as_ref().is_none_or(Listening::is_idle)
    }

    /// Whether that is so now.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_settled(&self) -> Result<bool> {
        let dealt_with = || -> u64 {
            let jobs: u64 = self.feeders.iter().map(|feeder| feeder.dealt_with()).sum();
            let heard = self.listening.as_ref().map_or(0, Listening::dealt_with);
            jobs + heard + self.pumps.iter().map(Pumping::dealt_with).sum::<u64>()
        };
        let before = dealt_with();
        // In the direction in which work flows: what leaves one stage during the check is seen in the next.
        for pump in &self.pumps {
            if !pump.is_dry().await? {
                return Ok(false);
            }
        }
        let on = self.system.across_tenants("asks whether anything waits anywhere");
        let event = outbox::event::Entity::find()
            .select_only()
            .column(outbox::event::Column::Id);
        if event.into_tuple::<uuid::Uuid>().one(on).await?.is_some() {
            return Ok(false);
        }
        if let Some(listening) = &self.listening
            && !listening.is_dry().await?
        {
            return Ok(false);
        }
        let due = outbox::job::Entity::find()
            .filter(outbox::job::Column::Dead.eq(false))
            .filter(outbox::job::Column::RunAt.lte(self.system.clock().now()))
            .select_only()
            .column(outbox::job::Column::Id);
        let waits = due.into_tuple::<uuid::Uuid>().one(on).await?.is_some();
        // What ran during the check may have created work in a stage that was checked before. A turn counts only when it has
        // ended, after its commit, so one that still runs may have done so too.
        Ok(!waits && self.nothing_runs() && dealt_with() == before)
    }
}

/// Who hears events and who does jobs.
#[derive(Clone, Debug, Default)]
pub struct Subscriptions {
    /// Who hears events.
    pub listeners: Arc<Vec<Registered>>,
    /// Kind of job → handler.
    pub handlers: Arc<BTreeMap<String, Handler>>,
}

/// Asks every module for its handlers.
pub fn subscriptions(modules: &[Box<dyn Module>]) -> Subscriptions {
    let mut jobs = Jobs::default();
    let mut events = Events::default();
    for module in modules {
        module.jobs(&mut jobs);
        events.for_module(module.name());
        module.events(&mut events);
    }
    let handlers = jobs.into_handlers();
    Subscriptions {
        listeners: Arc::new(events.into_listeners()),
        handlers: Arc::new(handlers),
    }
}

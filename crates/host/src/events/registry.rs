//! Which listeners there are. Each process writes down its own, so that a process of an older version knows those of a newer one: it
//! publishes and logs their events too, and leaves them to the processes that can handle them.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use kernel::{Result, SystemDb, listener::Registered};
use sea_orm::{ActiveValue::Set, EntityTrait, QueryOrder, QuerySelect, sea_query::OnConflict};
use tokio_util::sync::CancellationToken;

use super::WHY;
use crate::bus::{Bus, Hint};

/// How often the table is read, in case a hint was lost. In the first of these intervals after a new listener's first start, processes
/// of older versions may publish events that it does not get.
const REFRESH: Duration = Duration::from_secs(5);
/// The shortest time between two looks.
const MOMENT: Duration = Duration::from_millis(100);
/// How often a process says that it still has its listeners: far less than the 90 days after which one is removed.
const ANNOUNCE: Duration = Duration::from_secs(3_600);
/// Listeners of an installation at most; more are logged as an error and not known to others.
const MOST: u64 = 1_000;

/// The listeners of all versions.
pub mod listener {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "host_event_listeners")]
    pub struct Model {
        /// `<module>.on.<event>`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub listener: String,
        /// What it listens to.
        pub event: String,
        /// When a process that has it was last there.
        pub seen_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A listener of this or another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// `<module>.on.<event>`.
    pub name: String,
    /// What it listens to.
    pub event: String,
}

/// The listeners that are known to this process. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Registry {
    own: Arc<Vec<Known>>,
    all: Arc<RwLock<Arc<Vec<Known>>>>,
}

impl Registry {
    /// Knows the process's own listeners.
    pub fn new(own: &[Registered]) -> Self {
        let own = own.iter().map(|listener| Known {
            name: listener.name.clone(),
            event: listener.event.to_owned(),
        });
        let own: Vec<Known> = own.collect();
        Self {
            all: Arc::new(RwLock::new(Arc::new(own.clone()))),
            own: Arc::new(own),
        }
    }

    /// The names of the process's own.
    pub(super) fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(|own| own.name.as_str())
    }

    /// All that are known now.
    pub(crate) fn all(&self) -> Arc<Vec<Known>> {
        self.all.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes the own ones down, reads the others, and tells `system` whose events to publish.
    ///
    /// # Errors
    /// The database's. The own ones are known to this process all the same.
    pub(crate) async fn announce(&self, system: &SystemDb) -> Result<()> {
        self.teach(system);
        let now = system.clock().now();
        if !self.own.is_empty() {
            let rows = self.own.iter().map(|own| listener::ActiveModel {
                listener: Set(own.name.clone()),
                event: Set(own.event.clone()),
                seen_at: Set(now),
            });
            let seen = OnConflict::column(listener::Column::Listener)
                .update_columns([listener::Column::Event, listener::Column::SeenAt])
                .to_owned();
            let alone = system.alone_across_tenants(WHY).await;
            listener::Entity::insert_many(rows)
                .on_conflict(seen)
                .exec_without_returning(alone.connection())
                .await?;
        }
        self.refresh(system).await
    }

    /// Reads which there are.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn refresh(&self, system: &SystemDb) -> Result<()> {
        let found = listener::Entity::find()
            .order_by_asc(listener::Column::Listener)
            .limit(MOST);
        let found = found.all(system.across_tenants(WHY)).await?;
        if found.len() as u64 == MOST {
            tracing::error!("there are too many listeners of events: those of other versions may miss some");
        }
        let mut all: Vec<Known> = self.own.to_vec();
        all.extend(found.into_iter().map(|row| Known {
            name: row.listener,
            event: row.event,
        }));
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all.dedup_by(|later, first| later.name == first.name);
        *self.all.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(all);
        self.teach(system);
        Ok(())
    }

    /// Tells `system` whose events to publish, as far as is known.
    pub(crate) fn teach(&self, system: &SystemDb) {
        let all = self.all();
        system.learn_listened(all.iter().map(|known| known.event.as_str()));
    }

    /// Announces the own listeners now and then, and learns of others, until `stop`.
    pub(crate) async fn keep(self, system: SystemDb, bus: Bus, stop: CancellationToken) {
        let mut hints = bus.listen();
        let mut announce_at = tokio::time::Instant::now();
        while !stop.is_cancelled() {
            let now = tokio::time::Instant::now();
            let kept = if now < announce_at {
                self.refresh(&system).await
            } else {
                let announced = self.announce(&system).await;
                if announced.is_ok() {
                    announce_at = now + ANNOUNCE;
                    // Others read the table when something may have been missed.
                    bus.send(Hint::Missed);
                }
                announced
            };
            if let Err(error) = kept {
                tracing::warn!(%error, "which listeners other processes have is not known now");
            }
            let pause = async {
                tokio::time::sleep(MOMENT).await;
                hints.wait(|_| false, REFRESH).await;
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = pause => {}
            }
        }
    }
}

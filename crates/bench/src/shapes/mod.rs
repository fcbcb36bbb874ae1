//! Baselines in the shape of other programs, written by us from descriptions of their round trips: how many statements,
//! Redis calls and HTTP calls a message or event costs, and in what order. They run on the same MariaDB, Redis
//! and simulator, with the same pool library and the same Cloud API client as the platform, so that only the shape differs.
//! They are not those programs, and none of their code is here.

pub mod bare;
pub mod courier;
pub mod ingest;
pub mod stateless;
pub mod whatomate;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use cloud_api::{
    client::{Client, Connection},
    ids::{Msisdn, PhoneNumberId},
    message::{Content, Recipient, SendMessage},
};
use secrecy::SecretString;
use tokio::task::JoinSet;
use url::Url;

use crate::{
    tenants::{Tenant, customer, numbers, template},
    world::{World, client},
};

/// Numbers to send from and people to send to, shared by all workers of a shape.
#[derive(Debug)]
pub struct Traffic {
    targets: Vec<(Client, PhoneNumberId)>,
    content: Content,
    next: AtomicUsize,
}

impl Traffic {
    /// From all numbers of these tenants, with a connection pool of its own.
    ///
    /// # Errors
    /// When the simulator's address cannot be read.
    pub fn new(world: &World, tenants: &[Arc<Tenant>]) -> anyhow::Result<Arc<Self>> {
        let (http, base) = (client()?, Url::parse(&world.sim.base)?);
        let targets = numbers(tenants)
            .into_iter()
            .map(|(tenant, number)| {
                let (token, secret): (SecretString, SecretString) =
                    (tenant.token.clone(), tenant.app_secret.clone());
                let connection = Connection::new(base.clone(), token, Some(secret));
                let from = PhoneNumberId::from(tenant.numbers[number].phone_id.clone());
                (Client::new(http.clone(), connection), from)
            })
            .collect();
        Ok(Arc::new(Self {
            targets,
            content: template()?,
            next: AtomicUsize::new(0),
        }))
    }

    /// Sends one message to the next person from the next number, with this callback data; answers the wamid.
    ///
    /// # Errors
    /// WhatsApp's refusal.
    pub async fn send(&self, callback: Option<String>) -> anyhow::Result<String> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let (client, from) = &self.targets[index % self.targets.len()];
        let to = Msisdn::parse(&customer(index)).map_err(|error| anyhow::anyhow!("{error}"))?;
        let mut message = SendMessage::new(Recipient::Phone(to), self.content.clone());
        message.callback_data = callback;
        let sent = client.send(from, &message).await?;
        Ok(sent.wamid.to_string())
    }
}

/// The running workers of a shape.
#[derive(Debug, Default)]
pub struct Workers {
    tasks: JoinSet<anyhow::Result<()>>,
    stop: Arc<AtomicBool>,
}

/// Asked by a worker between two messages.
#[derive(Clone, Debug)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether to end.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Workers {
    /// Starts one.
    pub fn spawn<F>(&mut self, work: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.tasks.spawn(work(Stop(self.stop.clone())));
    }

    /// Lets all finish what they are at.
    ///
    /// # Errors
    /// The first of theirs.
    pub async fn end(mut self) -> anyhow::Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        let mut first = Ok(());
        while let Some(ended) = self.tasks.join_next().await {
            let outcome = ended.unwrap_or_else(|error| Err(error.into()));
            if first.is_ok() {
                first = outcome;
            }
        }
        first
    }
}

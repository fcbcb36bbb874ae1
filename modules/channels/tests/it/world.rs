//! Numbers by themselves, with the simulator.

use std::{ops::Deref, sync::Arc};

use channels::{Addresses, Channels, Needs};
use cloud_sim::{Provision, Provisioned};
use contracts::channels::{Channel, ChannelDirectory, ChannelId};
use kernel::{TenantDb, TenantRoutes};
use serde_json::{Value, json};
use testkit::Profile;

pub struct World {
    pub directory: Arc<dyn ChannelDirectory>,
    pub routes: Arc<dyn TenantRoutes>,
    world: testkit::World,
}

impl Deref for World {
    type Target = testkit::World;

    fn deref(&self) -> &testkit::World {
        &self.world
    }
}

impl World {
    pub async fn open(profile: Profile) -> Self {
        let (world, (directory, routes)) = testkit::World::open(profile, |parts| {
            let module = Channels::new(Needs {
                http: parts.http.clone(),
                routes: parts.routes.clone(),
                vault: parts.vault.clone(),
                addresses: Addresses {
                    graph: parts.graph.clone(),
                    simulator: Some(parts.graph.clone()),
                    public: parts.public.clone(),
                },
            });
            let ports = (module.directory(), parts.routes.clone());
            (Box::new(module), ports)
        })
        .await;
        Self {
            directory,
            routes,
            world,
        }
    }

    /// A new number of the simulator.
    pub fn number(&self) -> Provisioned {
        self.sim.provision(&Provision::default()).unwrap()
    }

    /// Connects a number, with its access token or another text. Returns the channel's path.
    pub async fn connect(&self, db: &TenantDb, number: &Provisioned, token: &str) -> String {
        let (status, made) = self.post(db, "/channels", claim(number, token)).await;
        assert_eq!(status.as_u16(), 201, "{made}");
        format!("/channels/{}", made["id"].as_str().unwrap())
    }

    /// Whether the connection test passes.
    pub async fn test(&self, db: &TenantDb, path: &str) -> bool {
        let (status, report) = self.post(db, &format!("{path}/test"), Value::Null).await;
        assert_eq!(status.as_u16(), 200, "{report}");
        report["ok"] == true
    }

    /// What the API shows of a channel.
    pub async fn shown(&self, db: &TenantDb, path: &str) -> Value {
        let (status, shown) = self.get(db, path).await;
        assert_eq!(status.as_u16(), 200, "{shown}");
        shown
    }

    /// What senders are told of a channel.
    pub async fn known(&self, db: &TenantDb, path: &str) -> Option<Channel> {
        self.directory.by_id(db, id(path)).await.unwrap()
    }
}

/// The id at the end of a channel's path.
pub fn id(path: &str) -> ChannelId {
    path.rsplit('/').next().unwrap().parse().unwrap()
}

/// What a tenant enters to connect a number.
pub fn claim(number: &Provisioned, token: &str) -> Value {
    json!({
        "name": "A line", "kind": "simulated", "phone_number_id": number.phone_number_id, "waba_id": number.waba_id,
        "access_token": token, "app_secret": number.app_secret, "verify_token": number.verify_token,
    })
}

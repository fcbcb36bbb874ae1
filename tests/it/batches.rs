//! The statements that webhooks cost: few for one, and the same number for a batch of any size; and that one drainer at a time
//! works, in order.
//!
//! Not with `TestApp`: its worker would apply the webhooks before they are a batch.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use channels::Addresses;
use host::Roles;
use identity::Identity;
use kernel::{Clock, Pump, Pumped, SystemDb, TenantDb, TenantId, tenant::Wake};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TransactionTrait};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use server::{
    Platform, Setup, media_parts,
    modules::{Deps, modules},
    wire,
};
use testkit::{Profile, Services, signed};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// Statements between BEGIN and COMMIT for a batch of everything, including the read of the bodies.
const A_BATCH: usize = 24;
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The statements, as `VERB table`.
type Said = Arc<Mutex<Vec<String>>>;

/// `SELECT messaging_inbox` of a statement.
fn short(sql: &str) -> String {
    let verb = sql.split_whitespace().next().unwrap_or_default();
    let tables = ["channels_", "messaging_", "contacts_", "host_", "identity_"];
    let mut words = sql.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let table = words.find(|word| tables.iter().any(|table| word.starts_with(table)));
    format!("{verb} {}", table.unwrap_or_default())
}

struct Nobody;
impl Wake for Nobody {
    fn events(&self) {}
    fn jobs(&self) {}
    fn arrivals(&self, _: &[TenantId]) {}
}

struct Bench {
    http: reqwest::Client,
    url: String,
    phone_id: String,
}

impl Bench {
    /// A number of a new tenant.
    async fn new(
        identity: &Identity,
        system: &SystemDb,
        base: &str,
        name: &str,
        phone_id: &str,
    ) -> (Self, TenantId) {
        let reseller = identity.create_reseller("Northwind").await.unwrap();
        let tenant = identity.create_tenant(reseller, name).await.unwrap();
        let scopes: Vec<&str> = identity.permissions().iter().map(|right| right.name).collect();
        let key = identity
            .create_api_key(&system.tenant(tenant), "Everything", &scopes, None)
            .await
            .unwrap();
        let http = reqwest::Client::new();
        let channel = json!({
            "name": "Main line", "kind": "cloud_api", "phone_number_id": phone_id, "waba_id": "200000001", "access_token": "a-token-of-some-length",
            "app_secret": SECRET, "verify_token": "verify-me-please",
        });
        let made: Value = http
            .post(format!("{base}/api/v1/channels"))
            .bearer_auth(key.secret.expose_secret())
            .json(&channel)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let url = made["webhook_url"].as_str().unwrap_or_else(|| panic!("{made}"));
        let path = url.split("/webhooks/").nth(1).unwrap();
        let bench = Self {
            http,
            url: format!("{base}/webhooks/{path}"),
            phone_id: phone_id.to_owned(),
        };
        (bench, tenant)
    }

    async fn post(&self, mut value: Value) {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] =
            json!({ "phone_number_id": self.phone_id, "display_phone_number": "447800000000" });
        let change = json!({ "field": "messages", "value": value });
        let body =
            json!({ "object": "whatsapp_business_account", "entry": [{ "id": "200000001", "changes": [change] }] })
                .to_string();
        let post = self
            .http
            .post(&self.url)
            .header("x-hub-signature-256", signed(SECRET, body.as_bytes()));
        assert_eq!(post.body(body).send().await.unwrap().status(), 200);
    }

    async fn message(&self, serial: usize) {
        self.again(serial, 0).await;
    }

    /// The `nth` message of a customer, a second after the one before.
    async fn again(&self, serial: usize, nth: usize) {
        let from = format!("4477009{serial:05}");
        let contact = json!({ "profile": { "name": format!("Customer {serial}") }, "wa_id": from });
        let id = format!("wamid.IN{serial:06}{}", "+".repeat(nth));
        let at = (1_790_000_000 + nth).to_string();
        let message = json!({ "from": from, "id": id, "timestamp": at, "type": "text", "text": { "body": nth.to_string() } });
        self.post(json!({ "contacts": [contact], "messages": [message] }))
            .await;
    }

    async fn status(&self, wamid: &str, status: &str, second: usize) {
        let at = (1_790_000_000 + second).to_string();
        // The number of the contact whose messages the statuses are about.
        let status =
            json!({ "id": wamid, "status": status, "timestamp": at, "recipient_id": "447700900000" });
        self.post(json!({ "statuses": [status] })).await;
    }
}

/// A platform without a worker: posted bodies wait until the test runs a pump.
struct World {
    services: Services,
    base: String,
    identity: Identity,
    uncounted: SystemDb,
    end: oneshot::Sender<()>,
    server: JoinHandle<()>,
    acme: Bench,
    tenant: TenantId,
    globex: Bench,
    other: TenantId,
}

impl World {
    async fn new(profile: Profile) -> Self {
        let mut services = Services::make(profile).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        services.config.listen = listener.local_addr().unwrap();
        let base = format!("http://{}", services.config.listen);
        let setup = Setup {
            password_cost: identity::PasswordCost::FOR_TESTS,
            ..Setup::new(Roles {
                serve: true,
                work: false,
            })
        };
        let platform = Platform::start(&services.config, setup).await.unwrap();
        let (identity, uncounted) = (platform.identity.clone(), platform.system.clone());
        let (end, ended) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            platform
                .serve(listener, async move { drop(ended.await) })
                .await
                .unwrap();
        });
        let (acme, tenant) = Bench::new(&identity, &uncounted, &base, "Acme", "100000111").await;
        let (globex, other) = Bench::new(&identity, &uncounted, &base, "Globex", "100000222").await;
        Self {
            services,
            base,
            identity,
            uncounted,
            end,
            server,
            acme,
            tenant,
            globex,
            other,
        }
    }

    async fn connection(&self) -> DatabaseConnection {
        self.services.config.database().connect().await.unwrap()
    }

    /// A drainer of another process, with its own connections.
    fn drainer(&self, connection: DatabaseConnection) -> (Pump, SystemDb) {
        let config = &self.services.config;
        let addresses = Addresses {
            graph: config.graph_url.clone(),
            simulator: None,
            public: self.base.parse().unwrap(),
        };
        let (modules, _) = modules(Deps {
            identity: self.identity.clone(),
            limiter: host::limiter(None),
            http: reqwest::Client::new(),
            wire: wire(&addresses).unwrap(),
            addresses,
            media: media_parts(config).unwrap(),
        });
        let pump = modules.iter().flat_map(|module| module.pumps()).next().unwrap();
        let system = SystemDb::new(connection, Clock::system(), Arc::new(Nobody));
        (pump, system)
    }

    /// The numeric result of a statement about the tenant.
    async fn number(&self, tenant: TenantId, sql: &str) -> i64 {
        let on = self.uncounted.across_tenants("a test counts");
        let asked = Statement::from_sql_and_values(on.get_database_backend(), sql, [tenant.into()]);
        let row = on.query_one_raw(asked).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    async fn count(&self, tenant: TenantId, table: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE tenant_id = ?");
        self.number(tenant, &sql).await
    }

    async fn end(self) {
        let Self {
            services,
            end,
            server,
            identity,
            uncounted,
            acme,
            globex,
            ..
        } = self;
        drop((acme, globex));
        let _ = end.send(());
        server.await.unwrap();
        drop((identity, uncounted));
        services.remove().await;
    }
}

/// The result of a turn of the inbox's pump.
async fn statements(pump: &Pump, db: &TenantDb, said: &Said) -> Vec<String> {
    said.lock().unwrap().clear();
    assert_eq!(pump.turn(db.clone()).await.unwrap(), Pumped::Dry);
    std::mem::take(&mut *said.lock().unwrap())
}

async fn a_batch_costs_the_same_statements_whatever_its_size(profile: Profile) {
    let world = World::new(profile).await;
    let (acme, tenant) = (&world.acme, world.tenant);
    let counted = Said::default();
    let mut connection = world.connection().await;
    let said = counted.clone();
    connection.set_metric_callback(move |info| said.lock().unwrap().push(short(&info.statement.sql)));
    let (pump, system) = world.drainer(connection);
    let db = system.tenant(tenant);

    // The first body creates contact and conversation; it also enqueues the day's sweep.
    acme.message(0).await;
    acme.status("wamid.OUT0", "sent", 0).await;
    statements(&pump, &db, &counted).await;
    // Messages of ours, for the statuses.
    let ours = "INSERT INTO messaging_messages (tenant_id, id, conversation_id, channel_id, contact_id, direction, kind, status, \
                status_rank, content, preview, wamid, at, created_at) SELECT tenant_id, ?, conversation_id, channel_id, contact_id, \
                'outbound', kind, 'accepted', 40, content, preview, ?, at, created_at FROM messaging_messages WHERE wamid = 'wamid.IN000000'";
    let on = system.across_tenants("a test makes what it needs");
    for serial in 0..60 {
        let id: uuid::Uuid = system.clock().new_uuid();
        let values = [id.into(), format!("wamid.OURS{serial}").into()];
        let made = Statement::from_sql_and_values(on.get_database_backend(), ours, values);
        assert_eq!(on.execute_raw(made).await.unwrap().rows_affected(), 1);
    }
    let costs = async |what: &str, most: usize| {
        let said = statements(&pump, &db, &counted).await;
        assert_eq!(said.len(), most, "{profile:?}, {what}: {said:#?}");
    };
    // One at a time: this is the latency of a live inbox.
    acme.message(50).await;
    costs("a text of a new person", 14).await;
    acme.again(50, 1).await;
    costs("a text of a known person", 10).await;
    acme.again(50, 1).await;
    costs("the same text again", 7).await;
    acme.status("wamid.OURS50", "sent", 0).await;
    costs("a status of ours", 10).await;
    acme.status("wamid.OURS50", "sent", 0).await;
    costs("the same status again", 7).await;
    acme.status("wamid.STRANGE", "sent", 0).await;
    costs("a status of nobody's", 5).await;
    // Many of a kind cost the same as one: the first, small read of a turn takes 16.
    for serial in 0..15 {
        acme.message(20_000 + serial).await;
    }
    costs("texts of new people", 14).await;
    for serial in 0..15 {
        acme.again(20_000 + serial, 1).await;
    }
    costs("texts of known people", 10).await;
    for serial in 0..15 {
        acme.status(&format!("wamid.OURS{}", 10 + serial), "delivered", 5)
            .await;
    }
    costs("statuses of one second", 10).await;
    for serial in 0..15 {
        acme.status(&format!("wamid.OURS{}", 30 + serial), "delivered", serial)
            .await;
    }
    costs("statuses of many seconds", 10).await;
    // Everything at once: known and new customers, statuses of known and unknown messages, of every kind and second.
    let mut few = 0;
    for (round, size) in [(1, 2), (2, 7)] {
        for serial in 0..size {
            acme.message(serial % 3 + round * 100 * (serial % 2)).await;
            acme.message(round * 1000 + serial).await;
            for (second, status) in ["sent", "delivered", "read", "failed"].into_iter().enumerate() {
                acme.status(
                    &format!("wamid.OURS{serial}"),
                    status,
                    round * 10 + serial + second,
                )
                .await;
            }
        }
        // More than the first read of a turn: the rest is at most one more batch.
        let batches = if size * 6 > 16 { 2 } else { 1 };
        let said = statements(&pump, &db, &counted).await;
        assert!(
            said.len() <= batches * A_BATCH,
            "{profile:?}: {} statements for {batches} batches of {size} times six: {said:#?}",
            said.len()
        );
        few = few.max(said.len() / batches);
    }
    println!("statements a batch, {profile:?}: {few}");
    // Another tenant's bodies are not affected.
    world.globex.message(1).await;
    assert_eq!(pump.turn(db).await.unwrap(), Pumped::Dry);
    assert_eq!(world.count(tenant, "messaging_inbox").await, 0);
    assert_eq!(world.count(world.other, "messaging_inbox").await, 1);
    assert_eq!(pump.turn(system.tenant(world.other)).await.unwrap(), Pumped::Dry);
    assert_eq!(world.count(world.other, "messaging_messages").await, 1);
    drop((pump, system));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_costs_the_same_statements_whatever_its_size_embedded() {
    a_batch_costs_the_same_statements_whatever_its_size(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_costs_the_same_statements_whatever_its_size_production() {
    a_batch_costs_the_same_statements_whatever_its_size(Profile::Production).await;
}

/// With several processes, a drainer that finds the oldest row locked returns at once, and says whether to retry. In process there
/// is one writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_the_oldest_taken_waits_for_nobody_production() {
    let world = World::new(Profile::Production).await;
    let holder = world.connection().await;
    let (pump, system) = world.drainer(world.connection().await);
    let db = system.tenant(world.tenant);
    for nth in 0..3 {
        world.acme.again(1, nth).await;
    }
    world.globex.message(1).await;
    for (most, wanted) in [(1, Pumped::Held), (2, Pumped::Held), (3, Pumped::Dry)] {
        let held = holder.begin().await.unwrap();
        let oldest = "SELECT id FROM messaging_inbox WHERE tenant_id = ? ORDER BY id LIMIT ? FOR UPDATE";
        let values = [world.tenant.into(), most.into()];
        let asked = Statement::from_sql_and_values(held.get_database_backend(), oldest, values);
        assert_eq!(
            held.query_all_raw(asked).await.unwrap().len(),
            usize::try_from(most).unwrap()
        );
        assert_eq!(
            pump.turn(db.clone()).await.unwrap(),
            wanted,
            "{most} of 3 are taken"
        );
        assert_eq!(world.count(world.tenant, "messaging_messages").await, 0);
        // Another tenant has its own oldest row.
        assert_eq!(pump.turn(system.tenant(world.other)).await.unwrap(), Pumped::Dry);
        assert_eq!(world.count(world.other, "messaging_messages").await, 1);
        held.rollback().await.unwrap();
    }
    assert_eq!(pump.turn(db).await.unwrap(), Pumped::Dry);
    assert_eq!(world.count(world.tenant, "messaging_messages").await, 3);
    drop((pump, system, holder));
    world.end().await;
}

/// A drainer does not wait for rows that are being inserted, of any tenant. MariaDB would: it scans every row of a table that it
/// believes to be small. In process there is one writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_being_stored_holds_up_no_drainer_production() {
    let world = World::new(Profile::Production).await;
    let writer = world.connection().await;
    let (pump, system) = world.drainer(world.connection().await);
    let written = writer.begin().await.unwrap();
    let row = "INSERT INTO messaging_inbox (tenant_id, id, body, own_path, received_at) VALUES (?, ?, '{}', 1, NOW(6))";
    for tenant in [world.other, world.tenant] {
        let values = [tenant.into(), uuid::Uuid::nil().into()];
        let asked = Statement::from_sql_and_values(written.get_database_backend(), row, values);
        written.execute_raw(asked).await.unwrap();
    }
    for serial in 0..40 {
        world.acme.message(serial).await;
    }
    let turn = pump.turn(system.tenant(world.tenant));
    let turn = tokio::time::timeout(Duration::from_secs(20), turn).await;
    assert_eq!(turn.expect("nobody to wait for").unwrap(), Pumped::Dry);
    assert_eq!(world.count(world.tenant, "messaging_messages").await, 40);
    written.rollback().await.unwrap();
    assert_eq!(world.count(world.other, "messaging_messages").await, 0);
    drop((pump, system, writer));
    world.end().await;
}

/// Two drainers at once, while more arrives: each message once, those of a customer in order of arrival.
async fn two_drainers_keep_the_order(profile: Profile) {
    const CUSTOMERS: usize = 4;
    const EACH: usize = 40;
    let world = World::new(profile).await;
    let drainers = [
        world.drainer(world.connection().await),
        world.drainer(world.connection().await),
    ];
    let drain = async |(pump, system): &(Pump, SystemDb)| {
        let total = i64::try_from(CUSTOMERS * EACH).unwrap();
        while world.count(world.tenant, "messaging_messages").await < total {
            match pump.turn(system.tenant(world.tenant)).await.unwrap() {
                Pumped::Held | Pumped::Dry => tokio::task::yield_now().await,
                Pumped::More => {}
            }
        }
    };
    let post = async {
        for nth in 0..EACH {
            for customer in 0..CUSTOMERS {
                world.acme.again(customer, nth).await;
            }
        }
    };
    tokio::join!(post, drain(&drainers[0]), drain(&drainers[1]));
    assert_eq!(world.count(world.tenant, "messaging_inbox").await, 0);
    assert_eq!(world.count(world.tenant, "contacts_contacts").await, 4);
    let unread = "SELECT CAST(SUM(unread) AS SIGNED) AS n FROM messaging_conversations WHERE tenant_id = ?";
    assert_eq!(world.number(world.tenant, unread).await, 160);
    // The body of the nth message is its number: ids grow in order of creation.
    let backwards = "SELECT COUNT(*) AS n FROM messaging_messages a JOIN messaging_messages b ON b.tenant_id = a.tenant_id \
                     AND b.contact_id = a.contact_id AND b.id > a.id AND b.at < a.at WHERE a.tenant_id = ?";
    assert_eq!(world.number(world.tenant, backwards).await, 0);
    assert_eq!(world.count(world.other, "messaging_messages").await, 0);
    drop(drainers);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_drainers_keep_the_order_embedded() {
    two_drainers_keep_the_order(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_drainers_keep_the_order_production() {
    two_drainers_keep_the_order(Profile::Production).await;
}

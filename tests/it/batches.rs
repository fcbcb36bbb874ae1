//! How many statements webhooks cost: few for one, and a number that does not grow with the batch.

use std::sync::{Arc, Mutex};

use contacts::Contacts;
use host::Roles;
use identity::Identity;
use kernel::{Clock, Module, Pumped, SystemDb, TenantDb, TenantId, tenant::Wake};
use messaging::{Addresses, Messaging};
use sea_orm::{ConnectionTrait, Statement};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use server::{Platform, Setup, media_parts, wire};
use testkit::{Profile, Services, signed};
use tokio::{net::TcpListener, sync::oneshot};

/// Statements between BEGIN and COMMIT, those that read the bodies included: about twenty with new people and new conversations,
/// and one UPDATE more for each set of times that statuses bring (sent; delivered and read; …).
const A_BATCH: usize = 26;

/// What was said to the database, as `VERB table`.
type Said = Arc<Mutex<Vec<String>>>;

/// `SELECT messaging_inbox` of a statement.
fn short(sql: &str) -> String {
    let verb = sql.split_whitespace().next().unwrap_or_default();
    let tables = ["messaging_", "contacts_", "host_", "identity_"];
    let words = sql.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let table = words
        .into_iter()
        .find(|word| tables.iter().any(|table| word.starts_with(table)));
    format!("{verb} {}", table.unwrap_or_default())
}
const SECRET: &str = "0123456789abcdef0123456789abcdef";

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

    /// The `nth` message of a customer.
    async fn again(&self, serial: usize, nth: usize) {
        let from = format!("4477009{serial:05}");
        let contact = json!({ "profile": { "name": format!("Customer {serial}") }, "wa_id": from });
        let message = json!({
            "from": from, "id": format!("wamid.IN{serial:06}{}", "+".repeat(nth)), "timestamp": "1790000000", "type": "text", "text": { "body": "Hi" },
        });
        self.post(json!({ "contacts": [contact], "messages": [message] }))
            .await;
    }

    async fn status(&self, wamid: &str, status: &str, second: usize) {
        let at = (1_790_000_000 + second).to_string();
        let status =
            json!({ "id": wamid, "status": status, "timestamp": at, "recipient_id": "447700900123" });
        self.post(json!({ "statuses": [status] })).await;
    }
}

/// Counts what a turn of the inbox's pump costs.
async fn statements(pump: &kernel::Pump, db: &TenantDb, said: &Said) -> Vec<String> {
    said.lock().unwrap().clear();
    assert_eq!(pump.turn(db.clone()).await.unwrap(), Pumped::Dry);
    std::mem::take(&mut *said.lock().unwrap())
}

async fn a_batch_costs_the_same_statements_whatever_its_size(profile: Profile) {
    let mut services = Services::make(profile).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    services.config.listen = listener.local_addr().unwrap();
    let config = services.config.clone();
    let base = format!("http://{}", config.listen);
    // Nobody works here: what is posted waits until the counted pump below has its turn.
    let setup = Setup {
        password_cost: identity::PasswordCost::FOR_TESTS,
        ..Setup::new(Roles {
            serve: true,
            work: false,
        })
    };
    let platform = Platform::start(&config, setup).await.unwrap();
    let (identity, uncounted) = (platform.identity.clone(), platform.system.clone());
    let (end, ended) = oneshot::channel::<()>();
    let server = tokio::spawn(platform.serve(listener, async move { drop(ended.await) }));
    let (acme, tenant) = Bench::new(&identity, &uncounted, &base, "Acme", "100000111").await;
    let (globex, other) = Bench::new(&identity, &uncounted, &base, "Globex", "100000222").await;
    let (routes, vault) = (identity.routes(), identity.vault());

    let counted = Said::default();
    let mut connection = config.database().connect().await.unwrap();
    let said = counted.clone();
    connection.set_metric_callback(move |info| said.lock().unwrap().push(short(&info.statement.sql)));
    let system = SystemDb::new(connection, Clock::system(), Arc::new(Nobody));
    let addresses = Addresses {
        graph: config.graph_url.clone(),
        simulator: None,
        public: base.parse().unwrap(),
    };
    let directory = Contacts::new().directory();
    let messaging = Messaging::new(
        reqwest::Client::new(),
        wire(&addresses).unwrap(),
        routes,
        vault,
        host::limiter(None),
        directory,
        addresses,
        media_parts(&config).unwrap(),
    );
    let pump = &messaging.pumps()[0];
    let db = system.tenant(tenant);

    // The first body makes contact, conversation and all; it also asks for the day's sweep.
    acme.message(0).await;
    acme.status("wamid.OUT0", "sent", 0).await;
    statements(pump, &db, &counted).await;
    // Messages of ours that statuses can move.
    let ours = "INSERT INTO messaging_messages (tenant_id, id, conversation_id, channel_id, contact_id, direction, kind, status, \
                status_rank, content, preview, wamid, at, created_at) SELECT tenant_id, ?, conversation_id, channel_id, contact_id, \
                'outbound', kind, 'accepted', 40, content, preview, ?, at, created_at FROM messaging_messages WHERE wamid = 'wamid.IN000000'";
    let on = system.across_tenants("a test makes what it needs");
    for serial in 0..408 {
        let id: uuid::Uuid = system.clock().new_uuid();
        let values = [id.into(), format!("wamid.OURS{serial}").into()];
        let made = Statement::from_sql_and_values(on.get_database_backend(), ours, values);
        assert_eq!(on.execute_raw(made).await.unwrap().rows_affected(), 1);
    }
    let show = async |what: &str| {
        let said = statements(pump, &db, &counted).await;
        println!("{profile:?}, {what}: {}\n    {}", said.len(), said.join("\n    "));
    };
    acme.message(50).await;
    show("text of a new person").await;
    acme.again(50, 1).await;
    show("text of a known person").await;
    acme.again(50, 1).await;
    show("the same text again").await;
    acme.status("wamid.OURS7", "sent", 0).await;
    show("status of ours").await;
    acme.status("wamid.OURS7", "sent", 0).await;
    show("the same status again").await;
    acme.status("wamid.STRANGE", "sent", 0).await;
    show("status of nobody's").await;
    for serial in 0..100 { acme.message(20_000 + serial).await; }
    show("100 texts of new people").await;
    for serial in 0..100 { acme.again(20_000 + serial, 1).await; }
    show("100 texts of known people").await;
    for serial in 0..100 { acme.status(&format!("wamid.OURS{}", 100 + serial), "delivered", 5).await; }
    show("100 statuses of one second").await;
    for serial in 0..100 { acme.status(&format!("wamid.OURS{}", 200 + serial), "delivered", serial).await; }
    show("100 statuses of 100 seconds").await;
    for serial in 0..100 { for (second, status) in ["sent", "delivered", "read"].into_iter().enumerate() { acme.status(&format!("wamid.OURS{}", 300 + serial), status, second + serial / 10).await; } }
    show("300 statuses of 100 messages").await;
    // Everything at once: known and new customers, statuses of ours and of nobody's, of every kind and second.
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
        // More than the first, cautious read of a turn takes: the rest is one batch more at most.
        let batches = if size * 6 > 16 { 2 } else { 1 };
        let cost = statements(pump, &db, &counted).await.len();
        assert!(
            cost <= batches * A_BATCH,
            "{profile:?}: {cost} statements for {batches} batches of {size} times six"
        );
        few = few.max(cost / batches);
    }
    println!("statements a batch, {profile:?}: {few}");
    // A neighbour's bodies are not touched by any of this.
    globex.message(1).await;
    assert_eq!(pump.turn(db).await.unwrap(), Pumped::Dry);
    let count_of = async |tenant: TenantId, table: &str| -> i64 {
        let sql = format!("SELECT COUNT(*) AS n FROM {table} WHERE tenant_id = ?");
        let asked = Statement::from_sql_and_values(on.get_database_backend(), sql, [tenant.into()]);
        on.query_one_raw(asked)
            .await
            .unwrap()
            .unwrap()
            .try_get("", "n")
            .unwrap()
    };
    assert_eq!(count_of(tenant, "messaging_inbox").await, 0);
    assert_eq!(count_of(other, "messaging_inbox").await, 1);
    assert_eq!(pump.turn(system.tenant(other)).await.unwrap(), Pumped::Dry);
    assert_eq!(count_of(other, "messaging_messages").await, 1);
    drop((acme, globex));
    let _ = end.send(());
    server.await.unwrap().unwrap();
    drop((messaging, system, identity, uncounted));
    services.remove().await;
}

/// Not over `TestApp`: there, the platform's own worker would take the webhooks before they are a batch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_costs_the_same_statements_whatever_its_size_embedded() {
    a_batch_costs_the_same_statements_whatever_its_size(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_costs_the_same_statements_whatever_its_size_production() {
    a_batch_costs_the_same_statements_whatever_its_size(Profile::Production).await;
}

//! How the databases find a page of the inbox: through one index, in its order, whatever the filter.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use channels::Addresses;
use host::{
    App, AppOptions, BodyLimits, Bus,
    app::PublicConfig,
    live::{Hub, LiveLimits},
};
use kernel::{Actor, Authenticator, Caller, Clock, SystemDb, TenantDb, tenant::Wake};
use poem::{Endpoint, Request, http::StatusCode};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use server::{
    media_parts,
    modules::{Deps, modules},
    wire,
};
use testkit::on_both_profiles;

struct Nobody;
impl Wake for Nobody {
    fn events(&self) {}
    fn jobs(&self) {}
    fn arrivals(&self, _: &[kernel::TenantId]) {}
}

/// Everybody who asks is this tenant's program.
struct OneTenant(TenantDb);

#[async_trait::async_trait]
impl Authenticator for OneTenant {
    async fn authenticate(&self, _: &Request) -> kernel::Result<Caller> {
        Ok(Caller {
            actor: Actor::ApiKey {
                id: "key".to_owned(),
                name: "A test".to_owned(),
            },
            db: self.0.clone(),
            permissions: BTreeSet::from(["messages:read".to_owned()]),
            modules: BTreeSet::from(["messaging".to_owned(), "channels".to_owned()]),
        })
    }
}

/// What the database says about how it runs a statement.
async fn plan(on: &sea_orm::DatabaseConnection, statement: &Statement) -> String {
    let sql = &statement.sql;
    let backend = on.get_database_backend();
    let (verb, columns): (&str, &[&str]) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", &["detail"]),
        _ => ("EXPLAIN", &["key", "Extra"]),
    };
    let values = statement.values.clone().unwrap().0;
    let explain = Statement::from_sql_and_values(backend, format!("{verb} {sql}"), values);
    let rows = on.query_all_raw(explain).await.unwrap();
    let lines = rows.iter().map(|row| {
        let words = columns.iter().map(|column| {
            row.try_get::<Option<String>>("", column)
                .unwrap()
                .unwrap_or_default()
        });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

on_both_profiles! {
    async fn a_page_is_read_through_one_index(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            for n in 0..5 {
                tenant.customer_writes(&format!("44770096000{n}"), "Hello");
            }
        }
        app.settled().await;
        // The same modules over a database that shows its lists.
        let said: Arc<Mutex<Vec<Statement>>> = Arc::default();
        let connection = app.config.database().connect().await.unwrap();
        let heard = said.clone();
        let system = SystemDb::new(connection, Clock::system(), Arc::new(Nobody))
            .with_list_watch(move |statement| heard.lock().unwrap().push(statement.clone()));
        let addresses = Addresses {
            graph: app.config.graph_url.clone(),
            simulator: None,
            public: app.base.parse().unwrap(),
        };
        let (modules, _) = modules(Deps {
            identity: app.identity.clone(),
            limiter: host::limiter(None),
            http: reqwest::Client::new(),
            wire: wire(&addresses).unwrap(),
            addresses,
            media: media_parts(&app.config).unwrap(),
        });
        let hub = Hub::new(system.clone(), Bus::local(), tokio_util::sync::CancellationToken::new());
        let options = AppOptions {
            config: PublicConfig::default(),
            authenticator: Arc::new(OneTenant(system.tenant(app.acme.id))),
            more_routes: None,
            hosts: app.config.hosts().unwrap(),
            https: false,
            live_ping: Duration::from_secs(20),
            live_limits: LiveLimits::default(),
            redis: None,
            bodies: BodyLimits::default(),
        };
        let inside = App::build(&modules, &system, &hub, options).unwrap();
        let person = "usr_0199c0a4d2c87b1e9a3f5d6e7f809112";
        let by_state = "messaging_conversations_by_state_last_at_id";
        let by_assignee = "messaging_conversations_by_assignee_id_last_at_id";
        for (query, index) in [
            ("state=open".to_owned(), by_state),
            ("state=snoozed".to_owned(), by_state),
            (format!("assignee={person}"), by_assignee),
            ("assignee=none".to_owned(), by_assignee),
            (format!("assignee={person}&state=open"), by_state),
            (format!("assignee={person}&state=resolved"), by_assignee),
        ] {
            said.lock().unwrap().clear();
            let uri = format!("/api/v1/conversations?{query}");
            let request = Request::builder().uri(uri.parse().unwrap()).header("host", "localhost").finish();
            let answer = inside.endpoint.get_response(request).await;
            assert_eq!(answer.status(), StatusCode::OK, "{query}: {:?}", answer.into_body().into_string().await);
            let pages = std::mem::take(&mut *said.lock().unwrap());
            let [page] = pages.as_slice() else {
                panic!("{query}: {pages:?}");
            };
            let on = app.system.across_tenants("a test asks how a statement is run");
            let plan = plan(on, page).await;
            // SQLite takes no hint: of two filters it may start with either.
            let either = on.get_database_backend() == DbBackend::Sqlite && query.contains('&');
            let fits = plan.contains(index) || either && plan.contains("messaging_conversations_by_");
            assert!(fits, "{query}: {plan}\n{}", page.sql);
            assert!(!plan.contains("filesort") && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
            assert_eq!(plan.lines().count(), 1, "{query}: {plan}");
        }
        // The look for rows of earlier versions is one step in an index, too.
        let probe = "SELECT id FROM messaging_conversations WHERE tenant_id = ? AND state IS NULL LIMIT 1";
        let on = app.system.across_tenants("a test asks how a statement is run");
        let probe = Statement::from_sql_and_values(on.get_database_backend(), probe, [app.acme.id.into()]);
        let plan = plan(on, &probe).await;
        assert!(plan.contains(by_state), "{plan}");
        drop((modules, inside, hub, system));
    }
}

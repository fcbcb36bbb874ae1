//! The demo: two tenants of one reseller, people, contacts, a simulated number each, and first messages.
//!
//! Tenants and users are created directly, everything else through the public API, like a customer's program.

mod templates;

use std::path::Path;

use anyhow::{Context, ensure};
use cloud_sim::{Provision, Simulator};
use host::app::DemoLogin;
use identity::{Identity, Role};
use kernel::SystemDb;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Config;

/// The password of every user of the demo.
pub const PASSWORD: &str = "demo-password";

/// The demo's data that a later start needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demo {
    /// An API key of the first tenant.
    pub api_key: String,
}

struct Business {
    name: &'static str,
    agent: (&'static str, &'static str),
    number: &'static str,
    /// Name, phone, tags, last order.
    contacts: &'static [(
        &'static str,
        &'static str,
        &'static [&'static str],
        Option<&'static str>,
    )],
    /// Sender and text, oldest first.
    messages: &'static [(&'static str, &'static str)],
    /// Templates of its account, besides the simulator's own.
    templates: fn() -> Vec<Value>,
}

const ADMIN: (&str, &str) = ("admin@demo.example", "Alex Morgan");

const BUSINESSES: [Business; 2] = [
    Business {
        name: "Acme Coffee",
        agent: ("maya@acme.example", "Maya Chen"),
        number: "+447700900555",
        contacts: &[
            (
                "Ana Lima",
                "+447700900123",
                &["VIP", "Subscription"],
                Some("A-77"),
            ),
            ("Omar Haddad", "+447700900124", &["Wholesale"], Some("W-12")),
            ("Priya Nair", "+447700900125", &["Subscription"], Some("A-81")),
            ("Tom Becker", "+447700900126", &[], None),
        ],
        messages: &[
            (
                "+447700900124",
                "Morning! Could you send me the wholesale price list?",
            ),
            ("+447700900125", "My beans arrived today, they smell wonderful ☕"),
            ("+447700900123", "Hi, is my order A-77 on its way?"),
        ],
        templates: templates::of_the_shop,
    },
    Business {
        name: "Globex Travel",
        agent: ("omar@globex.example", "Omar Reyes"),
        number: "+447700900666",
        contacts: &[
            ("Lena Fischer", "+447700900223", &["Summer 2027"], None),
            ("Yusuf Demir", "+447700900224", &["Corporate"], None),
        ],
        messages: &[
            ("+447700900224", "We need flights for twelve people in March."),
            ("+447700900223", "Is breakfast included in the Lisbon offer?"),
        ],
        templates: templates::of_the_agency,
    },
];

/// The sign-ins, for the first page and the terminal.
pub fn logins() -> Vec<DemoLogin> {
    let login = |label: String, email: &str| DemoLogin {
        label,
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
    };
    let agents = BUSINESSES
        .iter()
        .map(|b| login(format!("{}, agent at {}", b.agent.1, b.name), b.agent.0));
    std::iter::once(login(format!("{}, administrator of both", ADMIN.1), ADMIN.0))
        .chain(agents)
        .collect()
}

/// Whether the demo was made here.
///
/// # Errors
/// The database's.
pub async fn is_in(identity: &Identity) -> anyhow::Result<bool> {
    Ok(identity.find_user_by_email(ADMIN.0).await?.is_some())
}

/// The demo's users who still have its public password.
///
/// # Errors
/// The database's.
pub async fn leftovers(identity: &Identity) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for login in logins() {
        if identity
            .has_password(&login.email, SecretString::from(PASSWORD))
            .await?
        {
            found.push(login.email);
        }
    }
    Ok(found)
}

/// Warns in the log when users of an earlier demo can still sign in although the demo is off.
pub async fn warn_of_leftovers(config: &Config, identity: &Identity) {
    if config.demo {
        return;
    }
    match leftovers(identity).await {
        Ok(people) if people.is_empty() => {}
        Ok(people) => tracing::warn!(
            people = people.join(", "),
            "this installation holds the demo from an earlier start, and its people sign in with a public password: give each \
             another with `wapro user set-password`, or begin with an empty database and data folder. Its simulated numbers \
             send nothing without the simulator"
        ),
        Err(error) => tracing::warn!(%error, "whether people of the demo are left cannot be told"),
    }
}

/// The file with the demo's data.
pub fn file(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join("demo.json")
}

/// Fills an empty installation. The server must be serving at `base` already.
///
/// # Errors
/// A message that names the step.
pub async fn seed(
    identity: &Identity,
    system: &SystemDb,
    simulator: &Simulator,
    base: &str,
) -> anyhow::Result<Demo> {
    let reseller = identity.create_reseller("Northwind Partners").await?;
    let admin = identity
        .create_user(ADMIN.0, ADMIN.1, SecretString::from(PASSWORD))
        .await?;
    let mut demo = None;
    for business in &BUSINESSES {
        let tenant = identity.create_tenant(reseller, business.name).await?;
        let agent = identity
            .create_user(business.agent.0, business.agent.1, SecretString::from(PASSWORD))
            .await?;
        identity.add_member(tenant, admin, Role::Admin).await?;
        identity.add_member(tenant, agent, Role::Agent).await?;
        let scopes: Vec<&str> = identity
            .permissions()
            .iter()
            .map(|permission| permission.name)
            .collect();
        let key = identity
            .create_api_key(&system.tenant(tenant), "Quick start", &scopes, None)
            .await?;
        let api = Api {
            http: reqwest::Client::new(),
            base: format!("{base}/api/v1"),
            key: key.secret.clone(),
        };
        furnish(&api, simulator, base, business)
            .await
            .with_context(|| format!("the demo of {}", business.name))?;
        demo.get_or_insert(Demo {
            api_key: key.secret.expose_secret().to_owned(),
        });
    }
    demo.context("the demo has no business")
}

async fn furnish(api: &Api, simulator: &Simulator, base: &str, business: &Business) -> anyhow::Result<()> {
    for (name, phone, tags, order) in business.contacts {
        let mut contact = json!({ "name": name, "phone": phone, "tags": tags });
        if let Some(order) = order {
            contact["attributes"] = json!({ "last_order": order });
        }
        api.call(Method::POST, "/contacts", contact).await?;
    }
    for (name, phone, ..) in business.contacts {
        // The simulator knows them by the same name, regardless of who writes first.
        let person = json!({ "wa_id": phone.trim_start_matches('+'), "name": name });
        let made = api
            .http
            .post(format!("{base}/_sim/users"))
            .json(&person)
            .send()
            .await?;
        ensure!(
            made.status().is_success(),
            "the simulator did not take {name}: {}",
            made.status()
        );
    }
    let own = (business.templates)();
    let number = simulator.provision(&Provision {
        phone_number: Some(business.number.to_owned()),
        verified_name: Some(business.name.to_owned()),
        waba_name: Some(business.name.to_owned()),
        templates: own.clone(),
        ..Provision::default()
    })?;
    let channel = json!({
        "name": format!("{} main line", business.name),
        "kind": "simulated",
        "phone_number_id": number.phone_number_id,
        "waba_id": number.waba_id,
        "access_token": number.access_token,
        "app_secret": number.app_secret,
        "verify_token": number.verify_token,
    });
    let channel = api.call(Method::POST, "/channels", channel).await?;
    let id = channel["id"].as_str().unwrap_or_default();
    // As a user would enter it in Meta's app configuration: account and template fields go there.
    let webhook = channel["webhook_url"].as_str().unwrap_or_default();
    simulator.set_callback(&number.app_id, webhook)?;
    let test = api
        .call(Method::POST, &format!("/channels/{id}/test"), Value::Null)
        .await?;
    ensure!(test["ok"] == true, "the simulated number does not work: {test}");
    templates::fill(api, &own).await.context("its templates")?;
    for (from, text) in business.messages {
        let name = business
            .contacts
            .iter()
            .find(|contact| contact.1 == *from)
            .map(|contact| contact.0);
        simulator.inbound(&json!({
            "phone_id": number.phone_number_id,
            "from": from.trim_start_matches('+'),
            "name": name,
            "type": "text",
            "text": { "body": text },
        }))?;
        // One after the other, so that the inbox has this order.
        simulator.caught_up().await;
    }
    Ok(())
}

/// The public API, as a customer's program uses it.
struct Api {
    http: reqwest::Client,
    base: String,
    key: SecretString,
}

impl Api {
    async fn call(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(self.key.expose_secret());
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        ensure!(status.is_success(), "{path} answered {status}: {text}");
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}

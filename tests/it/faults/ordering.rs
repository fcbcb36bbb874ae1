//! The result does not depend on the order: a stream of webhooks, shuffled, duplicated, cut and merged, ends in the same rows.
//!
//! One tenant receives the stream in order, one change per body; the other receives it in disorder. Their rows must be equal
//! except for ids and times of arrival.

use std::collections::BTreeSet;

use chrono::Utc;
use cloud_sim::Delays;
use kernel::SystemDb;
use sea_orm::{FromQueryResult, Statement, Value as SqlValue};
use serde_json::{Value, json};
use testkit::{Profile, Tenant, TestApp};

use super::{Dice, first_seed, seeds};

/// Columns that always differ: ids and times of arrival.
const OURS: &[&str] = &[
    "id",
    "tenant_id",
    "conversation_id",
    "channel_id",
    "contact_id",
    "message_id",
    "media_id",
    "chunk_id",
    "last_message_id",
    "created_at",
    "updated_at",
    "received_at",
    "learned_at",
    "sent_by",
    "digest",
    "routed_at",
    "waba_id",
    "phone_number_id",
];

/// The compared tables, and how their rows identify what they belong to.
const TABLES: &[(&str, &str)] = &[
    (
        "messages in",
        "SELECT m.*, i.value AS whose FROM messaging_messages m JOIN contacts_identities i ON i.tenant_id = m.tenant_id \
      AND i.contact_id = m.contact_id AND i.kind = 'phone' WHERE m.tenant_id = ? AND m.direction = 'inbound'",
    ),
    (
        "messages out",
        "SELECT m.wamid, m.status, m.status_rank, m.error, m.sent_at, m.delivered_at, m.read_at, m.failed_at \
      FROM messaging_messages m WHERE m.tenant_id = ? AND m.direction = 'outbound'",
    ),
    (
        "conversations",
        "SELECT c.unread, c.last_inbound_at, c.last_direction, c.preview, i.value AS whose FROM messaging_conversations c \
      JOIN contacts_identities i ON i.tenant_id = c.tenant_id AND i.contact_id = c.contact_id AND i.kind = 'phone' WHERE c.tenant_id = ?",
    ),
    (
        "statuses",
        "SELECT s.*, s.message_id IS NULL AS stray FROM messaging_statuses s WHERE s.tenant_id = ?",
    ),
    (
        "kept",
        "SELECT * FROM messaging_webhook_events WHERE tenant_id = ?",
    ),
    (
        "contacts",
        "SELECT c.name, c.name_from_profile, c.profile_name, c.profile_at, c.book_name, c.book_at, c.search, c.marketing, c.marketing_at, c.marketing_detail, \
      i.kind, i.value, CASE WHEN i.kind = 'username' THEN i.learned_at END AS seen_with_it_at \
      FROM contacts_contacts c JOIN contacts_identities i ON i.tenant_id = c.tenant_id AND i.contact_id = c.id WHERE c.tenant_id = ?",
    ),
    (
        "amendments",
        "SELECT * FROM messaging_amendments WHERE tenant_id = ?",
    ),
    (
        "timeline",
        "SELECT field, event, topic, severity, title, detail, at FROM channels_account_events WHERE tenant_id = ?",
    ),
    (
        "channels",
        "SELECT held_reason, held_until, restricted_reason, restricted_until, messaging_limit, throughput, quality_rating, name_status FROM channels_channels \
      WHERE tenant_id = ?",
    ),
];

/// The tenant's rows, without the columns that always differ, sorted. `names` maps texts of this tenant to names common to both.
async fn digest(system: &SystemDb, tenant: &Tenant, names: &[(String, String)]) -> BTreeSet<String> {
    let on = system.across_tenants("a test compares tables");
    let mut digest = BTreeSet::new();
    for (table, sql) in TABLES {
        let statement =
            Statement::from_sql_and_values(on.get_database_backend(), *sql, [SqlValue::from(tenant.id)]);
        let rows = Value::find_by_statement(statement).all(on).await.unwrap();
        for mut row in rows {
            let columns = row.as_object_mut().unwrap();
            columns.retain(|name, _| !OURS.contains(&name.as_str()));
            let mut text = format!("{table}: {row}");
            for (ours, name) in names {
                text = text.replace(ours, name);
            }
            // Equal rows are counted.
            let copies = (0..).find(|copy| digest.insert(format!("{text} #{copy}")));
            assert!(copies.is_some());
        }
    }
    digest
}

/// Messages of a case's customers and statuses of our messages to them, in order. `{OUT0}` and so on are placeholders for the
/// wamids of our messages.
fn stream(case: usize, dice: &mut Dice) -> Vec<Value> {
    let from = |number: usize| format!("4477{:08}", 40_000_000 + case * 10 + number);
    // In the past, and each at a different second.
    let start = Utc::now().timestamp() - 7_200;
    let mut second = 0;
    let mut at = || {
        second += 1;
        (start + second).to_string()
    };
    let wamid = |number: usize| format!("wamid.CASE{case}.{number}");
    let mut changes = Vec::new();
    let mut number = 0;
    // Profile names change with every message, and a username moves from one person to another.
    let looks: Vec<[u64; 2]> = (0..64).map(|_| [dice.below(4), dice.below(4)]).collect();
    let mut message = |customer: usize, mut body: Value, changes: &mut Vec<Value>| {
        number += 1;
        body["from"] = from(customer).into();
        body["id"] = wamid(number).into();
        body["timestamp"] = at().into();
        let mut contact = json!({ "wa_id": from(customer), "profile": {} });
        let [name, username] = looks[number];
        if let Some(name) = ["Customer", "Client", "Guest"].get(usize::try_from(name).unwrap()) {
            contact["profile"]["name"] = format!("{name} {customer}").into();
        }
        if let Some(username) = ["ada", "ben", "cleo"].get(usize::try_from(username).unwrap()) {
            contact["profile"]["username"] = format!("{username}.{case}").into();
        }
        changes.push(json!({ "contacts": [contact], "messages": [body] }));
        number
    };
    for customer in 0..3 {
        let first = message(
            customer,
            json!({ "type": "text", "text": { "body": "Good morning" } }),
            &mut changes,
        );
        let kinds = [
            json!({ "type": "text", "text": { "body": format!("Number {}", dice.below(1_000)) }, "context": { "from": "1", "id": "{OUT0}" } }),
            json!({ "type": "location", "location": { "latitude": 51.5, "longitude": -0.12, "name": "Here" } }),
            json!({ "type": "reaction", "reaction": { "message_id": "{OUT0}", "emoji": "👍" } }),
            json!({ "type": "reaction", "reaction": { "message_id": "{OUT0}", "emoji": "❤" } }),
            json!({ "type": "reaction", "reaction": { "message_id": "{OUT1}" } }),
            json!({ "type": "edit", "edit": { "original_message_id": wamid(first), "message": { "type": "text", "text": { "body": "Good evening" } } } }),
            json!({ "type": "unsupported", "errors": [{ "code": 131_051, "title": "Message type unknown" }] }),
            json!({ "type": "button", "button": { "text": "Yes", "payload": "YES" } }),
            json!({ "type": "revoke", "revoke": { "original_message_id": wamid(first) } }),
        ];
        for kind in kinds {
            if dice.below(4) > 0 {
                message(customer, kind, &mut changes);
            }
        }
    }
    for (out, words) in [
        ["delivered", "read", "read"],
        ["read", "delivered", "played"],
        ["failed", "delivered", "read"],
        ["failed", "failed", "failed"],
    ]
    .iter()
    .enumerate()
    {
        for word in words.iter().take(1 + usize::try_from(dice.below(3)).unwrap()) {
            let mut status = json!({ "id": format!("{{OUT{out}}}"), "status": word, "timestamp": at(), "recipient_id": from(out) });
            if *word == "failed" {
                status["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
            }
            if dice.below(2) == 0 {
                status["biz_opaque_callback_data"] = format!("{{ID{out}}}").into();
            }
            // The same status of the same message is a redelivery.
            let again = changes.iter().find(|change| {
                let told = &change["statuses"][0];
                told["id"] == status["id"] && told["status"] == status["status"]
            });
            let status = again.map_or(status, |change| change["statuses"][0].clone());
            changes.push(json!({ "statuses": [status] }));
        }
    }
    for _ in 0..4 {
        let states = ["DISABLE", "REINSTATE", "SCHEDULE_FOR_DISABLE"];
        let state = states[usize::try_from(dice.below(3)).unwrap()];
        let ban = json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": [state], "waba_ban_date": "April 17, 2026" } });
        changes.push(json!({ "$field": "account_update", "$time": at(), "$value": ban }));
        let kind = [
            "RESTRICTED_BIZ_INITIATED_MESSAGING",
            "RESTRICTED_ADD_PHONE_NUMBER_ACTION",
        ][usize::try_from(dice.below(2)).unwrap()];
        let restriction =
            json!({ "event": "ACCOUNT_RESTRICTION", "restriction_info": [{ "restriction_type": kind }] });
        changes.push(json!({ "$field": "account_update", "$time": at(), "$value": restriction }));
        let limit = [250, 2_000, 10_000][usize::try_from(dice.below(3)).unwrap()];
        let capability =
            json!({ "max_daily_conversations_per_business": limit, "max_phone_numbers_per_waba": 25 });
        changes.push(json!({ "$field": "business_capability_update", "$time": at(), "$value": capability }));
        let wish = if dice.below(2) == 0 { "stop" } else { "resume" };
        let preference = json!({ "wa_id": from(0), "category": "marketing_messages", "value": wish, "detail": wish, "timestamp": at() });
        changes.push(json!({ "$field": "user_preferences", "user_preferences": [preference] }));
    }
    // Their names in the phone's address book.
    for _ in 0..4 {
        let customer = usize::try_from(dice.below(3)).unwrap();
        let mut entry = json!({ "type": "contact", "action": "add", "metadata": { "timestamp": at() },
            "contact": { "full_name": format!("Book {}", dice.below(100)), "phone_number": from(customer) } });
        if dice.below(3) == 0 {
            entry["action"] = "remove".into();
        }
        changes.push(json!({ "$field": "smb_app_state_sync", "state_sync": [entry] }));
    }
    let stranger = json!({ "id": format!("wamid.STRAY{case}"), "status": "delivered", "timestamp": at(), "recipient_id": "1" });
    changes.push(json!({ "statuses": [stranger] }));
    changes
}

/// Wraps changes into one body for a tenant: as changes of one entry, or as separate entries. Account fields, which have a time,
/// always have a separate entry.
fn body(tenant: &Tenant, changes: &[Value], names: &[(String, String)], apart: bool) -> Vec<u8> {
    let (of_account, of_number): (Vec<&Value>, Vec<&Value>) =
        changes.iter().partition(|change| change.get("$time").is_some());
    let wrapped: Vec<Value> = of_number
        .into_iter()
        .map(|value| {
            let mut value = value.clone();
            let field = value.as_object_mut().unwrap().remove("$field");
            value["messaging_product"] = "whatsapp".into();
            value["metadata"] =
                json!({ "display_phone_number": "447700900555", "phone_number_id": tenant.phone_id });
            json!({ "field": field.unwrap_or("messages".into()), "value": value })
        })
        .collect();
    let entry = |changes: &[Value]| json!({ "id": tenant.waba_id, "changes": changes });
    let mut entries: Vec<Value> = match apart {
        _ if wrapped.is_empty() => Vec::new(),
        true => wrapped.chunks(1).map(entry).collect(),
        false => vec![entry(&wrapped)],
    };
    entries.extend(of_account.into_iter().map(|told| {
        let time: i64 = told["$time"].as_str().unwrap().parse().unwrap();
        let change = json!({ "field": told["$field"], "value": told["$value"] });
        json!({ "id": tenant.waba_id, "time": time, "changes": [change] })
    }));
    let mut text = json!({ "object": "whatsapp_business_account", "entry": entries }).to_string();
    for (ours, name) in names {
        text = text.replace(name, ours);
    }
    text.into_bytes()
}

/// Four messages that WhatsApp has accepted, whose statuses come in the stream. Returns the placeholders' wamids.
async fn our_messages(app: &TestApp, tenant: &Tenant, case: usize) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for out in 0..4 {
        let to = format!("+4477{:08}", 40_000_000 + case * 10 + out);
        let template = json!({ "to": { "phone": to }, "type": "template", "template": { "name": "hello_world", "language": "en_US" } });
        let queued = tenant.post("/messages", template).await.expect(202);
        let id = queued["id"].as_str().unwrap().to_owned();
        let message = app
            .until(tenant, &format!("/messages/{id}"), |message| {
                message["status"] == "accepted"
            })
            .await;
        names.push((
            message["wamid"].as_str().unwrap().to_owned(),
            format!("{{OUT{out}}}"),
        ));
        names.push((id, format!("{{ID{out}}}")));
    }
    names
}

/// One case: in order for one tenant, in disorder for the other.
async fn compared(app: &TestApp, case: usize, seed: u64) {
    let mut dice = Dice(seed);
    let changes = stream(case, &mut dice);
    let (acme, globex) = (&app.acme, &app.globex);
    let (in_order, in_disorder) = (
        our_messages(app, acme, case).await,
        our_messages(app, globex, case).await,
    );
    for change in &changes {
        acme.webhook(&body(acme, std::slice::from_ref(change), &in_order, false))
            .await
            .expect(200);
        // Each is applied before the next is posted.
        app.idle().await;
    }
    let mut told = changes.clone();
    told.extend(changes.iter().filter(|_| dice.below(3) == 0).cloned());
    dice.shuffle(&mut told);
    let mut bodies = Vec::new();
    while !told.is_empty() {
        let some = 1 + usize::try_from(dice.below(6)).unwrap();
        let some: Vec<Value> = told.drain(..some.min(told.len())).collect();
        bodies.push(body(globex, &some, &in_disorder, dice.below(2) == 0));
    }
    bodies.extend(bodies.clone().into_iter().filter(|_| dice.below(4) == 0));
    for together in bodies.chunks(4) {
        let posts = together.iter().map(|body| globex.webhook(body));
        for answer in futures_util::future::join_all(posts).await {
            answer.expect(200);
        }
    }
    app.idle().await;
    let orderly = digest(&app.system, acme, &in_order).await;
    let disorderly = digest(&app.system, globex, &in_disorder).await;
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!(
        (only(&orderly, &disorderly), only(&disorderly, &orderly)),
        (vec![], vec![]),
        "case {case}, seed {seed}: left in order, right in disorder"
    );
    assert!(orderly.len() > 20, "{orderly:?}");
}

/// The simulator sends no webhooks here: every status comes from the stream.
async fn silent(profile: Profile) -> TestApp {
    let never = 1_000_000_000_000;
    TestApp::start_with(
        profile,
        |_| {},
        |sim| {
            sim.delays = Delays {
                sent_ms: never,
                delivered_ms: never,
                read_ms: never,
                ..Delays::default()
            };
            sim.portfolio_limit = false;
        },
    )
    .await
}

async fn any_order_ends_alike(profile: Profile, cases: u64) {
    for case in 0..cases {
        // Each case on new tenants: all their rows are compared.
        let app = silent(profile).await;
        compared(&app, usize::try_from(case).unwrap(), first_seed() + case).await;
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_and_repetition_ends_in_the_same_rows_embedded() {
    any_order_ends_alike(Profile::Embedded, seeds(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_and_repetition_ends_in_the_same_rows_production() {
    any_order_ends_alike(Profile::Production, seeds(2)).await;
}

/// 64 posts at once about 200 unknown people: one contact and one conversation each, and all messages.
async fn newcomers_at_once(profile: Profile) {
    let app = TestApp::start(profile).await;
    let posts = (0..64).map(|post| {
        let value: Vec<Value> = (0..200)
            .filter(|person| (person + post) % 8 == 0)
            .map(|person| {
                let from = format!("4477{:08}", 50_000_000 + person);
                let message = json!({ "from": from, "id": format!("wamid.NEW.{post}.{person}"), "timestamp": "1790000000", "type": "text", "text": { "body": "Hi" } });
                json!({ "contacts": [{ "wa_id": from, "profile": { "name": from } }], "messages": [message] })
            })
            .collect();
        let body = body(&app.acme, &value, &[], post % 2 == 0);
        let tenant = &app.acme;
        async move { tenant.webhook(&body).await.status }
    });
    let statuses: BTreeSet<u16> = futures_util::future::join_all(posts).await.into_iter().collect();
    assert_eq!(statuses, BTreeSet::from([200]));
    app.settled().await;
    assert_eq!(app.acme.all("/contacts").await.len(), 200);
    let conversations = app.acme.all("/conversations").await;
    assert_eq!(conversations.len(), 200);
    let unread: i64 = conversations
        .iter()
        .map(|conversation| conversation["unread"].as_i64().unwrap())
        .sum();
    assert_eq!(unread, 64 * 25);
    assert_eq!(app.globex.all("/contacts").await.len(), 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_newcomers_at_once_are_one_contact_each_embedded() {
    newcomers_at_once(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_newcomers_at_once_are_one_contact_each_production() {
    newcomers_at_once(Profile::Production).await;
}

testkit::on_both_profiles! {
    /// Webhooks days late, from the future, with a thousand changes, with two numbers in one body.
    async fn late_early_large_and_mixed(app: &TestApp) {
        let (acme, now) = (&app.acme, Utc::now().timestamp());
        let text = |from: &str, wamid: &str, at: i64| json!({
            "contacts": [{ "wa_id": from }],
            "messages": [{ "from": from, "id": wamid, "timestamp": at.to_string(), "type": "text", "text": { "body": wamid } }],
        });
        // Three days late: it is sorted by its time, and it opens no window.
        let late = text("447700900001", "wamid.LATE", now - 3 * 86_400);
        let early = text("447700900002", "wamid.EARLY", now + 3 * 86_400);
        acme.webhook(&body(acme, &[late, early], &[], false)).await.expect(200);
        app.settled().await;
        let refused = acme.sends("447700900001", "Too late").await;
        assert_eq!((refused.status, refused.code()), (409, "window_closed"), "{}", refused.json);
        let messages = acme.all("/messages").await;
        let of = |wamid: &str| messages.iter().find(|message| message["wamid"] == wamid).unwrap().clone();
        let at = |wamid: &str| chrono::DateTime::parse_from_rfc3339(of(wamid)["at"].as_str().unwrap()).unwrap().timestamp();
        assert_eq!(at("wamid.LATE"), now - 3 * 86_400);
        assert!(at("wamid.EARLY") <= Utc::now().timestamp() + 2, "the future counts as now");
        // A message from the future opens a window of the usual length.
        acme.sends("447700900002", "In time").await.expect(202);
        app.settled().await;
        app.clock.advance(chrono::TimeDelta::hours(25));
        let refused = acme.sends("447700900002", "Too late").await;
        assert_eq!((refused.status, refused.code()), (409, "window_closed"), "{}", refused.json);

        // A thousand changes, half of them about the other tenant's number: each gets what its own app secret signed.
        let shared = format!("/channels/{}", app.globex.channel_id);
        app.globex.patch(&shared, json!({ "app_secret": acme.app_secret })).await.expect(200);
        let many: Vec<Value> = (0..1_000)
            .map(|number| {
                let tenant = if number % 2 == 0 { acme } else { &app.globex };
                let mut value = text(&format!("4477{:08}", 60_000_000 + number % 50), &format!("wamid.MANY{number}"), now - 5_000 + number);
                value["messaging_product"] = "whatsapp".into();
                value["metadata"] = json!({ "display_phone_number": "1", "phone_number_id": tenant.phone_id });
                json!({ "field": "messages", "value": value })
            })
            .collect();
        let mixed = json!({ "object": "whatsapp_business_account", "entry": [{ "id": acme.waba_id, "changes": many }] });
        let mixed = mixed.to_string().into_bytes();
        acme.webhook(&mixed).await.expect(200);
        acme.webhook(&mixed).await.expect(200);
        app.settled().await;
        let count = async |tenant: &Tenant| {
            let inbound = tenant.all("/messages").await;
            inbound.iter().filter(|message| message["wamid"].as_str().is_some_and(|wamid| wamid.starts_with("wamid.MANY"))).count()
        };
        assert_eq!((count(acme).await, count(&app.globex).await), (500, 500));
        let unread: i64 = app.globex.all("/conversations").await.iter().map(|conversation| conversation["unread"].as_i64().unwrap()).sum();
        assert_eq!(unread, 500, "the second time is not news");
    }
}

//! State and assignment of conversations: by people, by other modules and by time; who hears of it live.

use chrono::{TimeDelta, Utc};
use contracts::messaging::{
    Change, ConversationId, ConversationRefusal, ConversationState, ConversationUpdate, TeamId,
};
use kernel::{UserId, id::Id};
use sea_orm::{ConnectionTrait, Statement, Value as Sql};
use serde_json::{Value, json};
use testkit::{LiveSocket, PASSWORD, Tenant, TestApp, on_both_profiles};
use uuid::Uuid;

/// The task that looks after all conversations of a tenant.
const REPAIR: &str = "messaging.repair_conversations";

/// The conversation of a customer who writes now.
async fn written(app: &TestApp, tenant: &Tenant, from: &str) -> String {
    tenant.customer_writes(from, "Hello");
    app.settled().await;
    of_phone(tenant, from).await["id"].as_str().unwrap().to_owned()
}

async fn of_phone(tenant: &Tenant, phone: &str) -> Value {
    let rows = tenant.all("/conversations").await;
    let this = format!("+{phone}");
    rows.into_iter()
        .find(|row| row["contact"]["phone"] == this)
        .unwrap()
}

async fn ids(tenant: &Tenant, query: &str) -> Vec<String> {
    let rows = tenant.all(&format!("/conversations?{query}")).await;
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

/// A member of the tenant and the cookie of their session.
async fn agent(app: &TestApp, tenant: &Tenant) -> (String, String) {
    let email = app.person(tenant, identity::Role::Agent).await;
    let body = json!({ "email": email, "password": PASSWORD });
    let url = format!("{}/api/v1/session", app.base);
    let signed_in = app.http.post(url).json(&body).send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let user = app.identity.find_user_by_email(&email).await.unwrap().unwrap();
    (user.id.to_string(), cookie)
}

async fn execute(app: &TestApp, sql: &str, values: Vec<Sql>) -> u64 {
    let on = app.system.across_tenants("a test changes rows");
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    on.execute_raw(statement).await.unwrap().rows_affected()
}

fn update(id: &str) -> ConversationUpdate {
    ConversationUpdate::of(id.parse::<ConversationId>().unwrap())
}

/// An event about this conversation.
async fn about(live: &mut LiveSocket, name: &str, id: &str) -> Value {
    loop {
        let event = live.event(name).await;
        let mut items = event["items"].as_array().unwrap().iter();
        if let Some(item) = items.find(|item| item["conversation_id"] == id) {
            return item.clone();
        }
    }
}

on_both_profiles! {
    async fn people_resolve_snooze_and_assign(app: &TestApp) {
        let id = written(app, &app.acme, "447700940001").await;
        let other = written(app, &app.globex, "447700940001").await;
        let path = format!("/conversations/{id}");
        let (maya, _) = agent(app, &app.acme).await;
        let (stranger, _) = agent(app, &app.globex).await;
        let changed = app.acme.patch(&path, json!({ "state": "resolved", "assignee_id": maya })).await.expect(200);
        assert_eq!((&changed["state"], &changed["assignee_id"]), (&json!("resolved"), &json!(maya)));
        let soon = Utc::now() + TimeDelta::hours(1);
        let changed = app.acme.patch(&path, json!({ "state": "snoozed", "snoozed_until": soon })).await.expect(200);
        assert_eq!((&changed["state"], &changed["assignee_id"]), (&json!("snoozed"), &json!(maya)));
        assert!(changed["snoozed_until"].is_string(), "{changed}");
        let changed = app.acme.patch(&path, json!({ "assignee_id": null, "state": "pending" })).await.expect(200);
        assert!(changed["assignee_id"].is_null() && changed["snoozed_until"].is_null(), "{changed}");
        for (body, field) in [
            (json!({ "assignee_id": stranger }), "assignee_id"),
            (json!({ "assignee_id": UserId::from_uuid(Uuid::now_v7()).to_string() }), "assignee_id"),
            (json!({ "state": "snoozed" }), "snoozed_until"),
            (json!({ "state": "snoozed", "snoozed_until": Utc::now() - TimeDelta::hours(1) }), "snoozed_until"),
            (json!({ "state": "snoozed", "snoozed_until": Utc::now() + TimeDelta::days(400) }), "snoozed_until"),
            (json!({ "snoozed_until": soon }), "snoozed_until"),
            (json!({ "state": "resolved", "snoozed_until": soon }), "snoozed_until"),
            (json!({ "state": null }), "state"),
        ] {
            let refused = app.acme.patch(&path, body.clone()).await;
            assert_eq!(refused.status, 422, "{body}");
            assert_eq!(refused.json["errors"][0]["field"], field, "{body}: {}", refused.json);
        }
        app.acme.patch(&format!("/conversations/{other}"), json!({ "state": "resolved" })).await.expect(404);
        assert_eq!(app.acme.get(&path).await.expect(200)["state"], "pending");
        assert_eq!(app.globex.get(&format!("/conversations/{other}")).await.expect(200)["state"], "open");
    }

    async fn what_a_customer_writes_opens_a_conversation_unless_it_is_pending(app: &TestApp) {
        let id = written(app, &app.acme, "447700940002").await;
        let path = format!("/conversations/{id}");
        let later = Utc::now() + TimeDelta::hours(2);
        for (state, then) in [
            (json!({ "state": "resolved" }), "open"),
            (json!({ "state": "snoozed", "snoozed_until": later }), "open"),
            (json!({ "state": "pending" }), "pending"),
        ] {
            app.acme.patch(&path, state.clone()).await.expect(200);
            app.acme.customer_writes("447700940002", "Once more");
            app.globex.customer_writes("447700940002", "To others");
            app.settled().await;
            let shown = app.acme.get(&path).await.expect(200);
            assert_eq!(shown["state"], then, "{state}");
            assert!(shown["snoozed_until"].is_null(), "{shown}");
        }
    }

    async fn a_snooze_ends_by_itself(app: &TestApp) {
        let mut acme = Vec::new();
        for phone in ["447700940003", "447700940004", "447700940005"] {
            acme.push(written(app, &app.acme, phone).await);
        }
        let other = written(app, &app.globex, "447700940003").await;
        let snooze = |hours| json!({ "state": "snoozed", "snoozed_until": app.system.clock().now() + TimeDelta::hours(hours) });
        for (id, hours) in acme.iter().zip([1, 1, 5]) {
            app.acme.patch(&format!("/conversations/{id}"), snooze(hours)).await.expect(200);
        }
        app.globex.patch(&format!("/conversations/{other}"), snooze(5)).await.expect(200);
        app.settled().await;
        assert_eq!(ids(&app.acme, "state=snoozed").await.len(), 3);
        let mut live = app.acme.live(None).await;
        app.clock.advance(TimeDelta::minutes(61));
        app.until(&app.acme, "/conversations?state=open", |page| page["items"].as_array().unwrap().len() == 2).await;
        about(&mut live, "conversations_changed", &acme[0]).await;
        assert_eq!(ids(&app.acme, "state=snoozed").await, [acme[2].clone()]);
        assert_eq!(ids(&app.globex, "state=snoozed").await, std::slice::from_ref(&other));
        // One that was woken by hand is not opened again by its old time.
        app.acme.patch(&format!("/conversations/{}", acme[2]), json!({ "state": "resolved" })).await.expect(200);
        app.clock.advance(TimeDelta::hours(5));
        app.until(&app.globex, "/conversations?state=open", |page| page["items"].as_array().unwrap().len() == 1).await;
        app.settled().await;
        assert_eq!(ids(&app.acme, "state=resolved").await, [acme[2].clone()]);
    }

    async fn other_modules_change_many_at_once_each_or_not_at_all(app: &TestApp) {
        let (first, second) = (written(app, &app.acme, "447700940006").await, written(app, &app.acme, "447700940007").await);
        let foreign = written(app, &app.globex, "447700940006").await;
        let absent = ConversationId::from_uuid(Uuid::now_v7()).to_string();
        let (maya, _) = agent(app, &app.acme).await;
        let (stranger, _) = agent(app, &app.globex).await;
        let until = app.system.clock().now() + TimeDelta::hours(1);
        let updates = [
            ConversationUpdate { state: Some(ConversationState::Pending), ..update(&first) },
            ConversationUpdate { state: Some(ConversationState::Resolved), ..update(&foreign) },
            ConversationUpdate { state: Some(ConversationState::Resolved), ..update(&absent) },
            ConversationUpdate { assignee: Change::Set(maya.parse().unwrap()), ..update(&first) },
            ConversationUpdate { state: Some(ConversationState::Snoozed { until }), ..update(&second) },
            ConversationUpdate { assignee: Change::Set(stranger.parse().unwrap()), ..update(&second) },
            ConversationUpdate { state: Some(ConversationState::Snoozed { until: until - TimeDelta::hours(2) }), ..update(&second) },
            ConversationUpdate { state: Some(ConversationState::Snoozed { until: until + TimeDelta::days(400) }), ..update(&second) },
        ];
        let mut tx = app.system.tenant(app.acme.id).begin().await.unwrap();
        let answers = app.ports.conversations.update(&mut tx, &updates).await.unwrap();
        assert_eq!(answers, [
            Ok(()),
            Err(ConversationRefusal::NoConversation),
            Err(ConversationRefusal::NoConversation),
            Ok(()),
            Ok(()),
            Err(ConversationRefusal::NotAMember),
            Err(ConversationRefusal::SnoozePast),
            Err(ConversationRefusal::SnoozeTooLong),
        ]);
        let ids: Vec<ConversationId> = [&first, &foreign, &second].iter().map(|id| id.parse().unwrap()).collect();
        let cards = app.ports.conversations.lock(&tx, &ids).await.unwrap();
        assert_eq!(cards.len(), 2, "{cards:?}");
        assert_eq!(cards[0].state, ConversationState::Pending);
        assert_eq!(cards[0].assignment.assignee_id.unwrap().to_string(), maya);
        // Nothing of it is there before the transaction commits, nor after one that does not.
        drop(tx);
        assert_eq!(app.acme.get(&format!("/conversations/{first}")).await.expect(200)["state"], "open");
        let mut tx = app.system.tenant(app.acme.id).begin().await.unwrap();
        app.ports.conversations.update(&mut tx, &updates).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(app.acme.get(&format!("/conversations/{first}")).await.expect(200)["state"], "pending");
        assert_eq!(app.acme.get(&format!("/conversations/{second}")).await.expect(200)["state"], "snoozed");
        assert_eq!(app.globex.get(&format!("/conversations/{foreign}")).await.expect(200)["state"], "open");
    }

    async fn a_list_is_filtered_by_state_and_assignee_page_by_page(app: &TestApp) {
        let (maya, cookie) = agent(app, &app.acme).await;
        let mut all = Vec::new();
        for n in 0..6 {
            app.acme.customer_writes(&format!("44770094002{n}"), "Hello");
            app.globex.customer_writes(&format!("44770094002{n}"), "Hello");
            app.settled().await;
            all.push(of_phone(&app.acme, &format!("44770094002{n}")).await["id"].as_str().unwrap().to_owned());
        }
        all.reverse();
        // Newest first: mine and open, mine and resolved, three of nobody's.
        for (place, body) in [(0, json!({ "assignee_id": maya })), (1, json!({ "assignee_id": maya, "state": "resolved" })), (4, json!({ "state": "resolved" })), (5, json!({ "assignee_id": maya }))] {
            app.acme.patch(&format!("/conversations/{}", all[place]), body).await.expect(200);
        }
        let at = |places: &[usize]| -> Vec<String> { places.iter().map(|place| all[*place].clone()).collect() };
        for (query, wanted) in [
            (format!("assignee={maya}"), at(&[0, 1, 5])),
            (format!("assignee={maya}&limit=1"), at(&[0, 1, 5])),
            (format!("assignee={maya}&state=open&limit=1"), at(&[0, 5])),
            (format!("assignee={maya}&state=resolved"), at(&[1])),
            ("assignee=none&limit=2".to_owned(), at(&[2, 3, 4])),
            ("assignee=none&state=open".to_owned(), at(&[2, 3])),
            ("state=resolved&limit=1".to_owned(), at(&[1, 4])),
            ("state=open&limit=3".to_owned(), at(&[0, 2, 3, 5])),
            ("state=pending".to_owned(), at(&[])),
            ("state=open&search=0940020".to_owned(), at(&[5])),
        ] {
            assert_eq!(ids(&app.acme, &query).await, wanted, "{query}");
        }
        // The person sees theirs as `me`; a key is nobody's.
        let mine = app.http.get(format!("{}/api/v1/conversations?assignee=me", app.base)).header("cookie", &cookie);
        let mine: Value = mine.send().await.unwrap().json().await.unwrap();
        assert_eq!(mine["items"].as_array().unwrap().len(), 3, "{mine}");
        for wrong in ["me", "everybody", "usr_1"] {
            let refused = app.acme.get(&format!("/conversations?assignee={wrong}")).await;
            assert_eq!(refused.json["errors"][0]["field"], "assignee", "{wrong}: {}", refused.json);
        }
        assert!(ids(&app.globex, &format!("assignee={maya}")).await.is_empty());
        assert_eq!(ids(&app.globex, "state=open").await.len(), 6);
    }

    async fn rows_of_earlier_versions_are_shown_rightly_before_and_after_they_are_filled(app: &TestApp) {
        let open = written(app, &app.acme, "447700940030").await;
        let read = written(app, &app.acme, "447700940031").await;
        app.acme.post(&format!("/conversations/{read}/read"), Value::Null).await.expect(204);
        let other = written(app, &app.globex, "447700940030").await;
        app.settled().await;
        let on = "UPDATE messaging_conversations SET state = NULL";
        assert_eq!(execute(app, on, Vec::new()).await, 3);
        let shown = async || {
            assert_eq!(ids(&app.acme, "state=open").await, std::slice::from_ref(&open));
            assert_eq!(ids(&app.acme, "state=resolved").await, std::slice::from_ref(&read));
            assert_eq!(app.acme.get(&format!("/conversations/{open}")).await.expect(200)["state"], "open");
            assert_eq!(app.acme.get(&format!("/conversations/{read}")).await.expect(200)["state"], "resolved");
            assert_eq!(ids(&app.globex, "state=open").await, std::slice::from_ref(&other));
        };
        shown().await;
        app.run_job(&app.acme, "bulk", REPAIR).await;
        shown().await;
        // Another tenant's rows wait for its own task.
        let left = "UPDATE messaging_conversations SET preview = preview WHERE state IS NULL AND tenant_id = ?";
        assert_eq!(execute(app, left, vec![app.acme.id.into()]).await, 0);
        assert_eq!(execute(app, left, vec![app.globex.id.into()]).await, 1);
    }

    async fn a_live_client_hears_only_of_the_conversations_it_asked_for(app: &TestApp) {
        let (maya, _) = agent(app, &app.acme).await;
        let team = TeamId::from_uuid(Uuid::now_v7());
        let (mine, free) = (written(app, &app.acme, "447700940040").await, written(app, &app.acme, "447700940041").await);
        let assigned = ConversationUpdate { assignee: Change::Set(maya.parse().unwrap()), team: Change::Set(team), ..update(&mine) };
        let mut tx = app.system.tenant(app.acme.id).begin().await.unwrap();
        app.ports.conversations.update(&mut tx, &[assigned]).await.unwrap();
        tx.commit().await.unwrap();
        app.settled().await;
        let ask = async |query: String| LiveSocket::open_with(&app.base, &app.acme.key, &query).await.unwrap();
        let mut by_assignee = ask(format!("assignee={maya}")).await;
        let mut by_team = ask(format!("team={team}")).await;
        let mut by_conversation = ask(format!("conversation={free}")).await;
        let mut nobodys = ask("assignee=none".to_owned()).await;
        assert_eq!(by_assignee.hello["sees"]["assignee"], maya);
        let permissions = by_assignee.hello["sees"]["permissions"].as_array().unwrap();
        assert!(permissions.contains(&json!("messages:read")), "{permissions:?}");
        let mut all = app.acme.live(None).await;
        assert!(all.hello["sees"]["assignee"].is_null());
        for phone in ["447700940041", "447700940040"] {
            app.acme.customer_writes(phone, "Hello again");
            app.globex.customer_writes(phone, "Not for Acme");
            app.settled().await;
        }
        // Each hears its own first, whatever came before it.
        for (socket, wanted) in [(&mut by_assignee, &mine), (&mut by_team, &mine), (&mut by_conversation, &free), (&mut nobodys, &free)] {
            let event = socket.event("messages_received").await;
            assert_eq!(event["items"].as_array().unwrap().len(), 1, "{event}");
            assert_eq!(event["items"][0]["conversation_id"], *wanted, "{event}");
        }
        let told = about(&mut all, "messages_received", &mine).await;
        assert_eq!((&told["assignee_id"], &told["team_id"]), (&json!(maya), &json!(team)));
        // Events about no conversation always come, and a person who loses a conversation is told.
        by_assignee.event("unread_changed").await;
        app.acme.patch(&format!("/conversations/{mine}"), json!({ "assignee_id": null })).await.expect(200);
        for socket in [&mut by_assignee, &mut nobodys] {
            let told = about(socket, "conversations_changed", &mine).await;
            assert_eq!(told["previous"]["assignee_id"], maya, "{told}");
            assert!(told["assignee_id"].is_null(), "{told}");
        }
        // The states of an answer are its conversation's too.
        app.acme.patch(&format!("/conversations/{mine}"), json!({ "assignee_id": maya })).await.expect(200);
        app.acme.sends("447700940040", "An answer").await.expect(202);
        let queued = about(&mut by_assignee, "messages_queued", &mine).await;
        assert_eq!(queued["assignee_id"], maya);
        let sent = about(&mut by_assignee, "message_statuses_changed", &mine).await;
        assert_eq!(sent["assignee_id"], maya);
        for wrong in ["conversation=x", "assignee=me", "assignee=usr_1", "team=tea_1", "assigned=none"] {
            assert!(LiveSocket::open_with(&app.base, &app.acme.key, wrong).await.is_err(), "{wrong}");
        }
    }
}

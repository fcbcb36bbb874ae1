//! A template from its first words to its deletion, over the whole platform; and processes that are killed while WhatsApp is asked.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Fleet, Profile, Tenant, TestApp, eventually, on_both_profiles};

/// A picture that is large enough to be one.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// A template that stays in review.
fn template(name: &str, header: Option<&Value>) -> Value {
    let mut components = vec![json!({
        "type": "BODY",
        "text": format!("Hello {{{{1}}}}, your order {{{{2}}}} of {name} has left our warehouse today."),
        "example": {"body_text": [["Ana", "A-77"]]}
    })];
    let handle = header
        .map(|handle| json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}));
    components.extend(handle);
    json!({"name": name, "language": "en", "category": "UTILITY", "components": components})
}

async fn sample(app: &TestApp, tenant: &Tenant) -> Value {
    let file = reqwest::multipart::Part::bytes(PNG).file_name("a.png");
    let form = reqwest::multipart::Form::new()
        .text("channel_id", tenant.channel_id.clone())
        .part("file", file);
    let request = app
        .http
        .post(format!("{}/api/v1/templates/samples", app.base))
        .bearer_auth(&tenant.key)
        .multipart(form);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

on_both_profiles! {
    async fn a_template_is_written_checked_submitted_and_deleted(app: &TestApp) {
        let acme = &app.acme;
        let name = "order_sim_pending";
        let draft = acme.post("/template-drafts", json!({"template": {"name": name}})).await.expect(201);
        let early = acme.post("/templates/check", json!({"template": {"name": name}})).await.expect(200);
        assert_eq!(early["acceptable"], false);
        let picture = sample(app, acme).await;
        let whole = template(name, Some(&picture["handle"]));
        let checked = acme.post("/templates/check", json!({"template": whole})).await.expect(200);
        assert_eq!(checked["acceptable"], true, "{checked}");
        let body = json!({"template": whole, "draft_id": draft["id"], "mapping": {"body_1": {"from": "contact", "field": "first_name", "fallback": "there"}}});
        let made = acme.post("/templates", body).await.expect(201);
        assert_eq!(made["status"], "SUBMITTING");
        app.settled().await;
        let path = format!("/templates/{}", made["id"].as_str().unwrap());
        let taken = acme.get(&path).await.expect(200);
        assert_eq!(taken["status"], "PENDING", "{taken}");
        assert_eq!(taken["editing"]["possible"], false);
        assert_eq!(acme.get("/template-drafts").await.expect(200)["items"], json!([]));
        app.globex.get(&path).await.expect(404);
        app.globex.delete(&path).await.expect(404);
        // What WhatsApp has is what was written.
        assert_eq!(at_whatsapp(&app.sim.export(), name).len(), 1);
        assert_eq!(acme.post("/templates", json!({"template": whole})).await.expect(409)["code"], "template_exists");
        acme.delete(&path).await.expect(200);
        app.settled().await;
        assert!(at_whatsapp(&app.sim.export(), name).is_empty());
        let gone = acme.get(&path).await.expect(200);
        assert!(["PENDING_DELETION", "DELETED"].contains(&gone["status"].as_str().unwrap()), "{gone}");
    }
}

fn at_whatsapp<'a>(export: &'a Value, name: &str) -> Vec<&'a Value> {
    let templates = export.pointer("/world/templates").unwrap_or(&export["templates"]);
    let templates = templates.as_object().unwrap();
    templates.values().filter(|it| it["name"] == name).collect()
}

/// Killed before and after WhatsApp was asked: in the end WhatsApp has the template once, and it was asked to create it once.
async fn is_submitted_once(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    for point in ["template.marked", "template.answered"] {
        let name = format!("sim_pending_{}", point.replace('.', "_"));
        let plan = format!("{point}=kill@1");
        let (server, mut worker) = match profile {
            Profile::Embedded => (None, fleet.serve(&plan).await),
            Profile::Production => (Some(fleet.serve("").await), fleet.work(&plan).await),
        };
        let made = fleet
            .acme
            .post("/templates", json!({"template": template(&name, None)}))
            .await
            .expect(201);
        assert!(
            worker.died(Duration::from_secs(30)).await,
            "nobody passed {point}"
        );
        assert_eq!(
            at_whatsapp(&fleet.sim.export(), &name).len(),
            usize::from(point == "template.answered")
        );
        let again = fleet.work("").await;
        let path = format!("/templates/{}", made["id"].as_str().unwrap());
        eventually("WhatsApp has it", Duration::from_secs(60), async || {
            let template = fleet.acme.get(&path).await;
            template.status == 200 && template.json["status"] == "PENDING"
        })
        .await;
        let taken = fleet.acme.get(&path).await.expect(200);
        let there = fleet.sim.export();
        let there = at_whatsapp(&there, &name);
        assert_eq!(there.len(), 1, "{point}");
        assert_eq!(taken["whatsapp_id"], there[0]["id"], "{point}");
        // A second creation of a name is refused, and would be in the ledger.
        assert_eq!(fleet.sim.ledger().refused_by_code.get(&100), None, "{point}");
        for child in [Some(again), server].into_iter().flatten() {
            child.kill().await;
        }
    }
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_submits_nothing_twice_embedded() {
    is_submitted_once(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_submits_nothing_twice_production() {
    is_submitted_once(Profile::Production).await;
}

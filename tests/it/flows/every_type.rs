//! Every type of message can be sent as documented: each example of the OpenAPI document is sent, accepted by WhatsApp and read by
//! the customer. So the document and the checks before sending cannot drift apart.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{Tenant, on_both_profiles};

const CUSTOMER: &str = "447700900123";
const EXAMPLES: &str = include_str!("../../../modules/messaging/src/api/shapes/examples.json");

/// Schemas that are no message by themselves.
const PARTS: [&str; 4] = ["MessageIn", "ReplyIn", "CarouselComponentIn", "OfferComponentIn"];

/// How far a message comes: what is heard is played, and a reaction is shown without being read.
fn end(schema: &str) -> &'static str {
    match schema {
        "AudioIn" => "played",
        "ReactionIn" => "sent",
        _ => "read",
    }
}

/// What an interactive message's `type` is where it is not its schema's name in lower case.
const NAMED: [(&str, &str); 9] = [
    ("buttons", "button"),
    ("cta_url", "cta_url"),
    ("location_request", "location_request_message"),
    ("address", "address_message"),
    ("catalog", "catalog_message"),
    ("call_permission", "call_permission_request"),
    ("contact_info", "request_contact_info"),
    ("product_list", "product_list"),
    ("voice_call", "voice_call"),
];

/// `CtaUrl` as `cta_url`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// The message of an example: its type and what stands under the key of that name.
fn message(schema: &str, mut example: Value, answered: &str) -> Value {
    let kind = schema.trim_end_matches("In");
    let (kind, content) = match kind.strip_prefix("Interactive") {
        Some(name) => {
            let name = snake(name);
            let named = NAMED.iter().find(|(schema, _)| *schema == name);
            example["type"] = named.map_or(name.as_str(), |(_, named)| named).into();
            ("interactive".to_owned(), example)
        }
        None if schema == "ContactCardIn" => ("contacts".to_owned(), json!([example])),
        None => {
            if schema == "ReactionIn" {
                example["message_id"] = answered.into();
            }
            (kind.to_lowercase(), example)
        }
    };
    let mut message = json!({ "to": { "phone": CUSTOMER }, "type": kind });
    message[kind.as_str()] = content;
    message
}

async fn outcome(tenant: &Tenant, id: &str) -> Value {
    tenant.get(&format!("/messages/{id}")).await.expect(200)
}

on_both_profiles! {
    async fn each_example_of_the_description_is_sent_and_read(app: &TestApp) {
        let acme = &app.acme;
        acme.customer_writes(CUSTOMER, "What do you have?");
        app.settled().await;
        let answered = acme.all("/messages").await[0]["id"].as_str().unwrap().to_owned();
        let examples: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap();
        let mut sent = BTreeMap::new();
        for row in &examples {
            let schema = row["schema"].as_str().unwrap();
            if PARTS.contains(&schema) {
                continue;
            }
            let answer = acme.post("/messages", message(schema, row["example"].clone(), &answered)).await;
            assert_eq!(answer.status, 202, "{schema}: {}", answer.json);
            sent.insert(schema, answer.json["id"].as_str().unwrap().to_owned());
            // One person is written to once in six seconds.
            app.settled().await;
            app.clock.advance(chrono::TimeDelta::seconds(7));
        }
        app.settled().await;
        let mut wrong = Vec::new();
        for (schema, id) in &sent {
            let message = outcome(acme, id).await;
            // The shop of the examples does not exist: where a link of it is fetched, that is what is told.
            let right = message["status"] == end(schema) || message["error"]["code"] == 131_053;
            if !right {
                wrong.push(format!("{schema}: {} {}", message["status"], message["error"]));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(sent.len(), examples.len() - PARTS.len());
        assert!(app.globex.all("/messages").await.is_empty());
    }
}

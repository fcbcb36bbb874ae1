//! Webhooks: what comes in is shown once, and only to the tenant whose number it names.

use cloud_sim::Provisioned;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::World;

const ANA: &str = "447700900301";

#[rstest]
#[tokio::test]
async fn a_webhook_is_stored_told_and_shown_once(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let number = &world.ours.secrets;
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": number.waba_id, "changes": [{
        "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "447700900555", "phone_number_id": number.phone_number_id},
            "contacts": [{"wa_id": ANA, "profile": {"name": "Ana"}}],
            "messages": [{"from": ANA, "id": "wamid.ONE", "timestamp": "1790000000", "type": "text", "text": {"body": "Hi"}}],
        },
    }]}]});
    let path = world.channels.webhook_path(&world.acme).await;
    for (secret, wanted) in [
        ("no secret of the number", 401),
        (&number.app_secret, 200),
        (&number.app_secret, 200),
    ] {
        assert_eq!(world.webhook(&path, secret, &body).await, wanted);
    }
    world.settled().await;
    let (_, list) = world.get(&world.acme, "/conversations").await;
    let [conversation] = list["items"].as_array().unwrap().as_slice() else {
        panic!("{list}")
    };
    assert_eq!(
        (&conversation["preview"], &conversation["unread"]),
        (&json!("Hi"), &json!(1))
    );
    assert_eq!(conversation["state"], "open");
    let (_, messages) = world.get(&world.acme, "/messages").await;
    assert_eq!(messages["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        world.get(&world.globex, "/conversations").await.1["items"],
        json!([])
    );

    let path = format!("/conversations/{}", conversation["id"].as_str().unwrap());
    assert_eq!(world.get(&world.globex, &path).await.0.as_u16(), 404);
    let (status, _) = world
        .post(&world.acme, &format!("{path}/read"), Value::Null)
        .await;
    assert!(status.is_success());
    assert_eq!(world.get(&world.acme, &path).await.1["unread"], 0);
}

/// A tenant may connect any number; that is a claim until its connection test has passed. Here one Meta app serves both tenants, so
/// its secret signs for both, and one body names a number of each.
#[rstest]
#[tokio::test]
async fn a_claimed_number_brings_nothing_of_its_owners_webhooks(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let acmes = &world.ours.secrets;
    let globexs = Provisioned {
        phone_number_id: "330000000005555".to_owned(),
        waba_id: "220000000005555".to_owned(),
        ..acmes.clone()
    };
    world.channels.add(&world.globex, &globexs, true);
    world.channels.add(&world.globex, acmes, false);
    let change = |number: &Provisioned, wamid: &str, text: &str| {
        json!({"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "447700900555", "phone_number_id": number.phone_number_id},
            "contacts": [{"wa_id": ANA, "profile": {"name": "Ana"}}],
            "messages": [{"from": ANA, "id": wamid, "timestamp": "1790000000", "type": "text", "text": {"body": text}}],
        }})
    };
    for (n, db) in [&world.acme, &world.globex].into_iter().enumerate() {
        let changes = [
            change(acmes, &format!("wamid.A{n}"), "For Acme"),
            change(&globexs, &format!("wamid.G{n}"), "For Globex"),
        ];
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": acmes.waba_id, "changes": changes}]});
        let path = world.channels.webhook_path(db).await;
        assert_eq!(world.webhook(&path, &acmes.app_secret, &body).await, 200);
        world.settled().await;
    }
    for (db, text) in [(&world.acme, "For Acme"), (&world.globex, "For Globex")] {
        let (_, messages) = world.get(db, "/messages").await;
        let texts: Vec<&Value> = messages["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| &message["text"])
            .collect();
        assert_eq!(texts, [text; 2], "by either path");
    }
}

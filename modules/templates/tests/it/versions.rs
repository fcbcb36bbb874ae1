//! While a change of an approved template is in review, WhatsApp sends the version before: so do we.

use contracts::{
    channels::ChannelDirectory,
    messaging::{TemplateContent, TemplateNewsItem},
    templates::{KnownTemplate, TemplateCard, TemplateKey, TemplatePart},
};
use poem::http::Method;
use rstest::rstest;
use sentences::Term;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::{Number, World, opened};

const ID: &str = "660000000001";
/// No review of the simulator ends by itself.
const NAME: &str = "sim_pending_order";

fn components(text: &str, samples: Value) -> Value {
    json!([{ "type": "BODY", "text": text, "example": { "body_text": [samples] } }])
}

fn before() -> Value {
    components("Dear {{1}}, it is on its way.", json!(["Ana"]))
}

fn after() -> Value {
    components("Parcel {{1}} for {{2}} is on its way.", json!(["A-77", "Ana"]))
}

/// A number of each tenant, and an approved template of Acme's with a mapping.
async fn approved(profile: Profile) -> (World, Number, Value) {
    let (world, acme, _) = opened(profile).await;
    let ours = world.world.acme.clone();
    world
        .make(&acme, ID, NAME, json!({ "components": before() }))
        .await;
    world.sync(&ours).await;
    let template = world.named(&ours, NAME).await;
    let mapping = json!({ "mapping": { "body_1": { "from": "text", "text": "customer" } } });
    let path = format!("/templates/{}/mapping", template["id"].as_str().unwrap());
    let (status, answer) = world.world.send(&ours, Method::PUT, &path, mapping).await;
    assert_eq!(status.as_u16(), 200, "{answer}");
    world.told();
    (world, acme, template)
}

impl World {
    async fn known(&self, number: &Number) -> (KnownTemplate, TemplateCard) {
        let key = TemplateKey {
            waba_id: number.secrets.waba_id.clone(),
            name: NAME.to_owned(),
            language: "en_US".to_owned(),
        };
        let keys = [key];
        let known = self.catalog.known(&self.world.acme, &keys).await.unwrap();
        let tx = self.world.acme.begin().await.unwrap();
        let cards = self.catalog.cards_in(&tx, &keys).await.unwrap();
        (known[0].unwrap(), cards[0].clone().unwrap())
    }

    async fn shown(&self, template: &Value, values: Value) -> String {
        let path = format!("/templates/{}/preview", template["id"].as_str().unwrap());
        let body = json!({ "values": values });
        let (_, preview) = self.world.post(&self.world.acme, &path, body).await;
        preview["shown"]["body"].as_str().unwrap_or_default().to_owned()
    }

    /// The version before is what is filled, shown and sent; the new one is there beside it.
    async fn assert_in_review(&self, number: &Number, template: &Value) {
        let now = self.named(&self.world.acme, NAME).await;
        assert_eq!(now["status"], "PENDING");
        assert_eq!(now["components"], after());
        assert_eq!(now["live"], json!({ "named": false, "components": before() }));
        assert_eq!(
            self.shown(template, json!({})).await,
            "Dear customer, it is on its way."
        );
        let (known, card) = self.known(number).await;
        assert!(known.has_live && known.stopped().is_none());
        assert_eq!(json!(card.components), before());
    }

    /// The new version is what is filled, shown and sent.
    async fn assert_taken(&self, number: &Number) {
        let now = self.named(&self.world.acme, NAME).await;
        assert_eq!((&now["status"], &now["live"]), (&json!("APPROVED"), &Value::Null));
        let (known, card) = self.known(number).await;
        assert!(!known.has_live && known.stopped().is_none());
        assert_eq!(json!(card.components), after());
    }

    fn news_of(&self, number: &Number, change: &str) -> TemplateNewsItem {
        TemplateNewsItem {
            waba_id: number.secrets.waba_id.clone(),
            template_id: Some(ID.to_owned()),
            name: NAME.to_owned(),
            language: "en_US".to_owned(),
            change: change.to_owned(),
            at: self.now(),
            ..TemplateNewsItem::default()
        }
    }

    /// Somebody changes the template in WhatsApp Manager.
    async fn changed_elsewhere(&self, number: &Number) {
        let channel = self.channels.channel(number.id);
        let client = self.channels.client(&channel).unwrap();
        client
            .edit_template(ID, &json!({ "components": after() }))
            .await
            .unwrap();
    }

    async fn review(&self, act: &str, body: Value) {
        self.sim(Method::POST, &format!("templates/{ID}/{act}"), body)
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_ours_is_sent_once_it_is_approved(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, template) = approved(profile).await;
    let ours = world.world.acme.clone();
    let path = |rest: &str| format!("/templates/{}{rest}", template["id"].as_str().unwrap());
    let new_mapping = json!({
        "body_1": { "from": "ask", "fallback": "A-1" },
        "body_2": { "from": "text", "text": "you" },
    });
    let body = json!({ "template": { "components": after() }, "mapping": new_mapping });
    let (status, answer) = world.world.post(&ours, &path("/edit"), body).await;
    assert_eq!(status.as_u16(), 200, "{answer}");
    world.world.settled().await;
    world.assert_in_review(&acme, &template).await;
    // A list that is read meanwhile changes nothing.
    world.sync(&ours).await;
    world.assert_in_review(&acme, &template).await;

    // A mapping that is chosen meanwhile is that of the version which is sent.
    let wrong = json!({ "mapping": { "body_2": { "from": "text", "text": "no" } } });
    let (status, _) = world
        .world
        .send(&ours, Method::PUT, &path("/mapping"), wrong)
        .await;
    assert_eq!(status.as_u16(), 422);
    let other = json!({ "mapping": { "body_1": { "from": "text", "text": "friend" } } });
    let (status, now) = world
        .world
        .send(&ours, Method::PUT, &path("/mapping"), other.clone())
        .await;
    assert_eq!((status.as_u16(), &now["mapping"]), (200, &other["mapping"]));
    assert_eq!(
        world.shown(&template, json!({})).await,
        "Dear friend, it is on its way."
    );

    world.told();
    world.review("approve", json!({})).await;
    world.sync(&ours).await;
    world.assert_taken(&acme).await;
    let now = world.named(&ours, NAME).await;
    assert_eq!(now["mapping"], new_mapping);
    assert_eq!(
        world.shown(&template, json!({})).await,
        "Parcel A-1 for you is on its way."
    );
    // Who fills it hears that it has other variables now.
    let told = world.told();
    let changed = &told.last().unwrap().changed;
    for part in [
        TemplatePart::Status,
        TemplatePart::Components,
        TemplatePart::Variables,
    ] {
        assert!(changed.contains(&part), "{changed:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_made_elsewhere_is_seen_in_the_list(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, template) = approved(profile).await;
    let ours = world.world.acme.clone();
    world.changed_elsewhere(&acme).await;
    world.sync(&ours).await;
    world.assert_in_review(&acme, &template).await;
    world.review("approve", json!({})).await;
    world.sync(&ours).await;
    world.assert_taken(&acme).await;

    // One that is rejected cannot be sent in any version.
    world.world.clock.advance(chrono::TimeDelta::days(2));
    let channel = world.channels.channel(acme.id);
    let client = world.channels.client(&channel).unwrap();
    let third = json!({ "components": before() });
    client.edit_template(ID, &third).await.unwrap();
    world.sync(&ours).await;
    assert_eq!(world.named(&ours, NAME).await["live"]["components"], after());
    world.review("reject", json!({ "reason": "PROMOTIONAL" })).await;
    world.sync(&ours).await;
    let now = world.named(&ours, NAME).await;
    assert_eq!((&now["status"], &now["live"]), (&json!("REJECTED"), &Value::Null));
    assert!(world.known(&acme).await.0.stopped().is_some());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_tell_of_a_change_before_of_its_review(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, template) = approved(profile).await;
    let ours = world.world.acme.clone();
    world.changed_elsewhere(&acme).await;
    world.world.clock.advance(chrono::TimeDelta::seconds(5));
    let content = TemplateNewsItem {
        content: Some(TemplateContent {
            body: Some(after()[0]["text"].as_str().unwrap().to_owned()),
            ..TemplateContent::default()
        }),
        ..world.news_of(&acme, "components")
    };
    let pending = TemplateNewsItem {
        status: Some("PENDING".to_owned()),
        ..world.news_of(&acme, "status")
    };
    world.news(&ours, vec![content.clone()]).await;
    let (_, card) = world.known(&acme).await;
    assert_eq!(json!(card.components), before(), "nobody has approved it");
    world.news(&ours, vec![pending.clone()]).await;
    world.sync(&ours).await;
    world.assert_in_review(&acme, &template).await;

    world.world.clock.advance(chrono::TimeDelta::seconds(5));
    let approved = TemplateNewsItem {
        status: Some("APPROVED".to_owned()),
        ..world.news_of(&acme, "status")
    };
    world.review("approve", json!({})).await;
    world.news(&ours, vec![approved]).await;
    world.assert_taken(&acme).await;
    // Both come again, late: the change has been approved.
    world.news(&ours, vec![pending, content]).await;
    world.sync(&ours).await;
    world.assert_taken(&acme).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_template_in_review_is_not_sent(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = opened(profile).await;
    let ours = world.world.acme.clone();
    world.make(&acme, ID, NAME, json!({ "status": "PENDING" })).await;
    world.sync(&ours).await;
    let (known, _) = world.known(&acme).await;
    assert_eq!(known.stopped(), Some(Term::StoppedPending));
    assert_eq!(world.named(&ours, NAME).await["live"], Value::Null);
}

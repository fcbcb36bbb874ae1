//! What templates are filled with: mapping, previews, the port.

use std::sync::Arc;

use cloud_api::media::MediaKind;
use contracts::{
    contacts::{ContactField, ContactId},
    templates::{Filling, TemplateCatalog, TemplateId, Values},
};
use kernel::{TenantDb, id::Id};
use poem::http::Method;
use rstest::rstest;
use sea_orm::{ConnectionTrait, Statement, Value as Sql};
use serde_json::{Value, json};
use templates::{Needs, Templates};
use testkit::{
    Profile, World,
    fakes::{FakeChannels, FakeContacts, FakeMedia},
};

struct Stage {
    world: World,
    contacts: Arc<FakeContacts>,
    media: Arc<FakeMedia>,
    catalog: Arc<dyn TemplateCatalog>,
}

impl Stage {
    async fn open(profile: Profile) -> Self {
        let (world, (contacts, media, catalog)) = World::open(profile, |parts| {
            let contacts = Arc::new(FakeContacts::default());
            let media = Arc::new(FakeMedia::default());
            let module = Templates::new(Needs {
                channels: Arc::new(FakeChannels::new(parts)),
                contacts: contacts.clone(),
                media: media.clone(),
                store: parts.store.clone(),
            });
            let catalog = module.catalog();
            (Box::new(module), (contacts, media, catalog))
        })
        .await;
        Self {
            world,
            contacts,
            media,
            catalog,
        }
    }

    /// A template of the copy.
    async fn put(&self, db: &TenantDb, name: &str, category: &str, components: &Value) -> TemplateId {
        let id = db.clock().new_uuid();
        let now = db.clock().now();
        let sql = "INSERT INTO templates_templates (tenant_id, id, waba_id, whatsapp_id, name, language, status, category, quality, \
                   named, components, mapping, created_at, updated_at) VALUES (?, ?, '1', '77', ?, 'en', 'APPROVED', ?, 'GREEN', ?, ?, \
                   '{}', ?, ?)";
        let values: [Sql; 8] = [
            db.tenant().uuid().into(),
            id.into(),
            name.into(),
            category.into(),
            false.into(),
            components.to_string().into(),
            now.into(),
            now.into(),
        ];
        let on = &self.world.database.connection;
        let made = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
        on.execute_raw(made).await.unwrap();
        TemplateId::from_uuid(id)
    }

    async fn change(&self, id: TemplateId, components: &Value) {
        let on = &self.world.database.connection;
        let sql = "UPDATE templates_templates SET components = ? WHERE id = ?";
        let values: [Sql; 2] = [components.to_string().into(), id.uuid().into()];
        let changed = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
        assert_eq!(on.execute_raw(changed).await.unwrap().rows_affected(), 1);
    }

    fn person(&self, db: &TenantDb, phone: &str, name: &str) -> ContactId {
        let contact = self.contacts.know(db, phone);
        self.contacts.set_field(contact, ContactField::FirstName, name);
        contact
    }

    async fn map(&self, db: &TenantDb, id: TemplateId, mapping: Value) -> (u16, Value) {
        let path = format!("/templates/{id}/mapping");
        let (status, body) = self
            .world
            .send(db, Method::PUT, &path, json!({"mapping": mapping}))
            .await;
        (status.as_u16(), body)
    }

    async fn preview(&self, db: &TenantDb, id: TemplateId, wanted: Value) -> (u16, Value) {
        let (status, body) = self
            .world
            .post(db, &format!("/templates/{id}/preview"), wanted)
            .await;
        (status.as_u16(), body)
    }
}

fn order() -> Value {
    json!([
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}},
        {"type": "BODY", "text": "Hi {{1}}, order {{2}} comes on {{3}}.", "example": {"body_text": [["Ana", "A-77", "Monday"]]}},
        {"type": "FOOTER", "text": "Acme"},
        {"type": "BUTTONS", "buttons": [
            {"type": "URL", "text": "Track", "url": "https://shop.example/t/{{1}}", "example": ["A-77"]},
            {"type": "QUICK_REPLY", "text": "Help"}]}])
}

fn fields(error: &Value) -> Vec<&str> {
    let errors = error["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_is_checked_kept_and_told(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let stage = Stage::open(profile).await;
    let (acme, globex) = (&stage.world.acme, &stage.world.globex);
    let id = stage.put(acme, "order", "UTILITY", &order()).await;
    // The greeting says that it is a name.
    let (_, template) = stage.world.get(acme, &format!("/templates/{id}")).await;
    assert_eq!(
        template["mapping"],
        json!({"body_1": {"from": "contact", "field": "first_name"}})
    );

    let mapping = json!({
        "body_1": {"from": "contact", "field": "first_name", "fallback": "there"},
        "body_3": {"from": "contact", "field": "attribute:day"},
        "header_media": {"from": "fixed", "value": {"link": "https://shop.example/a.jpg"}},
        "button_0": {"from": "ask"},
    });
    let (status, template) = stage.map(acme, id, mapping.clone()).await;
    assert_eq!((status, &template["mapping"]), (200, &mapping));
    let told = stage.world.told().await;
    let (name, event) = told.last().unwrap();
    assert_eq!(name, "templates_changed");
    assert_eq!(event["items"][0]["changed"], json!(["mapping"]));

    let wrong = json!({
        "body_1": {"from": "contact", "field": "nickname"},
        "body_2": {"from": "text", "text": "A-1", "field": "name"},
    });
    let (status, error) = stage.map(acme, id, wrong).await;
    assert_eq!(
        (status, fields(&error)),
        (422, vec!["mapping.body_1.field", "mapping.body_2.field"])
    );
    let wrong = json!({
        "body_9": {"from": "ask"},
        "body_2": {"from": "text", "text": "two\nlines"},
        "header_media": {"from": "text", "text": "a picture"},
    });
    let (status, error) = stage.map(acme, id, wrong).await;
    let expected = vec![
        "mapping.body_2.text",
        "mapping.body_9",
        "mapping.header_media.from",
    ];
    assert_eq!((status, fields(&error)), (422, expected));

    // Edited: what still has a slot stays.
    let edited = json!([{"type": "BODY", "text": "For {{1}}: {{2}}."}]);
    stage.change(id, &edited).await;
    let (_, template) = stage.world.get(acme, &format!("/templates/{id}")).await;
    assert_eq!(template["mapping"], json!({"body_1": mapping["body_1"]}));

    assert_eq!(stage.map(globex, id, json!({})).await.0, 404);
    assert_eq!(stage.preview(globex, id, json!({})).await.0, 404);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_what_is_there_and_names_what_is_missing(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let stage = Stage::open(profile).await;
    let acme = &stage.world.acme;
    let id = stage.put(acme, "order", "UTILITY", &order()).await;
    let mapping = json!({"body_1": {"from": "contact", "field": "first_name", "fallback": "Ana"}});
    assert_eq!(stage.map(acme, id, mapping).await.0, 200);
    let (status, preview) = stage
        .preview(acme, id, json!({"values": {"body_3": "Monday"}}))
        .await;
    assert_eq!(status, 200, "{preview}");
    assert_eq!(preview["shown"]["body"], "Hi Ana, order {{2}} comes on Monday.");
    assert_eq!(preview["shown"]["header"], json!({"type": "image"}));
    assert_eq!(
        preview["shown"]["buttons"][0]["url"],
        "https://shop.example/t/{{1}}"
    );
    let missing: Vec<Value> = preview["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| json!([it["slot"], it["path"], it["code"]]))
        .collect();
    assert_eq!(
        json!(missing),
        json!([
            ["header_media", "header", "param_missing"],
            ["body_2", "body.2", "param_missing"],
            ["button_0", "buttons[0]", "param_missing"],
        ])
    );
    let from: Vec<Value> = preview["slots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| json!([it["key"], it["from"]]))
        .collect();
    assert_eq!(
        json!(from),
        json!([
            ["header_media", null],
            ["body_1", "fallback"],
            ["body_2", null],
            ["body_3", "values"],
            ["button_0", null]
        ])
    );

    let values = json!({"body_1": "Bo", "body_2": "A-78", "body_3": "Tuesday", "button_0": "A-78",
        "header_media": {"link": "https://shop.example/a.jpg"}});
    let (_, preview) = stage.preview(acme, id, json!({"values": values})).await;
    assert_eq!(preview["missing"], json!([]));
    assert_eq!(preview["shown"]["body"], "Hi Bo, order A-78 comes on Tuesday.");
    assert_eq!(
        preview["components"][1]["parameters"][1],
        json!({"type": "text", "text": "A-78"})
    );

    // Fields of contacts need their own right, which no key of this world has.
    let ana = stage.person(acme, "447700900123", "Ana");
    assert_eq!(stage.preview(acme, id, json!({"contact_id": ana})).await.0, 403);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_written_is_previewed(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let stage = Stage::open(profile).await;
    let acme = &stage.world.acme;
    let draft = |template: Value, more: Value| {
        let mut body = json!({"template": template});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let named = json!({"parameter_format": "NAMED", "components": [{"type": "body", "text": "Dear {{first_name}}, on {{day}}."}]});
    let mapping = json!({"body_day": {"from": "ask", "fallback": "Monday"}, "body_9": {"from": "ask"}});
    let body = draft(
        named,
        json!({"mapping": mapping, "values": {"body_first_name": "Ana"}}),
    );
    let (_, preview) = stage.world.post(acme, "/templates/preview", body).await;
    assert_eq!(preview["shown"]["body"], "Dear Ana, on Monday.");
    assert_eq!(preview["slots"][1]["from"], "fallback");
    assert_eq!(
        preview["components"][0]["parameters"][0],
        json!({"type": "text", "parameter_name": "first_name", "text": "Ana"})
    );

    // WhatsApp writes the words of one-time passwords itself.
    let password = json!({"category": "AUTHENTICATION", "components": [
        {"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]});
    let (_, preview) = stage
        .world
        .post(
            acme,
            "/templates/preview",
            draft(password, json!({"values": {"otp": "482913"}})),
        )
        .await;
    assert_eq!(preview["missing"], json!([]), "{preview}");
    let words = "*482913* is your verification code. For your security, do not share this code.";
    assert_eq!(preview["shown"]["body"], words);
    assert_eq!(preview["shown"]["footer"], "This code expires in 5 minutes.");
    assert_eq!(preview["shown"]["buttons"][0]["code"], "482913");

    let (status, error) = stage
        .world
        .post(acme, "/templates/preview", draft(json!([1]), json!({})))
        .await;
    assert_eq!((status.as_u16(), fields(&error)), (422, vec!["template"]));
    let long = json!({"components": [{"type": "BODY", "text": "x".repeat(70_000)}]});
    let (status, error) = stage
        .world
        .post(acme, "/templates/preview", draft(long, json!({})))
        .await;
    assert_eq!((status.as_u16(), fields(&error)), (422, vec!["template"]));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_contacts_is_one_read(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let stage = Stage::open(profile).await;
    let (acme, globex) = (&stage.world.acme, &stage.world.globex);
    let components = json!([{"type": "BODY", "text": "Hi {{1}}, it is {{2}} today."}]);
    let id = stage.put(acme, "greeting", "MARKETING", &components).await;
    assert!(stage.catalog.template(globex, id).await.unwrap().is_none());
    let card = stage.catalog.template(acme, id).await.unwrap().unwrap();
    let day = Values::from([("body_2".to_owned(), json!("Monday"))]);
    let fillings: Vec<Filling> = (0..200)
        .map(|n| Filling {
            values: day.clone(),
            contact: Some(stage.person(acme, &format!("4477009{n:05}"), &format!("Ana{n}"))),
        })
        .chain([Filling {
            values: day.clone(),
            contact: Some(stage.contacts.know(acme, "447700999999")),
        }])
        .collect();
    let filled = stage.catalog.fill(acme, &card, &fillings).await.unwrap();
    assert_eq!(stage.contacts.reads(), 1);
    assert_eq!(
        filled[199].as_ref().unwrap().shown.body,
        "Hi Ana199, it is Monday today."
    );
    assert_eq!(filled[7].as_ref().unwrap().values["body_1"], "Ana7");
    let missing = filled[200].as_ref().unwrap_err();
    assert_eq!(missing[0].slot.as_deref(), Some("body_1"));

    // Where everything was said nobody is read.
    let said = Values::from([
        ("body_1".to_owned(), json!("Bo")),
        ("body_2".to_owned(), json!("Monday")),
    ]);
    let one = Filling {
        values: said,
        contact: fillings[0].contact,
    };
    let tx = acme.begin().await.unwrap();
    let filled = stage.catalog.fill_in(&tx, &card, &[one]).await.unwrap();
    assert_eq!(
        filled[0].as_ref().unwrap().shown.body,
        "Hi Bo, it is Monday today."
    );
    assert_eq!(stage.contacts.reads(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_null_is_missing(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let stage = Stage::open(profile).await;
    let acme = &stage.world.acme;
    let id = stage.put(acme, "order", "UTILITY", &order()).await;
    let mapping = json!({"body_1": {"from": "text", "text": "friend"}});
    assert_eq!(stage.map(acme, id, mapping).await.0, 200);
    let missing = |preview: &Value| {
        let slots: Vec<String> = preview["missing"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["slot"].as_str().unwrap().to_owned())
            .collect();
        slots.contains(&"body_1".to_owned())
    };
    let (_, preview) = stage.preview(acme, id, json!({"values": {"body_1": null}})).await;
    assert!(missing(&preview), "{preview}");
    // What is left out, or left blank in a form, is filled as chosen.
    for values in [json!({}), json!({"body_1": "  "})] {
        let (_, preview) = stage.preview(acme, id, json!({"values": values})).await;
        assert!(!missing(&preview), "{preview}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_must_be_ones_own(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let stage = Stage::open(profile).await;
    let (acme, globex) = (&stage.world.acme, &stage.world.globex);
    let id = stage.put(acme, "order", "UTILITY", &order()).await;
    let mine = stage.media.upload(acme, MediaKind::Image).to_string();
    let video = stage.media.upload(acme, MediaKind::Video).to_string();
    let theirs = stage.media.upload(globex, MediaKind::Image).to_string();
    let fixed = |value: &Value| json!({"header_media": {"from": "fixed", "value": value}});
    for (value, code) in [
        (json!({"media_id": "1203450067891234"}), None),
        (json!({"media_id": 7}), None),
        (json!({"media_id": "med_short"}), None),
        (json!({"id": "med_short"}), None),
        (
            json!({"media_id": mine, "link": "https://shop.example/a.jpg"}),
            None,
        ),
        (json!({"media_id": theirs}), Some("not_found")),
        (json!({"id": theirs}), Some("not_found")),
        (json!({"media_id": video}), Some("media_type")),
    ] {
        let (status, error) = stage.map(acme, id, fixed(&value)).await;
        assert_eq!(
            (status, fields(&error)),
            (422, vec!["mapping.header_media.value"]),
            "{value}"
        );
        let Some(code) = code else {
            // Such a value is none for a send either.
            let (_, preview) = stage
                .preview(acme, id, json!({"values": {"header_media": value}}))
                .await;
            let first = &preview["missing"][0];
            assert_eq!(
                (&first["slot"], &first["code"]),
                (&json!("header_media"), &json!("value_invalid")),
                "{preview}"
            );
            assert!(!preview["components"].to_string().contains("header"), "{preview}");
            continue;
        };
        assert_eq!(error["errors"][0]["code"], code, "{error}");
    }
    for value in [json!({"media_id": mine}), json!({"id": "1203450067891234"})] {
        assert_eq!(stage.map(acme, id, fixed(&value)).await.0, 200, "{value}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_too_long_is_named_by_its_slot(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let stage = Stage::open(profile).await;
    let acme = &stage.world.acme;
    let id = stage.put(acme, "order", "UTILITY", &order()).await;
    for (length, limit) in [(1_200, 1_024), (2_001, 2_000)] {
        let mapping = json!({"body_1": {"from": "text", "text": "x".repeat(length)}});
        let (status, error) = stage.map(acme, id, mapping).await;
        assert_eq!(
            (status, fields(&error)),
            (422, vec!["mapping.body_1.text"]),
            "{error}"
        );
        assert_eq!(error["errors"][0]["limit"], limit, "{error}");
    }
    let mapping = json!({"body_1": {"from": "ask", "fallback": "x".repeat(2_001)}});
    let (_, error) = stage.map(acme, id, mapping).await;
    assert_eq!(fields(&error), ["mapping.body_1.fallback"]);
    let mapping = json!({"body_1": {"from": "nowhere"}});
    let (_, error) = stage.map(acme, id, mapping).await;
    assert_eq!(fields(&error), ["mapping.body_1.from"]);
}

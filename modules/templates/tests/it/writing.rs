//! Creating, changing and deleting: what is handed in, what comes of it, and what WhatsApp has in the end.

use cloud_sim::FaultResponse;
use poem::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::writing_world::{Writing, refusal, spoilt, utility, with_code};

fn path(template: &Value, rest: &str) -> String {
    format!("/templates/{}{rest}", template["id"].as_str().unwrap())
}

fn lost(response: FaultResponse) -> FaultResponse {
    FaultResponse {
        after: true,
        ..response
    }
}

#[rstest]
#[tokio::test]
async fn a_template_is_created_in_the_background(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let draft = it
        .post("/template-drafts", json!({"template": utility("shipped")}), 201)
        .await;
    let body = json!({"template": utility("shipped"), "draft_id": draft["id"], "channel_id": it.acme.0});
    let made = it.post("/templates", body, 201).await;
    assert_eq!(made["status"], "SUBMITTING");
    assert_eq!(
        (&made["submission"]["kind"], &made["submission"]["state"]),
        (&json!("create"), &json!("waiting"))
    );
    assert_eq!(made["submission"]["submitted_by"], "A key");
    assert_eq!(made["editing"]["possible"], false);
    assert_eq!(it.get("/template-drafts").await["items"], json!([]));
    // Nobody asked WhatsApp yet.
    assert!(it.at_whatsapp("shipped").is_empty());
    it.world.settled().await;
    let taken = it.template(&made).await;
    assert_eq!(
        (&taken["status"], &taken["submission"]),
        (&json!("PENDING"), &Value::Null)
    );
    let there = it.at_whatsapp("shipped");
    assert_eq!(there.len(), 1);
    assert_eq!(taken["whatsapp_id"], there[0]["id"]);
    let again = it
        .post("/templates", json!({"template": utility("shipped")}), 409)
        .await;
    assert_eq!(again["code"], "template_exists");
    // Another tenant's account has its own names.
    let body = json!({"template": utility("shipped")});
    it.call(&it.world.globex, Method::POST, "/templates", body, 201)
        .await;
}

#[rstest]
#[tokio::test]
async fn every_kind_of_template_goes_through(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let app = json!([{"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}]);
    let otp = |name: &str, button: Value| {
        json!({"name": name, "language": "en", "category": "AUTHENTICATION", "message_send_ttl_seconds": 120, "components": [
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [button]}]})
    };
    let named = json!({"name": "named", "language": "en", "category": "UTILITY", "parameter_format": "NAMED", "components": [
        {"type": "BODY", "text": "Hello {{first_name}}, your order has left our warehouse.",
         "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Ana"}]}}]});
    let offer = json!({"name": "offer", "language": "en", "category": "MARKETING", "components": [
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends soon", "has_expiration": true}},
        {"type": "BODY", "text": "Our winter collection is here for a short time only."},
        {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "SAVE10"},
            {"type": "URL", "text": "Shop now", "url": "https://shop.example/winter"}]}]});
    for template in [
        named,
        offer,
        otp(
            "copy_code",
            json!({"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}),
        ),
        otp(
            "one_tap",
            json!({"type": "OTP", "otp_type": "ONE_TAP", "text": "Copy", "autofill_text": "Fill", "supported_apps": app}),
        ),
        otp(
            "zero_tap",
            json!({"type": "OTP", "otp_type": "ZERO_TAP", "text": "Copy", "autofill_text": "Fill",
            "zero_tap_terms_accepted": true, "supported_apps": app}),
        ),
    ] {
        let made = it.created(template.clone()).await;
        assert_eq!(made["status"], "PENDING", "{made}");
        assert_eq!(it.at_whatsapp(template["name"].as_str().unwrap()).len(), 1);
    }
}

#[rstest]
#[tokio::test]
async fn what_would_be_refused_is_not_handed_in(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let mut bad = utility("edges");
    bad["components"][0]["text"] = "{{1}} has bought {{2}}".into();
    let answer = it.post("/templates", json!({"template": bad}), 422).await;
    assert_eq!(answer["code"], "template_refused");
    let field = with_code(&answer["errors"], "var_leading_trailing");
    assert_eq!(field["field"], "components[0].text");
    assert!(!field["message"].as_str().unwrap().is_empty());
    let mapped = json!({"template": utility("mapped"), "mapping": {"body_9": {"from": "ask"}}});
    let answer = it.post("/templates", mapped, 422).await;
    assert_eq!(answer["errors"][0]["field"], "mapping.body_9");
    assert_eq!(it.get("/templates").await["items"], json!([]));
    it.world.settled().await;
    assert_eq!(it.refusals(100), 0);
}

#[rstest]
#[tokio::test]
async fn a_refusal_is_a_sentence_that_can_be_repeated_mended_or_given_up(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    it.fault("POST", "message_templates", 2, refusal(368));
    let made = it.created(utility("blocked")).await;
    let refused = &made["submission"];
    assert_eq!(
        (&made["status"], &refused["state"]),
        (&json!("SUBMITTING"), &json!("refused"))
    );
    assert_eq!(refused["problem_terms"][0]["term"], "code", "{refused}");
    assert!(
        refused["problem"].as_str().unwrap().contains("(code 368)"),
        "{refused}"
    );
    // As it is.
    it.post(&path(&made, "/submission/retry"), Value::Null, 200).await;
    it.world.settled().await;
    assert_eq!(it.template(&made).await["submission"]["state"], "refused");
    // Mended.
    let mut mended = utility("blocked");
    mended["components"][0]["text"] = "Hello {{1}}, your parcel {{2}} is waiting in our shop for you.".into();
    let mapping = json!({"body_2": {"from": "contact", "field": "attribute:order", "fallback": "A-77"}});
    let body = json!({"template": mended, "mapping": mapping});
    it.post(&path(&made, "/edit"), body, 200).await;
    it.world.settled().await;
    let taken = it.template(&made).await;
    assert_eq!(taken["mapping"]["body_2"], mapping["body_2"]);
    assert_eq!(
        (&taken["status"], &taken["submission"]),
        (&json!("PENDING"), &Value::Null)
    );
    assert_eq!(taken["components"], mended["components"]);
    let nothing = it.post(&path(&made, "/submission/retry"), Value::Null, 409).await;
    assert_eq!(nothing["code"], "nothing_refused");
    // Given up: what was written stays.
    it.fault("POST", "message_templates", 1, refusal(368));
    let other = it.created(utility("given_up")).await;
    it.delete(&path(&other, "/submission"), 204).await;
    it.call(&it.world.acme, Method::GET, &path(&other, ""), Value::Null, 404)
        .await;
    let drafts = it.get("/template-drafts").await;
    assert_eq!(drafts["items"][0]["template"], utility("given_up"));
    assert_eq!(drafts["items"][0]["template_id"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn trouble_passes_by_itself_and_nothing_is_handed_in_twice(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let html = "<html><body>Sorry, something went wrong.</body></html>";
    let hangs_up = FaultResponse {
        drop: true,
        ..FaultResponse::default()
    };
    for (n, (response, state)) in [
        (refusal(80_008), "waiting"),
        (refusal(2), "waiting"),
        (spoilt(502, html), "sent"),
        (lost(spoilt(502, html)), "sent"),
        (lost(spoilt(200, "{\"id\":")), "sent"),
        (lost(hangs_up.clone()), "sent"),
        (hangs_up, "sent"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("trouble_{n}");
        it.fault("POST", "message_templates", 1, response);
        let made = it.created(utility(&name)).await;
        assert_eq!(made["submission"]["state"], state, "{n}: {made}");
        let problem = made["submission"]["problem"].as_str().unwrap();
        assert!(!problem.contains("html"), "{n}: {problem}");
        it.later(120).await;
        let taken = it.template(&made).await;
        assert!(
            ["PENDING", "APPROVED"].contains(&taken["status"].as_str().unwrap()),
            "{n}: {taken}"
        );
        assert_eq!(taken["submission"], Value::Null, "{n}");
        let there = it.at_whatsapp(&name);
        assert_eq!(there.len(), 1, "{n}");
        assert_eq!(taken["whatsapp_id"], there[0]["id"], "{n}");
    }
    // A second creation of a name would have been refused.
    assert_eq!(it.refusals(100), 0);
}

#[rstest]
#[tokio::test]
async fn what_never_succeeds_ends_with_a_person(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    it.fault("POST", "message_templates", u64::MAX, refusal(80_008));
    let made = it.created(utility("throttled")).await;
    for _ in 0..20 {
        it.later(900).await;
    }
    let given_up = it.template(&made).await;
    assert_eq!(given_up["submission"]["state"], "refused", "{given_up}");
    let terms = given_up["submission"]["problem_terms"].as_array().unwrap();
    assert!(
        terms.iter().any(|it| it["term"] == "try_again_when_mended"),
        "{terms:?}"
    );
}

#[rstest]
#[tokio::test]
async fn whatsapps_answer_decides_category_and_status(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let answer = json!({"id": "660000000009999", "status": "APPROVED", "category": "MARKETING"});
    it.fault("POST", "message_templates", 1, spoilt(200, &answer.to_string()));
    let made = it.created(utility("refiled")).await;
    assert_eq!(
        (&made["status"], &made["category"]),
        (&json!("APPROVED"), &json!("MARKETING"))
    );
    let answer = json!({"id": "660000000009998", "status": "REJECTED", "category": "UTILITY"});
    it.fault("POST", "message_templates", 1, spoilt(200, &answer.to_string()));
    let made = it.created(utility("rejected")).await;
    assert_eq!(made["status"], "REJECTED");
    assert_eq!(made["editing"]["possible"], true);
}

#[rstest]
#[tokio::test]
async fn an_approved_template_is_changed_within_whatsapps_limits(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let template = it.approved("arrived").await;
    assert_eq!(template["editing"]["possible"], true);
    assert_eq!(template["editing"]["today_left"], 1);
    let words =
        |text: &str| json!({"template": {"components": [{"type": "BODY", "text": text}]}, "mapping": {}});
    let mut unmapped = words("Your order has arrived in our shop.");
    unmapped["mapping"] = json!({"body_1": {"from": "ask"}});
    let answer = it.post(&path(&template, "/edit"), unmapped, 422).await;
    assert_eq!(answer["errors"][0]["field"], "mapping.body_1");
    let fine = words("Your order has arrived in our shop.");
    let changed = it.post(&path(&template, "/edit"), fine, 200).await;
    // The old content stays until WhatsApp has the new one.
    assert_eq!(
        (&changed["status"], &changed["components"]),
        (&json!("APPROVED"), &template["components"])
    );
    assert_eq!(changed["submission"]["kind"], "edit");
    let twice = words("Your order has left our shop again.");
    let answer = it.post(&path(&template, "/edit"), twice, 409).await;
    assert_eq!(answer["code"], "submission_pending");
    it.world.settled().await;
    let changed = it.template(&template).await;
    assert_eq!(changed["status"], "PENDING");
    assert_eq!(
        changed["components"][0]["text"],
        "Your order has arrived in our shop."
    );
    assert_eq!(changed["editing"]["possible"], false);
    assert_eq!(changed["editing"]["why_terms"][0]["term"], "template_in_review");
    let answer = it
        .post(
            &path(&template, "/edit"),
            words("Once more, with other words."),
            409,
        )
        .await;
    assert_eq!(answer["code"], "not_editable");
    assert_eq!(
        it.at_whatsapp("arrived")[0]["components"][0]["text"],
        "Your order has arrived in our shop."
    );
}

#[rstest]
#[tokio::test]
async fn a_change_whose_answer_was_lost_is_not_made_twice(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let template = it.approved("arrived").await;
    let id = template["whatsapp_id"].as_str().unwrap().to_owned();
    let refused_before = it.refusals(100);
    it.fault("POST", &id, 1, lost(spoilt(502, "<html>")));
    let body =
        json!({"template": {"components": [{"type": "BODY", "text": "Your order is in our shop now."}]}});
    it.post(&path(&template, "/edit"), body, 200).await;
    it.world.settled().await;
    let waits = it.template(&template).await;
    assert_eq!(waits["submission"]["state"], "sent");
    assert_eq!(
        waits["submission"]["problem_terms"][0]["term"],
        "template_answer_lost"
    );
    it.later(60).await;
    let changed = it.template(&template).await;
    assert_eq!(changed["submission"], Value::Null, "{changed}");
    assert_eq!(changed["components"][0]["text"], "Your order is in our shop now.");
    // A second change within a day would have been refused.
    assert_eq!(it.refusals(100), refused_before);
}

#[rstest]
#[tokio::test]
async fn a_deleted_template_is_deleted_once_and_its_name_is_locked(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let template = it.approved("old_news").await;
    it.fault("DELETE", "message_templates", 1, lost(spoilt(502, "<html>")));
    let asked = it.delete(&path(&template, ""), 200).await;
    assert_eq!(
        (&asked["status"], &asked["submission"]["kind"]),
        (&json!("APPROVED"), &json!("delete"))
    );
    it.world.settled().await;
    it.later(60).await;
    let gone = it.template(&template).await;
    assert_eq!(
        (&gone["status"], &gone["submission"]),
        (&json!("PENDING_DELETION"), &Value::Null)
    );
    assert!(it.at_whatsapp("old_news").is_empty());
    it.delete(&path(&template, ""), 200).await;
    // It can be found until a list lacks it.
    let found = it.get("/templates?status=PENDING_DELETION").await;
    assert_eq!(found["items"][0]["id"], template["id"]);
    it.later(5).await;
    it.post("/templates/sync", json!({}), 202).await;
    it.world.settled().await;
    assert_eq!(it.template(&template).await["status"], "DELETED");
    let again = it
        .post("/templates", json!({"template": utility("old_news")}), 422)
        .await;
    assert_eq!(with_code(&again["errors"], "name_locked")["field"], "name");
    // After 30 days the name is free, and its row is used again.
    it.later(31 * 86_400).await;
    let revived = it.created(utility("old_news")).await;
    assert_eq!(
        (&revived["id"], &revived["status"]),
        (&template["id"], &json!("PENDING"))
    );
    assert_ne!(revived["whatsapp_id"], template["whatsapp_id"]);
}

#[rstest]
#[tokio::test]
async fn all_languages_of_a_name_are_deleted_together(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let english = it.created(utility("both")).await;
    let mut spanish = utility("both");
    spanish["language"] = "es".into();
    let spanish = it.created(spanish).await;
    let other = it.created(utility("other")).await;
    it.delete(&path(&english, "?all_languages=true"), 200).await;
    it.world.settled().await;
    for gone in [&english, &spanish] {
        assert_eq!(it.template(gone).await["status"], "PENDING_DELETION");
    }
    assert_eq!(it.template(&other).await["status"], "PENDING");
    assert!(it.at_whatsapp("both").is_empty());
}

#[rstest]
#[tokio::test]
async fn a_number_that_is_gone_is_said(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let it = Writing::open(profile).await;
    let made = it
        .post("/templates", json!({"template": utility("late")}), 201)
        .await;
    it.channels.change(it.acme.0, |channel| channel.lost = true);
    it.world.settled().await;
    let refused = it.template(&made).await;
    assert_eq!(
        refused["submission"]["problem_terms"][0]["term"], "template_no_number",
        "{refused}"
    );
    it.channels.change(it.acme.0, |channel| channel.lost = false);
    it.post(&path(&made, "/submission/retry"), Value::Null, 200).await;
    it.world.settled().await;
    assert_eq!(it.template(&made).await["status"], "PENDING");
}

#[rstest]
#[tokio::test]
async fn a_pause_ends_where_whatsapp_allows_it(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let template = it.created(utility("calm")).await;
    let answer = it.post(&path(&template, "/unpause"), Value::Null, 409).await;
    assert_eq!(answer["code"], "not_paused");
    let paused = json!({"id": it.graph_creates("paused").await, "status": "PAUSED", "category": "UTILITY"});
    it.fault("POST", "message_templates", 1, spoilt(200, &paused.to_string()));
    let template = it.created(utility("also_paused")).await;
    assert_eq!(template["status"], "PAUSED", "{template}");
    let answer = it.post(&path(&template, "/unpause"), Value::Null, 409).await;
    assert_eq!(answer["code"], "unpause_refused", "{answer}");
    it.fault("POST", "unpause", 1, spoilt(200, "{\"success\":true}"));
    let answer = it.post(&path(&template, "/unpause"), Value::Null, 200).await;
    assert_eq!(answer["status"], "APPROVED");
}

#[rstest]
#[tokio::test]
async fn another_tenants_template_is_not_found(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let mine = it.created(utility("mine")).await;
    let absent = "tpl_00000000000070008000000000000000";
    for (method, rest, body) in [
        (Method::POST, "/edit", json!({"template": {}})),
        (Method::DELETE, "", Value::Null),
        (Method::GET, "/uses", Value::Null),
        (Method::POST, "/unpause", Value::Null),
        (Method::POST, "/submission/retry", Value::Null),
        (Method::DELETE, "/submission", Value::Null),
    ] {
        let globex = &it.world.globex;
        let foreign = it
            .call(globex, method.clone(), &path(&mine, rest), body.clone(), 404)
            .await;
        let unknown = it
            .call(globex, method, &format!("/templates/{absent}{rest}"), body, 404)
            .await;
        assert_eq!(foreign, unknown);
    }
    let body = json!({"template": utility("theirs"), "channel_id": it.acme.0});
    it.call(&it.world.globex, Method::POST, "/templates", body, 404)
        .await;
}

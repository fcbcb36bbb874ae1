//! The list: filters, search, pages.

use rstest::rstest;
use serde_json::json;
use testkit::Profile;

use crate::world::opened;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_search_and_pages(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let (world, acme, globex) = opened(profile).await;
    let (ours, theirs) = (world.world.acme.clone(), world.world.globex.clone());
    let body = |text: &str| json!([{ "type": "BODY", "text": text }]);
    world.make(&acme, "661", "cafe_offer", json!({
        "category": "MARKETING", "quality": "RED", "components": body("Viens au Café, 50% moins cher"),
    })).await;
    world
        .make(
            &acme,
            "662",
            "visit",
            json!({ "status": "REJECTED", "rejected_reason": "SCAM", "language": "fr" }),
        )
        .await;
    world
        .make(
            &acme,
            "663",
            "code",
            json!({ "category": "AUTHENTICATION", "quality": "GREEN" }),
        )
        .await;
    world.make(&globex, "664", "cafe_offer", json!({})).await;
    world.sync(&ours).await;
    world.sync(&theirs).await;
    let mine = format!("channel_id={}", acme.id);
    for (query, names) in [
        ("category=MARKETING&search=", vec!["cafe_offer", "spring_offer"]),
        ("quality=RED", vec!["cafe_offer"]),
        ("quality=GREEN", vec!["code"]),
        ("status=REJECTED", vec!["visit"]),
        ("language=fr", vec!["visit"]),
        ("name=code", vec!["code"]),
        // A column of MySQL ignores blanks at the end, one of SQLite does not.
        ("name=code%20%20", vec!["code"]),
        ("name=cod", vec![]),
        ("search=CAFE", vec!["cafe_offer"]),
        ("search=caf%C3%A9%2C", vec!["cafe_offer"]),
        ("search=50%25", vec!["cafe_offer"]),
        ("search=e_o", vec!["cafe_offer"]),
        ("search=eXo", vec![]),
        ("search=on%20its%20way&category=AUTHENTICATION", vec!["code"]),
        ("waba_id=1", vec![]),
        (&format!("{mine}&quality=RED"), vec!["cafe_offer"]),
    ] {
        let found = world.list(&ours, query).await;
        let found: Vec<&str> = found.iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{query}");
    }
    let visit = world.named(&ours, "visit").await;
    assert_eq!(
        (&visit["reason"], &visit["reason_terms"][0]["term"]),
        (&json!("SCAM"), &json!("reason"))
    );
    // Newest first, page by page.
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let (status, page) = world
            .world
            .get(&ours, &format!("/templates?limit=2{after}"))
            .await;
        assert_eq!(status.as_u16(), 200, "{page}");
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), world.list(&ours, "").await.len());
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    for (wrong, expected) in [
        ("limit=0", 422),
        ("after=x", 422),
        ("status=FINE", 400),
        ("quality=BLUE", 400),
        ("category=NEWS", 400),
    ] {
        let (status, answer) = world.world.get(&ours, &format!("/templates?{wrong}")).await;
        assert_eq!(status.as_u16(), expected, "{wrong}: {answer}");
    }
    let key = world.world.key(&ours, &["templates:write"]).await;
    let (status, _) = world
        .world
        .send_as(
            &key,
            poem::http::Method::GET,
            "/templates",
            serde_json::Value::Null,
        )
        .await;
    assert_eq!(status.as_u16(), 403);
}

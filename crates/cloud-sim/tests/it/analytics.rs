//! Prices and analytics, computed from what was simulated.

use cloud_sim::SimConfig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, START_MS, Stage, config, stage_with};

const CARD: &str =
    "prefix,category,from,rate\n*,utility,0,0.10\n*,utility,2,0.05\n44,marketing,0,0.5\n*,service,0,0.01\n";

async fn business() -> Stage {
    let stage = stage_with(SimConfig {
        rate_card: Some(CARD.into()),
        free_service_quota: 1,
        // From the start, service messages cost.
        pricing_switch: 0,
        ..config()
    })
    .await;
    stage.opens_window(ANA).await;
    let hello = json!({"name": "hello_world", "language": {"code": "en_US"}});
    for to in ["447700900201", "447700900202", "447700900203", "5511999990001"] {
        assert_eq!(stage.post(to, "template", hello.clone()).await.0, 200);
    }
    for text in ["a", "b", "c"] {
        assert_eq!(stage.post(ANA, "text", json!({"body": text})).await.0, 200);
    }
    // One that never arrives costs nothing.
    assert_eq!(stage.post("999003000002", "template", hello).await.0, 200);
    stage.settle().await;
    stage
}

async fn field(stage: &Stage, text: &str) -> (u16, Value) {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    stage
        .graph(
            Method::GET,
            &format!("{}?fields={encoded}", stage.account.waba_id),
            json!({}),
        )
        .await
}

fn period() -> String {
    let start = START_MS / 1_000 - 86_400;
    format!("start({start}).end({})", start + 3 * 86_400)
}

#[tokio::test]
async fn what_was_delivered_is_charged() {
    let stage = business().await;
    let query = format!(
        "pricing_analytics.{}.granularity(DAILY).dimensions([\"PRICING_CATEGORY\",\"TIER\"])",
        period()
    );
    let (http, answer) = field(&stage, &query).await;
    assert_eq!(http, 200, "{answer}");
    let points = answer["pricing_analytics"]["data"][0]["data_points"]
        .as_array()
        .unwrap();
    let row = |category: &str, tier: &str| {
        let found = points
            .iter()
            .find(|p| p["pricing_category"] == category && p["tier"] == tier);
        found.map(|p| (p["volume"].as_u64().unwrap(), p["cost"].as_f64().unwrap()))
    };
    // Two at the first price, two at the next one; of three service messages the first is free.
    assert_eq!(
        (row("UTILITY", "0:2"), row("UTILITY", "2:")),
        (Some((2, 0.2)), Some((2, 0.1))),
        "{answer}"
    );
    assert_eq!(row("SERVICE", "0:"), Some((3, 0.02)), "{answer}");
    let query = format!(
        "pricing_analytics.{}.granularity(DAILY).dimensions([COUNTRY]).pricing_categories([UTILITY]).metric_types([VOLUME])",
        period()
    );
    let (_, answer) = field(&stage, &query).await;
    let points = answer["pricing_analytics"]["data"][0]["data_points"]
        .as_array()
        .unwrap();
    let volumes: Vec<_> = points
        .iter()
        .map(|p| {
            (
                p["country"].as_str().unwrap(),
                p["volume"].as_u64().unwrap(),
                p.get("cost"),
            )
        })
        .collect();
    assert_eq!(volumes, [("BR", 1, None), ("GB", 3, None)]);
    let query = format!(
        "conversation_analytics.{}.granularity(MONTHLY).dimensions([CONVERSATION_DIRECTION])",
        period()
    );
    let (_, answer) = field(&stage, &query).await;
    let points = answer["conversation_analytics"]["data"][0]["data_points"]
        .as_array()
        .unwrap();
    assert_eq!(
        (
            points[0]["conversation"].as_u64(),
            points[1]["conversation"].as_u64()
        ),
        (Some(4), Some(3)),
        "{answer}"
    );
}

#[tokio::test]
async fn traffic_is_counted() {
    let stage = business().await;
    let points = |answer: Value| {
        let point = answer["analytics"]["data_points"][0].clone();
        (point["sent"].as_u64(), point["delivered"].as_u64())
    };
    let all = field(&stage, &format!("id,analytics.{}.granularity(DAY)", period()))
        .await
        .1;
    assert_eq!(all["id"], stage.account.waba_id.as_str());
    assert_eq!(points(all), (Some(8), Some(7)));
    let templates = field(
        &stage,
        &format!(
            "analytics.{}.granularity(MONTH).product_types([0]).country_codes([GB])",
            period()
        ),
    )
    .await
    .1;
    assert_eq!(points(templates), (Some(3), Some(3)));
    let inbound = field(
        &stage,
        &format!(
            "analytics.{}.granularity(HALF_HOUR).product_types([100])",
            period()
        ),
    )
    .await
    .1;
    assert_eq!(points(inbound), (Some(1), Some(1)));
    // What was counted survives a restart.
    let world = stage.sim.export();
    stage.sim.import(world).unwrap();
    let again = field(&stage, &format!("analytics.{}.granularity(DAY)", period()))
        .await
        .1;
    assert_eq!(points(again), (Some(8), Some(7)));
    for (query, part) in [
        (
            format!("analytics.{}.granularity(DAILY)", period()),
            "HALF_HOUR, DAY, MONTH",
        ),
        (
            format!("pricing_analytics.{}.granularity(DAY)", period()),
            "HALF_HOUR, DAILY, MONTHLY",
        ),
        ("analytics.end(2).granularity(DAY)".into(), "start is required"),
        (format!("analytics.{}", period()), "granularity is required"),
        (
            format!(
                "pricing_analytics.{}.granularity(DAILY).dimensions([SHOE_SIZE])",
                period()
            ),
            "dimensions",
        ),
    ] {
        let (http, answer) = field(&stage, &query).await;
        assert_eq!(
            (http, answer["error"]["code"].as_i64()),
            (400, Some(100)),
            "{query}"
        );
        assert!(
            answer["error"]["message"].as_str().unwrap().contains(part),
            "{query} {answer}"
        );
    }
}

#[tokio::test]
async fn templates_have_their_days() {
    let stage = business().await;
    let waba = stage.account.waba_id.clone();
    let (_, list) = stage
        .graph(
            Method::GET,
            &format!("{waba}/message_templates?name=spring_offer"),
            json!({}),
        )
        .await;
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    let components = json!([{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://shop.example/x.png"}}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]);
    let (_, sent) = stage
        .post(
            ANA,
            "template",
            json!({"name": "spring_offer", "language": {"code": "en"}, "components": components}),
        )
        .await;
    stage.settle().await;
    let wamid = sent["messages"][0]["id"].as_str().unwrap();
    let press = json!({"phone_id": stage.account.phone_number_id, "from": ANA, "type": "button",
        "button": {"text": "Show me", "payload": "Show me"}, "context": {"id": wamid}});
    stage.sim.inbound(&press).unwrap();
    let start = START_MS / 1_000;
    let path = format!(
        "{waba}/template_analytics?start={start}&end={}&granularity=DAILY&template_ids=[{id}]",
        start + 86_400
    );
    assert_eq!(
        stage.graph(Method::GET, &path, json!({})).await.1["error"]["code"],
        200_007
    );
    let enable = format!("{waba}?is_enabled_for_insights=true");
    assert_eq!(stage.graph(Method::POST, &enable, json!({})).await.0, 200);
    let disable = format!("{waba}?is_enabled_for_insights=false");
    assert_eq!(
        stage.graph(Method::POST, &disable, json!({})).await.1["error"]["code"],
        200_006
    );
    let (http, answer) = stage.graph(Method::GET, &path, json!({})).await;
    assert_eq!(http, 200, "{answer}");
    let day = &answer["data"][0]["data_points"][0];
    assert_eq!(
        (
            day["sent"].as_u64(),
            day["delivered"].as_u64(),
            day["read"].as_u64(),
            day["replied"].as_u64()
        ),
        (Some(1), Some(1), Some(1), Some(1))
    );
    assert_eq!(
        day["clicked"][0],
        json!({"type": "quick_reply_button", "button_content": "Show me", "count": 1})
    );
    assert_eq!(day["cost"][0]["value"], 0.5);
    // A card that cannot be read is refused.
    assert_eq!(
        stage
            .control(Method::PATCH, "config", json!({"rate_card": "a,b\n1,2\n"}))
            .await
            .0,
        400
    );
}

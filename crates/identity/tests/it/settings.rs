//! A tenant's settings, its logo and its opening hours.

use identity::Role;
use poem::http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::{World, answer, read};

impl World {
    /// A key with every permission of a tenant.
    async fn key(&self, db: &kernel::TenantDb) -> String {
        use secrecy::ExposeSecret;
        let scopes = ["settings:read", "settings:manage"];
        let key = self
            .identity
            .create_api_key(db, "Key", &scopes, None)
            .await
            .unwrap();
        key.secret.expose_secret().to_owned()
    }

    async fn call(&self, key: &str, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.program(method, path, key);
        answer(if body.is_null() {
            request
        } else {
            request.body_json(&body)
        })
        .await
    }
}

/// A PNG of this size, as far as its header says.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

#[rstest]
#[tokio::test]
async fn a_field_of_the_settings_is_kept_set_or_taken_back(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (acme, globex) = (world.key(&world.acme).await, world.key(&world.globex).await);
    let fresh = |name| json!({ "name": name, "language": "en", "time_zone": "UTC" });
    let settings = async |key: &str| world.call(key, Method::GET, "/settings", Value::Null).await;
    assert_eq!(settings(&acme).await, (StatusCode::OK, fresh("Acme")));
    let number = world.number(&world.acme);
    let chosen = json!({
        "name": "  Acme Coffee ", "language": "ar", "time_zone": "Africa/Cairo", "default_country": "eg", "default_channel_id": number,
    });
    let (status, changed) = world.call(&acme, Method::PATCH, "/settings", chosen).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    let expected = json!({
        "name": "Acme Coffee", "language": "ar", "time_zone": "Africa/Cairo", "default_country": "EG", "default_channel_id": number,
    });
    assert_eq!(changed, expected);
    assert_eq!(world.identity.find_tenants("Acme Coffee").await.unwrap().len(), 1);
    let seen = world.identity.settings().settings(&world.acme).await.unwrap();
    assert_eq!(
        (seen.time_zone.name(), seen.default_country.as_deref()),
        ("Africa/Cairo", Some("EG"))
    );
    // What is absent stays, null takes the choice back.
    let (_, changed) = world
        .call(
            &acme,
            Method::PATCH,
            "/settings",
            json!({ "language": null, "default_country": null }),
        )
        .await;
    assert_eq!(
        (&changed["language"], &changed["time_zone"]),
        (&json!("en"), &json!("Africa/Cairo"))
    );
    assert_eq!(changed["default_country"], Value::Null);
    // A number that is removed afterwards is none.
    world.numbers.remove(number);
    assert_eq!(settings(&acme).await.1["default_channel_id"], Value::Null);
    assert_eq!(settings(&globex).await, (StatusCode::OK, fresh("Globex")));
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_a_setting_is_refused_with_its_field(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let acme = world.key(&world.acme).await;
    let foreign = world.number(&world.globex);
    for (field, value) in [
        ("name", json!(null)),
        ("name", json!("")),
        ("name", json!("\u{200b}")),
        ("name", json!("a\nb")),
        ("time_zone", json!("Europe/Atlantis")),
        ("time_zone", json!("+01:00")),
        ("time_zone", json!("")),
        ("default_country", json!("XX")),
        ("default_country", json!("1")),
        ("default_channel_id", json!(foreign)),
    ] {
        let (status, refused) = world
            .call(&acme, Method::PATCH, "/settings", json!({ field: value }))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {refused}");
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    let (_, settings) = world.call(&acme, Method::GET, "/settings", Value::Null).await;
    assert_eq!(
        settings,
        json!({ "name": "Acme", "language": "en", "time_zone": "UTC" })
    );
}

#[rstest]
#[tokio::test]
async fn everybody_reads_the_settings_and_administrators_change_them(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let tenant = world.acme.tenant();
    for (email, role, may) in [
        ("admin@acme.example", Role::Admin, true),
        ("agent@acme.example", Role::Agent, false),
        ("marketer@acme.example", Role::Marketer, false),
        ("developer@acme.example", Role::Developer, false),
    ] {
        world.user(email, &[(tenant, role)]).await;
        let cookie = world.sign_in(email).await;
        for path in ["/settings", "/settings/hours"] {
            let (status, _) = answer(world.portal(Method::GET, path, &cookie)).await;
            assert_eq!(status, StatusCode::OK, "{email} {path}");
        }
        let change = json!({ "default_country": "GB" });
        let change = world
            .portal(Method::PATCH, "/settings", &cookie)
            .body_json(&change);
        let hours = world
            .portal(Method::PUT, "/settings/hours", &cookie)
            .body_json(&json!({}));
        let expected = if may {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer(change).await.0, expected, "{email}");
        assert_eq!(answer(hours).await.0, expected, "{email}");
    }
}

#[rstest]
#[tokio::test]
async fn opening_hours_are_kept_and_answer_whether_it_is_open(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (acme, globex) = (world.key(&world.acme).await, world.key(&world.globex).await);
    let always = json!({ "time_zone": "UTC", "holidays": [], "now": { "open": true } });
    let hours = async |key: &str| world.call(key, Method::GET, "/settings/hours", Value::Null).await;
    assert_eq!(hours(&acme).await, (StatusCode::OK, always.clone()));
    world
        .call(
            &acme,
            Method::PATCH,
            "/settings",
            json!({ "time_zone": "Asia/Dubai" }),
        )
        .await;
    // The clock stands at 2026-09-21T14:13:20Z, a Monday: 18:13 in Dubai.
    let day = json!([{ "start": "09:00", "end": "20:00" }]);
    let wanted = json!({
        "week": { "mon": day, "tue": day, "fri": [{ "start": "22:00", "end": "02:00" }] },
        "holidays": [{ "date": "2026-09-22", "name": "Stocktaking" }, { "date": "2000-12-02", "yearly": true, "spans": day }],
    });
    let (status, kept) = world.call(&acme, Method::PUT, "/settings/hours", wanted).await;
    assert_eq!(status, StatusCode::OK, "{kept}");
    assert_eq!(
        kept,
        json!({
            "time_zone": "Asia/Dubai",
            "week": {
                "mon": day, "tue": day, "wed": [], "thu": [], "fri": [{ "start": "22:00", "end": "02:00" }], "sat": [], "sun": [],
            },
            "holidays": [
                { "date": "2026-09-22", "yearly": false, "name": "Stocktaking", "spans": [] },
                { "date": "2000-12-02", "yearly": true, "name": "", "spans": day },
            ],
            "now": { "open": true, "since": "2026-09-21T05:00:00+00:00", "until": "2026-09-21T16:00:00+00:00" },
        })
    );
    world.hand.advance(chrono::TimeDelta::hours(3));
    let now =
        json!({ "open": false, "since": "2026-09-21T16:00:00+00:00", "until": "2026-09-25T18:00:00+00:00" });
    assert_eq!(hours(&acme).await.1["now"], now);
    let calendar = world.identity.settings().calendar(&world.acme).await.unwrap();
    assert!(!calendar.is_open(world.clock.now()));
    assert_eq!(hours(&globex).await, (StatusCode::OK, always.clone()));
    // The clock's zone counts, not the one of when they were entered.
    world
        .call(&acme, Method::PATCH, "/settings", json!({ "time_zone": null }))
        .await;
    let now =
        json!({ "open": true, "since": "2026-09-21T09:00:00+00:00", "until": "2026-09-21T20:00:00+00:00" });
    assert_eq!(hours(&acme).await.1["now"], now);
    let (_, kept) = world.call(&acme, Method::PUT, "/settings/hours", json!({})).await;
    assert_eq!(kept, always);
}

#[rstest]
#[tokio::test]
async fn wrong_hours_are_refused_by_field(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let acme = world.key(&world.acme).await;
    let span = |start: &str, end: &str| json!({ "start": start, "end": end });
    for (body, status, fields) in [
        (
            json!({ "week": { "mon": [span("9:00", "17:00"), span("09:00", "25:00")] } }),
            422,
            vec!["week.mon[0].start", "week.mon[1].end"],
        ),
        (
            json!({ "week": { "sun": [span("24:00", "12:00")] } }),
            422,
            vec!["week.sun[0].start"],
        ),
        (
            json!({ "week": { "sun": [span("10:00", "12:00"), span("22:00", "11:00")], "mon": [span("10:00", "12:00"), span("11:00", "13:00")] } }),
            422,
            vec!["week.mon[1]"],
        ),
        (
            json!({ "holidays": [{ "date": "2026-12-25" }, { "date": "2026-12-25", "spans": [span("a", "12:00")] }] }),
            422,
            vec!["holidays[1].spans[0].start"],
        ),
        (
            json!({ "holidays": [{ "date": "2026-12-25" }, { "date": "2026-12-25" }] }),
            422,
            vec!["holidays[1].date"],
        ),
        (
            json!({ "week": { "mon": vec![span("09:00", "10:00"); 11] } }),
            422,
            vec!["week.mon"],
        ),
    ] {
        let (found, refused) = world
            .call(&acme, Method::PUT, "/settings/hours", body.clone())
            .await;
        assert_eq!(found.as_u16(), status, "{body}: {refused}");
        let named: Vec<&str> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{body}: {refused}");
    }
    for body in [
        json!({ "holidays": [{ "date": "2026-02-30" }] }),
        json!({ "week": { "monday": [] } }),
        json!({ "week": { "mon": [{ "start": "09:00" }] } }),
    ] {
        let (found, refused) = world
            .call(&acme, Method::PUT, "/settings/hours", body.clone())
            .await;
        assert_eq!(found, StatusCode::BAD_REQUEST, "{body}: {refused}");
    }
    let (_, kept) = world
        .call(&acme, Method::GET, "/settings/hours", Value::Null)
        .await;
    assert_eq!(kept["holidays"], json!([]));
}

#[rstest]
#[tokio::test]
async fn a_logo_is_an_image_and_is_served_by_its_signed_address(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let acme = world.key(&world.acme).await;
    let upload = async |mime: &str, bytes: Vec<u8>| {
        let request = world.program(Method::PUT, "/settings/logo", &acme);
        answer(request.header(header::CONTENT_TYPE, mime).body(bytes)).await
    };
    let mut large = png(64, 64);
    large.resize(256 * 1024 + 1, 0);
    for (bytes, status) in [
        (b"<svg onload=alert(1)>".to_vec(), 422),
        (Vec::new(), 422),
        (png(64, 64)[..20].to_vec(), 422),
        (png(8, 64), 422),
        (png(64, 4000), 422),
        (b"GIF89a\x40\0\x40\0\0\0\0".to_vec(), 422),
        (large, 413),
    ] {
        let (found, refused) = upload("image/png", bytes).await;
        assert_eq!(found.as_u16(), status, "{refused}");
    }
    assert_eq!(world.store.0.lock().unwrap().len(), 0);
    let (status, first) = upload("image/png", png(64, 64)).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let path = |settings: &Value| {
        let url = settings["logo_url"].as_str().unwrap();
        url.strip_prefix("https://wa.example").unwrap().to_owned()
    };
    let served = world.client.get(path(&first)).send().await;
    served.assert_status_is_ok();
    assert_eq!(served.0.headers()[header::CONTENT_TYPE], "image/png");
    assert_eq!(served.0.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(served.0.into_body().into_vec().await.unwrap(), png(64, 64));
    // Another replaces it, and its address works no longer.
    let (_, second) = upload("image/png", png(32, 32)).await;
    assert_eq!(world.store.0.lock().unwrap().len(), 1);
    assert_eq!(
        read(world.client.get(path(&first)).send().await).await.0,
        StatusCode::NOT_FOUND
    );
    // The bytes decide, not what is said of them; what is signed cannot be changed.
    let address = path(&second);
    let (before, after) = (&address[..20], &address[21..]);
    let changed = if &address[20..21] == "A" { "B" } else { "A" };
    let flipped = world.client.get(format!("{before}{changed}{after}")).send().await;
    assert_eq!(read(flipped).await.0, StatusCode::NOT_FOUND);
    world.hand.advance(chrono::TimeDelta::minutes(61));
    assert_eq!(
        read(world.client.get(path(&second)).send().await).await.0,
        StatusCode::NOT_FOUND
    );
    let (_, again) = world.call(&acme, Method::GET, "/settings", Value::Null).await;
    world.client.get(path(&again)).send().await.assert_status_is_ok();
    let (status, _) = world
        .call(&acme, Method::DELETE, "/settings/logo", Value::Null)
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(world.store.0.lock().unwrap().len(), 0);
    let (_, settings) = world.call(&acme, Method::GET, "/settings", Value::Null).await;
    assert_eq!(settings["logo_url"], Value::Null);
}

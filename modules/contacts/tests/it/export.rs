//! Contacts as files: another program reads what the list shows, and no cell is a formula.

use std::{collections::BTreeMap, io::Cursor, ops::ControlFlow};

use poem::http::StatusCode;
use rstest::rstest;
use serde_json::json;
use sheets::{Kind, Meaning, Overrides, people::consent};
use testkit::Profile;

use crate::world::World;

/// What a file says, by column, and what its columns seem to be.
fn read(file: &[u8]) -> (Kind, Vec<BTreeMap<String, String>>, BTreeMap<String, Meaning>) {
    let found = sheets::sniff(Cursor::new(file), &Overrides::default()).unwrap();
    let mut rows = Vec::new();
    sheets::read(Cursor::new(file), &found.layout, |record| {
        assert_eq!(record.problem, None);
        let names = found.columns.iter().map(|column| column.name.clone());
        rows.push(
            names
                .zip(record.cells)
                .filter(|(_, cell)| !cell.is_empty())
                .collect(),
        );
        ControlFlow::Continue(())
    })
    .unwrap();
    let guessed = found.columns.into_iter();
    let guessed = guessed
        .filter_map(|column| Some((column.name, column.guess?)))
        .collect();
    (found.kind, rows, guessed)
}

#[rstest]
#[tokio::test]
async fn what_the_list_shows_is_exported_and_reads_back(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let odd = "=HYPERLINK(\"http://example.org\",\"x\")";
    let ana = json!({
        "name": "Ana, \"Lima\"", "phone": "+447700900123", "tags": ["VIP", "Cairo"],
        "attributes": {"city": "القاهرة", "note to self": odd}, "note": "first line\nsecond line",
    });
    world.contact(&world.acme, ana).await;
    let only = json!({"name": "مريم", "username": "mariam.s", "attributes": {"order": "0012"}});
    world.contact(&world.acme, only).await;
    world
        .contact(&world.globex, json!({"name": "Gil", "phone": "+447700900999"}))
        .await;
    for (format, kind) in [("csv", Kind::Csv), ("xlsx", Kind::Xlsx)] {
        let path = format!("/contacts/export?format={format}");
        let (status, file) = world.file(&world.acme, &path).await;
        assert_eq!(status, StatusCode::OK);
        if kind == Kind::Csv {
            let text = String::from_utf8(file.clone()).unwrap();
            assert!(
                text.contains("\"'=HYPERLINK") && text.contains("'+447700900123"),
                "{text}"
            );
        }
        let (found, rows, guessed) = read(&file);
        assert_eq!((found, rows.len()), (kind, 2), "{rows:?}");
        let [mariam, ana] = rows.as_slice() else {
            panic!("{rows:?}")
        };
        assert_eq!(
            (&*mariam["Name"], &*mariam["Username"], &*mariam["order"]),
            ("مريم", "mariam.s", "0012")
        );
        assert_eq!(
            (&*ana["Phone"], &*ana["Name"]),
            ("+447700900123", "Ana, \"Lima\"")
        );
        assert_eq!((&*ana["Tags"], &*ana["city"]), ("Cairo; VIP", "القاهرة"));
        assert_eq!(
            (&*ana["note to self"], &*ana["Note"]),
            (odd, "first line\nsecond line")
        );
        for (column, meaning) in [
            ("Phone", Meaning::Phone),
            ("Name", Meaning::Name),
            ("Username", Meaning::Username),
            ("BSUID", Meaning::Bsuid),
            ("Tags", Meaning::Tags),
            ("Marketing", Meaning::Consent),
            ("Note", Meaning::Note),
        ] {
            assert_eq!(guessed.get(column), Some(&meaning), "{column}");
        }
    }
    assert_eq!(
        (consent("allowed"), consent("stopped")),
        (Some(true), Some(false))
    );
    let (_, tagged) = world.file(&world.acme, "/contacts/export?tag=vip").await;
    assert_eq!(read(&tagged).1.len(), 1);
    let (_, nobody) = world.file(&world.acme, "/contacts/export?search=zzz").await;
    assert_eq!(
        String::from_utf8(nobody).unwrap().lines().count(),
        1,
        "the header alone"
    );
    let (status, _) = world.file(&world.acme, "/contacts/export?format=pdf").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

/// More than a page of them, each once.
#[rstest]
#[tokio::test]
async fn an_export_has_every_page(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    for n in 0..405 {
        let tenant = if n % 81 == 0 { &world.globex } else { &world.acme };
        world
            .contact(
                tenant,
                json!({"name": format!("Person {n:03}"), "phone": format!("+4477009{n:05}")}),
            )
            .await;
    }
    let (_, file) = world.file(&world.acme, "/contacts/export").await;
    let (_, rows, _) = read(&file);
    let names: std::collections::BTreeSet<&str> = rows.iter().map(|row| &*row["Name"]).collect();
    assert_eq!((rows.len(), names.len()), (400, 400));
}

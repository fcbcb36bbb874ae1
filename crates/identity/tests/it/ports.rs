use std::sync::Arc;

use identity::{Identity, Options, PasswordCost, Random, VaultKey, VaultKeys, WEBHOOK};
use kernel::{Bucket, Limiter, Taken, Vault};
use rstest::rstest;
use secrecy::{ExposeSecret, SecretString};

use testkit::Profile;

use crate::world::World;

struct Open;
#[async_trait::async_trait]
impl Limiter for Open {
    async fn take_each(&self, _: &[Bucket<'_>], _: u32) -> Taken {
        Taken {
            refused: None,
            levels: Vec::new(),
        }
    }
}

fn vault(world: &World, sealing: (&str, u8), older: &[(&str, u8)]) -> Arc<dyn Vault> {
    let key = |(id, byte): (&str, u8)| VaultKey::new(id, [byte; 32]).unwrap();
    let keys = VaultKeys::new(key(sealing), older.iter().map(|it| key(*it)).collect()).unwrap();
    let options = Options {
        password_cost: PasswordCost::FOR_TESTS,
        ..Options::default()
    };
    let system = world.database.system(world.clock.clone());
    Identity::new(system, &keys, Arc::new(Open), Random::seeded(2), options).vault()
}

#[rstest]
#[tokio::test]
async fn a_secret_opens_in_its_place_only(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let vault = world.identity.vault();
    let place = |tenant| format!("{tenant}|messaging_channels|chn_1|access_token");
    let (here, there) = (place(world.acme.tenant()), place(world.globex.tenant()));
    let secret = SecretString::from("EAAB token");

    let sealed = vault.seal(&here, &secret).unwrap();
    assert!(sealed.starts_with("v1.k1.") && !sealed.contains("EAAB"));
    assert_ne!(sealed, vault.seal(&here, &secret).unwrap(), "nonces are random");
    assert_eq!(vault.open(&here, &sealed).unwrap().expose_secret(), "EAAB token");
    assert_eq!(vault.open(&there, &sealed).unwrap_err().code(), "internal");
    for broken in [
        "",
        "v1",
        "v1.k1",
        "v1.k1.",
        "v1.k9.AAAA",
        "v2.k1.AAAA",
        "v1.k1.!!!",
        "v1.k1.AAAA",
    ] {
        assert!(vault.open(&here, broken).is_err(), "{broken}");
    }
    let last = if sealed.ends_with('A') { "B" } else { "A" };
    assert!(
        vault
            .open(&here, &format!("{}{last}", &sealed[..sealed.len() - 1]))
            .is_err()
    );
    assert!(!format!("{secret:?}").contains("EAAB"));
}

#[rstest]
#[tokio::test]
async fn keys_rotate(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let sealed = vault(&world, ("old", 1), &[])
        .seal("place", &"secret".into())
        .unwrap();
    let rotated = vault(&world, ("new", 2), &[("old", 1)]);
    assert_eq!(rotated.open("place", &sealed).unwrap().expose_secret(), "secret");
    assert!(
        rotated
            .seal("place", &"secret".into())
            .unwrap()
            .starts_with("v1.new.")
    );
    assert!(vault(&world, ("new", 2), &[]).open("place", &sealed).is_err());
    assert!(vault(&world, ("old", 2), &[]).open("place", &sealed).is_err());
}

#[rstest]
#[tokio::test]
async fn a_signature_holds_for_its_message_and_purpose_and_outlives_a_rotation(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let old = vault(&world, ("old", 1), &[]);
    let signature = old.sign("address", b"message");
    assert_eq!(signature, old.sign("address", b"message"));
    assert!(old.verify("address", b"message", &signature));
    assert!(!old.verify("address", b"massage", &signature));
    assert!(!old.verify("cookie", b"message", &signature));
    for broken in [
        &signature[..31],
        &[],
        &[0; 32],
        &[&signature[..], &[0]].concat()[..],
    ] {
        assert!(!old.verify("address", b"message", broken));
    }
    let rotated = vault(&world, ("new", 2), &[("old", 1)]);
    assert!(rotated.verify("address", b"message", &signature));
    assert_ne!(rotated.sign("address", b"message"), signature);
    assert!(!vault(&world, ("new", 2), &[]).verify("address", b"message", &signature));
}

#[test]
fn vault_keys_are_read_from_configuration_and_never_shown() {
    let digits = "ab".repeat(32);
    let key = VaultKey::parse(&format!("k1:{digits}").into()).unwrap();
    assert_eq!(format!("{key:?}"), "VaultKey(k1)");
    for wrong in [
        "",
        "k1",
        "k1:abcd",
        ":abcd",
        &format!("k 1:{digits}"),
        &format!("k1:{digits}ff"),
    ] {
        let refused = VaultKey::parse(&wrong.to_owned().into()).unwrap_err();
        assert!(!refused.contains("ab".repeat(3).as_str()), "{refused}");
    }
}

#[test]
fn two_keys_have_two_ids() {
    let key = |id: &str, byte: u8| VaultKey::new(id, [byte; 32]).unwrap();
    for (sealing, older) in [
        (key("k2", 1), vec![key("k2", 2)]),
        (key("k3", 1), vec![key("k1", 2), key("k2", 3), key("k1", 4)]),
    ] {
        let refused = VaultKeys::new(sealing, older).unwrap_err();
        assert!(refused.contains("two vault keys have the id `k"), "{refused}");
    }
    VaultKeys::new(key("k2", 1), vec![key("k1", 1)]).unwrap();
}

#[rstest]
#[tokio::test]
async fn a_route_belongs_to_one_tenant(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let routes = world.identity.routes();
    assert!(routes.resolve("phone", "1001").await.unwrap().is_none());

    for _ in 0..2 {
        let tx = world.acme.begin().await.unwrap();
        routes.claim(&tx, "phone", "1001").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            routes.resolve("phone", "1001").await.unwrap().unwrap().tenant(),
            world.acme.tenant()
        );
    }
    let tx = world.globex.begin().await.unwrap();
    assert_eq!(
        routes.claim(&tx, "phone", "1001").await.unwrap_err().code(),
        "already_exists"
    );
    routes.release(&tx, "phone", "1001").await.unwrap();
    routes.claim(&tx, "account", "1001").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        routes.resolve("phone", "1001").await.unwrap().unwrap().tenant(),
        world.acme.tenant()
    );
    assert_eq!(
        routes.resolve("account", "1001").await.unwrap().unwrap().tenant(),
        world.globex.tenant()
    );

    let tx = world.acme.begin().await.unwrap();
    routes.release(&tx, "phone", "1001").await.unwrap();
    tx.commit().await.unwrap();
    assert!(routes.resolve("phone", "1001").await.unwrap().is_none());
    assert!(
        routes
            .resolve("phone", &"x".repeat(5_000))
            .await
            .unwrap()
            .is_none()
    );
}

#[rstest]
#[tokio::test]
async fn a_route_is_taken_over_and_its_holder_named(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let routes = world.identity.routes();
    let (acme, globex) = (world.acme.tenant(), world.globex.tenant());
    assert!(!routes.held_by_another(acme, "phone", "1001").await.unwrap());
    for (db, before) in [
        (&world.acme, None),
        (&world.acme, None),
        (&world.globex, Some(acme)),
        (&world.acme, Some(globex)),
        (&world.globex, Some(acme)),
    ] {
        let tx = db.begin().await.unwrap();
        let holder = routes.take_over(&tx, "phone", "1001").await.unwrap();
        assert_eq!(holder.map(|db| db.tenant()), before);
        tx.commit().await.unwrap();
        let owner = routes.resolve("phone", "1001").await.unwrap().unwrap();
        assert_eq!(
            owner.tenant(),
            db.tenant(),
            "the process that moved it knows at once"
        );
    }
    assert!(routes.held_by_another(acme, "phone", "1001").await.unwrap());
    assert!(!routes.held_by_another(globex, "phone", "1001").await.unwrap());

    // What is not committed moves nothing.
    let tx = world.acme.begin().await.unwrap();
    routes.take_over(&tx, "phone", "1001").await.unwrap();
    drop(tx);
    assert!(routes.held_by_another(acme, "phone", "1001").await.unwrap());
}

#[rstest]
#[tokio::test]
async fn of_tenants_that_take_a_route_at_once_each_learns_from_whom(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let routes = world.identity.routes();
    let mut taking = tokio::task::JoinSet::new();
    for n in 0..20 {
        let (routes, db) = (routes.clone(), [&world.acme, &world.globex][n % 2].clone());
        taking.spawn(async move {
            kernel::retrying(|| async {
                let tx = db.begin().await?;
                let holder = routes.take_over(&tx, "phone", "7").await?;
                tx.commit().await?;
                Ok::<_, kernel::Error>(holder.map(|holder| holder.tenant()))
            })
            .await
            .unwrap()
        });
    }
    let before = taking.join_all().await;
    let lost = |tenant| before.iter().filter(|it| **it == Some(tenant)).count();
    let holder = routes.resolve("phone", "7").await.unwrap().unwrap().tenant();
    // Taken and lost alternate, so the current holder has lost it as often as the other or once less.
    let other = if holder == world.acme.tenant() {
        world.globex.tenant()
    } else {
        world.acme.tenant()
    };
    let (held, gone) = (lost(holder), lost(other));
    assert!(gone == held || gone == held + 1, "{held} {gone}");
}

#[rstest]
#[tokio::test]
async fn a_claim_that_is_not_committed_leaves_no_trace(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let routes = world.identity.routes();
    let tx = world.acme.begin().await.unwrap();
    routes.claim(&tx, "phone", "7").await.unwrap();
    drop(tx);
    let tx = world.globex.begin().await.unwrap();
    routes.claim(&tx, "phone", "7").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        routes.resolve("phone", "7").await.unwrap().unwrap().tenant(),
        world.globex.tenant()
    );
}

#[rstest]
#[tokio::test]
async fn a_tenant_has_one_path_however_many_ask_at_once(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let routes = world.identity.routes();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (routes, db) = (routes.clone(), world.acme.clone());
        asking.spawn(async move { routes.path_of(&db).await.unwrap() });
    }
    let paths: std::collections::BTreeSet<String> = asking.join_all().await.into_iter().collect();
    assert_eq!(paths.len(), 1);
    let path = paths.first().unwrap();
    assert_eq!(path.len(), 32);
    assert_eq!(
        routes.resolve(WEBHOOK, path).await.unwrap().unwrap().tenant(),
        world.acme.tenant()
    );
    assert_ne!(*path, routes.path_of(&world.globex).await.unwrap());
    // A name of another kind is another name, and stays.
    let name = routes.name_of(&world.acme, "media").await.unwrap();
    assert_ne!(*path, name);
    assert_eq!(name, routes.name_of(&world.acme, "media").await.unwrap());
    assert!(routes.resolve(WEBHOOK, &name).await.unwrap().is_none());
    assert_eq!(
        routes.resolve("media", &name).await.unwrap().unwrap().tenant(),
        world.acme.tenant()
    );
}

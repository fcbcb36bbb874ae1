//! Guessing at one account from many addresses is slow, and locks nobody out at their usual address.

use identity::Role;
use serde_json::json;
use testkit::{Answer, PASSWORD, Profile, TestApp};

/// Tries to sign in, as the proxy in front hands it on from this address.
async fn attempt(app: &TestApp, address: &str, email: &str, password: &str) -> Answer {
    let request = app
        .http
        .post(format!("{}/api/v1/session", app.base))
        .header("x-forwarded-for", address)
        .json(&json!({ "email": email, "password": password }));
    Answer::read(request.send().await.unwrap()).await
}

/// Tells a story on both profiles, behind a proxy on this machine.
async fn behind_a_proxy(story: impl AsyncFn(&TestApp)) {
    for profile in [Profile::Embedded, Profile::Production] {
        let app = TestApp::start_with(
            profile,
            |config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()],
            |_| {},
        )
        .await;
        story(&app).await;
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_distributed_guesser_is_slowed_and_the_person_gets_in() {
    behind_a_proxy(async |app: &TestApp| {
        let ada = app.person(&app.acme, Role::Owner).await;
        let bob = app.person(&app.globex, Role::Owner).await;
        for usual in ["198.51.100.7", "2001:db8:1:2::7"] {
            assert_eq!(attempt(app, usual, &ada, PASSWORD).await.status, 200);
        }
        // Two attempts came from addresses that were new then. The bucket holds twenty, however the address is typed.
        let spellings = [ada.clone(), ada.to_uppercase(), format!("  {ada} ")];
        let mut refused = 0;
        for n in 0..40 {
            let email = &spellings[n % 3];
            let answer = attempt(app, &format!("203.0.113.{n}"), email, "a guess that is wrong").await;
            match answer.status {
                401 => assert_eq!(answer.code(), "invalid_credentials"),
                429 => {
                    refused += 1;
                    let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
                    assert!((1..=180).contains(&wait), "{wait}");
                }
                other => panic!("{other}: {}", answer.json),
            }
        }
        // One comes back in three minutes.
        assert!((20..=22).contains(&refused), "{refused}");
        let elsewhere = attempt(app, "192.0.2.200", &ada, PASSWORD).await;
        assert_eq!(
            elsewhere.status, 429,
            "nothing is learnt from a right guess either"
        );

        // Where the person has signed in before, they still can; the /64 of an IPv6 address is one address.
        for usual in ["198.51.100.7", "2001:db8:1:2:ffff::1"] {
            assert_eq!(attempt(app, usual, &ada, PASSWORD).await.status, 200, "{usual}");
        }
        assert_eq!(attempt(app, "2001:db8:1:3::7", &ada, PASSWORD).await.status, 429);
        // Others do not notice.
        assert_eq!(attempt(app, "203.0.113.1", &bob, PASSWORD).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_does_not_exist_is_slowed_alike() {
    behind_a_proxy(async |app: &TestApp| {
        let statuses = async |email: &str, net: &str| {
            let mut statuses = Vec::new();
            for n in 0..24 {
                statuses.push(
                    attempt(app, &format!("{net}.{n}"), email, "a guess that is wrong")
                        .await
                        .status,
                );
            }
            statuses
        };
        let ada = app.person(&app.acme, Role::Owner).await;
        let known = statuses(&ada, "203.0.113").await;
        assert_eq!(known, statuses("nobody@acme.example", "192.0.2").await);
        assert_eq!((known[19], known[23]), (401, 429));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_forgets_the_usual_addresses() {
    behind_a_proxy(async |app: &TestApp| {
        let ada = app.person(&app.acme, Role::Owner).await;
        let bob = app.person(&app.globex, Role::Owner).await;
        for email in [&ada, &bob] {
            assert_eq!(attempt(app, "198.51.100.7", email, PASSWORD).await.status, 200);
        }
        let id = app.identity.find_user_by_email(&ada).await.unwrap().unwrap().id;
        app.identity
            .set_password(id, "another password of mine".into())
            .await
            .unwrap();
        for email in [&ada, &bob] {
            for n in 0..20 {
                attempt(app, &format!("203.0.113.{n}"), email, "a guess that is wrong").await;
            }
        }
        // An attacker with the old password may have signed in there.
        let usual = attempt(app, "198.51.100.7", &ada, "another password of mine").await;
        assert_eq!(usual.status, 429);
        assert_eq!(attempt(app, "198.51.100.7", &bob, PASSWORD).await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_usual_address_has_its_own_limit_still() {
    behind_a_proxy(async |app: &TestApp| {
        let ada = app.person(&app.acme, Role::Owner).await;
        assert_eq!(attempt(app, "198.51.100.7", &ada, PASSWORD).await.status, 200);
        let mut last = 0;
        for _ in 0..6 {
            last = attempt(app, "198.51.100.7", &ada, "a guess that is wrong")
                .await
                .status;
        }
        assert_eq!(last, 429);
    })
    .await;
}

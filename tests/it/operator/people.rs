//! Users, tenants and resellers from the command line, while the server runs on the same database.

use testkit::{Profile, Services, on_both_profiles};

use super::{environment, session, sign_in, told};

on_both_profiles! {
    async fn people_are_made_while_the_server_runs(app: &TestApp) {
        let environment = environment(&app.config);
        let run = async |arguments: &[&str], input: &str| told(arguments, &environment, input).await;
        run(&["reseller", "add", "Southwind"], "").await.expect(0);
        run(&["tenant", "add", "Corner Shop", "--reseller", "Southwind"], "").await.expect(0);
        let ana = ["user", "add", "Ana@Shop.example", "--name", "Ana Lima", "--tenant", "Corner Shop", "--role", "admin"];
        run(&ana, "her first password\n").await.expect(0);
        run(&["user", "add", "tom@acme.example", "--name", "Tom", "--tenant", "Acme", "--role", "agent"], "his password").await.expect(0);

        let (answer, cookie) = sign_in(&app.base, "ana@shop.example", "her first password").await;
        assert_eq!(answer.status, 200, "{}", answer.json);
        let (_, seen) = session(&app.base, &cookie).await;
        assert_eq!((seen["tenant"]["name"].as_str(), seen["tenant"]["role"].as_str()), (Some("Corner Shop"), Some("admin")));
        let (_, toms) = sign_in(&app.base, "tom@acme.example", "his password").await;

        // The same person in another tenant: no password is asked for, and the old one stays.
        let again = run(&["user", "add", "ana@shop.example", "--tenant", "Globex", "--role", "agent"], "").await.expect(0);
        assert!(again.out.contains("Globex"), "{again:?}");
        assert_eq!(session(&app.base, &cookie).await.1["tenants"].as_array().unwrap().len(), 2);
        let listed = run(&["user", "list"], "").await.expect(0).out;
        assert!(listed.contains("ana@shop.example  Ana Lima  Globex (agent), Corner Shop (admin)"), "{listed}");
        let tenants = run(&["tenant", "list"], "").await.expect(0).out;
        assert!(tenants.contains("Corner Shop  (reseller: Southwind)") && tenants.contains("Acme  (reseller: Northwind)"), "{tenants}");
        assert_eq!(run(&["reseller", "list"], "").await.expect(0).out.lines().count(), 2);

        // A new password ends every session of the person, and of nobody else.
        let changed = run(&["user", "set-password", "ana@shop.example"], "her second password\n").await.expect(0);
        assert!(!changed.out.contains("second") && changed.err.is_empty(), "{changed:?}");
        assert_eq!(session(&app.base, &cookie).await.0, 401);
        assert_eq!(session(&app.base, &toms).await.0, 200);
        assert_eq!(sign_in(&app.base, "ana@shop.example", "her first password").await.0.status, 401);
        assert_eq!(sign_in(&app.base, "ana@shop.example", "her second password").await.0.status, 200);
    }
}

/// What is refused, with the sentence that says why. One profile: none of it is about the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_refused_and_changes_nothing() {
    let services = Services::make(Profile::Embedded).await;
    let environment = environment(&services.config);
    let run = async |arguments: &[&str], input: &str| told(arguments, &environment, input).await;
    for what in ["user", "tenant", "reseller"] {
        let empty = run(&[what, "list"], "").await.expect(0);
        assert_eq!(empty.out, "");
        assert!(
            empty
                .err
                .contains(&format!("There are no {what}s yet: `wapro {what} add`")),
            "{empty:?}"
        );
    }
    let refused = run(&["tenant", "add", "Acme"], "").await.expect(1);
    assert!(refused.err.contains("wapro reseller add"), "{refused:?}");
    run(&["reseller", "add", "Northwind"], "").await.expect(0);
    run(&["tenant", "add", "Acme"], "").await.expect(0);
    // Names that people take for the same are one; so are letters in another form.
    for (what, name) in [
        ("reseller", "NORTHWIND"),
        ("reseller", "North\u{ad}wind"),
        ("tenant", "acme"),
        ("tenant", "Ac\u{200b}me"),
        ("tenant", " A\u{202e}cme"),
    ] {
        let refused = run(&[what, "add", name], "").await.expect(1);
        assert!(refused.err.contains("exists already"), "{refused:?}");
    }
    run(&["tenant", "add", "Café"], "").await.expect(0);
    run(&["tenant", "add", "Cafe\u{301}"], "").await.expect(1);
    let add = |email: &'static str, tenant: &'static str, role: &'static str| {
        [
            "user", "add", email, "--name", "Ana", "--tenant", tenant, "--role", role,
        ]
    };
    run(&add("ana@acme.example", "Acme", "owner"), "a password of mine")
        .await
        .expect(0);
    let before = run(&["user", "list"], "").await.out;
    let mine = "a password of mine";
    let shown = "--password=a password of mine";
    for (arguments, input, code, said) in [
        // The password: too short, too long, none, not text.
        (
            &add("b\u{200b}o@acme.example", "Acme", "agent")[..],
            mine,
            1,
            "wapro: the email must be an e-mail address",
        ),
        (
            &add("bo@acme.example", "Acme", "agent")[..],
            "short",
            1,
            "wapro: the password must have",
        ),
        (
            &add("bo@acme.example", "Acme", "agent"),
            &"x".repeat(5_000),
            1,
            "password",
        ),
        (&add("bo@acme.example", "Acme", "agent"), "", 1, "no password"),
        (&add("bo@acme.example", "Acme", "agent"), "\n\n", 1, "no password"),
        (
            &["user", "set-password", "ana@acme.example"],
            "short",
            1,
            "password",
        ),
        // Never an argument.
        (
            &["user", "set-password", "ana@acme.example", shown],
            mine,
            2,
            "--password",
        ),
        (
            &["user", "set-password", "ana@acme.example", mine],
            "",
            2,
            "unexpected argument",
        ),
        // Who, where, as what.
        (
            &add("ana@acme.example", "Acme", "agent"),
            mine,
            1,
            "already, as owner",
        ),
        (&add("not an address", "Acme", "agent"), mine, 1, "email"),
        (
            &add("bo@acme.example", "Nowhere", "agent"),
            mine,
            1,
            "wapro tenant list",
        ),
        (
            &add("bo@acme.example", "ten_00000000000000000000000000000000", "agent"),
            mine,
            1,
            "wapro tenant list",
        ),
        (
            &add("bo@acme.example", "Acme", "king"),
            mine,
            2,
            "owner, admin, agent, marketer, developer",
        ),
        (
            &[
                "user",
                "add",
                "bo@acme.example",
                "--tenant",
                "Acme",
                "--role",
                "agent",
            ],
            mine,
            1,
            "--name",
        ),
        (
            &[
                "user",
                "add",
                "bo@acme.example",
                "--name",
                "Bo",
                "--role",
                "agent",
            ],
            mine,
            2,
            "--tenant",
        ),
        (
            &["user", "set-password", "nobody@acme.example"],
            mine,
            1,
            "nobody has",
        ),
        (&["tenant", "add", "Acme"], "", 1, "exists already"),
        (&["tenant", "add", "  "], "", 1, "wapro: the name "),
        (
            &["tenant", "add", "New", "--reseller", "Nobody"],
            "",
            1,
            "wapro reseller list",
        ),
        (&["reseller", "add", "Northwind"], "", 1, "exists already"),
        (&["reseller", "add", ""], "", 1, "name"),
        (&["user"], "", 2, "Usage"),
    ] {
        let refused = run(arguments, input).await;
        assert_eq!(refused.code, code, "{arguments:?}: {refused:?}");
        assert!(refused.err.contains(said), "{arguments:?}: {refused:?}");
        assert!(code == 2 || !refused.err.contains(mine), "{refused:?}");
    }
    assert_eq!(run(&["user", "list"], "").await.out, before);
    services.remove().await;
}

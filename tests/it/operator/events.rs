//! Events that could not be applied, seen and tried again from the command line.

use sea_orm::{ConnectionTrait, Statement, Value};
use testkit::on_both_profiles;

use super::{environment, told};

on_both_profiles! {
    async fn parked_events_are_listed_and_tried_again(app: &TestApp) {
        let environment = environment(&app.config);
        let run = async |arguments: &[&str]| told(arguments, &environment, "").await;
        let nothing = run(&["events", "parked"]).await.expect(0);
        assert_eq!(nothing.out.trim(), "Nothing is parked.");
        let refused = run(&["events", "retry", "--all"]).await.expect(1);
        assert!(refused.err.contains("nothing is parked that fits"), "{refused:?}");
        run(&["events", "retry"]).await.expect(2);

        // No module listens yet, so the rows are written here, as the host writes them.
        let on = app.system.across_tenants("a test writes what a listener would have left");
        let backend = on.get_database_backend();
        for (tenant, key) in [(app.acme.id, "cnv_a"), (app.globex.id, "cnv_b")] {
            let place: [Value; 2] = [tenant.into(), key.into()];
            let parked = "INSERT INTO host_parked_keys (tenant_id, event_key, listener, attempts, error, parked_at) \
                          VALUES (?, ?, 'rules.on.messages_received', 9, 'no such rule', '2026-11-30 12:00:00')";
            on.execute_raw(Statement::from_sql_and_values(backend, parked, place.clone())).await.unwrap();
            for seq in 1..=3 {
                let event = format!(
                    "INSERT INTO host_parked_events (tenant_id, event_key, listener, seq, payload, bytes) \
                     VALUES (?, ?, 'rules.on.messages_received', {seq}, '{{}}', 2)"
                );
                on.execute_raw(Statement::from_sql_and_values(backend, event, place.clone())).await.unwrap();
            }
        }
        let all = run(&["events", "parked"]).await.expect(0).out;
        assert_eq!(all.lines().count(), 2, "{all}");
        let of_acme = run(&["events", "parked", "--tenant", "Acme"]).await.expect(0).out;
        for part in [
            app.acme.id.to_string().as_str(),
            "rules.on.messages_received",
            "cnv_a  3 waiting",
            "since 2026-11-30T12:00:00Z",
            "9 tries, waits for `wapro events retry`",
            "no such rule",
        ] {
            assert!(of_acme.contains(part), "{part}: {of_acme}");
        }
        assert!(!of_acme.contains("cnv_b"), "{of_acme}");

        let retried = run(&["events", "retry", "--tenant", "Acme", "--key", "cnv_a"]).await.expect(0).out;
        assert!(retried.starts_with("1 will be tried again"), "{retried}");
        let due = "SELECT COUNT(*) AS due FROM host_parked_keys WHERE attempts = 0 AND retry_at IS NOT NULL AND event_key = 'cnv_a'";
        let row = on.query_one_raw(Statement::from_string(backend, due)).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "due").unwrap(), 1);
        let others = run(&["events", "parked", "--tenant", "Globex"]).await.expect(0).out;
        assert!(others.contains("waits for `wapro events retry`"), "{others}");
        run(&["events", "parked", "--tenant", "Nobody"]).await.expect(1);
    }
}

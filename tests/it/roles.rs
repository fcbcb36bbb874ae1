//! Which built-in role holds which permission: one table over all modules, so that a change of rights shows.

use kernel::Role;
use testkit::{Profile, TestApp};

const TABLE: &str = "
                 owner  admin  agent  marketer  developer
api_keys:manage  x      x      .      .         x
api_keys:read    x      x      .      .         x
channels:manage  x      x      .      .         x
channels:read    x      x      x      x         x
contacts:read    x      x      x      x         x
contacts:write   x      x      x      x         x
messages:read    x      x      x      x         x
messages:send    x      x      x      .         x
modules:manage   x      x      .      .         .
modules:read     x      x      .      .         .
";

#[tokio::test]
async fn roles_hold_what_the_table_says() {
    let app = TestApp::start(Profile::Embedded).await;
    let mut held: Vec<Vec<&str>> = app
        .identity
        .permissions()
        .iter()
        .map(|permission| {
            let roles = [
                Role::Owner,
                Role::Admin,
                Role::Agent,
                Role::Marketer,
                Role::Developer,
            ];
            let marks = roles.map(|role| if role.holds(permission) { "x" } else { "." });
            [permission.name].into_iter().chain(marks).collect()
        })
        .collect();
    held.sort_unstable();
    let table: Vec<Vec<&str>> = TABLE
        .lines()
        .skip(2)
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(held, table);
    app.stop().await;
}

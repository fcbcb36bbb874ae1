//! P9: memory of the idle platform's processes. Memory with sockets and under load is reported by those parts.

use std::time::Duration;

use crate::{
    plan::Plan,
    proc::memory,
    report::{Row, Whose},
    services::Services,
    world::World,
};

/// Until caches and pools are as they will stay.
const IDLE: Duration = Duration::from_secs(3);

/// Measures it.
///
/// # Errors
/// When the platform does not come up.
pub async fn measure(plan: &Plan, services: &Services) -> anyhow::Result<Vec<Row>> {
    let mut world = World::start(plan, services, "idle").await?;
    world.start_worker()?;
    tokio::time::sleep(IDLE).await;
    let rows = [("serve", world.serve_pid()), ("worker", world.worker_pid())]
        .into_iter()
        .filter_map(|(name, pid)| {
            let used = memory(pid?);
            let row = Row::new(
                "P9",
                Whose::Ours,
                format!("memory of an idle `wapro {name}`"),
                used.rss_mib,
                "MiB",
            );
            Some(
                Row {
                    memory: Some(used),
                    ..row
                }
                .wish("at most 40 MiB", used.rss_mib <= 40.0),
            )
        })
        .collect();
    world.stop().await?;
    Ok(rows)
}

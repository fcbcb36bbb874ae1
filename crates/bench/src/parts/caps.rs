//! P3: numbers of 20, 80 and 1,000 messages a second, the limit enforced by the simulator (130429): how much of the limit
//! is used, and how often it is run into.

use std::time::Duration;

use crate::{
    plan::Plan,
    report::{Row, Whose, short},
    services::Services,
    sim::Accepted,
    tenants::{Wanted, numbers},
    world::World,
};

const CAPS: [u32; 3] = [20, 80, 1_000];
/// Measured, seconds. At 20 a second one message is half a percent of it.
const SECONDS: u32 = 10;
/// After a number's first message: a full bucket's burst is over by then.
const SETTLE_MS: i64 = 1_200;

/// Measures it.
///
/// # Errors
/// When a number stops sending.
pub async fn measure(plan: &Plan, services: &Services) -> anyhow::Result<Vec<Row>> {
    let mut world = World::start(plan, services, "caps").await?;
    let wanted = Wanted {
        numbers: 1,
        contacts: 5_000,
        per_second: 1_000,
    };
    let tenants = world.tenants(CAPS.len(), wanted).await?;
    let mut queued = 0;
    for (tenant, cap) in tenants.iter().zip(CAPS) {
        world.limit(&tenant.numbers[0].phone_id, cap).await?;
        let count = u64::from(cap) * u64::from(SECONDS + 4);
        world.queue(&numbers(std::slice::from_ref(tenant)), count).await?;
        queued += count;
    }
    world.start_worker()?;
    let patience = Duration::from_secs(u64::from(SECONDS) + 20);
    let began = std::time::Instant::now();
    while world.sim.accepted().await? < queued && began.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (sends, totals) = (world.sim.sends(0, 1_000_000).await?, world.sim.totals().await?);
    world.stop().await?;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let throttled = totals.throttled() as f64 / (totals.throttled() + totals.accepted_total).max(1) as f64;
    let mut rows: Vec<Row> = tenants
        .iter()
        .zip(CAPS)
        .map(|(tenant, cap)| share(&sends, &tenant.numbers[0].phone_id, cap))
        .collect();
    rows.push(
        Row::new(
            "P3",
            Whose::Ours,
            "sends refused with 130429, all three numbers",
            throttled * 100.0,
            "%",
        )
        .wish("at most 0.1 %", throttled <= 0.001)
        .note(format!(
            "{} of {}",
            totals.throttled(),
            totals.throttled() + totals.accepted_total
        )),
    );
    Ok(rows)
}

fn share(sends: &[Accepted], phone_id: &str, cap: u32) -> Row {
    let at: Vec<i64> = sends
        .iter()
        .filter(|send| send.phone_id == phone_id)
        .map(|send| send.at)
        .collect();
    let from = at.first().copied().unwrap_or(0) + SETTLE_MS;
    let until = from + i64::from(SECONDS) * 1_000;
    let count = at.iter().filter(|at| (from..until).contains(*at)).count();
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let rate = count as f64 / f64::from(SECONDS);
    let share = rate / f64::from(cap) * 100.0;
    let lasted = at.last().copied().unwrap_or(0) >= until;
    let row = Row::new(
        "P3",
        Whose::Ours,
        format!("of a limit of {cap} a second"),
        share,
        "%",
    )
    .wish("at least 98 %", share >= 98.0)
    .note(format!("{} a second over {SECONDS} s", short(rate)));
    if lasted {
        row
    } else {
        row.note("the number had stopped sending before the time was over")
    }
}

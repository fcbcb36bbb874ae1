//! P3: numbers of 20, 80 and 1,000 messages a second, the limit enforced by the simulator (130429): how much of the limit
//! is used, and how often it is exceeded.

use std::time::{Duration, Instant};

use crate::{
    plan::Plan,
    report::{Row, Whose, short},
    services::Services,
    tenants::{Wanted, numbers},
    world::World,
};

const CAPS: [u32; 3] = [20, 80, 1_000];
/// Measured, seconds. At 20 a second one message is half a percent of it.
const SECONDS: u32 = 10;
/// After a number's first message: a full bucket's burst is over by then.
const SETTLE: Duration = Duration::from_millis(1_200);

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
    let timeout = Duration::from_secs(u64::from(SECONDS) + 20);
    let (began, mut samples) = (Instant::now(), Vec::new());
    while began.elapsed() < timeout {
        let numbers = world.sim.numbers().await?;
        let sent: u64 = numbers.values().map(|number| number.accepted).sum();
        samples.push((Instant::now(), numbers));
        if sent >= queued {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let all = world.sim.reading().await?;
    world.stop().await?;
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let throttled = all.throttled as f64 / (all.throttled + all.accepted).max(1) as f64;
    let mut rows = Vec::new();
    for (tenant, cap) in tenants.iter().zip(CAPS) {
        let phone = &tenant.numbers[0].phone_id;
        let of_number = samples
            .iter()
            .map(|(at, numbers)| (*at, numbers.get(phone).map_or(0, |number| number.accepted)));
        let row = share(&of_number.collect::<Vec<_>>(), cap);
        rows.push(match all.numbers.get(phone) {
            Some(number) => row.note(format!("{} sends refused with 130429", number.throttled)),
            None => row,
        });
    }
    rows.push(
        Row::new(
            "P3",
            Whose::Ours,
            "sends refused with 130429, all three numbers",
            throttled * 100.0,
            "%",
        )
        .wish("at most 0.1 %", throttled <= 0.001)
        .note(format!("{} of {}", all.throttled, all.throttled + all.accepted)),
    );
    Ok(rows)
}

/// The share of its limit that a number used, once its first burst was over.
fn share(samples: &[(Instant, u64)], cap: u32) -> Row {
    let first = samples.iter().find(|(_, count)| *count > 0).map(|(at, _)| *at);
    let from = first.and_then(|first| samples.iter().find(|(at, _)| *at >= first + SETTLE));
    let Some((from, before)) = from else {
        return Row::new(
            "P3",
            Whose::Ours,
            format!("of a limit of {cap} a second"),
            0.0,
            "%",
        )
        .note("nothing left");
    };
    let window = Duration::from_secs(u64::from(SECONDS));
    let last = samples.iter().find(|(at, _)| *at >= *from + window);
    let start = (*from, *before);
    let (until, after) = last.or(samples.last()).unwrap_or(&start);
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let rate = (after - before) as f64 / (*until - *from).as_secs_f64().max(1e-9);
    let share = rate / f64::from(cap) * 100.0;
    let row = Row::new(
        "P3",
        Whose::Ours,
        format!("of a limit of {cap} a second"),
        share,
        "%",
    )
    .wish("at least 98 %", share >= 98.0)
    .note(format!(
        "{} a second over {} s",
        short(rate),
        short((*until - *from).as_secs_f64())
    ));
    match last {
        Some(_) => row,
        None => row.note("the number had stopped sending before the time was over"),
    }
}

//! P11: a tenant with 100 messages beside one with very many, against the same 100 alone; and how evenly ten tenants with
//! unlimited demand are served.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use chrono::DateTime;
use kernel::Clock;

use crate::{
    plan::Plan,
    report::{Row, Whose},
    rounds::median,
    services::Services,
    tenants::{Tenant, Wanted, numbers},
    world::World,
};

/// Messages of the small tenant.
const SMALL: u64 = 100;
/// How long the small tenant has sent nothing before it sends these.
const PAUSE: Duration = Duration::from_secs(1);
/// Rounds for each round of the plan: beside a large campaign they differ by a third.
const TIMES: u32 = 3;
/// Tenants that are served side by side.
const EQUALS: usize = 10;
/// Messages of each.
const EACH: u64 = 4_000;

fn wanted(numbers: usize) -> Wanted {
    Wanted {
        numbers,
        contacts: 2_000,
        per_second: 1_000,
    }
}

/// Measures it.
///
/// # Errors
/// When something does not leave.
pub async fn measure(plan: &Plan, services: &Services) -> anyhow::Result<Vec<Row>> {
    let mut world = World::start(plan, services, "fair").await?;
    let mut rows = beside_a_big_one(&mut world).await?;
    rows.push(ten_equals(&mut world).await?);
    world.stop().await?;
    Ok(rows)
}

async fn beside_a_big_one(world: &mut World) -> anyhow::Result<Vec<Row>> {
    let (small, big) = (
        world.tenants(1, wanted(1)).await?,
        world.tenants(1, wanted(16)).await?,
    );
    let (small, rounds) = (&small[0], world.plan.rounds * TIMES);
    world.start_worker()?;
    // The first time pays for connections and caches.
    finish(world, small).await?;
    let mut solo = Vec::new();
    for _ in 0..rounds {
        solo.push(finish(world, small).await?);
    }
    world.stop_worker().await?;
    let before = world.sim.accepted().await?;
    let many = world.plan.big_tenant;
    world.queue(&numbers(&big), many).await?;
    world.start_worker()?;
    let began = Instant::now();
    while world.sim.accepted().await? < before + 500 {
        ensure!(
            began.elapsed() < Duration::from_secs(20),
            "the big tenant did not begin within 20 s"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut beside = Vec::new();
    for _ in 0..rounds {
        let took = finish(world, small).await?;
        let done = world.sim.accepted().await? - before;
        if done >= many + (beside.len() as u64 + 1) * SMALL {
            break;
        }
        beside.push(took);
    }
    let done = world.sim.accepted().await? - before;
    world.stop_worker().await?;
    ensure!(
        !beside.is_empty(),
        "the big tenant's {many} messages were gone before the small one was: raise BIG_TENANT"
    );
    let ratio = median(&beside) / median(&solo).max(1e-9);
    let row = |what: String, times: Vec<f64>| Row {
        rounds: times.iter().map(|seconds| seconds * 1_000.0).collect(),
        ..Row::new("P11", Whose::Ours, what, median(&times) * 1_000.0, "ms")
    };
    Ok(vec![
        Row::new(
            "P11",
            Whose::Ours,
            format!("{SMALL} messages beside a tenant with {many}, against alone"),
            ratio,
            "×",
        )
        .wish("at most 1.2", ratio <= 1.2)
        .note(format!("{done} messages left meanwhile")),
        row(
            format!("{SMALL} messages alone, from the commit to the last"),
            solo,
        ),
        row(format!("{SMALL} messages beside the big tenant"), beside),
    ])
}

/// Queues the small tenant's messages after a pause; seconds from their commit until WhatsApp has taken the last, by the
/// simulator's clock: on a busy machine this process may wait long for its turn to ask.
async fn finish(world: &World, tenant: &Arc<Tenant>) -> anyhow::Result<f64> {
    tokio::time::sleep(PAUSE).await;
    let phone = &tenant.numbers[0].phone_id;
    let before = world.sim.of_number(phone).await?.accepted;
    world.queue(&numbers(std::slice::from_ref(tenant)), SMALL).await?;
    let (began, committed) = (Instant::now(), Clock::system().now());
    loop {
        let number = world.sim.of_number(phone).await?;
        let mine = number.accepted - before;
        if mine >= SMALL {
            let last = number.last_at.and_then(DateTime::from_timestamp_millis);
            let last = last.context("the simulator does not tell when it took the last")?;
            return Ok((last - committed).to_std()?.as_secs_f64());
        }
        ensure!(
            began.elapsed() < Duration::from_secs(60),
            "{mine} of the small tenant's {SMALL} messages left within a minute"
        );
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
}

/// Ten tenants with as much to send each: Jain's index of what each got in a window in which all still had something.
async fn ten_equals(world: &mut World) -> anyhow::Result<Row> {
    let tenants = world.tenants(EQUALS, wanted(3)).await?;
    let start = world.sim.accepted().await?;
    world.queue(&numbers(&tenants), EACH * EQUALS as u64).await?;
    world.start_worker()?;
    let began = Instant::now();
    let half = EACH * EQUALS as u64 / 2;
    while world.sim.accepted().await? - start < half && began.elapsed() < Duration::from_secs(20) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let of_phone = world.sim.numbers().await?;
    world.stop_worker().await?;
    let got: Vec<u64> = tenants
        .iter()
        .map(|tenant| {
            tenant
                .numbers
                .iter()
                .filter_map(|number| of_phone.get(&number.phone_id))
                .map(|number| number.accepted)
                .sum()
        })
        .collect();
    let jain = jain(&got);
    Ok(Row::new(
        "P11",
        Whose::Ours,
        format!("Jain's index over {EQUALS} tenants, half-way through"),
        jain,
        "",
    )
    .wish("at least 0.95", jain >= 0.95)
    .note(format!("sent of {EACH} each: {got:?}")))
}

/// 1 when all got the same, 1/n when one got everything.
#[expect(clippy::cast_precision_loss, reason = "thousands")]
fn jain(shares: &[u64]) -> f64 {
    let sum: f64 = shares.iter().map(|share| *share as f64).sum();
    let squares: f64 = shares.iter().map(|share| (*share as f64).powi(2)).sum();
    if squares == 0.0 {
        0.0
    } else {
        sum * sum / (shares.len() as f64 * squares)
    }
}

#[cfg(test)]
mod tests {
    use super::jain;

    #[test]
    fn jains_index_tells_even_from_uneven() {
        assert!((jain(&[7, 7, 7, 7]) - 1.0).abs() < 1e-9);
        assert!((jain(&[9, 0, 0]) - 1.0 / 3.0).abs() < 1e-9);
    }
}

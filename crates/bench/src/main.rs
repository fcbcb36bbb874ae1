//! Measures the platform against its simulator on loopback, client, server and simulator on the same machine.
//!
//! It reports and judges nothing: absolute times do not travel between machines, so every rate stands beside a bound that
//! was measured in the same run. `make bench` starts MariaDB and Redis and runs it; results go to `crates/bench/results/`.
#![expect(
    clippy::disallowed_methods,
    reason = "a measuring program reads the wall clock and makes its own client"
)]
#![expect(clippy::print_stdout, reason = "the table is the program's answer")]

mod measure;
mod report;

use chrono::Utc;
use testkit::Profile;

use measure::{Measured, ingest, raw_client, send};
use report::{Report, load_average};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut rows: Vec<Measured> = Vec::new();
    let load_before = load_average();
    for profile in [Profile::Embedded, Profile::Production] {
        let app = testkit::TestApp::start_with(
            profile,
            |_| {},
            |sim| {
                // The simulator's own limits would be measured instead of ours.
                (sim.mps_default, sim.pair_limit, sim.portfolio_limit) = (1_000_000, false, false);
            },
        )
        .await;
        rows.push(raw_client(&app).await?);
        rows.push(send(&app).await?);
        rows.push(ingest(&app).await?);
        app.stop().await;
    }
    let report = Report {
        at: Utc::now(),
        cores: std::thread::available_parallelism()?.get(),
        load_before,
        load_after: load_average(),
        rows,
    };
    let file = report.write()?;
    println!("{}\nWritten to {}", report.table(), file.display());
    Ok(())
}

//! Measures the platform against its simulator on loopback: client, server, simulator and databases on one machine.
//!
//! It reports and judges nothing: absolute figures do not travel between machines, so every figure is beside bounds and
//! baselines of the same run. `make bench` starts MariaDB and Redis and runs it; results go to
//! `crates/bench/results/`. `crates/bench/README.md` says what each part measures.
#![expect(clippy::print_stdout, reason = "the table is the program's answer")]

mod events;
mod http;
mod parts;
mod plan;
mod proc;
mod process;
mod report;
mod rounds;
mod services;
mod shapes;
mod sim;
mod tenants;
mod world;

use std::{
    future::Future,
    time::{Duration, Instant},
};

use chrono::Utc;
use clap::Parser;

use crate::{
    plan::{Instead, Plan},
    proc::load_average,
    report::{Part, Report, Row},
    services::Services,
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// No part may take longer.
const PART: Duration = Duration::from_secs(300);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut plan = Plan::parse();
    if let Some(Instead::Receive(receive)) = plan.instead.take() {
        return shapes::ingest::serve(receive).await;
    }
    let (began, load) = (Instant::now(), load_average());
    #[expect(clippy::disallowed_methods, reason = "a report bears the date of the machine")]
    let at = Utc::now();
    let services = Services::find().await;
    let mut run = Run {
        plan,
        began,
        parts: Vec::new(),
    };
    match &services {
        Ok(services) => run.all(services).await,
        Err(error) => run
            .parts
            .push(Part::failed("all", "Everything", format!("{error:#}"))),
    }
    let report = Report {
        at,
        seconds: began.elapsed().as_secs_f64(),
        build: if cfg!(debug_assertions) { "dev" } else { "release" },
        cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        load: (load, load_average()),
        plan: run.plan,
        services: services.map(|services| services.described).unwrap_or_default(),
        parts: run.parts,
    };
    let file = report.write()?;
    println!(
        "{}\nWritten to {} and .json",
        report.markdown(),
        file.with_extension("md").display()
    );
    Ok(())
}

struct Run {
    plan: Plan,
    began: Instant,
    parts: Vec<Part>,
}

impl Run {
    async fn all(&mut self, services: &Services) {
        let (plan, on) = (self.plan.clone(), services.clone());
        // The order is that of importance: what comes last is left out when the time is over.
        let bounds = async move { parts::bounds::measure(&on).await };
        self.part("bounds", "Bounds of this machine, now", bounds).await;
        macro_rules! part {
            ($name:ident, $title:literal) => {
                let (plan, on) = (plan.clone(), services.clone());
                let work = async move { parts::$name::measure(&plan, &on).await };
                self.part(stringify!($name), $title, work).await;
            };
        }
        part!(send, "Sending (P1, P1b, P1c)");
        part!(flatness, "Sending from a long queue (P2)");
        part!(caps, "Keeping to a number's limit (P3)");
        part!(ingest, "Receiving webhooks (P4, P4b)");
        part!(live, "From webhook to WebSocket (P5, P5b)");
        part!(memory, "Memory when idle (P9)");
        part!(fairness, "Tenants beside each other (P11)");
        part!(templates, "Ten thousand templates");
    }

    /// Runs a part, if it is asked for. Whatever happens to it, the others go on.
    async fn part(
        &mut self,
        name: &'static str,
        title: &'static str,
        work: impl Future<Output = anyhow::Result<Vec<Row>>> + Send + 'static,
    ) {
        if !self.plan.wants(name) {
            return;
        }
        let left = self.plan.budget - self.began.elapsed().as_secs_f64();
        if left < 5.0 {
            let why = "the time for the whole run was over; ask for it alone with ONLY";
            self.parts.push(Part::failed(name, title, why));
            return;
        }
        println!("… {title}");
        let began = Instant::now();
        let task = tokio::spawn(work);
        let stop = task.abort_handle();
        let mut part = match tokio::time::timeout(PART.min(Duration::from_secs_f64(left)), task).await {
            Ok(Ok(Ok(rows))) => Part {
                name,
                title,
                seconds: 0.0,
                rows,
                trouble: None,
            },
            Ok(Ok(Err(error))) => Part::failed(name, title, format!("{error:#}")),
            Ok(Err(panic)) => Part::failed(name, title, format!("it broke off: {panic}")),
            Err(_) => {
                stop.abort();
                Part::failed(name, title, "it took too long and was stopped")
            }
        };
        part.seconds = began.elapsed().as_secs_f64();
        if let Some(trouble) = &part.trouble {
            println!("  not measured: {trouble}");
        }
        self.parts.push(part);
    }
}

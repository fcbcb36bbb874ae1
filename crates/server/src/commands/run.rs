//! `wapro run`: everything in one process, nothing to install.

use std::time::Instant;

use cloud_sim::SimConfig;
use host::Roles;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    demo,
    platform::{Platform, Setup, stop_signal},
    world,
};

/// Runs until Ctrl-C.
///
/// # Errors
/// A sentence that says what stands in the way.
pub async fn run(mut config: Config) -> anyhow::Result<()> {
    let started = Instant::now();
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        anyhow::anyhow!(
            "{} is taken or not allowed ({error}); choose another with WAPRO_LISTEN=127.0.0.1:8090",
            config.listen
        )
    })?;
    // With port 0 the system chooses one, and every address that is handed out must name it.
    config.listen = listener.local_addr()?;
    let simulated = config.simulator.enabled && config.simulator.url.is_empty();
    let setup = Setup {
        simulator: simulated.then(|| simulator_config(&config)).transpose()?,
        demo_logins: if config.demo && simulated {
            demo::logins()
        } else {
            Vec::new()
        },
        ..Setup::new(Roles {
            serve: true,
            work: true,
        })
    };
    let platform = Platform::start(&config, setup).await?;
    let (identity, system, simulator) = (
        platform.identity.clone(),
        platform.system.clone(),
        platform.simulator.clone(),
    );
    let saving = CancellationToken::new();
    let saver = match &simulator {
        Some(simulator) => {
            world::restore(simulator, &config.data_dir)?;
            Some(tokio::spawn(world::keep_saving(
                simulator.clone(),
                config.data_dir.clone(),
                saving.clone(),
            )))
        }
        None => None,
    };
    let server = tokio::spawn(platform.serve(listener, stop_signal()));
    let mut note = world::read(&demo::file(&config.data_dir))?;
    if let (true, Some(simulator)) = (config.demo && identity.is_empty().await?, &simulator) {
        let base = format!("http://{}", config.listen);
        let made = demo::seed(&identity, &system, simulator, &base).await?;
        world::write(&demo::file(&config.data_dir), &made)?;
        note = Some(made);
    }
    welcome(&config, note.as_ref(), started);
    let ended = server.await?;
    saving.cancel();
    if let Some(saver) = saver {
        let _ = saver.await;
    }
    ended
}

/// The simulator as configured, reachable at the server's own address.
///
/// # Errors
/// A knob that does not exist or has the wrong kind of value.
pub fn simulator_config(config: &Config) -> anyhow::Result<SimConfig> {
    let base = SimConfig {
        public_url: format!("http://{}", config.listen),
        ..SimConfig::profile(config.simulator.profile)
    };
    base.with_knobs(&config.simulator.knobs)
        .map_err(|error| anyhow::anyhow!("simulator.knobs: {error}"))
}

#[expect(
    clippy::print_stdout,
    reason = "this is what a newcomer reads first, not a log line"
)]
fn welcome(config: &Config, demo: Option<&demo::Demo>, started: Instant) {
    let base = config.public_url().map(|url| url.to_string()).unwrap_or_default();
    println!(
        "\n  {} is ready after {:.1} s.\n",
        config.brand,
        started.elapsed().as_secs_f64()
    );
    println!("  Portal      {base}");
    println!("  API docs    {base}api/docs/");
    if let Some(demo) = demo {
        println!("\n  Sign in as one of these; the password is {}", demo::PASSWORD);
        for login in demo::logins() {
            println!("    {:<24} {}", login.email, login.label);
        }
        println!("\n  API key     {}", demo.api_key);
        println!("  Phone       {base}simulator  (write to yourself as a customer)");
    }
    println!(
        "\n  Data is in {}. Stop with Ctrl-C.\n",
        config.data_dir.display()
    );
}

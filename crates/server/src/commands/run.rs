//! `wapro run`: everything in one process, nothing to install.

use std::{
    io::{IsTerminal, stdout},
    time::Instant,
};

use cloud_sim::{SimConfig, Simulator};
use host::Roles;
use identity::Identity;
use kernel::SystemDb;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    demo,
    platform::{Platform, Setup, stop_signal},
    world,
};

/// Runs until Ctrl-C. `demo` switches on the demo and the simulator, whatever the configuration says.
///
/// # Errors
/// A message that says what prevents the start.
pub async fn run(mut config: Config, demo: bool) -> anyhow::Result<()> {
    let started = Instant::now();
    if demo {
        (config.demo, config.simulator.enabled) = (true, true);
    }
    config.refuse_public_demo()?;
    config.refuse_shared_address()?;
    let simulated = config.simulator.enabled && config.simulator.url.is_empty();
    anyhow::ensure!(
        simulated || !config.demo,
        "the demo needs the simulator inside: set simulator.enabled = true and leave simulator.url empty"
    );
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        anyhow::anyhow!(
            "{} is taken or not allowed ({error}); choose another with WAPRO_LISTEN=127.0.0.1:8090",
            config.listen
        )
    })?;
    let _alone = world::lock(&config)?;
    // With port 0 the system chooses one, and every generated address must contain it.
    config.listen = listener.local_addr()?;
    let setup = Setup {
        simulator: simulated.then(|| simulator_config(&config)).transpose()?,
        demo: config.demo,
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
            world::restore(simulator, &config)?;
            Some(tokio::spawn(world::keep_saving(
                simulator.clone(),
                config.public_url()?,
                config.data_dir.clone(),
                saving.clone(),
            )))
        }
        None => None,
    };
    let server = tokio::spawn(platform.serve(listener, stop_signal()));
    let people = match &simulator {
        Some(simulator) if config.demo => people_of_the_demo(&config, &identity, &system, simulator).await?,
        _ => People::of(&identity).await?,
    };
    welcome(&config, &people, started);
    demo::warn_of_leftovers(&config, &identity).await;
    let ended = server.await?;
    saving.cancel();
    if let Some(saver) = saver {
        let _ = saver.await;
    }
    ended
}

/// Who can sign in, for the start message.
enum People {
    /// Nobody yet.
    Nobody,
    /// Users of a real installation.
    Real,
    /// Users of the demo; with the API key, if it was stored.
    Demo(Option<demo::Demo>),
}

impl People {
    async fn of(identity: &Identity) -> anyhow::Result<Self> {
        Ok(if identity.is_empty().await? {
            Self::Nobody
        } else {
            Self::Real
        })
    }
}

/// Creates the demo in an empty installation. One with users is left unchanged.
async fn people_of_the_demo(
    config: &Config,
    identity: &Identity,
    system: &SystemDb,
    simulator: &Simulator,
) -> anyhow::Result<People> {
    let file = demo::file(&config.data_dir);
    if identity.is_empty().await? {
        let base = format!("http://{}", config.listen);
        let made = demo::seed(identity, system, simulator, &base).await?;
        world::write(&file, &made)?;
        return Ok(People::Demo(Some(made)));
    }
    if demo::is_in(identity).await? {
        return Ok(People::Demo(world::read(&file)?));
    }
    tracing::warn!(
        "the demo is not made: this installation holds people already. For a demo, name an empty folder with WAPRO_DATA_DIR"
    );
    Ok(People::Real)
}

/// The simulator as configured, reachable at the server's own address.
///
/// # Errors
/// The name of a knob that does not exist or has the wrong kind of value.
pub fn simulator_config(config: &Config) -> anyhow::Result<SimConfig> {
    let base = || SimConfig {
        public_url: format!("http://{}", config.listen),
        ..SimConfig::profile(config.simulator.profile)
    };
    let knobs = &config.simulator.knobs;
    base().with_knobs(knobs).map_err(|_| {
        // The error itself shows values, so the knob is found by trying each alone.
        let wrong = knobs.iter().find(|(name, value)| {
            let alone = std::iter::once(((*name).clone(), (*value).clone())).collect();
            base().with_knobs(&alone).is_err()
        });
        let name = wrong.map(|(name, _)| format!(".{name}")).unwrap_or_default();
        anyhow::anyhow!(
            "`simulator.knobs{name}` does not exist or has the wrong kind of value; crates/cloud-sim/src/config.rs explains the knobs"
        )
    })
}

#[expect(
    clippy::print_stdout,
    reason = "this is the first output that a new user reads, not a log line"
)]
fn welcome(config: &Config, people: &People, started: Instant) {
    let base = config.public_url().map(|url| url.to_string()).unwrap_or_default();
    println!(
        "\n  {} is ready after {:.1} s.\n",
        config.brand,
        started.elapsed().as_secs_f64()
    );
    println!("  Portal      {base}");
    println!("  API docs    {base}api/docs/");
    match people {
        People::Demo(demo) => {
            println!("\n  Sign in as one of these; the password is {}", demo::PASSWORD);
            for login in demo::logins() {
                println!("    {:<24} {}", login.email, login.label);
            }
            if let Some(demo) = demo {
                println!("\n  API key     {}", shown(&demo.api_key));
            }
            println!("  Phone       {base}simulator  (write to yourself as a customer)");
        }
        People::Nobody => {
            println!(
                "\n  Nobody can sign in yet. Make an administrator, in another terminal with the same settings:"
            );
            println!("    wapro reseller add \"My company\"");
            println!("    wapro tenant add \"My business\"");
            println!(
                "    wapro user add you@example.com --name \"Your Name\" --tenant \"My business\" --role owner"
            );
            if config.reachable_by().is_none() {
                println!("  Or look around with made-up data: wapro run --demo");
            }
        }
        People::Real => {}
    }
    println!(
        "\n  Data is in {}. Stop with Ctrl-C.\n",
        config.data_dir.display()
    );
}

/// A secret. Shown on a terminal only, never in a file or a log that the output is sent to.
pub fn shown(secret: &str) -> &str {
    if stdout().is_terminal() {
        secret
    } else {
        "(shown on a terminal only; make another in the portal, under Developers)"
    }
}

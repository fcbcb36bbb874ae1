//! `wapro seed`: the demo in an empty installation, without staying to serve it.

use host::Roles;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    commands::run::{shown, simulator_config},
    config::Config,
    demo,
    platform::{Platform, Setup},
    world,
};

/// Fills the installation and exits.
///
/// # Errors
/// When it is not empty.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn seed(mut config: Config) -> anyhow::Result<()> {
    (config.demo, config.simulator.enabled) = (true, true);
    config.refuse_public_demo()?;
    let _alone = world::lock(&config)?;
    // Any free port, while seeding; the next connection test sets the numbers' webhooks to the real address.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let real = std::mem::replace(&mut config.listen, listener.local_addr()?);
    let setup = Setup {
        simulator: Some(simulator_config(&config)?),
        ..Setup::new(Roles {
            serve: true,
            work: true,
        })
    };
    let platform = Platform::start(&config, setup).await?;
    anyhow::ensure!(
        platform.identity.is_empty().await?,
        "there are people already: the demo is for an empty installation"
    );
    let (identity, system) = (platform.identity.clone(), platform.system.clone());
    let simulator = platform
        .simulator
        .clone()
        .ok_or_else(|| anyhow::anyhow!("the demo needs the simulator"))?;
    let (end, ended) = oneshot::channel::<()>();
    let server = tokio::spawn(platform.serve(listener, async move {
        let _ = ended.await;
    }));
    let made = demo::seed(
        &identity,
        &system,
        &simulator,
        &format!("http://{}", config.listen),
    )
    .await?;
    simulator.settled().await;
    world::write(&demo::file(&config.data_dir), &made)?;
    let moved = moved(simulator.export(), &config.listen.to_string(), &real.to_string())?;
    let served_at = Config {
        listen: real,
        ..config.clone()
    };
    world::save(
        moved,
        served_at.public_url()?,
        &world::simulator_file(&config.data_dir),
    )?;
    let _ = end.send(());
    server.await??;
    println!("The demo is in. API key: {}", shown(&made.api_key));
    Ok(())
}

/// The simulated world as it looks from the address that the server will really have.
fn moved(world: serde_json::Value, from: &str, to: &str) -> anyhow::Result<serde_json::Value> {
    Ok(serde_json::from_str(
        &serde_json::to_string(&world)?.replace(from, to),
    )?)
}

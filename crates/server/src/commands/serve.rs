//! `wapro serve` and `wapro worker`: the two halves of `run`, in any number over one database and one Redis.

use host::Roles;
use tokio::net::TcpListener;

use crate::{
    config::Config,
    demo,
    platform::{Platform, Setup, stop_signal},
    world,
};

/// Answers HTTP and WebSocket.
///
/// # Errors
/// A message that says what prevents the start.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    config.refuse_public_demo()?;
    config.refuse_shared_address()?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        anyhow::anyhow!(
            "{} is taken or not allowed ({error}); choose another with WAPRO_LISTEN=127.0.0.1:8090",
            config.listen
        )
    })?;
    let _alone = world::lock(&config)?;
    let platform = Platform::start(
        &config,
        Setup::new(Roles {
            serve: true,
            work: false,
        }),
    )
    .await?;
    tracing::info!(listen = %config.listen, "serving");
    demo::warn_of_leftovers(&config, &platform.identity).await;
    platform.serve(listener, stop_signal()).await
}

/// Relays events and runs jobs.
///
/// # Errors
/// A message that says what prevents the start.
pub async fn worker(config: Config) -> anyhow::Result<()> {
    config.refuse_public_demo()?;
    let _alone = world::lock(&config)?;
    let platform = Platform::start(
        &config,
        Setup::new(Roles {
            serve: false,
            work: true,
        }),
    )
    .await?;
    tracing::info!("working");
    platform.work(stop_signal()).await;
    Ok(())
}

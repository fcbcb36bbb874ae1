//! `wapro serve` and `wapro worker`: the two halves of `run`, in any number over one database and one Redis.

use host::Roles;
use tokio::net::TcpListener;

use crate::{
    config::Config,
    platform::{Platform, Setup, stop_signal},
};

/// Answers HTTP and WebSocket.
///
/// # Errors
/// A sentence that says what stands in the way.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).await?;
    let platform = Platform::start(
        &config,
        Setup::new(Roles {
            serve: true,
            work: false,
        }),
    )
    .await?;
    tracing::info!(listen = %config.listen, "serving");
    platform.serve(listener, stop_signal()).await
}

/// Relays events and runs jobs.
///
/// # Errors
/// A sentence that says what stands in the way.
pub async fn worker(config: Config) -> anyhow::Result<()> {
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

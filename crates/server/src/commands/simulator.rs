//! `wapro simulator`: the Cloud API simulator alone, for tests and other programs.

use std::time::Duration;

use cloud_sim::Simulator;
use poem::{EndpointExt, Server, listener::TcpAcceptor};
use tokio::net::TcpListener;

use crate::{
    commands::run::simulator_config,
    config::Config,
    platform::{HTTP2_STREAMS, stop_signal},
};

/// Answers until Ctrl-C.
///
/// # Errors
/// When the address cannot be used, or other machines could reach it.
pub async fn simulator(mut config: Config) -> anyhow::Result<()> {
    config.simulator.enabled = true;
    // Only its own address matters here; the public one is the platform's.
    config.public_url.clear();
    config.refuse_public_demo()?;
    let listener = TcpListener::bind(config.listen).await?;
    config.listen = listener.local_addr()?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let simulator = simulator_config(&config)?
        .with_http(http)
        .with_reach(config.simulator_reach(false)?);
    let (simulator, hosts) = (Simulator::new(simulator), config.hosts()?);
    let endpoint = simulator
        .routes()
        .before(move |request| hosts.clone().check(request));
    tracing::info!(listen = %config.listen, "simulating; the control API is under /_sim/");
    Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?)
        .http2_max_concurrent_streams(HTTP2_STREAMS)
        .run_with_graceful_shutdown(endpoint, stop_signal(), Some(Duration::from_secs(5)))
        .await?;
    simulator.shutdown().await;
    Ok(())
}

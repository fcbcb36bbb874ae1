//! Prometheus metrics, served on their own listener.

use std::{io, net::SocketAddr, time::Duration};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use poem::{
    EndpointExt, Response, Route, Server, endpoint::make, get, listener::TcpAcceptor, middleware::CatchPanic,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{host_name::HostNames, problem, security_headers};

/// How often samples are put into their buckets. Until then they accumulate in memory, with or without a scraper.
const UPKEEP: Duration = Duration::from_secs(5);

/// Installs the recorder of this process. A second call in the same process returns an unused recorder.
///
/// # Errors
/// When the buckets are refused, which is a bug.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let seconds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ];
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)?
        .build_recorder();
    let handle = recorder.handle();
    // In tests many applications share a process; the first one's recorder wins and the others are read empty.
    let _ = metrics::set_global_recorder(recorder);
    Ok(handle)
}

/// Keeps the recorder's memory small until told to stop.
pub async fn keep(handle: PrometheusHandle, stop: CancellationToken) {
    let mut every = tokio::time::interval(UPKEEP);
    while stop.run_until_cancelled(every.tick()).await.is_some() {
        handle.run_upkeep();
    }
}

/// Serves `GET /metrics` on its own address until told to stop. Returns the address, which differs from the requested one for
/// port 0.
///
/// It is not part of the public server and has no authentication: the address must be inside the operator's network.
///
/// # Errors
/// When the address cannot be used.
pub async fn listen(
    address: SocketAddr,
    handle: PrometheusHandle,
    hosts: HostNames,
    stop: CancellationToken,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let acceptor = TcpAcceptor::from_tokio(listener)?;
    let scrape = get(make(move |_| {
        let text = handle.render();
        async move {
            Ok::<_, poem::Error>(
                Response::builder()
                    .content_type("text/plain; version=0.0.4")
                    .body(text),
            )
        }
    }));
    let endpoint = Route::new()
        .at("/metrics", scrape)
        .before(move |request| hosts.clone().check(request))
        .catch_all_error(|error| problem::from_poem(error, None))
        .with(CatchPanic::new().with_handler(problem::Panicked))
        .after(|answer| async move {
            let mut response = poem::IntoResponse::into_response(answer?);
            security_headers::add(response.headers_mut(), security_headers::Area::Api, false);
            Ok::<_, poem::Error>(response)
        });
    tokio::spawn(async move {
        let ended = Server::new_with_acceptor(acceptor)
            .name("metrics")
            .idle_timeout(Duration::from_secs(60))
            .run_with_graceful_shutdown(endpoint, stop.cancelled_owned(), Some(Duration::from_secs(1)))
            .await;
        if let Err(error) = ended {
            tracing::warn!(%error, "the metrics listener ended");
        }
    });
    Ok(address)
}

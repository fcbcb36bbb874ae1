//! The connections that sends travel on: a pool of hyper's, without what a general client does for every request. At
//! thousands of sends a second that is half of what a message costs.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, StatusCode, header::HeaderMap};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use super::answer::MAX_ANSWER;
use crate::error::{BoxError, Error};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(60);

/// A pool of kept-alive connections; cloning shares it. It follows no redirects and uses no proxy.
#[derive(Clone)]
pub struct Wire(legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    /// An empty pool. TLS certificates are checked against the operating system's store.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self, BoxError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let tls = HttpsConnectorBuilder::new()
            .try_with_platform_verifier()?
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(tcp);
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .http1_max_buf_size(64 * 1024)
            .build(tls);
        Ok(Self(client))
    }

    /// Sends a request and reads its whole answer, at most a megabyte of it, within `limit`.
    pub(super) async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        limit: Duration,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Error> {
        let exchange = async {
            let response = self.0.request(request).await.map_err(|error| {
                if error.is_connect() {
                    Error::NotSent(error.into())
                } else {
                    lost("connection lost", None, error.into())
                }
            })?;
            let (head, body) = response.into_parts();
            let broke_off = |error| {
                lost(
                    "the answer broke off or is larger than 1 MB",
                    Some(head.status),
                    error,
                )
            };
            let body = Limited::new(body, MAX_ANSWER)
                .collect()
                .await
                .map_err(broke_off)?;
            Ok((head.status, head.headers, body.to_bytes()))
        };
        match tokio::time::timeout(limit, exchange).await {
            Ok(exchanged) => exchanged,
            Err(late) => Err(lost("time-out", None, late.into())),
        }
    }
}

/// Nobody knows whether it arrived.
fn lost(reason: &str, status: Option<StatusCode>, source: BoxError) -> Error {
    Error::Ambiguous {
        reason: reason.to_owned(),
        http_status: status.map(|status| status.as_u16()),
        source: Some(source),
    }
}

//! The connections for sends: a pool of hyper connections, without a general client's work per request. At thousands of
//! sends per second that work is half of what a message costs.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Response, StatusCode, body::Incoming, header::HeaderMap, http::uri::Authority};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use super::answer::MAX_ANSWER;
use crate::error::{BoxError, Error};

/// Connect timeout.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const IDLE: Duration = Duration::from_secs(60);
/// An HTTP/2 connection without a response for this long is pinged, and closed after as long again.
const ALIVE: Duration = Duration::from_secs(10);
/// Requests in flight on one way before the next one is used: servers commonly allow a hundred streams per HTTP/2 connection,
/// and make the rest wait although another connection is free.
const ON_ONE_WAY: usize = 100;
/// Ways at most: full, they carry more requests than a process ever has in flight.
const WAYS: usize = 24;

type Pool = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Kept-alive connections; cloning shares them. They follow no redirects and use no proxy.
///
/// Where the server speaks HTTP/2, a hundred requests share a connection, and requests that are ready at the same moment are
/// written together; otherwise every request in flight has its own connection. No more connections are used than needed.
#[derive(Clone)]
pub struct Wire(Arc<Inner>);

struct Inner {
    ways: Vec<Way>,
    tls: HttpsConnector<HttpConnector>,
    http2: Vec<Authority>,
}

/// One way: a connection where HTTP/2 is spoken, else a pool of them.
struct Way {
    // TLS negotiates the protocol; without TLS it is HTTP/1.1.
    negotiating: Pool,
    // For servers that are known to speak HTTP/2 without TLS.
    http2: Pool,
    under_way: AtomicUsize,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    /// No connections yet. TLS certificates are checked against the operating system's store; `http2` are the servers
    /// (`host:port`) that are known to speak HTTP/2 without TLS.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(http2: impl IntoIterator<Item = Authority>) -> Result<Self, BoxError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let tls = HttpsConnectorBuilder::new()
            .try_with_platform_verifier()?
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(tcp);
        Ok(Self::over(tls, http2.into_iter().collect()))
    }

    /// Separate connections with the same settings: requests on them never wait for requests on these.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self::over(self.0.tls.clone(), self.0.http2.clone())
    }

    fn over(tls: HttpsConnector<HttpConnector>, http2: Vec<Authority>) -> Self {
        let way = || Way {
            negotiating: pool(&tls, false),
            http2: pool(&tls, true),
            under_way: AtomicUsize::new(0),
        };
        Self(Arc::new(Inner {
            ways: std::iter::repeat_with(way).take(WAYS).collect(),
            tls,
            http2,
        }))
    }

    /// Sends a request and reads its whole response, at most a megabyte, within `limit`.
    pub(super) async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        limit: Duration,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Error> {
        let exchange = async {
            let way = self.0.way();
            let response = way.request(&self.0, request).await.map_err(|error| {
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

impl Inner {
    /// The first way with room, so that few connections are used; when all are full, the one with the fewest requests.
    fn way(&self) -> OnItsWay<'_> {
        let under_way = |way: &Way| way.under_way.load(Ordering::Relaxed);
        let room = self.ways.iter().find(|way| under_way(way) < ON_ONE_WAY);
        let way = room.or_else(|| self.ways.iter().min_by_key(|way| under_way(way)));
        let way = way.expect("there is always a way");
        way.under_way.fetch_add(1, Ordering::Relaxed);
        OnItsWay(way)
    }
}

/// A request in flight; dropping it frees its slot.
struct OnItsWay<'w>(&'w Way);

impl OnItsWay<'_> {
    async fn request(
        &self,
        inner: &Inner,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, legacy::Error> {
        let uri = request.uri();
        let known = uri.scheme_str() == Some("http")
            && uri
                .authority()
                .is_some_and(|authority| inner.http2.contains(authority));
        let pool = if known { &self.0.http2 } else { &self.0.negotiating };
        pool.request(request).await
    }
}

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn pool(tls: &HttpsConnector<HttpConnector>, http2_only: bool) -> Pool {
    legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http1_max_buf_size(64 * 1024)
        .http2_only(http2_only)
        .http2_keep_alive_interval(ALIVE)
        .http2_keep_alive_timeout(ALIVE)
        .build(tls.clone())
}

/// It is not known whether the request arrived.
fn lost(reason: &str, status: Option<StatusCode>, source: BoxError) -> Error {
    Error::Ambiguous {
        reason: reason.to_owned(),
        http_status: status.map(|status| status.as_u16()),
        source: Some(source),
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A server that keeps its connections; it counts them.
    async fn server() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut request = [0; 1024];
                    while socket.read(&mut request).await.unwrap() > 0 {
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                        socket.write_all(answer).await.unwrap();
                    }
                });
            }
        });
        (address, connections)
    }

    #[tokio::test]
    async fn a_wire_apart_has_connections_of_its_own() {
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (address, connections) = server().await;
        let exchange = async |wire: &Wire| {
            let request = Request::get(&address).body(Full::default()).unwrap();
            let exchanged = wire.exchange(request, Duration::from_secs(10)).await.unwrap();
            assert_eq!(exchanged.2, "{}");
            connections.load(Ordering::Relaxed)
        };
        let bulk = Wire::new(None).unwrap();
        assert_eq!(exchange(&bulk).await, 1);
        assert_eq!(exchange(&bulk.clone()).await, 1);
        let apart = bulk.apart();
        assert_eq!(exchange(&apart).await, 2);
        assert_eq!(exchange(&apart).await, 2);
        assert_eq!(exchange(&bulk).await, 2);
    }

    #[tokio::test]
    async fn a_full_connection_is_left_alone_until_something_on_it_ends() {
        let wire = Wire::new(None).unwrap();
        let (first, second) = (&wire.0.ways[0], &wire.0.ways[1]);
        let mut under_way: Vec<OnItsWay<'_>> = (0..ON_ONE_WAY).map(|_| wire.0.way()).collect();
        assert!(under_way.iter().all(|request| std::ptr::eq(request.0, first)));
        let beyond = wire.0.way();
        assert!(std::ptr::eq(beyond.0, second));
        under_way.pop();
        assert!(std::ptr::eq(wire.0.way().0, first));
    }
}

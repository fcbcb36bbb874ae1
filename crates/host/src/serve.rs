//! The HTTP server: connections, and the limits on slow and silent ones.
//!
//! poem's own server has no timeout for a request's headers, keeps the connection of a client that reads nothing for ever, and
//! accepts any number of connections. This one runs the same protocol code (hyper) with those limits.

use std::{
    convert::Infallible,
    io::{self, IoSlice},
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use poem::{
    Endpoint, Response,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
    time::{Instant, Sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Read buffer of a connection, in bytes; also the limit of a request's headers.
const READ_BUFFER: usize = 64 * 1024;
/// HTTP/2 flow-control windows of a stream and of a connection, in bytes.
const HTTP2_WINDOWS: (u32, u32) = (256 * 1024, 512 * 1024);
/// Bytes of headers in HTTP/2.
const HTTP2_HEADERS: u32 = 16 * 1024;
/// Streams that an HTTP/2 client may have reset before the connection is closed.
const HTTP2_RESETS: usize = 20;
/// Bytes still read of a connection after the server has closed it.
const LINGER_BYTES: usize = 64 * 1024;
/// How long a closed connection is kept so that the client can read the response.
const LINGER: Duration = Duration::from_secs(1);
/// Idle timeout of a closing connection with a request in flight.
const ABANDONED: Duration = Duration::from_secs(600);

/// Limits on connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeLimits {
    /// Concurrent connections, without WebSockets. More wait until one ends.
    pub connections: usize,
    /// Timeout of a request's headers, from their first byte. HTTP/1 only: HTTP/2 has `idle`.
    pub headers: Duration,
    /// Idle timeout: after so long without a byte in either direction a connection accepts no new request. Longer than the 60
    /// seconds of most reverse proxies, so that the proxy closes first.
    pub idle: Duration,
    /// How long a client may read nothing of a response.
    pub stalled: Duration,
    /// Concurrent requests of an HTTP/2 connection.
    pub http2_streams: u32,
    /// Grace period for requests in flight when the server stops.
    pub grace: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            headers: Duration::from_secs(15),
            idle: Duration::from_secs(75),
            stalled: Duration::from_secs(60),
            http2_streams: 250,
            grace: Duration::from_secs(10),
        }
    }
}

/// Serves the listener until `signal`, then waits for requests in flight, at most `limits.grace`.
///
/// # Errors
/// When the listener has no address.
pub async fn serve<E: Endpoint + 'static>(
    listener: TcpListener,
    endpoint: E,
    limits: ServeLimits,
    signal: impl Future<Output = ()>,
) -> io::Result<()> {
    let local = LocalAddr(listener.local_addr()?.into());
    let endpoint = Arc::new(endpoint);
    let places = Arc::new(Semaphore::new(
        limits.connections.clamp(1, Semaphore::MAX_PERMITS),
    ));
    let (stopping, ended) = (CancellationToken::new(), CancellationToken::new());
    let connections = TaskTracker::new();
    let mut signal = pin!(signal);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            () = signal.as_mut() => break,
            next = next => next,
        };
        let connection = Connection {
            endpoint: endpoint.clone(),
            local: local.clone(),
            peer,
            limits,
            stopping: stopping.clone(),
        };
        let ended = ended.clone();
        connections.spawn(async move {
            let _place = place;
            ended.run_until_cancelled(connection.run(stream)).await;
        });
    }
    drop(listener);
    stopping.cancel();
    connections.close();
    if tokio::time::timeout(limits.grace, connections.wait())
        .await
        .is_err()
    {
        ended.cancel();
        connections.wait().await;
    }
    Ok(())
}

/// The next connection. An error means that a connection is gone already, or that there are no file descriptors left; then
/// retrying at once would be a busy loop.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionReset
                        | io::ErrorKind::ConnectionRefused
                ) => {}
            Err(error) => {
                tracing::error!(%error, "connections cannot be accepted; trying again in 0.2 s");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

struct Connection<E> {
    endpoint: Arc<E>,
    local: LocalAddr,
    peer: SocketAddr,
    limits: ServeLimits,
    stopping: CancellationToken,
}

impl<E: Endpoint + 'static> Connection<E> {
    async fn run(self, stream: TcpStream) {
        let Self {
            endpoint,
            local,
            peer,
            limits,
            stopping,
        } = self;
        let activity = Arc::new(Activity::new());
        let watched = Watched::new(stream, activity.clone(), limits.stalled);
        let heads = activity.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (endpoint, local, peer) = (endpoint.clone(), local.clone(), RemoteAddr(peer.into()));
            let under_way = UnderWay::of(heads.clone());
            async move {
                let _under_way = under_way;
                let response: Response = endpoint
                    .get_response((request, local, peer, Scheme::HTTP).into())
                    .await;
                Ok::<hyper::Response<_>, Infallible>(response.into())
            }
        });
        let builder = builder(&limits);
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(watched), service));
        tokio::select! {
            _ = connection.as_mut() => return,
            // Nobody waits for an answer.
            () = activity.head_is_late(limits.headers) => return,
            () = activity.ended(limits.idle) => {}
            () = stopping.cancelled() => {}
        }
        // Requests in flight are completed.
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            _ = connection.as_mut() => {}
            () = activity.ended(ABANDONED) => {}
        }
    }
}

fn builder(limits: &ServeLimits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle)
        .max_buf_size(READ_BUFFER);
    let (stream, connection) = HTTP2_WINDOWS;
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.http2_streams)
        .max_pending_accept_reset_streams(HTTP2_RESETS)
        .max_header_list_size(HTTP2_HEADERS)
        .initial_stream_window_size(stream)
        .initial_connection_window_size(connection);
    builder
}

/// When something was last read or written, and since when the head of a request has been coming.
struct Activity {
    began: Instant,
    /// Milliseconds after `began`.
    last: AtomicU64,
    head: Mutex<Head>,
    head_began: Notify,
}

/// The head of a request: its first line and its headers.
#[derive(Default)]
struct Head {
    /// Whether anything has been read yet.
    seen: bool,
    /// HTTP/2 has frames that belong to no request.
    http2: bool,
    /// Requests that are being answered.
    under_way: usize,
    since: Option<Instant>,
}

/// A request that is being answered.
struct UnderWay(Arc<Activity>);

impl UnderWay {
    fn of(activity: Arc<Activity>) -> Self {
        activity.head(|head| {
            head.since = None;
            head.under_way += 1;
        });
        Self(activity)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.head(|head| head.under_way -= 1);
    }
}

impl Activity {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
            head: Mutex::default(),
            head_began: Notify::new(),
        }
    }

    fn head<T>(&self, on: impl FnOnce(&mut Head) -> T) -> T {
        on(&mut self.head.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Bytes that are read while no request is under way begin the next one.
    fn read(&self, bytes: &[u8]) {
        let begins = self.head(|head| {
            head.http2 |= !head.seen && bytes.starts_with(b"PRI");
            head.seen = true;
            let begins = !head.http2 && head.under_way == 0 && head.since.is_none();
            if begins {
                head.since = Some(Instant::now());
            }
            begins
        });
        if begins {
            self.head_began.notify_one();
        }
    }

    /// Bytes of a response are sent: a client that already sends its next request is not slow.
    fn wrote(&self) {
        self.head(|head| {
            if let Some(since) = &mut head.since {
                *since = Instant::now();
            }
        });
    }

    /// Resolves once a head has been coming for so long.
    async fn head_is_late(&self, limit: Duration) {
        loop {
            match self.head(|head| head.since) {
                None => self.head_began.notified().await,
                Some(since) if since + limit <= Instant::now() => return,
                Some(since) => tokio::time::sleep_until(since + limit).await,
            }
        }
    }

    fn happened(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// Resolves after so long without activity.
    async fn ended(&self, limit: Duration) {
        loop {
            let last = self.began + Duration::from_millis(self.last.load(Ordering::Relaxed));
            let end = last + limit;
            if end <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(end).await;
        }
    }
}

/// A connection that records activity, fails when its client reads nothing, and lingers after its end: closing a socket with
/// unread bytes resets the connection, and the client may lose a response that it has not read yet.
struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
    stalled: Duration,
    /// Runs while the client reads nothing.
    stall: Option<Pin<Box<Sleep>>>,
    linger: Option<Linger>,
}

struct Linger {
    until: Pin<Box<Sleep>>,
    left: usize,
}

impl Watched {
    fn new(stream: TcpStream, activity: Arc<Activity>, stalled: Duration) -> Self {
        Self {
            stream,
            activity,
            stalled,
            stall: None,
            linger: None,
        }
    }

    fn written(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if result.is_ready() {
            self.stall = None;
            self.activity.happened();
            self.activity.wrote();
            return result;
        }
        let stalled = self.stalled;
        let stall = self
            .stall
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(stalled)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(context, buffer);
        if result.is_ready() {
            self.activity.happened();
            let read = &buffer.filled()[before..];
            if !read.is_empty() {
                self.activity.read(read);
            }
        }
        result
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.written(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.linger.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        }
        let linger = this.linger.get_or_insert_with(|| Linger {
            until: Box::pin(tokio::time::sleep(LINGER)),
            left: LINGER_BYTES,
        });
        let mut space = [0; 4096];
        loop {
            if linger.until.as_mut().poll(context).is_ready() {
                return Poll::Ready(Ok(()));
            }
            if linger.left == 0 {
                return Poll::Pending;
            }
            let mut buffer = ReadBuf::new(&mut space);
            match ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {
                    linger.left = linger.left.saturating_sub(buffer.filled().len());
                }
                // The client has closed as well, or is gone.
                _ => return Poll::Ready(Ok(())),
            }
        }
    }
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;

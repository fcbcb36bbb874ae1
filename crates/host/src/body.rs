//! Request bodies: limits on their size, the time to receive them, and the memory of all of them together.
//!
//! [`guard`] wraps the whole application and handles every body first. A route sets its limit by [`bounded`] or [`capped`].
//! Nothing is read before a handler asks for it, so a request that is refused by path, header or credentials costs no memory.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::Stream;
use kernel::{Error, FieldError};
use poem::{
    Body, Endpoint, EndpointExt, IntoResponse, Request, Response,
    http::{HeaderMap, HeaderValue, StatusCode, Version, header},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep},
};

use crate::{counting, misfit::BodySchema, problem};

/// JSON bodies of the API, in bytes.
pub(crate) const API_BODY: u64 = 1024 * 1024;
/// JSON bodies of operations without a permission, such as signing in.
pub(crate) const PUBLIC_BODY: u64 = 16 * 1024;
/// WhatsApp sends up to 3 MB in one webhook; a little more, so that the limit is ours and not an off-by-one.
pub(crate) const WEBHOOK_BODY: u64 = 3 * 1024 * 1024 + 64 * 1024;
/// Bodies of routes that set no limit: no route of the host, only the simulator's, whose own limits are lower than this one
/// and keeps its bodies outside the budget.
const UNROUTED_BODY: u64 = 260 * 1024 * 1024;
/// A body up to this size may use the whole budget, a larger one only three quarters, so that large bodies never block small
/// ones.
const SMALL: u64 = 64 * 1024;

/// Limits on the reading of request bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimits {
    /// Idle timeout of a body: then the response is 408.
    pub quiet: Duration,
    /// Total time to wait for the bytes of one body, without the server's own work.
    pub total: Duration,
    /// Minimum rate in bytes per second: an upload gets one second more than `total` for every so many bytes received.
    pub upload_rate: u64,
    /// Memory for all bodies together, in bytes. Uploads do not count: they are streamed to the store. Beyond it the response is
    /// 503 with `Retry-After`.
    pub memory: usize,
    /// Bytes of a refused body that are still read, so that its client can read the response. If there is more, the connection
    /// is closed after the response.
    pub drain_bytes: usize,
    /// How long a refused body is still read.
    pub drain_time: Duration,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            quiet: Duration::from_secs(30),
            total: Duration::from_secs(60),
            upload_rate: 32 * 1024,
            memory: 64 * 1024 * 1024,
            drain_bytes: 64 * 1024,
            drain_time: Duration::from_secs(1),
        }
    }
}

/// The limits, and the memory that all bodies share.
#[derive(Clone, Debug)]
pub(crate) struct Bodies {
    limits: BodyLimits,
    memory: Arc<Semaphore>,
}

impl Bodies {
    pub(crate) fn new(limits: BodyLimits) -> Self {
        let memory = limits.memory.min(Semaphore::MAX_PERMITS);
        Self {
            limits,
            memory: Arc::new(Semaphore::new(memory)),
        }
    }
}

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    TooLarge,
    TooSlow,
    NoMemory,
}

impl Fault {
    fn error(self) -> Error {
        match self {
            Self::TooLarge => problem::too_large(),
            Self::TooSlow => Error::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_too_slow",
                "The body did not arrive in time. Send it again.",
            ),
            Self::NoMemory => {
                Error::unavailable("The server has too many request bodies in memory. Try again in a moment.")
            }
        }
    }

    fn io(self) -> io::Error {
        io::Error::from(match self {
            Self::TooLarge => io::ErrorKind::FileTooLarge,
            Self::TooSlow => io::ErrorKind::TimedOut,
            Self::NoMemory => io::ErrorKind::OutOfMemory,
        })
    }
}

/// One body being read. The request's extensions hold it too, so that the route can set the limit.
#[derive(Clone)]
struct Reading(Arc<Mutex<Progress>>);

struct Progress {
    bodies: Bodies,
    parts: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
    limit: u64,
    in_memory: bool,
    read: u64,
    /// Time spent waiting for the client so far, without the current wait.
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    asked: bool,
    ended: bool,
    fault: Option<Fault>,
    memory: Option<OwnedSemaphorePermit>,
    /// What was read, where it is kept.
    kept: Option<Vec<Bytes>>,
    /// What the kept body should be.
    schema: Option<Arc<BodySchema>>,
    /// Fields of it that the framework would read although they do not fit.
    misread: Vec<FieldError>,
}

impl Progress {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        self.asked = true;
        if let Some(fault) = self.fault {
            return Poll::Ready(Some(Err(fault.io())));
        }
        match self.parts.as_mut().poll_next(context) {
            Poll::Ready(part) => {
                if let Some((since, _)) = self.waiting.take() {
                    self.waited += since.elapsed();
                }
                match part {
                    Some(Ok(part)) => Poll::Ready(Some(self.take(part))),
                    // A connection that broke has nothing more to read.
                    Some(Err(_)) => {
                        self.ended = true;
                        Poll::Ready(part)
                    }
                    None => {
                        self.ended = true;
                        Poll::Ready(self.refuse_misread().err().map(Err))
                    }
                }
            }
            Poll::Pending => self.wait(context),
        }
    }

    fn take(&mut self, part: Bytes) -> io::Result<Bytes> {
        self.read += part.len() as u64;
        let fault = if self.read > self.limit {
            Fault::TooLarge
        } else if self.in_memory && !self.hold(part.len()) {
            Fault::NoMemory
        } else {
            // A file that is JSON goes to the store as it comes: no more of it than of a JSON body stays in memory.
            if self.read > API_BODY {
                self.kept = None;
            }
            if let Some(kept) = &mut self.kept {
                kept.push(part.clone());
            }
            return Ok(part);
        };
        self.kept = None;
        Err(self.fail(fault))
    }

    /// Fails at the end of a JSON body in memory with fields that the framework would read although they do not fit. A body on its
    /// way to the store is a file and may hold anything.
    fn refuse_misread(&mut self) -> io::Result<()> {
        let (Some(kept), Some(schema), true) = (&self.kept, &self.schema, self.in_memory) else {
            return Ok(());
        };
        if let Ok(body) = serde_json::from_slice(&kept.concat()) {
            self.misread = schema.misread(&body);
        }
        if self.misread.is_empty() {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidData.into())
        }
    }

    /// Reserves memory for the bytes until the request is answered.
    fn hold(&mut self, bytes: usize) -> bool {
        let budget = &self.bodies.memory;
        let reserved = if self.read > SMALL {
            self.bodies.limits.memory / 4
        } else {
            0
        };
        if budget.available_permits() < bytes.saturating_add(reserved) {
            return false;
        }
        let Ok(count) = u32::try_from(bytes) else {
            return false;
        };
        let Ok(more) = budget.clone().try_acquire_many_owned(count) else {
            return false;
        };
        match &mut self.memory {
            Some(held) => held.merge(more),
            held => *held = Some(more),
        }
        true
    }

    fn wait(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let limits = self.bodies.limits;
        let mut total = limits.total;
        if !self.in_memory {
            total += Duration::from_secs(self.read / limits.upload_rate.max(1));
        }
        let left = total.saturating_sub(self.waited).min(limits.quiet);
        let (_, timer) = self
            .waiting
            .get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
        match timer.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Some(Err(self.fail(Fault::TooSlow)))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn fail(&mut self, fault: Fault) -> io::Error {
        self.fault = Some(fault);
        fault.io()
    }
}

impl Reading {
    fn new(bodies: &Bodies, body: Body) -> Self {
        Self(Arc::new(Mutex::new(Progress {
            bodies: bodies.clone(),
            parts: Box::pin(body.into_bytes_stream()),
            limit: UNROUTED_BODY,
            in_memory: false,
            read: 0,
            waited: Duration::ZERO,
            waiting: None,
            asked: false,
            ended: false,
            fault: None,
            memory: None,
            kept: None,
            schema: None,
            misread: Vec::new(),
        })))
    }

    fn with<T>(&self, on: impl FnOnce(&mut Progress) -> T) -> T {
        on(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn body(&self) -> Body {
        let reading = self.clone();
        Body::from_bytes_stream(futures_util::stream::poll_fn(move |context| {
            reading.with(|progress| progress.poll(context))
        }))
    }

    /// Sets the route's limit. A body with a larger `Content-Length` is refused before a byte is read.
    fn limit(&self, limit: u64, in_memory: bool, declared: Option<u64>) -> Result<(), Error> {
        self.with(|progress| {
            progress.limit = limit;
            progress.in_memory = in_memory;
            if declared.is_some_and(|length| length > limit) {
                progress.fail(Fault::TooLarge);
                return Err(problem::too_large());
            }
            Ok(())
        })
    }

    /// Drains a little of an unread body: a connection can be reused only if its request has been read, and a client that is cut
    /// off while sending may never see the response. Returns whether the end was reached.
    async fn drain(&self) -> bool {
        let limits = self.with(|progress| progress.bodies.limits);
        let mut left = limits.drain_bytes;
        let reading = async {
            loop {
                let next = std::future::poll_fn(|context| {
                    self.with(|progress| progress.parts.as_mut().poll_next(context))
                });
                match next.await {
                    Some(Ok(part)) if part.len() <= left => left -= part.len(),
                    Some(Ok(_)) => return false,
                    Some(Err(_)) | None => return true,
                }
            }
        };
        tokio::time::timeout(limits.drain_time, reading)
            .await
            .unwrap_or(false)
    }
}

/// The JSON body of a request, kept for an error that names its fields.
pub(crate) struct Kept(Reading);

impl Kept {
    /// Keeps the body as it is read, if it is JSON, and checks its texts. It shares its memory with what the handler reads, and
    /// that is counted until the request is answered.
    pub(crate) fn of(request: &Request, schema: &Arc<BodySchema>) -> Option<Self> {
        let kind = request.content_type()?;
        let reading = request.data::<Reading>().filter(|_| kind.contains("json"))?;
        reading.with(|progress| {
            progress.kept = Some(Vec::new());
            progress.schema = Some(schema.clone());
        });
        Some(Self(reading.clone()))
    }

    /// Fields that the framework would have read although they do not fit, if the body was refused for them.
    pub(crate) fn misread(&self) -> Vec<FieldError> {
        self.0.with(|progress| std::mem::take(&mut progress.misread))
    }

    /// What was read, if it is JSON.
    pub(crate) fn value(self) -> Option<serde_json::Value> {
        let parts = self.0.with(|progress| progress.kept.take())?;
        let whole = parts.concat();
        if whole.is_empty() {
            return Some(serde_json::Value::Null);
        }
        serde_json::from_slice(&whole).ok()
    }
}

/// Limits the body of every request; see the [module](self).
pub(crate) async fn guard<E: Endpoint>(
    endpoint: Arc<E>,
    mut request: Request,
    bodies: Bodies,
) -> poem::Result<Response> {
    let body = request.take_body();
    let reading = (!body.is_empty()).then(|| Reading::new(&bodies, body));
    if let Some(reading) = &reading {
        request.set_body(reading.body());
        request.extensions_mut().insert(reading.clone());
    }
    // A client that waits for "100 Continue" has sent nothing yet. Reading would make it start sending.
    let waits_for_us = request.headers().contains_key(header::EXPECT);
    let has_connection_header = matches!(request.version(), Version::HTTP_10 | Version::HTTP_11);
    let verdict = if is_encoded(request.headers()) {
        Err(encoded())
    } else {
        Ok(())
    };
    let answer = match counting::checked(request, verdict).await {
        Ok(request) => endpoint.call(request).await.map(IntoResponse::into_response),
        Err(error) => Err(error),
    };
    let mut response = match answer {
        Ok(response) => response,
        Err(error) => problem::from_poem(error, None).await,
    };
    let Some(reading) = reading else {
        return Ok(response);
    };
    let (fault, asked, ended) = reading.with(|progress| (progress.fault, progress.asked, progress.ended));
    if let Some(fault) = fault {
        response = answer_of(fault, response);
    }
    let reach_the_end = !ended && fault != Some(Fault::TooSlow) && (asked || !waits_for_us);
    let ended = ended || (reach_the_end && reading.drain().await);
    if !ended && has_connection_header {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// Handlers see a broken stream and respond with their own error. The caller gets the real reason instead, unless the
/// handler responded with the same status and more detail, or succeeded anyway.
fn answer_of(fault: Fault, response: Response) -> Response {
    let error = fault.error();
    if response.status() == error.status() || response.status().is_success() {
        return response;
    }
    let mut answer = error.into_response();
    // The route's pattern, for the metrics.
    *answer.extensions_mut() = response.into_parts().0.extensions;
    answer
}

/// Compressed bodies are refused: the compression middleware would decompress them without a limit.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).iter().any(|value| {
        let codings = value.as_bytes().split(|byte| *byte == b',');
        codings
            .map(<[u8]>::trim_ascii)
            .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
    })
}

fn encoded() -> Error {
    Error::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_content_encoding",
        "Send the body without `Content-Encoding`: compressed bodies are not accepted.",
    )
    .with_header(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))
}

/// For a route whose handler holds the body in memory: more than the limit is 413.
pub(crate) fn bounded<E: Endpoint + 'static>(endpoint: E, limit: u64) -> impl Endpoint<Output = Response> {
    limited(endpoint, limit, true)
}

/// For a route whose handler streams the body: the stream fails at the limit.
pub(crate) fn capped<E: Endpoint + 'static>(endpoint: E, limit: u64) -> impl Endpoint<Output = Response> {
    limited(endpoint, limit, false)
}

fn limited<E: Endpoint + 'static>(
    endpoint: E,
    limit: u64,
    in_memory: bool,
) -> impl Endpoint<Output = Response> {
    endpoint
        .before(move |request: Request| async move {
            let Some(reading) = request.data::<Reading>() else {
                return Ok(request);
            };
            let declared = request.headers().get(header::CONTENT_LENGTH);
            let declared = declared.and_then(|length| length.to_str().ok()?.parse().ok());
            let verdict = reading.limit(limit, in_memory, declared);
            counting::checked(request, verdict).await
        })
        .map_to_response()
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;

//! Request bodies: how much of one is read, and when.

use std::{io, time::Duration};

use futures_util::StreamExt;
use poem::{Endpoint, EndpointExt, Request, Response, http::header};

use crate::problem;

/// JSON bodies of the API, in bytes.
pub(crate) const API_BODY: usize = 1024 * 1024;
/// WhatsApp sends up to 3 MB in one webhook; a little more, so that the limit is ours and not an off-by-one.
pub(crate) const WEBHOOK_BODY: usize = 3 * 1024 * 1024 + 64 * 1024;

/// How long the sender of a streamed body may be quiet.
const QUIET: Duration = Duration::from_secs(30);

/// Reads the body up to the limit before anything else sees it: declared or chunked, more than that is 413.
pub(crate) fn bounded<E: Endpoint + 'static>(endpoint: E, limit: usize) -> impl Endpoint<Output = Response> {
    endpoint
        .before(move |mut request: Request| async move {
            if !request.headers().contains_key(header::UPGRADE) {
                let body = read_up_to(request.take_body(), limit).await?;
                request.set_body(body);
            }
            Ok(request)
        })
        .map_to_response()
}

/// Lets the body through as it comes. One that says it is longer than the limit is refused at once; one that does not say
/// breaks off at the limit.
pub(crate) fn capped<E: Endpoint + 'static>(endpoint: E, limit: u64) -> impl Endpoint<Output = Response> {
    endpoint
        .before(move |mut request: Request| async move {
            let told = request.headers().get(header::CONTENT_LENGTH);
            let told = told.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
            let body = request.take_body();
            if told.is_some_and(|length| length > limit) {
                drain(body).await;
                return Err(problem::too_large().into());
            }
            let mut read = 0;
            // Who sends nothing for so long has gone.
            let body = tokio_stream::StreamExt::timeout(body.into_bytes_stream(), QUIET).map(move |part| {
                let part = part.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
                read += part.len() as u64;
                if read > limit {
                    return Err(io::Error::from(io::ErrorKind::FileTooLarge));
                }
                Ok(part)
            });
            request.set_body(poem::Body::from_bytes_stream(body));
            Ok(request)
        })
        .map_to_response()
}

async fn drain(body: poem::Body) {
    let mut left = PATIENCE;
    let mut parts = std::pin::pin!(body.into_bytes_stream());
    while let Some(Ok(part)) = parts.next().await
        && let Some(rest) = left.checked_sub(part.len())
    {
        left = rest;
    }
}

/// Bytes read and thrown away before an over-long body is refused: a client that is cut off while it still sends never
/// sees the answer.
const PATIENCE: usize = 16 * 1024 * 1024;

async fn read_up_to(body: poem::Body, limit: usize) -> poem::Result<Vec<u8>> {
    let (mut kept, mut read) = (Vec::new(), 0);
    let mut parts = std::pin::pin!(body.into_bytes_stream());
    while let Some(part) = parts.next().await {
        let part = part.map_err(poem::error::ReadBodyError::Io)?;
        read += part.len();
        if read <= limit {
            kept.extend_from_slice(&part);
        } else if read > limit + PATIENCE {
            break;
        }
    }
    if read > limit {
        Err(problem::too_large().into())
    } else {
        Ok(kept)
    }
}

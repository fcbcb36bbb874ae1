//! WhatsApp's webhook. Not part of the public API: WhatsApp authenticates by signature, not as a caller.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use kernel::{Error, Result};
use poem::{
    Body, Response, handler,
    http::HeaderMap,
    web::{Data, Path, Query},
};

use crate::{
    error::MessagingError,
    service::{Handshake, Service},
};

/// WhatsApp waits about ten seconds for an answer. One that is not there before is a refusal: WhatsApp sends the webhook again, and
/// what was stored after all is known by then.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// Characters of a signature: `sha256=` and a digest in hex.
const SIGNATURE: usize = 7 + 64;

/// `GET`: WhatsApp's handshake, answered with the bare challenge.
#[handler]
pub(crate) async fn verify(
    path: Path<String>,
    query: Query<Handshake>,
    service: Data<&Arc<Service>>,
) -> poem::Result<Response> {
    let challenge = service.handshake(&path, query.0).await?;
    Ok(Response::builder().content_type("text/plain").body(challenge))
}

/// `POST`: answered 200 once the body is on disk, never before. A body without a signature, or at an address that is no tenant's,
/// is refused before it is read.
#[handler]
pub(crate) async fn receive(
    path: Path<String>,
    headers: &HeaderMap,
    body: Body,
    service: Data<&Arc<Service>>,
) -> poem::Result<&'static str> {
    let signature = headers
        .get("x-hub-signature-256")
        .and_then(|value| value.to_str().ok())
        .filter(|value| value.len() == SIGNATURE && value.starts_with("sha256="))
        .ok_or_else(|| Error::from(MessagingError::BadSignature))?;
    let began = Instant::now();
    in_time(ANSWER_WITHIN, service.known_webhook(&path)).await?;
    let left = ANSWER_WITHIN.saturating_sub(began.elapsed());
    let body = body.into_bytes().await?;
    in_time(left, service.receive_webhook(&path, Some(signature), body)).await?;
    Ok("")
}

async fn in_time(limit: Duration, work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::time::timeout(limit, work)
        .await
        .map_err(|_| Error::unavailable("The database does not answer. Send it again."))?
}

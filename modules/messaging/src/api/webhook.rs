//! WhatsApp's webhook. Not part of the public API: WhatsApp authenticates by signature, not as a caller.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use kernel::Error;
use poem::{
    Response, handler,
    http::HeaderMap,
    web::{Data, Path, Query},
};

use crate::service::{Handshake, Service};

/// WhatsApp waits about ten seconds for an answer. One that is not there before is a refusal: WhatsApp sends the webhook again, and
/// what was stored after all is known by then.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

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

/// `POST`: answered 200 once the body is on disk, never before.
#[handler]
pub(crate) async fn receive(
    path: Path<String>,
    headers: &HeaderMap,
    body: Bytes,
    service: Data<&Arc<Service>>,
) -> poem::Result<&'static str> {
    let signature = headers
        .get("x-hub-signature-256")
        .and_then(|value| value.to_str().ok());
    tokio::time::timeout(ANSWER_WITHIN, service.receive_webhook(&path, signature, body))
        .await
        .map_err(|_| Error::unavailable("The database does not answer. Send it again."))??;
    Ok("")
}

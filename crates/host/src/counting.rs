//! Counts requests that are refused before an operation reads their credentials. A caller who is known is counted whatever becomes of
//! the request, and every answer says what is left of the quota.

use std::sync::Arc;

use kernel::{Authenticator, Result};
use poem::{Request, http::StatusCode};

/// Counts the caller of a request to the API. A request without a known caller has no quota.
///
/// # Errors
/// 429 when the caller is over the rate.
pub(crate) async fn counted(request: &Request) -> Result<()> {
    let Some(authenticator) = request.data::<Arc<dyn Authenticator>>() else {
        return Ok(());
    };
    match authenticator.authenticate(request).await {
        Err(error) if error.status() == StatusCode::TOO_MANY_REQUESTS => Err(error),
        _ => Ok(()),
    }
}

/// Passes a request on, or refuses it; a refused caller of the API is counted first.
///
/// # Errors
/// The verdict's, or 429.
pub(crate) async fn checked(request: Request, verdict: Result<()>) -> poem::Result<Request> {
    let Err(error) = verdict else {
        return Ok(request);
    };
    if request.original_uri().path().starts_with("/api/v1/") {
        counted(&request).await?;
    }
    Err(error.into())
}

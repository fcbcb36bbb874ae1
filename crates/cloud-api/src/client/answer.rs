//! Turns an HTTP response, or its absence, into a value or an error (Cloud API: error envelope, response headers).

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::error::{Error, GraphError, TOO_LARGE, number};

/// Answers are read up to this size; a larger one counts as broken.
pub(super) const MAX_ANSWER: usize = 1 << 20;

/// A transport error before any answer. Only a failed connect is certain not to have been accepted.
pub(super) fn transport(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_connect() || error.is_builder() {
        return Error::NotSent(error.into());
    }
    let reason = if error.is_timeout() {
        "time-out"
    } else {
        "connection lost"
    };
    Error::Ambiguous {
        reason: reason.into(),
        http_status: None,
        source: Some(error.into()),
    }
}

pub(super) async fn bounded(mut response: reqwest::Response) -> Result<Vec<u8>, Error> {
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MAX_ANSWER => {
                return Err(Error::Ambiguous {
                    reason: TOO_LARGE.into(),
                    http_status: Some(status),
                    source: None,
                });
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) => {
                let reason = if error.is_timeout() {
                    "time-out"
                } else {
                    "the answer broke off"
                };
                return Err(Error::Ambiguous {
                    reason: reason.into(),
                    http_status: Some(status),
                    source: Some(error.without_url().into()),
                });
            }
        }
    }
}

/// Status and body to a result (Cloud API: error envelope; also a 200 whose body is an error).
pub(super) fn interpret(status: StatusCode, wait: Option<Duration>, bytes: &[u8]) -> Result<Value, Error> {
    let body: Option<Value> = serde_json::from_slice(bytes).ok();
    if let Some(error) = body
        .as_ref()
        .and_then(|b| GraphError::from_body(status.as_u16(), b, wait))
    {
        return Err(Error::Graph(Box::new(error)));
    }
    if status.is_success() {
        return body.ok_or_else(|| Error::Ambiguous {
            reason: "the answer is not JSON".into(),
            http_status: Some(status.as_u16()),
            source: None,
        });
    }
    if status.is_client_error() {
        // A 4xx without a Graph body comes from a proxy: not accepted.
        return Err(Error::Graph(Box::new(GraphError {
            http_status: status.as_u16(),
            code: GraphError::NO_CODE,
            subcode: None,
            message: format!("the answer is HTTP {} without an error body", status.as_u16()),
            details: None,
            user_title: None,
            user_msg: None,
            fbtrace_id: None,
            is_transient: false,
            retry_after: wait,
        })));
    }
    Err(Error::Ambiguous {
        reason: format!("HTTP {} without an error body", status.as_u16()),
        http_status: Some(status.as_u16()),
        source: None,
    })
}

pub(super) fn broken(reason: &str) -> Error {
    Error::Ambiguous {
        reason: reason.into(),
        http_status: Some(200),
        source: None,
    }
}

/// `retry-after` in seconds, else the minutes of the usage header (Cloud API: response headers), at most a day.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    const DAY: u64 = 86_400;
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|v| v.to_str().ok())
        .and_then(|s| s.trim().parse::<u64>().ok());
    if let Some(seconds) = seconds {
        return Some(Duration::from_secs(seconds.min(DAY)));
    }
    let usage = headers
        .get("x-business-use-case-usage")
        .and_then(|v| v.to_str().ok())?;
    let usage: Value = serde_json::from_str(usage).ok()?;
    let minutes = usage
        .as_object()?
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|row| row.get("estimated_time_to_regain_access").and_then(number))
        .max()?;
    let minutes = u64::try_from(minutes).ok().filter(|m| *m > 0)?;
    Some(Duration::from_secs(minutes.saturating_mul(60).min(DAY)))
}

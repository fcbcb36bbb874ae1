//! What stops a number: wholly, or from writing to people first.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use sentences::Sentence;

use crate::entity::channel::Model;

/// Why a number sends nothing. What a campaign has queued waits; everything else is refused with 409 `number_held`.
#[derive(Debug, Object)]
#[oai(rename = "ChannelHold", skip_serializing_if_is_none)]
pub struct Held {
    /// What happened and what to do, in plain words.
    pub reason: String,
    /// `reason`, to be said in any language.
    pub terms: Vec<Sentence>,
    /// When it sends again by itself; absent if somebody has to act first.
    pub until: Option<DateTime<Utc>>,
}

impl Held {
    /// What holds the number at `now`, if anything does.
    pub(super) fn of(row: &Model, now: DateTime<Utc>) -> Option<Self> {
        row.held(now).map(|stop| Self {
            reason: stop.why.to_string(),
            terms: stop.why.0,
            until: stop.until,
        })
    }
}

/// Why a number may not write to people first. Campaigns wait, templates are refused with 409 `number_restricted`; answers
/// within the 24-hour window leave.
#[derive(Debug, Object)]
#[oai(rename = "ChannelRestriction", skip_serializing_if_is_none)]
pub struct Restricted {
    /// What happened and what to do, in plain words.
    pub reason: String,
    /// `reason`, to be said in any language.
    pub terms: Vec<Sentence>,
    /// When it ends by itself; absent if WhatsApp has not said.
    pub until: Option<DateTime<Utc>>,
}

impl Restricted {
    /// What restricts the number at `now`, if anything does.
    pub(super) fn of(row: &Model, now: DateTime<Utc>) -> Option<Self> {
        row.restricted(now).map(|stop| Self {
            reason: stop.why.to_string(),
            terms: stop.why.0,
            until: stop.until,
        })
    }
}

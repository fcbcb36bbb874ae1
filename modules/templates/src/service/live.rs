//! The version that WhatsApp sends while a change of an approved template is in review: the one that was approved before (Cloud API:
//! templates; name, language, limits).

use contracts::templates::Mapping;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::mapping;
use crate::entity::{enums::Status, template::Model};

/// A version that is sent while another is in review, as the column `live` keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// Header, body, footer and buttons, in WhatsApp's own form.
    pub components: Vec<Value>,
    /// Whether its variables have names.
    pub named: bool,
    /// What its slots are filled with, where the change brings another mapping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Value>,
}

/// What is sent of a template, whether or not a change is in review.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sent {
    pub(super) components: Vec<Value>,
    pub(super) named: bool,
    /// What was chosen for its slots.
    pub(super) mapping: Mapping,
}

impl Live {
    /// The content of a row; none while it is not known.
    pub(super) fn of(row: &Model) -> Result<Option<Self>> {
        let components: Vec<Value> = serde_json::from_str(&row.components).map_err(Error::internal)?;
        Ok((!components.is_empty()).then_some(Self {
            components,
            named: row.named,
            mapping: None,
        }))
    }

    /// What a row keeps.
    ///
    /// # Errors
    /// A row that cannot be read.
    pub fn read(row: &Model) -> Result<Option<Self>> {
        let kept = row.live.as_deref().map(serde_json::from_str);
        kept.transpose().map_err(Error::internal)
    }

    /// As the column keeps it.
    pub(super) fn kept(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

/// What is sent of a template.
pub(super) fn sent(row: &Model) -> Result<Sent> {
    let own = || serde_json::from_str(&row.mapping).map_err(Error::internal);
    Ok(match Live::read(row)? {
        Some(live) => Sent {
            components: live.components,
            named: live.named,
            mapping: mapping::read(&live.mapping.map_or_else(own, Ok)?),
        },
        None => Sent {
            components: serde_json::from_str(&row.components).map_err(Error::internal)?,
            named: row.named,
            mapping: mapping::read(&own()?),
        },
    })
}

/// What was learned of a template besides its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Learned {
    /// Its status was told, and counts.
    pub(super) judged: bool,
    /// A webhook told new content that is not older than the status.
    pub(super) told: bool,
}

/// Keeps the version before when a change of an approved template goes into review, and lets it go when the review has ended.
pub(super) fn follow(row: &mut Model, before: &Model, learned: Learned) {
    let version = || Live::of(before).ok().flatten()?.kept().ok();
    match row.status {
        Status::Pending if before.status == Status::Approved => {
            row.live = row.live.take().or_else(version);
        }
        Status::Pending => {}
        // The webhook of a change may come before that of its review. If there is none, the list says so in a moment.
        Status::Approved if learned.told && !learned.judged && before.components != row.components => {
            row.live = row.live.take().or_else(version);
        }
        Status::Approved if !learned.judged => {}
        _ => row.live = None,
    }
}

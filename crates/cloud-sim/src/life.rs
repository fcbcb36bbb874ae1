//! What happens by itself later on, beside statuses and webhooks: each is one event of the agenda, so it survives an
//! export.

use serde::{Deserialize, Serialize};

use crate::agenda::Event;
use crate::core::Core;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// The link of a message is fetched.
    Fetch {
        /// The message.
        wamid: String,
    },
}

impl Core {
    /// Plans one.
    pub fn plan_life(&mut self, due: i64, life: Life) {
        self.plan(due, Event::Life(life));
    }

    /// One of them is due.
    pub fn live_on(&mut self, life: Life) {
        match life {
            Life::Fetch { wamid } => self.fetch_link(&wamid),
        }
    }
}

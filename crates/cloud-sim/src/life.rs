//! What happens by itself later, apart from statuses and webhooks. Each is one event of the agenda, so it survives an
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
    /// The first cohort of a template has been evaluated.
    EndPacing {
        /// Its id.
        template: String,
    },
    /// An automatic pause of a template runs out.
    Unpause {
        /// Its id.
        template: String,
        /// Which pause of the template it is.
        pause: u32,
    },
    /// The name of a number is decided.
    NameReview {
        /// The number.
        phone: String,
    },
    /// A number works again.
    EndMaintenance {
        /// The number.
        phone: String,
    },
    /// A portfolio gets its next messaging limit.
    Scale {
        /// Its id.
        portfolio: String,
    },
    /// A message has waited too long for a phone.
    Expire {
        /// The message.
        wamid: String,
    },
    /// An announced category takes effect.
    Recategorize {
        /// The template.
        template: String,
        /// Its new category.
        category: String,
    },
}

impl Core {
    /// Schedules one that `settled` waits for.
    pub fn plan_life(&mut self, due: i64, life: Life) {
        self.plan(due, Event::Life(life));
    }

    /// Schedules one in hours or days: `settled` does not wait for it.
    pub fn plan_later(&mut self, due: i64, life: Life) {
        if !self.world.later.add(due, Event::Life(life)) {
            self.count("events_dropped");
        }
    }

    /// One of them is due.
    pub fn live_on(&mut self, life: Life) {
        match life {
            Life::Fetch { wamid } => self.fetch_link(&wamid),
            Life::EndPacing { template } => self.end_pacing(&template),
            Life::Unpause { template, pause } => self.pause_is_over(&template, pause),
            Life::NameReview { phone } => self.review_name(&phone),
            Life::EndMaintenance { phone } => self.end_maintenance(&phone),
            Life::Scale { portfolio } => self.scale(&portfolio),
            Life::Expire { wamid } => self.expire(&wamid),
            Life::Recategorize { template, category } => {
                self.template_recategorize(&template, &category, true);
            }
        }
    }
}

//! Messages that expire because the phone is offline (Cloud API: messages endpoint; templates, time to live).

use crate::core::Core;
use crate::life::Life;
use crate::world::Msg;

const DAY_MS: i64 = 86_400_000;
/// Undelivered messages are kept 30 days.
const KEPT_MS: i64 = 30 * DAY_MS;
/// Authentication templates 10 minutes, unless they say otherwise.
const AUTHENTICATION_MS: i64 = 600_000;

impl Core {
    /// When a message is dropped if it has not been delivered, virtual Unix ms.
    pub fn expires_at(&self, msg: &Msg) -> i64 {
        let template = msg
            .template_id
            .as_ref()
            .and_then(|id| self.world.templates.get(id));
        let kept = match template.and_then(|t| t.ttl_s) {
            Some(seconds) if seconds > 0 => seconds * 1_000,
            Some(_) => KEPT_MS,
            None if msg.category == "authentication" => AUTHENTICATION_MS,
            None => KEPT_MS,
        };
        msg.at + kept
    }

    /// A message waits for a phone that is offline: it is dropped silently, or fails with 131043 if enabled.
    pub fn wait_for_phone(&mut self, msg: &Msg) {
        if self.config.expiry_fails {
            let due = self.expires_at(msg);
            self.plan_later(
                due,
                Life::Expire {
                    wamid: msg.wamid.clone(),
                },
            );
        }
    }

    /// A message has expired.
    pub fn expire(&mut self, wamid: &str) {
        if self.world.message(wamid).is_some_and(|m| m.status == "sent") {
            let now = self.now();
            self.plan_status(now, wamid, "failed", Some((131_043, None)));
        }
    }
}

//! Rate limits of the management API; messages do not count (Cloud API: response headers, rate limits).

use super::{Call, Refusal};
use crate::core::Core;

const HOUR_MS: i64 = 3_600_000;
/// Calls an hour, app and account.
const CALLS: usize = 200;
/// Common reads of an account with a registered number.
const READS: usize = 5_000;

/// Edges that belong to messaging.
const MESSAGING: &[&str] = &[
    "messages",
    "marketing_messages",
    "media",
    "register",
    "deregister",
    "block_users",
    "whatsapp_business_profile",
    "smb_app_data",
    "groups",
];

impl Core {
    /// Counts a call of the management API; an error beyond the limit.
    pub fn management(&mut self, call: &Call) -> Result<(), Refusal> {
        let edge = call.path.get(1).map(String::as_str);
        if edge.is_some_and(|e| MESSAGING.contains(&e)) {
            return Ok(());
        }
        let Some(waba) = self.waba_of_path(call) else {
            return Ok(());
        };
        let common = call.method == "GET"
            && matches!(
                edge,
                None | Some("assigned_users" | "phone_numbers" | "message_templates" | "subscribed_apps")
            );
        let active = self
            .world
            .phones
            .values()
            .any(|p| p.waba_id == waba && p.status == "CONNECTED");
        let (key, limit) = match common && active {
            true => (format!("reads/{waba}"), READS),
            false => (format!("calls/{waba}"), CALLS),
        };
        if self.within(&key, HOUR_MS, limit) || !self.config.management_limit {
            return Ok(());
        }
        Err(self.rate_limited(80_007))
    }

    /// `x-business-use-case-usage`: percents of the quotas, and the minutes until calls are allowed again.
    pub fn usage(&mut self, waba: &str) -> String {
        let (mut percent, mut minutes) = (0, 0);
        // Messages count against neither, so usually there is nothing to count.
        if !self.world.rolling.is_empty() {
            let now = self.now();
            let rolling = &mut self.world.rolling;
            for (key, limit) in [(format!("reads/{waba}"), READS), (format!("calls/{waba}"), CALLS)] {
                let used = rolling.count(&key, HOUR_MS, now) * 100 / limit;
                percent = percent.max(used);
                if used >= 100 {
                    let until = rolling.oldest(&key).map_or(now, |at| at + HOUR_MS);
                    minutes = minutes.max((until - now + 59_999) / 60_000);
                }
            }
        }
        let short = percent.min(1);
        format!(
            "{{\"{waba}\":[{{\"type\":\"whatsapp_business_management\",\"call_count\":{percent},\"total_cputime\":{short},\
             \"total_time\":{short},\"estimated_time_to_regain_access\":{minutes}}},{{\"type\":\"whatsapp\",\"call_count\":1,\
             \"total_cputime\":1,\"total_time\":1,\"estimated_time_to_regain_access\":0}}]}}"
        )
    }
}

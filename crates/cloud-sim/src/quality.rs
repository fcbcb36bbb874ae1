//! Quality of templates and numbers from what people complain about (Cloud API: quality and enforcement; the thresholds
//! are the simulator's own).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::Core;

const DAY_MS: i64 = 86_400_000;
/// Days that count.
const DAYS: i64 = 7;

/// Sends and complaints by day, for a week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats(BTreeMap<i64, (u64, u64)>);

impl Stats {
    fn today(&mut self, now: i64) -> &mut (u64, u64) {
        let day = now / DAY_MS;
        while self
            .0
            .first_key_value()
            .is_some_and(|(first, _)| *first <= day - DAYS)
        {
            self.0.pop_first();
        }
        self.0.entry(day).or_default()
    }

    /// Counts a send.
    pub fn sent(&mut self, now: i64) {
        self.today(now).0 += 1;
    }

    /// Counts a block or report.
    pub fn complained(&mut self, now: i64) {
        self.today(now).1 += 1;
    }

    /// Sends and complaints of the last 7 days.
    pub fn week(&self, now: i64) -> (u64, u64) {
        let days = self.0.range(now / DAY_MS - DAYS + 1..);
        days.fold((0, 0), |(s, c), (_, (sends, complaints))| {
            (s + sends, c + complaints)
        })
    }

    /// GREEN below 1 %, YELLOW from 1 %, RED from 3 %; `None` with fewer than `least` sends.
    pub fn score(&self, now: i64, least: u64) -> Option<&'static str> {
        let (sends, complaints) = self.week(now);
        if sends < least.max(1) {
            return None;
        }
        Some(match complaints * 100 {
            n if n >= sends * 3 => "RED",
            n if n >= sends => "YELLOW",
            _ => "GREEN",
        })
    }
}

impl Core {
    /// A person blocks or unblocks the number, and may report it; it counts against the newest template sent to them.
    pub fn block_business(&mut self, phone_id: &str, user_id: &str, blocks: bool, reports: bool) {
        let key = format!("{phone_id}/{user_id}");
        match blocks {
            true => drop(self.world.blockers.insert(key)),
            false => drop(self.world.blockers.remove(&key)),
        }
        if blocks || reports {
            let blamed = self
                .world
                .thread_messages(phone_id, user_id)
                .into_iter()
                .rev()
                .find_map(|m| m.template_id.clone());
            self.complaint(phone_id, blamed.as_deref());
        }
        self.count("complaints");
    }

    fn complaint(&mut self, phone_id: &str, template_id: Option<&str>) {
        let (now, least) = (self.now(), self.config.quality_min_sends);
        if let Some(phone) = self.world.phones.get_mut(phone_id) {
            phone.stats.complained(now);
            if let Some(score) = phone.stats.score(now, least) {
                score.clone_into(&mut phone.quality_rating);
            }
        }
        let Some(template) = template_id.and_then(|id| self.world.templates.get_mut(id)) else {
            return;
        };
        template.stats.complained(now);
        let (id, score) = (template.id.clone(), template.stats.score(now, least));
        if let Some(score) = score {
            self.template_quality(&id, score);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_of_complaints() {
        let mut stats = Stats::default();
        let now = 100 * DAY_MS;
        for _ in 0..200 {
            stats.sent(now);
        }
        assert_eq!(
            (stats.score(now, 100), stats.score(now, 201)),
            (Some("GREEN"), None)
        );
        for (complaints, score) in [(1, "GREEN"), (2, "YELLOW"), (5, "YELLOW"), (6, "RED")] {
            while stats.week(now).1 < complaints {
                stats.complained(now);
            }
            assert_eq!(stats.score(now, 100), Some(score), "{complaints}");
        }
        assert_eq!(stats.week(now + 6 * DAY_MS), (200, 6));
        assert_eq!(stats.week(now + 7 * DAY_MS), (0, 0));
        stats.sent(now + 7 * DAY_MS);
        assert_eq!(stats.0.len(), 1);
    }
}

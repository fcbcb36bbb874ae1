//! Messaging limits of portfolios and what Meta does to numbers and accounts
//! (Cloud API: messaging limit; phone and account fields).

use serde_json::{Value, json};

use crate::agenda::Update;
use crate::core::Core;
use crate::entities::Waba;
use crate::life::Life;
use crate::world::Msg;

/// Limits from low to high; legacy ones are never raised.
const TIERS: [&str; 5] = ["TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED"];
/// An upgrade comes within 6 hours.
const SCALING_MS: i64 = 6 * 3_600_000;
/// People reached in 30 days that count like a verification.
const REACHED: usize = 2_000;

/// People a day as webhooks write it: -1 without a limit.
fn number(tier: &str) -> i64 {
    match tier {
        "TIER_50" => 50,
        "TIER_250" => 250,
        "TIER_1K" => 1_000,
        "TIER_2K" => 2_000,
        "TIER_10K" => 10_000,
        "TIER_100K" => 100_000,
        _ => -1,
    }
}

impl Core {
    /// An account-level field, with `entry[].time`.
    pub fn account_post(&mut self, waba_id: &str, field: &str, item: Value) {
        let at = self.now();
        self.post(Update {
            field: field.into(),
            waba_id: waba_id.to_owned(),
            phone_id: None,
            list: None,
            item,
            contact: None,
            wamid: None,
            status: None,
            at,
        });
    }

    /// The portfolio of a number.
    pub fn portfolio_id(&self, phone_id: &str) -> Option<String> {
        let waba = self.world.wabas.get(&self.world.phones.get(phone_id)?.waba_id)?;
        waba.portfolio_id.clone()
    }

    /// Changes a portfolio's limit; its accounts and numbers get webhooks.
    pub fn set_tier(&mut self, portfolio_id: &str, tier: &str) {
        let Some(portfolio) = self.world.portfolios.get_mut(portfolio_id) else {
            return;
        };
        portfolio.scaling = false;
        let old = std::mem::replace(&mut portfolio.limit_tier, tier.to_owned());
        if old == tier {
            return;
        }
        let event = if number(&old) != -1 && (number(tier) == -1 || number(tier) > number(&old)) {
            "UPGRADE"
        } else {
            "DOWNGRADE"
        };
        let wabas: Vec<String> = self
            .world
            .wabas
            .values()
            .filter(|w| w.portfolio_id.as_deref() == Some(portfolio_id))
            .map(|w| w.id.clone())
            .collect();
        for waba in wabas {
            self.account_post(
                &waba,
                "business_capability_update",
                json!({"max_daily_conversations_per_business": number(tier), "max_phone_numbers_per_waba": 25}),
            );
            let numbers = self.world.phones.values().filter(|p| p.waba_id == waba);
            let numbers: Vec<String> = numbers.map(|p| p.digits.clone()).collect();
            for digits in numbers {
                self.account_post(
                    &waba,
                    "phone_number_quality_update",
                    json!({"display_phone_number": digits, "event": event, "old_limit": old, "current_limit": tier,
                           "max_daily_conversations_per_business": tier}),
                );
            }
        }
    }

    /// The business is verified: at least 2,000 people a day.
    pub fn verify_portfolio(&mut self, portfolio_id: &str) {
        if let Some(portfolio) = self.world.portfolios.get_mut(portfolio_id) {
            portfolio.verified = true;
            if matches!(portfolio.limit_tier.as_str(), "TIER_50" | "TIER_250" | "TIER_1K") {
                self.set_tier(portfolio_id, "TIER_2K");
            }
        }
    }

    /// A template message outside the window arrived: 2,000 people reached so in 30 days bring the limit of 2,000 to a
    /// business that is not verified.
    pub fn count_reach(&mut self, msg: &Msg) {
        const MONTH_MS: i64 = 30 * 86_400_000;
        let now = self.now();
        let key = format!("{}/{}", msg.phone_id, msg.user_id);
        if !self.config.tier_scaling || self.world.threads.get(&key).is_some_and(|t| t.csw_until > msg.at) {
            return;
        }
        let Some(id) = self.portfolio_id(&msg.phone_id) else {
            return;
        };
        let Some(portfolio) = self.world.portfolios.get_mut(&id) else {
            return;
        };
        if portfolio.limit_tier != "TIER_250" || portfolio.verified || portfolio.scaling {
            return;
        }
        portfolio.delivered.insert(msg.user_id.clone(), now);
        if portfolio.delivered.len() < REACHED {
            return;
        }
        portfolio.delivered.retain(|_, at| *at > now - MONTH_MS);
        if portfolio.delivered.len() >= REACHED {
            portfolio.delivered.clear();
            portfolio.scaling = true;
            self.plan_later(now + SCALING_MS, Life::Scale { portfolio: id });
        }
    }

    /// Half of the limit is used: the next one comes within 6 hours, when the quality is good by then.
    pub fn consider_scaling(&mut self, portfolio_id: &str) {
        if !self.config.tier_scaling {
            return;
        }
        let due = self.now() + SCALING_MS;
        let Some(portfolio) = self.world.portfolios.get_mut(portfolio_id) else {
            return;
        };
        let climbs = TIERS[..TIERS.len() - 1].contains(&portfolio.limit_tier.as_str());
        let used = portfolio
            .limit()
            .is_some_and(|limit| portfolio.rolling.len() * 2 >= limit);
        if portfolio.scaling
            || !climbs
            || !used
            || (!portfolio.verified && portfolio.limit_tier == "TIER_250")
        {
            return;
        }
        portfolio.scaling = true;
        self.plan_later(
            due,
            Life::Scale {
                portfolio: portfolio_id.to_owned(),
            },
        );
    }

    /// Applies the next limit when it is due.
    pub fn scale(&mut self, portfolio_id: &str) {
        let Some(portfolio) = self.world.portfolios.get_mut(portfolio_id) else {
            return;
        };
        portfolio.scaling = false;
        let at = TIERS.iter().position(|t| *t == portfolio.limit_tier);
        let Some(next) = at.and_then(|at| TIERS.get(at + 1)) else {
            return;
        };
        let of = |w: &Waba| w.portfolio_id.as_deref() == Some(portfolio_id);
        let poor = self
            .world
            .phones
            .values()
            .any(|p| p.quality_rating == "RED" && self.world.wabas.get(&p.waba_id).is_some_and(of));
        if !poor {
            self.set_tier(portfolio_id, next);
        }
    }

    /// Whether a restriction of an account holds now.
    pub fn is_restricted(&self, waba: &Waba, kind: &str) -> bool {
        let now = self.now();
        waba.restrictions.get(kind).is_some_and(|until| *until > now)
    }

    /// The name of a number is decided: the one asked for last, or its first one.
    pub fn decide_name(&mut self, phone_id: &str, decision: &str, reason: Option<&str>) {
        let Some(phone) = self.world.phones.get_mut(phone_id) else {
            return;
        };
        let status = match decision {
            "APPROVED" => "APPROVED",
            "REJECTED" => "DECLINED",
            _ => "PENDING_REVIEW",
        };
        let asked = phone
            .new_display_name
            .clone()
            .unwrap_or_else(|| phone.verified_name.clone());
        if phone.new_display_name.is_some() {
            status.clone_into(&mut phone.new_name_status);
        } else {
            status.clone_into(&mut phone.name_status);
        }
        if status == "APPROVED" && phone.new_display_name.take().is_some() {
            phone.verified_name.clone_from(&asked);
            "NONE".clone_into(&mut phone.new_name_status);
        }
        let (waba, digits) = (phone.waba_id.clone(), phone.digits.clone());
        let reason = (status == "DECLINED").then(|| reason.unwrap_or("NAME_FORMAT_UNACCEPTABLE"));
        self.account_post(
            &waba,
            "phone_number_name_update",
            json!({"display_phone_number": digits, "decision": decision, "requested_verified_name": asked,
                   "rejection_reason": reason}),
        );
    }

    /// A review by name: `sim_reject` is declined, everything else approved.
    pub fn review_name(&mut self, phone_id: &str) {
        let Some(phone) = self.world.phones.get(phone_id) else {
            return;
        };
        let asked = phone.new_display_name.as_ref().unwrap_or(&phone.verified_name);
        let decision = if asked.contains("sim_reject") {
            "REJECTED"
        } else {
            "APPROVED"
        };
        self.decide_name(phone_id, decision, None);
    }

    /// The maintenance of a number ends.
    pub fn end_maintenance(&mut self, phone_id: &str) {
        if let Some(phone) = self
            .world
            .phones
            .get_mut(phone_id)
            .filter(|p| p.status == "MAINTENANCE")
        {
            "CONNECTED".clone_into(&mut phone.status);
        }
    }
}

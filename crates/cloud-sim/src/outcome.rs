//! From an accepted message to its statuses (Cloud API: simulator, messages and status sequence; pricing).

use serde_json::{Value, json};

use crate::config::Statuses;
use crate::core::Core;
use crate::details;
use crate::links;
use crate::people;
use crate::world::{Direction, Msg, Plan};

const DAY_MS: i64 = 86_400_000;

/// What the sender asked for, after all checks.
#[derive(Debug)]
pub struct Accept {
    /// Phone number id.
    pub phone_id: String,
    /// BSUID of the person.
    pub user_id: String,
    /// It was addressed by BSUID.
    pub by_bsuid: bool,
    /// Wire type.
    pub kind: String,
    /// The object under the type's key.
    pub content: Value,
    /// The quoted message.
    pub context: Option<String>,
    /// `biz_opaque_callback_data`.
    pub callback: Option<String>,
    /// Category of the template, upper case.
    pub category: Option<String>,
    /// `recipient_identity_key_hash`.
    pub identity_hash: Option<String>,
    /// Forced outcome.
    pub plan: Plan,
}

impl Core {
    /// Accepts a message, decides its outcome and schedules its statuses. Returns its id.
    pub fn accept(&mut self, input: Accept) -> String {
        let now = self.now();
        let user = self.world.users.get(&input.user_id);
        let person = user
            .and_then(|u| u.wa_id.clone())
            .unwrap_or_else(|| input.user_id.clone());
        let counter = self.world.next_seq;
        let wamid = crate::ids::wamid(&mut self.world.dice, &person, true, counter);
        let mut category = input
            .category
            .as_deref()
            .map_or_else(|| "service".to_owned(), str::to_lowercase);
        if category == "authentication" && self.is_auth_international(&input, now) {
            category = "authentication-international".into();
        }
        let thread = self.world.thread(&input.phone_id, &input.user_id);
        let csw_open = thread.csw_until > now;
        if thread.fep_offer_until > now {
            // The first answer opens the free entry point (Cloud API: windows).
            thread.fep_until = now + 3 * DAY_MS;
            thread.fep_offer_until = 0;
        }
        let fep_open = thread.fep_until > now;
        let mut plan = input.plan;
        let fate = plan
            .fail
            .map(|code| (code, details::of(code).map(str::to_owned)))
            .or_else(|| self.fate(&input, &person, &category, csw_open, fep_open, now));
        if fate.is_none() && input.kind == "template" && !csw_open {
            self.remember_reach(&input, &category, now);
        }
        let free_until_switch = now / 1_000 < self.config.pricing_switch
            && csw_open
            && matches!(category.as_str(), "service" | "utility");
        let pricing = match (fep_open, free_until_switch) {
            (true, _) => "free_entry_point",
            (false, true) => "free_customer_service",
            (false, false) => "regular",
        };
        if input.kind == "reaction" {
            // Only `sent` follows a reaction.
            plan.stop_at_sent = true;
        }
        let msg = Msg {
            seq: 0,
            wamid: wamid.clone(),
            phone_id: input.phone_id,
            user_id: input.user_id,
            direction: Direction::ToUser,
            kind: input.kind,
            content: input.content,
            context: input.context,
            callback: input.callback,
            by_bsuid: input.by_bsuid,
            category,
            pricing: pricing.to_owned(),
            status: "accepted".into(),
            error: None,
            at: now,
            plan,
            template_id: None,
        };
        self.tell(|| json!({"kind": "message", "phone_id": msg.phone_id, "user": person, "wamid": wamid}));
        self.world.add_message(msg, self.config.max_messages);
        let first = |core: &mut Self, mean: u64| match plan.delay_ms {
            Some(exact) => now + exact as i64,
            None => now + core.around(mean),
        };
        if self.config.statuses == Statuses::Off {
            // No status is sent.
        } else if let Some((code, details)) = fate {
            // Media is fetched first, which takes longer than a look-up.
            let mean = self.config.delays.failed_ms * if code == 131_053 { 6 } else { 1 };
            let due = first(self, mean);
            self.plan_status(due, &wamid, "failed", Some((code, details)));
        } else if plan.held {
            // Its first status is sent once its template has been evaluated.
        } else if self.plan_fetch(now, &wamid) {
            // Its first status is sent once its link was fetched.
        } else if plan.reversed {
            let due = first(self, self.config.delays.sent_ms);
            for status in ["read", "delivered", "sent"] {
                self.plan_status(due, &wamid, status, None);
            }
        } else {
            let due = if plan.early {
                now
            } else {
                first(self, self.config.delays.sent_ms)
            };
            self.plan_status(due, &wamid, "sent", None);
        }
        self.count("messages_accepted");
        wamid
    }

    fn remember_reach(&mut self, input: &Accept, category: &str, now: i64) {
        if category.starts_with("marketing") {
            let thread = self.world.thread(&input.phone_id, &input.user_id);
            while thread.marketing.front().is_some_and(|at| *at <= now - DAY_MS) {
                thread.marketing.pop_front();
            }
            thread.marketing.push_back(now);
        }
        let portfolio = self.portfolio_id(&input.phone_id);
        if let Some(portfolio) = portfolio.and_then(|id| self.world.portfolios.get_mut(&id)) {
            if portfolio.limit().is_none() {
                return;
            }
            portfolio.rolling.retain(|_, at| *at > now - DAY_MS);
            portfolio.rolling.insert(input.user_id.clone(), now);
            let id = portfolio.id.clone();
            self.consider_scaling(&id);
        }
    }

    /// The first reason for which an accepted message fails, in the fixed order of the simulator.
    fn fate(
        &mut self,
        input: &Accept,
        person: &str,
        category: &str,
        csw_open: bool,
        fep_open: bool,
        now: i64,
    ) -> Option<(i64, Option<String>)> {
        let fail = |code: i64| Some((code, details::of(code).map(str::to_owned)));
        let phone = self.world.phones.get(&input.phone_id)?;
        let waba = self.world.wabas.get(&phone.waba_id)?;
        let user = self.world.users.get(&input.user_id)?;
        let marketing = category.starts_with("marketing");
        let (phone_checks, identity) = (phone.checks_identity(), user.identity_hash());
        if phone.blocked.contains(&input.user_id) {
            return fail(130_403);
        }
        if waba
            .blocked_countries
            .iter()
            .any(|code| person.starts_with(code.as_str()))
        {
            return fail(130_497);
        }
        if !user.persona.on_whatsapp {
            return fail(131_026);
        }
        if self.config.csw && !csw_open && input.kind != "template" {
            return fail(131_047);
        }
        if !waba.payment_ok {
            return fail(131_042);
        }
        if marketing && user.persona.marketing_opt_out {
            return fail(131_050);
        }
        if marketing && people::is_us(person) {
            return fail(131_049);
        }
        let key = format!("{}/{}", input.phone_id, input.user_id);
        if marketing && !csw_open && !people::is_cap_free(person) {
            let recent = self
                .world
                .threads
                .get(&key)
                .map_or(0, |t| t.marketing.iter().filter(|at| **at > now - DAY_MS).count());
            if recent >= self.config.marketing_cap_per_24h as usize {
                return fail(131_049);
            }
        }
        if marketing && !csw_open && !fep_open && self.world.dice.chance(self.config.p_experiment) {
            return fail(130_472);
        }
        if self.config.portfolio_limit
            && input.kind == "template"
            && !csw_open
            && let Some(portfolio) = self
                .portfolio_id(&input.phone_id)
                .and_then(|id| self.world.portfolios.get(&id))
            && let Some(limit) = portfolio.limit()
            && portfolio
                .rolling
                .get(&input.user_id)
                .is_none_or(|at| *at <= now - DAY_MS)
            && portfolio
                .rolling
                .values()
                .filter(|at| **at > now - DAY_MS)
                .count()
                >= limit
        {
            return fail(131_048);
        }
        if let Some((_, link)) = links::of(&input.kind, &input.content)
            && let Some(status) = links::dead(&link)
        {
            let text = format!("Downloading media from weblink failed with http code {status}");
            return Some((131_053, Some(text)));
        }
        if input.kind == "reaction" {
            let target = input
                .content
                .get("message_id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let fresh = self
                .world
                .message(target)
                .is_some_and(|m| m.kind != "reaction" && m.at > now - 30 * DAY_MS);
            if !fresh {
                return Some((
                    131_009,
                    Some("Message to react to was not found or is too old.".into()),
                ));
            }
        }
        if let Some(hash) = &input.identity_hash
            && phone_checks
            && *hash != identity
        {
            return fail(137_000);
        }
        None
    }
}

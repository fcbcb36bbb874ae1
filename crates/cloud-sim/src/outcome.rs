//! From an accepted message to its statuses (Cloud API: simulator, messages and status sequence; pricing).

use serde_json::{Value, json};

use crate::agenda::{Event, Update};
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

    /// Schedules a status of a message.
    pub fn plan_status(&mut self, due: i64, wamid: &str, status: &str, error: Option<(i64, Option<String>)>) {
        self.plan(
            due,
            Event::Status {
                wamid: wamid.to_owned(),
                status: status.to_owned(),
                error,
            },
        );
    }

    /// Moves a message to a status: webhook, ledger, phone page, and consequences.
    pub fn status(&mut self, wamid: &str, status: &str, error: Option<(i64, Option<String>)>) {
        let now = self.now();
        let Some(msg) = self.world.message(wamid).map(Msg::without_content) else {
            return;
        };
        let Some(user) = self.world.users.get(&msg.user_id).cloned() else {
            return;
        };
        let before = rank(&msg.status);
        if let Some(stored) = self.world.message_mut(wamid) {
            // The final status stays, in whatever order statuses arrive.
            if rank(status) > before || (status == "failed" && before < 2) {
                status.clone_into(&mut stored.status);
            }
            stored.error = error.as_ref().map(|(code, _)| *code).or(stored.error);
        }
        let priced = status == "sent" || status == "delivered" || (status == "read" && before < 2);
        let skipped = before < 2;
        self.meter(&msg, user.wa_id.as_deref(), status, skipped);
        let item = self.status_item(&msg, &user, status, error.as_ref(), priced, now);
        let phone = !msg.by_bsuid;
        // Client libraries drop a status without contacts, so the strict shape (none on `failed`) comes with the strict
        // envelope.
        let contact = (status != "failed" || self.config.entry_time)
            .then(|| people::contact(&user, &self.config, phone, status != "sent"));
        let Some(waba_id) = self.world.phones.get(&msg.phone_id).map(|p| p.waba_id.clone()) else {
            return;
        };
        let update = Update {
            field: "messages".into(),
            waba_id,
            phone_id: Some(msg.phone_id.clone()),
            list: Some("statuses".into()),
            item,
            contact,
            wamid: Some(msg.wamid.clone()),
            status: Some(status.to_owned()),
            at: now,
        };
        if msg.plan.twice {
            self.post(update.clone());
        }
        self.post_noisily(update);
        self.ledger.status(status, error.as_ref().map(|(code, _)| *code));
        self.tell(|| {
            let person = user.wa_id.as_ref().unwrap_or(&user.user_id);
            json!({"kind": "status", "phone_id": msg.phone_id, "user": person, "wamid": wamid, "status": status})
        });
        self.go_on(&msg, &user.persona, status, now);
    }

    fn go_on(&mut self, msg: &Msg, persona: &crate::entities::Persona, status: &str, now: i64) {
        let plan = msg.plan;
        if plan.reversed || status == "failed" {
            return;
        }
        let delays = self.config.delays;
        let read_ms = persona.read_ms.unwrap_or(delays.read_ms);
        match status {
            "sent" => {
                if let Some(code) = plan.fail_after_sent {
                    let due = now + self.around(delays.failed_ms);
                    self.plan_status(
                        due,
                        &msg.wamid,
                        "failed",
                        Some((code, details::of(code).map(str::to_owned))),
                    );
                } else if plan.stop_at_sent
                    || !persona.online
                    || self.config.statuses < Statuses::Delivered
                    || self.has_blocked(msg)
                {
                    // Waits until the phone is online, if ever.
                    self.wait_for_phone(msg);
                } else if plan.skip_delivered
                    || (persona.reads && self.world.dice.chance(self.config.p_skip_delivered))
                {
                    let due = now + self.around(delays.delivered_ms);
                    self.plan_status(due, &msg.wamid, "read", None);
                } else {
                    let due = now + self.around(delays.delivered_ms);
                    self.plan_status(due, &msg.wamid, "delivered", None);
                }
            }
            "delivered"
                if persona.reads && !plan.stop_at_delivered && self.config.statuses == Statuses::Read =>
            {
                let due = now + self.around(read_ms);
                self.plan_status(due, &msg.wamid, "read", None);
            }
            "read" => {
                let whole = self.world.message(&msg.wamid);
                let voice = whole.and_then(|m| m.content.get("voice")?.as_bool());
                if msg.kind == "audio" && voice == Some(true) {
                    let due = now + self.around(delays.played_ms);
                    self.plan_status(due, &msg.wamid, "played", None);
                }
                if let Some(what) = plan.reaction
                    && let Some(whole) = self.world.message(&msg.wamid).cloned()
                {
                    self.react(&whole, what, now);
                }
                if persona.blocks_marketing && msg.category.starts_with("marketing") {
                    self.block_business(&msg.phone_id, &msg.user_id, true, true);
                }
            }
            _ => {}
        }
    }

    fn status_item(
        &self,
        msg: &Msg,
        user: &crate::entities::User,
        status: &str,
        error: Option<&(i64, Option<String>)>,
        priced: bool,
        now: i64,
    ) -> Value {
        let mut item = json!({"id": msg.wamid, "status": status, "timestamp": (now / 1_000).to_string()});
        if let Some(wa_id) = user.wa_id.as_ref().filter(|_| !msg.by_bsuid && !user.hide_phone) {
            item["recipient_id"] = json!(wa_id);
        }
        if self.config.bsuid {
            item["recipient_user_id"] = json!(user.user_id);
            if self.config.parent_bsuid {
                item["recipient_parent_user_id"] = json!(people::parent(&user.user_id));
            }
        }
        if let Some(data) = &msg.callback {
            item["biz_opaque_callback_data"] = json!(data);
        }
        if let Some((code, details)) = error {
            let title = details::title(*code);
            item["errors"] = json!([{
                "code": code, "title": title, "message": title,
                "error_data": {"details": details.as_deref().unwrap_or(title)},
                "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
            }]);
            return item;
        }
        if priced {
            let fep = msg.pricing == "free_entry_point";
            item["pricing"] = json!({
                "billable": msg.pricing == "regular",
                "pricing_model": "PMP",
                "type": msg.pricing,
                "category": if fep { "referral_conversion" } else { msg.category.as_str() },
            });
            let until = self
                .world
                .threads
                .get(&format!("{}/{}", msg.phone_id, msg.user_id))
                .map_or(0, |t| t.fep_until);
            if fep {
                let id: String = format!("{:032x}", (u128::from(until as u64) << 64) | u128::from(msg.seq));
                item["conversation"] = json!({"id": id, "origin": {"type": "referral_conversion"}});
                if status == "sent" {
                    item["conversation"]["expiration_timestamp"] = json!((until / 1_000).to_string());
                }
            }
        }
        item
    }

    /// A sender whom the person has blocked sees one tick only.
    fn has_blocked(&self, msg: &Msg) -> bool {
        let blockers = &self.world.blockers;
        !blockers.is_empty() && blockers.contains(&format!("{}/{}", msg.phone_id, msg.user_id))
    }

    /// Delivers messages that waited for a phone that is online again.
    pub fn came_online(&mut self, user_id: &str) {
        let now = self.now();
        let waiting: Vec<String> = self
            .world
            .messages
            .values()
            .filter(|m| {
                m.user_id == user_id
                    && m.direction == Direction::ToUser
                    && m.status == "sent"
                    && !m.plan.stop_at_sent
                    && self.expires_at(m) > now
            })
            .map(|m| m.wamid.clone())
            .collect();
        for wamid in waiting {
            self.plan_status(now, &wamid, "delivered", None);
        }
    }

    /// The person opens a thread: everything in it is delivered and read. An offline phone has only what was delivered before.
    /// Returns the number of messages.
    pub fn read_thread(&mut self, phone_id: &str, user_id: &str) -> usize {
        let now = self.now();
        let online = self
            .world
            .users
            .get(user_id)
            .is_some_and(|user| user.persona.online);
        let unread: Vec<(String, bool)> = self
            .world
            .thread_messages(phone_id, user_id)
            .into_iter()
            .filter(|m| m.direction == Direction::ToUser)
            .filter(|m| m.status == "delivered" || (online && m.status == "sent"))
            .filter(|m| m.kind != "reaction")
            .map(|m| (m.wamid.clone(), m.status == "sent"))
            .collect();
        for (wamid, only_sent) in &unread {
            if *only_sent {
                self.plan_status(now, wamid, "delivered", None);
            }
            self.plan_status(now, wamid, "read", None);
        }
        unread.len()
    }
}

fn rank(status: &str) -> u8 {
    match status {
        "sent" => 1,
        "delivered" => 2,
        "read" => 3,
        "played" => 4,
        _ => 0,
    }
}

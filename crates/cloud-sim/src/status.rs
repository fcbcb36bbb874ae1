//! The statuses of a message: sent, delivered, read, played, failed, and what follows from each.

use serde_json::{Value, json};

use crate::agenda::{Event, Update};
use crate::config::Statuses;
use crate::core::Core;
use crate::details;
use crate::people;
use crate::world::{Direction, Msg};

impl Core {
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

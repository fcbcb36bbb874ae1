//! The life of templates: review, pauses, quality, categories, pacing (Cloud API: templates, life after approval;
//! simulator, template review and life).

use serde_json::{Value, json};

use crate::agenda::Update;
use crate::core::Core;
use crate::details;
use crate::entities::Template;
use crate::life::Life;

const HOUR_MS: i64 = 3_600_000;
/// Notice before a category changes by itself.
const NOTICE_MS: i64 = 24 * HOUR_MS;
/// Words that make a utility template a marketing one in content review.
const PROMOTION: &[&str] = &["sale", "discount", "%", "offer", "free"];

/// The part of a value that names the template. The id is a JSON number here, a string in the Graph API.
fn named(template: &Template) -> Value {
    json!({
        "message_template_id": template.id.parse::<u64>().unwrap_or_default(),
        "message_template_name": template.name,
        "message_template_language": template.language,
    })
}

fn merged(mut value: Value, more: Value) -> Value {
    if let (Some(object), Value::Object(more)) = (value.as_object_mut(), more) {
        object.extend(more);
    }
    value
}

impl Core {
    /// Sends a template field to the webhooks.
    pub fn template_post(&mut self, template: &Template, field: &str, more: Value) {
        let at = self.now();
        self.post(Update {
            field: field.into(),
            waba_id: template.waba_id.clone(),
            phone_id: None,
            list: None,
            item: merged(named(template), more),
            contact: None,
            wamid: None,
            status: None,
            at,
        });
    }

    /// Changes a template's status and sends the webhooks. `reason` is null for deletions.
    pub fn template_status(&mut self, id: &str, status: &str, event: &str, reason: Value, more: Value) {
        let now = self.now();
        let Some(template) = self.world.templates.get_mut(id) else {
            return;
        };
        status.clone_into(&mut template.status);
        template.rejected_reason = reason.as_str().unwrap_or("NONE").to_owned();
        template.updated_at = now;
        if status != "PENDING" {
            template.live = None;
        }
        let template = template.clone();
        let value = merged(
            json!({"event": event, "reason": reason, "message_template_category": template.category}),
            more,
        );
        self.template_post(&template, "message_template_status_update", value);
    }

    /// Approved, or sendable again.
    pub fn template_approve(&mut self, id: &str) {
        self.template_status(id, "APPROVED", "APPROVED", json!("NONE"), json!({}));
    }

    /// Rejected for one of the documented reasons.
    pub fn template_reject(&mut self, id: &str, reason: &str) {
        let more = match reason {
            "INVALID_FORMAT" => json!({"rejection_info": {"reason": "Two variables touch each other.",
                "recommendation": "Put words between the variables."}}),
            _ => json!({}),
        };
        self.template_status(id, "REJECTED", "REJECTED", json!(reason), more);
    }

    /// Disabled for good.
    pub fn template_disable(&mut self, id: &str) {
        let at = self.now() / 1_000;
        let more = json!({"disable_info": {"disable_date": at}});
        self.template_status(id, "DISABLED", "DISABLED", json!("NONE"), more);
    }

    /// Paused for quality: 3 hours, then 6 hours, the third time disabled. It resumes by itself.
    pub fn template_pause(&mut self, id: &str) {
        let now = self.now();
        let Some(template) = self.world.templates.get_mut(id) else {
            return;
        };
        template.pause_count += 1;
        template.paused_at = now;
        template.pacing_paused = false;
        let count = template.pause_count;
        let (title, hours) = match count {
            1 => ("FIRST_PAUSE", 3),
            2 => ("SECOND_PAUSE", 6),
            _ => return self.template_disable(id),
        };
        let more = json!({"other_info": {"title": title,
            "description": format!("Paused for {hours} hours because of low quality.")}});
        self.template_status(id, "PAUSED", "PAUSED", json!("NONE"), more);
        let resume = Life::Unpause {
            template: id.to_owned(),
            pause: count,
        };
        self.plan_later(now + hours * HOUR_MS, resume);
    }

    /// The pause ends, automatically or manually. The quality score starts again.
    pub fn template_unpause(&mut self, id: &str) {
        if let Some(template) = self.world.templates.get_mut(id) {
            template.stats = crate::quality::Stats::default();
            template.pacing_paused = false;
            template.cohort_left = None;
            "UNKNOWN".clone_into(&mut template.quality);
        }
        let more = json!({"other_info": {"title": "UNPAUSE", "description": "The pause is over."}});
        self.template_status(id, "APPROVED", "APPROVED", json!("NONE"), more);
    }

    /// An automatic pause ends, unless a newer pause has replaced it.
    pub fn pause_is_over(&mut self, id: &str, pause: u32) {
        let still = self
            .world
            .templates
            .get(id)
            .is_some_and(|t| t.status == "PAUSED" && t.pause_count == pause && !t.pacing_paused);
        if still {
            self.template_unpause(id);
        }
    }

    /// A new score; RED pauses what can be sent.
    pub fn template_quality(&mut self, id: &str, score: &str) {
        let Some(template) = self.world.templates.get_mut(id).filter(|t| t.quality != score) else {
            return;
        };
        let before = std::mem::replace(&mut template.quality, score.to_owned());
        let template = template.clone();
        let value = json!({"previous_quality_score": before, "new_quality_score": score});
        self.template_post(&template, "message_template_quality_update", value);
        if score == "RED" && template.status == "APPROVED" {
            self.template_pause(id);
        }
    }

    /// Announces another category, which takes effect a day later; `at_once` without notice.
    pub fn template_recategorize(&mut self, id: &str, category: &str, at_once: bool) {
        let due = self.now() + NOTICE_MS;
        let Some(template) = self.world.templates.get_mut(id) else {
            return;
        };
        if at_once {
            let before = std::mem::replace(&mut template.category, category.to_owned());
            template.previous_category = Some(before.clone());
            template.correct_category = None;
            let template = template.clone();
            let value = json!({"previous_category": before, "new_category": category});
            return self.template_post(&template, "template_category_update", value);
        }
        template.correct_category = Some(category.to_owned());
        let template = template.clone();
        let value = json!({"new_category": template.category, "correct_category": category,
                           "category_update_timestamp": due / 1_000});
        self.template_post(&template, "template_category_update", value);
        let value = json!({"category": template.category, "correct_category": category});
        self.template_post(&template, "template_correct_category_detection", value);
        let change = Life::Recategorize {
            template: id.to_owned(),
            category: category.to_owned(),
        };
        self.plan_later(due, change);
    }

    /// Schedules a template's review; `sim_slow` in its name makes it take ten times as long.
    pub fn plan_review(&mut self, id: &str) {
        let slow = self
            .world
            .templates
            .get(id)
            .is_some_and(|t| t.name.contains("sim_slow"));
        let wait = self.config.review_ms.saturating_mul(if slow { 10 } else { 1 });
        let due = self.now() + i64::try_from(wait).unwrap_or(i64::MAX / 4);
        self.plan(
            due,
            crate::agenda::Event::Review {
                template: id.to_owned(),
            },
        );
    }

    /// The review of a template ends: by markers in its name, then by its content if enabled.
    pub fn review(&mut self, id: &str) {
        let Some(template) = self.world.templates.get(id).filter(|t| t.status == "PENDING") else {
            return;
        };
        // Markers are about the first review: what was mended after it is judged by its content.
        let is_first = template.rejected_reason == "NONE";
        let reason = match template.name.as_str() {
            name if name.contains("sim_pending") => return,
            name if name.contains("sim_disable") => return self.template_disable(id),
            _ if !is_first => None,
            name if name.contains("sim_reject_promotional") => Some("PROMOTIONAL"),
            name if name.contains("sim_reject_scam") => Some("SCAM"),
            name if name.contains("sim_reject_tag") => Some("TAG_CONTENT_MISMATCH"),
            name if name.contains("sim_reject") => Some("INVALID_FORMAT"),
            _ => None,
        };
        let text = json!(template.components).to_string().to_lowercase();
        let reads = self.config.content_review;
        let promotes = reads && template.category == "UTILITY" && PROMOTION.iter().any(|w| text.contains(w));
        let links = reads
            && template.category == "AUTHENTICATION"
            && text.replace("whatsapp.com/otp", "").contains("http");
        let marketing = template.name.contains("sim_recategorize") || promotes;
        if let Some(reason) = reason.or(links.then_some("TAG_CONTENT_MISMATCH")) {
            return self.template_reject(id, reason);
        }
        if marketing && let Some(template) = self.world.templates.get_mut(id) {
            let before = std::mem::replace(&mut template.category, "MARKETING".into());
            template.previous_category = Some(before).filter(|b| b != "MARKETING");
        }
        self.template_approve(id);
    }

    /// Whether the next message of a template is held until its first cohort has been evaluated (Cloud API: pacing).
    pub fn takes_from_cohort(&mut self, id: &str) -> bool {
        let (every, cohort, hold) = (
            self.config.pacing,
            self.config.pacing_cohort,
            self.config.pacing_hold_s,
        );
        let due = self.now() + i64::try_from(hold).unwrap_or(i64::MAX / 4_000) * 1_000;
        let Some(template) = self.world.templates.get_mut(id) else {
            return false;
        };
        let paces = template.name.contains("sim_pacing") || (every && template.category != "AUTHENTICATION");
        if !paces || template.paced {
            return false;
        }
        let left = template.cohort_left.get_or_insert(cohort);
        if *left > 0 {
            *left -= 1;
            return false;
        }
        if !self.world.held.contains_key(id) {
            self.world.held.insert(id.to_owned(), Vec::new());
            self.plan_later(
                due,
                Life::EndPacing {
                    template: id.to_owned(),
                },
            );
        }
        true
    }

    /// A message of a template was accepted.
    pub fn template_sent(&mut self, id: &str, phone_id: &str, wamid: &str, held: bool) {
        let now = self.now();
        if held && let Some(list) = self.world.held.get_mut(id) {
            list.push(wamid.to_owned());
        }
        if let Some(message) = self.world.message_mut(wamid) {
            message.template_id = Some(id.to_owned());
        }
        if let Some(phone) = self.world.phones.get_mut(phone_id) {
            phone.stats.sent(now);
        }
        let Some(template) = self.world.templates.get_mut(id) else {
            return;
        };
        template.stats.sent(now);
        template.sent += 1;
        if template.name.contains("sim_pause") && template.sent % 3 == 0 {
            self.template_pause(id);
        }
    }

    /// The first cohort has been evaluated: held messages are sent, or fail with 132015 and the template is paused.
    pub fn end_pacing(&mut self, id: &str) {
        let now = self.now();
        let held = self.world.held.remove(id).unwrap_or_default();
        let drops = self
            .world
            .templates
            .get(id)
            .is_none_or(|t| t.name.contains("sim_pacing_drop") || t.quality == "RED");
        for wamid in held {
            let waits = self
                .world
                .message(&wamid)
                .is_some_and(|m| m.status == "accepted" && m.plan.held);
            if !waits {
                continue;
            }
            if let Some(message) = self.world.message_mut(&wamid) {
                message.plan.held = false;
            }
            if drops {
                let details = details::of(132_015).map(str::to_owned);
                self.plan_status(now, &wamid, "failed", Some((132_015, details)));
            } else if !self.plan_fetch(now, &wamid) {
                self.plan_status(now, &wamid, "sent", None);
            }
        }
        let Some(template) = self.world.templates.get_mut(id) else {
            return;
        };
        if !drops {
            template.paced = true;
            template.cohort_left = None;
            return;
        }
        template.pacing_paused = true;
        template.paused_at = now;
        let more = json!({"other_info": {"title": "RATE_LIMITING_PAUSE",
            "description": "Paused because the first people who got it reacted badly."}});
        self.template_status(id, "PAUSED", "PAUSED", json!("NONE"), more);
    }
}

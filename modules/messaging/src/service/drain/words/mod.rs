//! What WhatsApp told, in plain words: what happened, how much it matters, what to do.

mod account;
mod template;

pub(super) use account::{ban_state, restricted};

use cloud_api::webhook::{
    AccountAlert, Choice, Decision, FlowUpdate, NumberEvent, NumberLimit, NumberName, Preference, Security,
    SecurityEvent, Update, UserIdChange,
};

use super::sort::{News, Said};

/// Good to know.
pub(super) const INFO: &str = "info";
/// Somebody should look.
pub(super) const WARNING: &str = "warning";
/// Something has stopped or will.
pub(super) const CRITICAL: &str = "critical";

/// Topic of everything that decides whether an account may send.
pub(super) const STANDING: &str = "standing";
/// Topic of the messaging limit.
pub(super) const MESSAGING_LIMIT: &str = "messaging_limit";
/// Topic of a number's name.
pub(super) const NAME: &str = "name";
/// What became of templates.
pub(in crate::service) const TEMPLATE: &str = "template";

/// An event in plain words.
#[derive(Debug)]
pub(super) struct Words {
    /// WhatsApp's word for it.
    pub(super) event: String,
    /// What it is about: of a topic the newest counts.
    pub(super) topic: &'static str,
    pub(super) severity: &'static str,
    pub(super) title: String,
    /// What it means and what to do.
    pub(super) detail: String,
}

fn words(
    event: impl Into<String>,
    topic: &'static str,
    severity: &'static str,
    title: impl Into<String>,
    detail: impl Into<String>,
) -> Words {
    Words {
        event: event.into(),
        topic,
        severity,
        title: title.into(),
        detail: detail.into(),
    }
}

/// The words for it.
pub(super) fn of(news: &News) -> Words {
    let update = match &news.said {
        Said::Errors(errors) => return errors_told(errors),
        Said::History { chunks, declined } => return history(chunks, declined.as_ref()),
        Said::Update(update) => update,
    };
    match update {
        Update::Template(update) => template::of(update),
        Update::Account(update) => account::of(update),
        Update::Review(decision) => account::review(decision),
        Update::NumberLimit(limit) => number_limit(limit),
        Update::NumberName(name) => number_name(name),
        Update::Capability(capability) => words(
            "business_capability_update",
            MESSAGING_LIMIT,
            INFO,
            match capability.messaging_limit {
                Some(limit) => format!("Messaging limit: {}", people(limit)),
                None => "The account's limits changed".to_owned(),
            },
            match capability.max_phone_numbers {
                Some(numbers) => format!("The account may have {numbers} numbers."),
                None => String::new(),
            },
        ),
        Update::Alert(alert) => alert_told(alert),
        Update::Security(security) => security_told(security),
        Update::Flow(flow) => flow_told(flow),
        Update::Preferences(all) => preferences(all),
        Update::UserIds(all) => user_ids(all),
        Update::AppContacts(all) => words(
            "state_sync",
            "app_contacts",
            INFO,
            format!(
                "{} of the phone's address book {} taken over",
                counted(all.len(), "contact", "contacts"),
                if all.len() == 1 { "was" } else { "were" }
            ),
            "",
        ),
        _ => words(
            news.field.clone(),
            "other",
            INFO,
            format!("WhatsApp told of {}", news.field),
            "",
        ),
    }
}

/// `1 contact`, `2 contacts`.
fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A limit in words.
fn people(limit: i32) -> String {
    if limit < 0 {
        "any number of people a day".to_owned()
    } else {
        format!("{limit} people a day")
    }
}

/// `NAME_FORMAT_UNACCEPTABLE` as `name format unacceptable`.
fn plain(word: &str) -> String {
    word.replace('_', " ").to_lowercase()
}

fn number_limit(limit: &NumberLimit) -> Words {
    let now = limit.limit.map(people);
    let detail = now
        .as_ref()
        .map(|now| format!("Messaging limit: {now}."))
        .unwrap_or_default();
    let limit_is = |what: &str| match &now {
        Some(now) => format!("{what}: {now}"),
        None => what.to_owned(),
    };
    let (severity, title, detail) = match &limit.event {
        NumberEvent::ThroughputUpgrade => (INFO, "The number may send 1000 messages a second".to_owned(), detail),
        NumberEvent::Onboarding => (INFO, limit_is("The number is ready"), String::new()),
        NumberEvent::Upgrade => (INFO, limit_is("The messaging limit rose"), String::new()),
        NumberEvent::Downgrade => (WARNING, limit_is("The messaging limit fell"), String::new()),
        NumberEvent::Flagged => (
            WARNING,
            "The number's quality is low".to_owned(),
            "People block or report its messages. Write less often, only to people who asked for it, and with content they \
             expect."
                .to_owned(),
        ),
        NumberEvent::Unflagged => (INFO, "The number's quality is better again".to_owned(), detail),
        _ => (INFO, limit_is("The number's limits changed"), String::new()),
    };
    words(limit.event.as_str(), MESSAGING_LIMIT, severity, title, detail)
}

fn number_name(name: &NumberName) -> Words {
    let wanted = name.requested_verified_name.as_deref().unwrap_or("the name");
    let (severity, title, detail) = match &name.decision {
        Decision::Approved => (
            INFO,
            format!("Customers see the name “{wanted}” now"),
            String::new(),
        ),
        Decision::Rejected => (
            WARNING,
            format!("WhatsApp refused the name “{wanted}”"),
            format!(
                "Reason: {}. Ask for another name in WhatsApp Manager.",
                plain(name.rejection_reason.as_deref().unwrap_or("not told"))
            ),
        ),
        Decision::Deferred => (
            INFO,
            format!("WhatsApp will decide later about the name “{wanted}”"),
            String::new(),
        ),
        _ => (
            INFO,
            format!("WhatsApp looks at the name “{wanted}”"),
            String::new(),
        ),
    };
    words(name.decision.as_str(), NAME, severity, title, detail)
}

fn alert_told(alert: &AccountAlert) -> Words {
    let severity = match alert.severity.as_deref() {
        Some("CRITICAL") => CRITICAL,
        Some("WARNING") => WARNING,
        _ => INFO,
    };
    let kind = alert.kind.clone().unwrap_or_else(|| "ACCOUNT_ALERT".to_owned());
    let title = match kind.as_str() {
        "OBA_APPROVED" => "The official business account was approved".to_owned(),
        "OBA_REJECTED" => "The official business account was refused".to_owned(),
        "PROFILE_PICTURE_LOST" => "The profile picture is lost: upload it again".to_owned(),
        other => format!("WhatsApp alert: {}", plain(other)),
    };
    words(
        kind,
        "alert",
        severity,
        title,
        alert.description.clone().unwrap_or_default(),
    )
}

fn security_told(security: &Security) -> Words {
    let (severity, title, detail) = match &security.event {
        SecurityEvent::PinChanged => (
            INFO,
            "The two-step verification PIN of the number was changed",
            "If nobody of you did this, set a new PIN in WhatsApp Manager.",
        ),
        SecurityEvent::PinResetRequest => (
            CRITICAL,
            "Somebody asked to switch two-step verification off",
            "If nobody of you did this, cancel it in WhatsApp Manager and look at who has access to the business.",
        ),
        SecurityEvent::PinRequestSuccess => (
            CRITICAL,
            "Two-step verification of the number is off",
            "If nobody of you did this, set a PIN in WhatsApp Manager at once: without it the number can be taken over.",
        ),
        _ => (
            WARNING,
            "Something about the number's security changed",
            "Look at it in WhatsApp Manager.",
        ),
    };
    words(security.event.as_str(), "security", severity, title, detail)
}

fn flow_told(flow: &FlowUpdate) -> Words {
    let event = flow.event.clone().unwrap_or_else(|| "flows".to_owned());
    let bad = matches!(flow.new_status.as_deref(), Some("BLOCKED" | "THROTTLED"))
        || flow.alert_state.as_deref() == Some("ACTIVATED");
    let which = flow.flow_id.as_deref().unwrap_or("unknown");
    let title = match (&flow.new_status, &flow.alert_state) {
        (Some(status), _) => format!("Flow {which} is {} now", plain(status)),
        (None, Some(state)) if state == "DEACTIVATED" => format!("Flow {which}: {} is over", plain(&event)),
        _ => format!("Flow {which}: {}", plain(&event)),
    };
    words(
        event,
        "flow",
        if bad { WARNING } else { INFO },
        title,
        flow.message.clone().unwrap_or_default(),
    )
}

fn preferences(all: &[Preference]) -> Words {
    let first = all.first();
    let who = first.map_or_else(
        || "Somebody".to_owned(),
        |one| person(one.wa_id.as_deref(), one.user_id.as_deref()),
    );
    let what = match first.map(|one| &one.value) {
        Some(Choice::Stop) => "wants no more marketing",
        Some(Choice::Resume) => "wants marketing again",
        Some(Choice::Signup) => "signed up for marketing",
        _ => "changed a preference",
    };
    let event = first.map_or("user_preferences", |one| one.value.as_str());
    words(
        event,
        "preferences",
        INFO,
        format!("{who} {what}{}", more(all.len())),
        "",
    )
}

fn user_ids(all: &[UserIdChange]) -> Words {
    let who = all.first().map_or_else(
        || "Somebody".to_owned(),
        |one| person(one.wa_id.as_deref(), one.current.as_deref()),
    );
    let detail = all.first().and_then(|one| one.detail.clone()).unwrap_or_default();
    words(
        "user_id_update",
        "user_ids",
        INFO,
        format!("{who} has a new WhatsApp user id{}", more(all.len())),
        detail,
    )
}

fn person(wa_id: Option<&str>, user_id: Option<&str>) -> String {
    match (wa_id, user_id) {
        (Some(digits), _) => format!("+{digits}"),
        (None, Some(user)) => user.to_owned(),
        (None, None) => "Somebody".to_owned(),
    }
}

fn more(all: usize) -> String {
    match all {
        0 | 1 => String::new(),
        all => format!(", and {} more", all - 1),
    }
}

fn errors_told(errors: &[cloud_api::webhook::WebhookError]) -> Words {
    let first = errors.first();
    let code = first.and_then(|error| error.code).unwrap_or_default();
    let title = first
        .and_then(|error| error.title.clone().or_else(|| error.message.clone()))
        .unwrap_or_else(|| "Unknown error".to_owned());
    let details = first.and_then(|error| error.details.as_deref());
    let advice = cloud_api::advice(code).advice;
    words(
        code.to_string(),
        "errors",
        WARNING,
        format!("WhatsApp reports an error: {title}"),
        match details {
            Some(details) => format!("{details} {advice}"),
            None => advice.to_owned(),
        },
    )
}

fn history(
    chunks: &[cloud_api::webhook::HistoryChunk],
    declined: Option<&cloud_api::webhook::WebhookError>,
) -> Words {
    if let Some(error) = declined {
        let code = error.code.unwrap_or_default();
        return words(
            code.to_string(),
            "history",
            INFO,
            "The business did not share its chat history",
            cloud_api::advice(code).advice,
        );
    }
    let messages: usize = chunks.iter().map(|chunk| chunk.messages).sum();
    let progress = chunks.iter().filter_map(|chunk| chunk.progress).max();
    words(
        "history",
        "history",
        INFO,
        format!(
            "{} of the phone's history came",
            counted(messages, "message", "messages")
        ),
        progress
            .map(|percent| format!("{percent} % of the history are here."))
            .unwrap_or_default(),
    )
}

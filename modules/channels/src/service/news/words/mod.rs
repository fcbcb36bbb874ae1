//! What WhatsApp told, in plain words: what happened, how much it matters, what to do.

mod account;
mod shape;
mod template;

pub(super) use account::{ban_state, restricted};
pub(super) use shape::Words;

use cloud_api::webhook::{
    AccountAlert, Choice, Decision, FlowUpdate, NumberEvent, NumberLimit, NumberName, Preference, Security,
    SecurityEvent, Update, UserIdChange,
};

use contracts::channels::{AccountNews, Told};
use sentences::{ParamKind, Sentence, Sentences, Term};

use super::topics::{MESSAGING_LIMIT, NAME};
use shape::{CRITICAL, INFO, WARNING, said, words};

/// The words for it.
pub(super) fn of(news: &AccountNews) -> Words {
    let update = match &news.told {
        Told::Errors(errors) => return errors_told(errors),
        Told::History { chunks, declined } => return history(chunks, declined.as_ref()),
        Told::Update(update) => update,
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
                Some(limit) => limited(Term::MessagingLimit, limit),
                None => Sentence::new(Term::LimitsChanged),
            },
            capability
                .max_phone_numbers
                .map(|numbers| counted(Term::NumbersAllowed, numbers)),
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
            counted(Term::AppContacts, count(all.len())),
            (),
        ),
        _ => words(
            news.field.clone(),
            "other",
            INFO,
            Sentence::new(Term::FieldTold).text("field", &news.field),
            (),
        ),
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn counted(term: Term, n: i64) -> Sentence {
    Sentence::new(term).with("count", ParamKind::Number, n)
}

fn limited(term: Term, people: i32) -> Sentence {
    Sentence::new(term).with("limit", ParamKind::People, i64::from(people).max(-1))
}

fn number_limit(limit: &NumberLimit) -> Words {
    let detail = limit.limit.map(|now| limited(Term::MessagingLimitNow, now));
    let limit_is = |alone, with| match limit.limit {
        Some(now) => limited(with, now),
        None => Sentence::new(alone),
    };
    let (severity, title, detail): (_, _, Sentences) = match &limit.event {
        NumberEvent::ThroughputUpgrade => (INFO, Sentence::new(Term::ThroughputRose), detail.into()),
        NumberEvent::Onboarding => (
            INFO,
            limit_is(Term::NumberReady, Term::NumberReadyLimit),
            ().into(),
        ),
        NumberEvent::Upgrade => (INFO, limit_is(Term::LimitRose, Term::LimitRoseTo), ().into()),
        NumberEvent::Downgrade => (WARNING, limit_is(Term::LimitFell, Term::LimitFellTo), ().into()),
        NumberEvent::Flagged => (WARNING, Sentence::new(Term::QualityLow), Term::WriteLess.into()),
        NumberEvent::Unflagged => (INFO, Sentence::new(Term::QualityBetter), detail.into()),
        _ => (
            INFO,
            limit_is(Term::NumberLimitsChanged, Term::NumberLimitsChangedTo),
            ().into(),
        ),
    };
    words(limit.event.as_str(), MESSAGING_LIMIT, severity, title, detail)
}

fn number_name(name: &NumberName) -> Words {
    let (severity, title, detail) = match &name.decision {
        Decision::Approved => (INFO, Term::NameApproved, None),
        Decision::Rejected => (
            WARNING,
            Term::NameRefused,
            Some(match name.rejection_reason.as_deref() {
                Some(reason) => Sentence::new(Term::AnotherName).word("reason", reason),
                None => Sentence::new(Term::AnotherNameUntold),
            }),
        ),
        Decision::Deferred => (INFO, Term::NameDecidedLater, None),
        _ => (INFO, Term::NameReviewed, None),
    };
    let wanted = name.requested_verified_name.as_deref();
    let title = Sentence::new(title).named("name", wanted, "the_name");
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
        "OBA_APPROVED" => Sentence::new(Term::OfficialApproved),
        "OBA_REJECTED" => Sentence::new(Term::OfficialRefused),
        "PROFILE_PICTURE_LOST" => Sentence::new(Term::PictureLost),
        other => Sentence::new(Term::Alert).word("kind", other),
    };
    let description = said(alert.description.as_deref().unwrap_or_default());
    words(kind, "alert", severity, title, description)
}

fn security_told(security: &Security) -> Words {
    let (severity, title, detail) = match &security.event {
        SecurityEvent::PinChanged => (INFO, Term::PinChanged, Term::PinChangedByOthers),
        SecurityEvent::PinResetRequest => (CRITICAL, Term::PinOffAsked, Term::PinOffAskedByOthers),
        SecurityEvent::PinRequestSuccess => (CRITICAL, Term::PinOff, Term::PinOffByOthers),
        _ => (WARNING, Term::SecurityChanged, Term::LookInManager),
    };
    words(security.event.as_str(), "security", severity, title, detail)
}

fn flow_told(flow: &FlowUpdate) -> Words {
    let event = flow.event.clone().unwrap_or_else(|| "flows".to_owned());
    let bad = matches!(flow.new_status.as_deref(), Some("BLOCKED" | "THROTTLED"))
        || flow.alert_state.as_deref() == Some("ACTIVATED");
    let title = match (&flow.new_status, &flow.alert_state) {
        (Some(status), _) => Sentence::new(Term::FlowIs).word("status", status),
        (None, Some(state)) if state == "DEACTIVATED" => Sentence::new(Term::FlowOver).word("event", &event),
        _ => Sentence::new(Term::FlowTold).word("event", &event),
    };
    let severity = if bad { WARNING } else { INFO };
    let title = title.named("flow", flow.flow_id.as_deref(), "unknown");
    let message = said(flow.message.as_deref().unwrap_or_default());
    words(event, "flow", severity, title, message)
}

fn preferences(all: &[Preference]) -> Words {
    let first = all.first();
    let who = first.and_then(|one| person(one.wa_id.as_deref(), one.user_id.as_deref()));
    let what = match first.map(|one| &one.value) {
        Some(Choice::Stop) => Term::MarketingStopped,
        Some(Choice::Resume) => Term::MarketingResumed,
        Some(Choice::Signup) => Term::MarketingSignedUp,
        _ => Term::PreferenceChanged,
    };
    let event = first.map_or("user_preferences", |one| one.value.as_str());
    let title = about(what, who.as_deref()).and(more(all.len()));
    words(event, "preferences", INFO, title, ())
}

fn user_ids(all: &[UserIdChange]) -> Words {
    let who = all
        .first()
        .and_then(|one| person(one.wa_id.as_deref(), one.current.as_deref()));
    let detail = all.first().and_then(|one| one.detail.as_deref());
    let title = about(Term::NewUserId, who.as_deref()).and(more(all.len()));
    words(
        "user_id_update",
        "user_ids",
        INFO,
        title,
        said(detail.unwrap_or_default()),
    )
}

fn person(wa_id: Option<&str>, user_id: Option<&str>) -> Option<String> {
    match (wa_id, user_id) {
        (Some(digits), _) => Some(format!("+{digits}")),
        (None, user) => user.map(ToOwned::to_owned),
    }
}

fn about(term: Term, who: Option<&str>) -> Sentences {
    Sentence::new(term).named("person", who, "somebody").into()
}

fn more(all: usize) -> Option<Sentence> {
    (all > 1).then(|| counted(Term::AndMore, count(all - 1)))
}

fn errors_told(errors: &[cloud_api::webhook::WebhookError]) -> Words {
    let first = errors.first();
    let code = first.and_then(|error| error.code).unwrap_or_default();
    let title = first.and_then(|error| error.title.as_deref().or(error.message.as_deref()));
    let title = match title {
        Some(title) => Sentence::new(Term::ErrorReported).text("title", title),
        None => Sentence::new(Term::ErrorReportedUnnamed),
    };
    let details = first.and_then(|error| error.details.as_deref());
    words(
        code.to_string(),
        "errors",
        WARNING,
        title,
        said(details.unwrap_or_default()).and(Sentence::code(code)),
    )
}

fn history(
    chunks: &[cloud_api::webhook::HistoryChunk],
    declined: Option<&cloud_api::webhook::WebhookError>,
) -> Words {
    if let Some(error) = declined {
        let code = error.code.unwrap_or_default();
        let title = Sentence::new(Term::HistoryDeclined);
        return words(code.to_string(), "history", INFO, title, Sentence::code(code));
    }
    let messages: usize = chunks.iter().map(|chunk| chunk.messages).sum();
    let progress = chunks.iter().filter_map(|chunk| chunk.progress).max();
    let progress = progress
        .map(|percent| Sentence::new(Term::HistoryProgress).with("percent", ParamKind::Number, percent));
    words(
        "history",
        "history",
        INFO,
        counted(Term::HistoryCame, count(messages)),
        progress,
    )
}

//! Words for what became of an account.

use chrono::DateTime;
use cloud_api::webhook::{AccountEvent, AccountUpdate, BanState, Decision, Restriction, RestrictionKind};

use super::{CRITICAL, INFO, STANDING, WARNING, Words, plain, words};

const PARTNERS: &str = "partners";
const ACCOUNT: &str = "account";

/// `account_update` in plain words.
pub(super) fn of(update: &AccountUpdate) -> Words {
    let event = update.event.as_str().to_owned();
    let told =
        |topic, severity, title: &str, detail: String| words(event.clone(), topic, severity, title, detail);
    match &update.event {
        AccountEvent::Deleted => told(
            STANDING,
            CRITICAL,
            "The WhatsApp Business Account was deleted",
            "Its numbers cannot send any more. Connect them under another account.".to_owned(),
        ),
        AccountEvent::Violation => violation(update, &event),
        AccountEvent::Restriction => told(
            STANDING,
            CRITICAL,
            "WhatsApp restricts the account",
            format!(
                "{} Look at it in WhatsApp Manager, where you can ask for a review.",
                restricted(&update.restrictions)
            ),
        ),
        AccountEvent::DisabledUpdate => banned(update, &event),
        AccountEvent::Offboarded => told(
            STANDING,
            CRITICAL,
            "The phone app disconnected the number",
            "Nothing can be sent by this platform until it is connected again in the WhatsApp Business app."
                .to_owned(),
        ),
        AccountEvent::Reconnected => told(
            STANDING,
            INFO,
            "The number is connected to this platform again",
            String::new(),
        ),
        _ => others(update, &event),
    }
}

fn violation(update: &AccountUpdate, event: &str) -> Words {
    let violation = update.violation.as_ref();
    let kind = violation
        .and_then(|it| it.kind.as_deref())
        .unwrap_or("a rule that is not named");
    let remedy = violation.and_then(|it| it.remediation.clone());
    words(
        event,
        ACCOUNT,
        WARNING,
        format!("WhatsApp says the account broke its rules: {}", plain(kind)),
        remedy.unwrap_or_else(|| "Stop what breaks the rule: a repetition leads to restrictions.".to_owned()),
    )
}

fn banned(update: &AccountUpdate, event: &str) -> Words {
    let date = update.ban.as_ref().and_then(|ban| ban.date.as_deref());
    match ban_state(update) {
        Some(BanState::Disable) => words(
            event,
            STANDING,
            CRITICAL,
            "WhatsApp disabled the account",
            "Its numbers cannot send. Ask for a review in WhatsApp Manager (Business Support Home).",
        ),
        Some(BanState::Reinstate) => words(event, STANDING, INFO, "The account may send again", ""),
        Some(BanState::ScheduleForDisable) => words(
            event,
            STANDING,
            CRITICAL,
            match date {
                Some(date) => format!("WhatsApp will disable the account on {date}"),
                None => "WhatsApp will disable the account soon".to_owned(),
            },
            "Ask for a review in WhatsApp Manager (Business Support Home) before it does.",
        ),
        _ => words(
            event,
            ACCOUNT,
            WARNING,
            "Something about a ban of the account changed",
            "Look at it in WhatsApp Manager.",
        ),
    }
}

/// The step that counts where several are named: a reinstatement ends what is named beside it.
pub(in crate::service::drain) fn ban_state(update: &AccountUpdate) -> Option<&BanState> {
    let states = &update.ban.as_ref()?.states;
    let wanted = [
        BanState::Reinstate,
        BanState::Disable,
        BanState::ScheduleForDisable,
    ];
    wanted
        .iter()
        .find_map(|wanted| states.iter().find(|state| *state == wanted))
        .or(states.first())
}

/// What a restricted account may not do, and until when.
pub(in crate::service::drain) fn restricted(all: &[Restriction]) -> String {
    let each = all.iter().map(|one| {
        let what = match &one.kind {
            RestrictionKind::BusinessInitiated => "It may not write to people first",
            RestrictionKind::CustomerInitiated => "It may not answer people",
            RestrictionKind::AddPhoneNumber => "It may not get more numbers",
            _ => "Something is not allowed",
        };
        match one
            .expiration
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        {
            Some(until) => format!("{what} until {} UTC.", until.format("%-d %B %Y, %H:%M")),
            None => format!("{what}."),
        }
    });
    each.collect::<Vec<_>>().join(" ")
}

fn others(update: &AccountUpdate, event: &str) -> Words {
    let info = |topic, title: String, detail: String| words(event, topic, INFO, title, detail);
    let gone = || {
        let disconnection = update.disconnection.as_ref();
        let reason = disconnection
            .and_then(|it| it.reason.as_deref())
            .map(|why| format!("Reason: {}.", plain(why)));
        let by = disconnection
            .and_then(|it| it.initiated_by.as_deref())
            .map(|who| format!("By: {}.", plain(who)));
        [reason, by].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    match &update.event {
        AccountEvent::Verified => info(ACCOUNT, "The business is verified".to_owned(), String::new()),
        AccountEvent::PartnerAdded => info(
            PARTNERS,
            "A partner has access to the account".to_owned(),
            String::new(),
        ),
        AccountEvent::PartnerAppInstalled => info(
            PARTNERS,
            "A partner's app has access to the account".to_owned(),
            String::new(),
        ),
        AccountEvent::PartnerRemoved => words(
            event,
            PARTNERS,
            WARNING,
            "A partner lost access to the account",
            gone(),
        ),
        AccountEvent::PartnerAppUninstalled => words(
            event,
            PARTNERS,
            WARNING,
            "A partner's app lost access to the account",
            gone(),
        ),
        AccountEvent::PartnerCertification => {
            let status = update
                .certification
                .as_ref()
                .and_then(|it| it.status.as_deref())
                .unwrap_or("unknown");
            let why = update
                .certification
                .as_ref()
                .map(|it| it.rejection_reasons.join(", "))
                .unwrap_or_default();
            info(
                PARTNERS,
                format!("A client's certification: {}", plain(status)),
                why,
            )
        }
        AccountEvent::AdAccountLinked => info(
            ACCOUNT,
            "An advertising account was linked".to_owned(),
            String::new(),
        ),
        AccountEvent::MarketingTermsSigned => info(
            ACCOUNT,
            "The terms of the Marketing Messages API were accepted".to_owned(),
            String::new(),
        ),
        AccountEvent::AuthInternational => {
            let start = update.auth_international.as_ref().and_then(|it| it.start_time);
            let start = start.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            info(
                "prices",
                "Authentication messages abroad will have a price of their own".to_owned(),
                start
                    .map(|at| format!("From {} on.", at.format("%-d %B %Y")))
                    .unwrap_or_default(),
            )
        }
        AccountEvent::PrimaryLocation => {
            let country = update.country.as_deref().unwrap_or("unknown");
            info(
                ACCOUNT,
                format!("The business's primary country is {country}"),
                String::new(),
            )
        }
        AccountEvent::VolumeTier => {
            let tier = update.volume_tier.clone().unwrap_or_default();
            let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
            info(
                "prices",
                format!(
                    "A new volume tier for {} messages: {}",
                    plain(&word(&tier.pricing_category)),
                    word(&tier.tier)
                ),
                format!(
                    "Market {}, month {}.",
                    word(&tier.region),
                    word(&tier.effective_month)
                ),
            )
        }
        _ => info(
            ACCOUNT,
            format!("WhatsApp told of the account: {}", plain(event)),
            String::new(),
        ),
    }
}

/// `account_review_update` in plain words.
pub(super) fn review(decision: &Decision) -> Words {
    let event = decision.as_str().to_owned();
    match decision {
        Decision::Approved => words(event, STANDING, INFO, "WhatsApp approved the account", ""),
        Decision::Rejected => words(
            event,
            STANDING,
            CRITICAL,
            "WhatsApp refused the account",
            "Its numbers cannot send. Ask for another review in WhatsApp Manager (Business Support Home).",
        ),
        Decision::Deferred => words(
            event,
            STANDING,
            INFO,
            "WhatsApp will decide later about the account",
            "",
        ),
        _ => words(event, STANDING, INFO, "WhatsApp reviews the account", ""),
    }
}

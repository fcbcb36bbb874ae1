//! Words for what became of an account.

use cloud_api::webhook::{AccountEvent, AccountUpdate, BanState, Decision, Restriction, RestrictionKind};

use kernel::clock::instant;
use sentences::{ParamKind, Sentence, Sentences, Term};

use super::{
    super::topics::STANDING,
    shape::{CRITICAL, INFO, WARNING, Words, said, words},
};

const PARTNERS: &str = "partners";
const ACCOUNT: &str = "account";
const PRICES: &str = "prices";

/// `account_update` in plain words.
pub(super) fn of(update: &AccountUpdate) -> Words {
    let event = update.event.as_str().to_owned();
    match &update.event {
        AccountEvent::Deleted => words(
            event,
            STANDING,
            CRITICAL,
            Term::AccountDeleted,
            Term::NumbersNeedAnotherAccount,
        ),
        AccountEvent::Violation => violation(update, &event),
        AccountEvent::Restriction => words(
            event,
            STANDING,
            CRITICAL,
            Term::AccountRestricted,
            restricted(&update.restrictions).and(Term::ReviewInManager),
        ),
        AccountEvent::DisabledUpdate => banned(update, &event),
        AccountEvent::Offboarded => words(
            event,
            STANDING,
            CRITICAL,
            Term::AppDisconnected,
            Term::ConnectInApp,
        ),
        AccountEvent::Reconnected => words(event, STANDING, INFO, Term::AppReconnected, ()),
        _ => others(update, &event),
    }
}

fn violation(update: &AccountUpdate, event: &str) -> Words {
    let violation = update.violation.as_ref();
    let title = match violation.and_then(|it| it.kind.as_deref()) {
        Some(kind) => Sentence::new(Term::RuleBroken).word("rule", kind),
        None => Sentence::new(Term::RuleBrokenUnnamed),
    };
    let remedy = match violation.and_then(|it| it.remediation.as_deref()) {
        Some(remedy) => said(remedy),
        None => Term::StopBreaking.into(),
    };
    words(event, ACCOUNT, WARNING, title, remedy)
}

fn banned(update: &AccountUpdate, event: &str) -> Words {
    let date = update.ban.as_ref().and_then(|ban| ban.date.as_deref());
    match ban_state(update) {
        Some(BanState::Disable) => words(
            event,
            STANDING,
            CRITICAL,
            Term::AccountDisabled,
            Term::NumbersCannotSend,
        ),
        Some(BanState::Reinstate) => words(event, STANDING, INFO, Term::AccountReinstated, ()),
        Some(BanState::ScheduleForDisable) => words(
            event,
            STANDING,
            CRITICAL,
            match date {
                Some(date) => Sentence::new(Term::AccountToBeDisabledOn).text("date", date),
                None => Sentence::new(Term::AccountToBeDisabled),
            },
            Term::ReviewBefore,
        ),
        _ => words(event, ACCOUNT, WARNING, Term::BanChanged, Term::LookInManager),
    }
}

/// The step that counts where several are named: a reinstatement ends what is named beside it.
pub(in super::super) fn ban_state(update: &AccountUpdate) -> Option<&BanState> {
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
pub(in super::super) fn restricted(all: &[Restriction]) -> Sentences {
    let each = all.iter().map(|one| {
        let (what, what_until) = match &one.kind {
            RestrictionKind::BusinessInitiated => (Term::MayNotWriteFirst, Term::MayNotWriteFirstUntil),
            RestrictionKind::CustomerInitiated => (Term::MayNotAnswer, Term::MayNotAnswerUntil),
            RestrictionKind::AddPhoneNumber => (Term::MayNotAddNumbers, Term::MayNotAddNumbersUntil),
            _ => (Term::SomethingNotAllowed, Term::SomethingNotAllowedUntil),
        };
        match one.expiration.and_then(instant) {
            Some(until) => Sentence::new(what_until).with("until", ParamKind::Time, until),
            None => Sentence::new(what),
        }
    });
    Sentences(each.collect())
}

fn others(update: &AccountUpdate, event: &str) -> Words {
    let info = |topic, title: Sentence, detail: Sentences| words(event, topic, INFO, title, detail);
    let told = |term| words(event, ACCOUNT, INFO, term, ());
    let partner = |severity, term, detail: Sentences| words(event, PARTNERS, severity, term, detail);
    match &update.event {
        AccountEvent::Verified => told(Term::BusinessVerified),
        AccountEvent::PartnerAdded => partner(INFO, Term::PartnerAdded, ().into()),
        AccountEvent::PartnerAppInstalled => partner(INFO, Term::PartnerAppAdded, ().into()),
        AccountEvent::PartnerRemoved => partner(WARNING, Term::PartnerRemoved, gone(update)),
        AccountEvent::PartnerAppUninstalled => partner(WARNING, Term::PartnerAppRemoved, gone(update)),
        AccountEvent::PartnerCertification => certification(update, event),
        AccountEvent::AdAccountLinked => told(Term::AdAccountLinked),
        AccountEvent::MarketingTermsSigned => told(Term::MarketingTermsAccepted),
        AccountEvent::AuthInternational => {
            let start = update.auth_international.as_ref().and_then(|it| it.start_time);
            let start = start.and_then(instant);
            let from = start.map(|at| Sentence::new(Term::FromDay).with("date", ParamKind::Day, at));
            info(PRICES, Sentence::new(Term::AuthAbroadPriced), from.into())
        }
        AccountEvent::PrimaryLocation => {
            let country = update.country.as_deref().unwrap_or("unknown");
            let title = Sentence::new(Term::PrimaryCountry).text("country", country);
            info(ACCOUNT, title, ().into())
        }
        AccountEvent::VolumeTier => {
            let tier = update.volume_tier.clone().unwrap_or_default();
            let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
            let title = Sentence::new(Term::VolumeTier)
                .word("category", &word(&tier.pricing_category))
                .text("tier", &word(&tier.tier));
            let place = Sentence::new(Term::VolumeTierWhere)
                .text("market", &word(&tier.region))
                .text("month", &word(&tier.effective_month));
            info(PRICES, title, place.into())
        }
        _ => info(
            ACCOUNT,
            Sentence::new(Term::AccountTold).word("event", event),
            ().into(),
        ),
    }
}

/// Why and by whom a partner lost access.
fn gone(update: &AccountUpdate) -> Sentences {
    let disconnection = update.disconnection.as_ref();
    let reason = disconnection
        .and_then(|it| it.reason.as_deref())
        .map(|why| Sentence::new(Term::Reason).word("reason", why));
    let by = disconnection
        .and_then(|it| it.initiated_by.as_deref())
        .map(|who| Sentence::new(Term::DoneBy).word("who", who));
    Sentences::from(reason).and(by)
}

fn certification(update: &AccountUpdate, event: &str) -> Words {
    let told = update.certification.as_ref();
    let status = told.and_then(|it| it.status.as_deref()).unwrap_or("unknown");
    let why = told.map(|it| it.rejection_reasons.join(", ")).unwrap_or_default();
    let title = Sentence::new(Term::Certification).word("status", status);
    words(event, PARTNERS, INFO, title, said(&why))
}

/// `account_review_update` in plain words.
pub(super) fn review(decision: &Decision) -> Words {
    let event = decision.as_str().to_owned();
    match decision {
        Decision::Approved => words(event, STANDING, INFO, Term::AccountApproved, ()),
        Decision::Rejected => words(
            event,
            STANDING,
            CRITICAL,
            Term::AccountRefused,
            Term::NumbersCannotSendAnotherReview,
        ),
        Decision::Deferred => words(event, STANDING, INFO, Term::AccountDecidedLater, ()),
        _ => words(event, STANDING, INFO, Term::AccountReviewed, ()),
    }
}

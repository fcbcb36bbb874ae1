//! Changes of an account (Cloud API: webhooks – phone / account fields).

use serde_json::Value;

use super::{read, words::words};

words! {
    /// `event` of `account_update`.
    pub enum AccountEvent {
        /// The account is gone.
        Deleted = "ACCOUNT_DELETED",
        /// It broke a rule; see `violation`.
        Violation = "ACCOUNT_VIOLATION",
        /// It may not do some things for a while; see `restrictions`.
        Restriction = "ACCOUNT_RESTRICTION",
        /// Banned, reinstated, or a ban is announced; see `ban`.
        DisabledUpdate = "DISABLED_UPDATE",
        /// Old: the business was verified.
        Verified = "VERIFIED_ACCOUNT",
        /// A partner got access; see `waba`.
        PartnerAdded = "PARTNER_ADDED",
        /// A partner lost access; see `waba`.
        PartnerRemoved = "PARTNER_REMOVED",
        /// A partner's app got access; see `waba`.
        PartnerAppInstalled = "PARTNER_APP_INSTALLED",
        /// A partner's app lost access; see `waba`.
        PartnerAppUninstalled = "PARTNER_APP_UNINSTALLED",
        /// See `certification`.
        PartnerCertification = "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
        /// An advertising account was linked.
        AdAccountLinked = "AD_ACCOUNT_LINKED",
        /// The terms of the Marketing Messages API were accepted.
        MarketingTermsSigned = "MM_LITE_TERMS_SIGNED",
        /// See `auth_international`.
        AuthInternational = "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
        /// See `country`.
        PrimaryLocation = "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE",
        /// See `volume_tier`.
        VolumeTier = "VOLUME_BASED_PRICING_TIER_UPDATE",
        /// Coexistence: the phone app disconnected the number.
        Offboarded = "ACCOUNT_OFFBOARDED",
        /// Coexistence: the number is back.
        Reconnected = "ACCOUNT_RECONNECTED",
    }
}

words! {
    /// What a restricted account may not do.
    pub enum RestrictionKind {
        /// Write first.
        BusinessInitiated = "RESTRICTED_BIZ_INITIATED_MESSAGING",
        /// Answer.
        CustomerInitiated = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING",
        /// Add numbers.
        AddPhoneNumber = "RESTRICTED_ADD_PHONE_NUMBER_ACTION",
    }
}

words! {
    /// A step of a ban.
    pub enum BanState {
        /// Banned.
        Disable = "DISABLE",
        /// The ban is over.
        Reinstate = "REINSTATE",
        /// A ban is announced.
        ScheduleForDisable = "SCHEDULE_FOR_DISABLE",
    }
}

/// `account_update`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountUpdate {
    /// What happened.
    pub event: AccountEvent,
    /// The number it is about, if not the whole account.
    pub phone_number: Option<String>,
    /// Which rule was broken.
    pub violation: Option<Violation>,
    /// What is not allowed, and until when.
    pub restrictions: Vec<Restriction>,
    /// The ban.
    pub ban: Option<Ban>,
    /// The account, where `entry.id` is the partner's business.
    pub waba: Option<WabaInfo>,
    /// Why a partner or app was removed, and by whom.
    pub disconnection: Option<Disconnection>,
    /// How a client's certification went.
    pub certification: Option<Certification>,
    /// From when authentication messages abroad are priced separately.
    pub auth_international: Option<AuthInternational>,
    /// The business's primary country.
    pub country: Option<String>,
    /// The volume tier that prices of a market are in now.
    pub volume_tier: Option<VolumeTier>,
}

/// A broken rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violation {
    /// ALCOHOL, SCAM, … (Cloud API: violation types).
    pub kind: Option<String>,
    /// What to do about it.
    pub remediation: Option<String>,
}

/// Something that is not allowed for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// What.
    pub kind: RestrictionKind,
    /// Until when, Unix seconds.
    pub expiration: Option<i64>,
}

/// A ban.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ban {
    /// A list or a single word on the wire.
    pub states: Vec<BanState>,
    /// As people write it, `April 17, 2026`.
    pub date: Option<String>,
}

/// The account of a partner's event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WabaInfo {
    /// The account.
    pub waba_id: Option<String>,
    /// Who owns it.
    pub owner_business_id: Option<String>,
    /// The partner's app.
    pub partner_app_id: Option<String>,
    /// The multi-partner solution.
    pub solution_id: Option<String>,
    /// Who takes part in it.
    pub solution_partner_business_ids: Vec<String>,
}

/// Why a partner or app lost its access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disconnection {
    /// Why.
    pub reason: Option<String>,
    /// By whom.
    pub initiated_by: Option<String>,
}

/// A client's certification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certification {
    /// The client.
    pub client_business_id: Option<String>,
    /// How it went.
    pub status: Option<String>,
    /// Why not.
    pub rejection_reasons: Vec<String>,
}

/// Prices of authentication messages abroad.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthInternational {
    /// Unix seconds.
    pub start_time: Option<i64>,
    /// Countries with another start: code and Unix seconds.
    pub exceptions: Vec<(Option<String>, Option<i64>)>,
}

/// A volume tier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VolumeTier {
    /// Unix seconds.
    pub tier_update_time: Option<i64>,
    /// UTILITY, AUTHENTICATION.
    pub pricing_category: Option<String>,
    /// `0:750000`.
    pub tier: Option<String>,
    /// `2026-11`.
    pub effective_month: Option<String>,
    /// The market.
    pub region: Option<String>,
}

impl AccountUpdate {
    pub(super) fn read(value: &Value) -> Self {
        let child = |key: &str| value.get(key).filter(|v| v.is_object());
        Self {
            event: AccountEvent::from_wire(read::word(value, "event")),
            phone_number: read::text(value, "phone_number"),
            violation: child("violation_info").map(|v| Violation {
                kind: read::text(v, "violation_type"),
                remediation: read::text(v, "remediation"),
            }),
            restrictions: read::list(value, "restriction_info")
                .iter()
                .map(|r| Restriction {
                    kind: RestrictionKind::from_wire(read::word(r, "restriction_type")),
                    expiration: read::timestamp(r, "expiration"),
                })
                .collect(),
            ban: child("ban_info").map(|b| Ban {
                states: read::texts(b, "waba_ban_state")
                    .iter()
                    .map(|s| BanState::from_wire(s))
                    .collect(),
                date: read::text(b, "waba_ban_date"),
            }),
            waba: child("waba_info").map(|w| WabaInfo {
                waba_id: read::text(w, "waba_id"),
                owner_business_id: read::text(w, "owner_business_id"),
                partner_app_id: read::text(w, "partner_app_id"),
                solution_id: read::text(w, "solution_id"),
                solution_partner_business_ids: read::texts(w, "solution_partner_business_ids"),
            }),
            disconnection: child("disconnection_info").map(|d| Disconnection {
                reason: read::text(d, "reason"),
                initiated_by: read::text(d, "initiated_by"),
            }),
            certification: child("partner_client_certification_info").map(|c| Certification {
                client_business_id: read::text(c, "client_business_id"),
                status: read::text(c, "status"),
                rejection_reasons: read::texts(c, "rejection_reasons"),
            }),
            auth_international: child("auth_international_rate_eligibility").map(|a| AuthInternational {
                start_time: read::timestamp(a, "start_time"),
                exceptions: read::list(a, "exception_countries")
                    .iter()
                    .map(|e| (read::text(e, "country_code"), read::timestamp(e, "start_time")))
                    .collect(),
            }),
            country: read::text(value, "country"),
            volume_tier: child("volume_tier_info").map(|t| VolumeTier {
                tier_update_time: read::timestamp(t, "tier_update_time"),
                pricing_category: read::text(t, "pricing_category"),
                tier: read::text(t, "tier"),
                effective_month: read::text(t, "effective_month"),
                region: read::text(t, "region"),
            }),
        }
    }
}

/// `account_alerts`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountAlert {
    /// BUSINESS, PHONE_NUMBER, …
    pub entity_type: Option<String>,
    /// Which.
    pub entity_id: Option<String>,
    /// CRITICAL, WARNING or INFORMATIONAL.
    pub severity: Option<String>,
    /// ACTIVE or NONE.
    pub status: Option<String>,
    /// OBA_APPROVED, PROFILE_PICTURE_LOST, …
    pub kind: Option<String>,
    /// A sentence.
    pub description: Option<String>,
}

impl AccountAlert {
    pub(super) fn read(value: &Value) -> Self {
        let inside = |key: &str| value.get("alert_info").and_then(|a| read::text(a, key));
        Self {
            entity_type: read::text(value, "entity_type"),
            entity_id: read::text(value, "entity_id"),
            severity: inside("alert_severity"),
            status: inside("alert_status"),
            kind: inside("alert_type"),
            description: inside("alert_description"),
        }
    }
}

/// `business_capability_update`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capability {
    /// People the portfolio may write to first in 24 hours; -1 without limit.
    pub messaging_limit: Option<i32>,
    /// Numbers the account or portfolio may have.
    pub max_phone_numbers: Option<i64>,
}

impl Capability {
    pub(super) fn read(value: &Value) -> Self {
        Self {
            // The second name is of webhook version 23 and older.
            messaging_limit: [
                "max_daily_conversations_per_business",
                "max_daily_conversation_per_phone",
            ]
            .iter()
            .find_map(|key| crate::limit::people_a_day(value.get(key)?)),
            max_phone_numbers: ["max_phone_numbers_per_waba", "max_phone_numbers_per_business"]
                .iter()
                .find_map(|key| read::int(value, key)),
        }
    }
}

/// `flows`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowUpdate {
    /// FLOW_STATUS_CHANGE, ENDPOINT_ERROR_RATE, CLIENT_ERROR_RATE, ENDPOINT_LATENCY, ENDPOINT_AVAILABILITY, …
    pub event: Option<String>,
    /// A sentence.
    pub message: Option<String>,
    /// Which flow.
    pub flow_id: Option<String>,
    /// DRAFT, PUBLISHED, THROTTLED, BLOCKED, DEPRECATED.
    pub old_status: Option<String>,
    /// The same words.
    pub new_status: Option<String>,
    /// ACTIVATED or DEACTIVATED.
    pub alert_state: Option<String>,
}

impl FlowUpdate {
    pub(super) fn read(value: &Value) -> Self {
        Self {
            event: read::text(value, "event"),
            message: read::text(value, "message"),
            flow_id: read::text(value, "flow_id"),
            old_status: read::text(value, "old_status"),
            new_status: read::text(value, "new_status"),
            alert_state: read::text(value, "alert_state"),
        }
    }
}

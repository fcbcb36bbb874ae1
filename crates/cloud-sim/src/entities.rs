//! What exists in the simulated world and can be set up by the control API.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use crate::fault_rules::{Fault, FaultMatch, FaultResponse, FaultTrigger};

use crate::bucket::Bucket;
use crate::quality::Stats;

/// An entity that the control API can list, create, change and delete.
pub(crate) trait Entity: Serialize + serde::de::DeserializeOwned {
    /// Name of the field that is the key.
    const KEY: &'static str;
    /// First two digits of a generated id; 0 = the id is generated elsewhere.
    const ID_KIND: u64;
}

macro_rules! entity {
    ($name:ident, $key:literal, $kind:literal) => {
        impl Entity for $name {
            const KEY: &'static str = $key;
            const ID_KIND: u64 = $kind;
        }
    };
}

entity!(App, "id", 11);
entity!(Portfolio, "id", 77);
entity!(Waba, "id", 22);
entity!(Phone, "id", 33);
entity!(Template, "id", 66);
entity!(Token, "value", 0);
entity!(User, "user_id", 0);

/// A Meta app.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct App {
    /// App id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Key of the signatures.
    pub secret: String,
    /// For the handshake.
    pub verify_token: String,
    /// Where its webhooks go.
    pub callback_url: String,
    /// Field → version of the subscription; empty = all fields.
    pub fields: BTreeMap<String, String>,
    /// Business portfolio of the partner: `entry[].id` of PARTNER_… updates when it is set.
    pub business_id: String,
    /// Calls need `appsecret_proof`.
    pub require_proof: bool,
}

/// A business portfolio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Portfolio {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// TIER_250, TIER_2K, TIER_10K, TIER_100K, TIER_UNLIMITED.
    pub limit_tier: String,
    /// The business is verified.
    pub verified: bool,
    /// Its next limit is scheduled.
    pub scaling: bool,
    /// Template messages delivered outside the window in the last 30 days: person → virtual Unix ms. Counted only where
    /// 2,000 of them bring the limit of 2,000.
    pub delivered: BTreeMap<String, i64>,
    /// People written to outside their window in the last 24 hours → virtual Unix ms.
    pub rolling: BTreeMap<String, i64>,
}

impl Default for Portfolio {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            limit_tier: "TIER_UNLIMITED".into(),
            verified: true,
            scaling: false,
            delivered: BTreeMap::new(),
            rolling: BTreeMap::new(),
        }
    }
}

impl Portfolio {
    /// People a day; `None` = no limit.
    pub(crate) fn limit(&self) -> Option<usize> {
        match self.limit_tier.as_str() {
            "TIER_50" => Some(50),
            "TIER_250" => Some(250),
            "TIER_1K" => Some(1_000),
            "TIER_2K" => Some(2_000),
            "TIER_10K" => Some(10_000),
            "TIER_100K" => Some(100_000),
            _ => None,
        }
    }
}

/// A callback that replaces the app's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Subscription {
    /// Replaces the app's callback for message fields.
    pub override_callback_uri: Option<String>,
    /// For its handshake.
    pub verify_token: Option<String>,
}

/// A WhatsApp Business Account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Waba {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its portfolio.
    pub portfolio_id: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Meta's number.
    pub timezone_id: String,
    /// APPROVED, PENDING, REJECTED.
    pub account_review_status: String,
    /// False: billable messages fail with 131042.
    pub payment_ok: bool,
    /// Error code that every send gets (368, 131031), if any.
    pub restricted: Option<i64>,
    /// Template insights are on; they cannot be switched off again.
    pub insights: bool,
    /// Restriction type → until when, virtual Unix ms.
    pub restrictions: BTreeMap<String, i64>,
    /// Country codes (dialling) that may not be written to: 130497.
    pub blocked_countries: BTreeSet<String>,
    /// App id → subscription.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// Marketing Messages API: ELIGIBLE, ONBOARDED, INELIGIBLE_…
    pub marketing_onboarding: String,
    /// The normal endpoint refuses marketing templates (131063).
    pub disable_marketing_messages_on_cloud_api: bool,
    /// What Meta may change in marketing messages.
    pub degrees_of_freedom_spec: Value,
    /// Where the business is, ISO 3166; absent = unknown.
    pub primary_business_location: Option<String>,
    /// Authentication messages to other countries are priced separately from then on, Unix seconds; absent = not.
    pub auth_international_from: Option<i64>,
    /// Country → Unix seconds from which it holds there instead.
    pub auth_international_exceptions: BTreeMap<String, i64>,
}

impl Default for Waba {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: "Simulated account".into(),
            portfolio_id: None,
            currency: "EUR".into(),
            timezone_id: "1".into(),
            account_review_status: "APPROVED".into(),
            payment_ok: true,
            restricted: None,
            insights: false,
            restrictions: BTreeMap::new(),
            blocked_countries: BTreeSet::new(),
            subscriptions: BTreeMap::new(),
            marketing_onboarding: "ELIGIBLE".into(),
            disable_marketing_messages_on_cloud_api: false,
            degrees_of_freedom_spec: Value::Null,
            primary_business_location: None,
            auth_international_from: None,
            auth_international_exceptions: BTreeMap::new(),
        }
    }
}

/// A business phone number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Phone {
    /// Phone number id.
    pub id: String,
    /// Its account.
    pub waba_id: String,
    /// Bare digits.
    pub digits: String,
    /// Formatted; made from the digits when empty.
    pub display_phone_number: String,
    /// Name people see.
    pub verified_name: String,
    /// CONNECTED; anything else cannot send (133010; MAINTENANCE: 131057).
    pub status: String,
    /// GREEN, YELLOW, RED, UNKNOWN.
    pub quality_rating: String,
    /// Own limit in messages a second; the default when absent.
    pub throughput_mps: Option<u32>,
    /// Callback of this number.
    pub override_callback_uri: Option<String>,
    /// May write only to `allowed` (131030).
    pub is_test: bool,
    /// Digits.
    pub allowed: BTreeSet<String>,
    /// BSUIDs of people the business blocked (130403).
    pub blocked: BTreeSet<String>,
    /// State of the throughput limit.
    pub bucket: Option<Bucket>,
    /// VERIFIED or NOT_VERIFIED.
    pub code_verification_status: String,
    /// The verification code that was asked for.
    pub code: Option<String>,
    /// APPROVED, PENDING_REVIEW, DECLINED.
    pub name_status: String,
    /// Another name that was asked for.
    pub new_display_name: Option<String>,
    /// NONE, PENDING_REVIEW, DECLINED.
    pub new_name_status: String,
    /// PIN of the two-step verification.
    pub pin: Option<String>,
    /// Wrong PINs in a row.
    pub pin_tries: u32,
    /// No PIN is taken before, virtual Unix ms.
    pub pin_locked_until: i64,
    /// When it was registered, virtual Unix ms; 0 = from the start.
    pub onboarded_at: i64,
    /// Also used in the WhatsApp Business app.
    pub coexistence: bool,
    /// What was requested from the app: contacts, history.
    pub synced: BTreeSet<String>,
    /// The business does not share its history.
    pub history_declined: bool,
    /// What its profile shows.
    pub profile: Value,
    /// Cart and catalogue.
    pub commerce: Value,
    /// QR code → text.
    pub qr: BTreeMap<String, String>,
    /// Ice breakers and commands.
    pub automation: Value,
    /// Calling, identity check, storage.
    pub settings: Value,
    /// Username of the business, without @.
    pub username: Option<String>,
    /// Public key for the data of Flows, PEM.
    pub public_key: Option<String>,
    /// Legal entity and officers, India.
    pub compliance: Value,
    /// Template messages and complaints.
    pub stats: Stats,
}

impl Default for Phone {
    fn default() -> Self {
        Self {
            id: String::new(),
            waba_id: String::new(),
            digits: String::new(),
            display_phone_number: String::new(),
            verified_name: "Simulated shop".into(),
            status: "CONNECTED".into(),
            quality_rating: "GREEN".into(),
            throughput_mps: None,
            override_callback_uri: None,
            is_test: false,
            allowed: BTreeSet::new(),
            blocked: BTreeSet::new(),
            bucket: None,
            code_verification_status: "VERIFIED".into(),
            code: None,
            name_status: "APPROVED".into(),
            new_display_name: None,
            new_name_status: "NONE".into(),
            pin: None,
            pin_tries: 0,
            pin_locked_until: 0,
            onboarded_at: 0,
            coexistence: false,
            synced: BTreeSet::new(),
            history_declined: false,
            profile: Value::Null,
            commerce: Value::Null,
            qr: BTreeMap::new(),
            automation: Value::Null,
            settings: Value::Null,
            username: None,
            public_key: None,
            compliance: Value::Null,
            stats: Stats::default(),
        }
    }
}

impl Phone {
    /// Sends can be guarded with the hash of the recipient's identity.
    pub(crate) fn checks_identity(&self) -> bool {
        self.settings
            .pointer("/user_identity_change/enable_identity_key_check")
            .and_then(Value::as_bool)
            == Some(true)
    }
}

/// How a person behaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Persona {
    /// False: messages stay `sent` until the phone is online again.
    pub online: bool,
    /// False: nothing is read automatically.
    pub reads: bool,
    /// Virtual ms until it is read; the configured delay when absent.
    pub read_ms: Option<u64>,
    /// False: not on WhatsApp (131026).
    pub on_whatsapp: bool,
    /// True: marketing fails with 131050.
    pub marketing_opt_out: bool,
    /// True: blocks the business after reading a marketing template.
    pub blocks_marketing: bool,
}

impl Default for Persona {
    fn default() -> Self {
        Self {
            online: true,
            reads: true,
            read_ms: None,
            on_whatsapp: true,
            marketing_opt_out: false,
            blocks_marketing: false,
        }
    }
}

/// A person with a phone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct User {
    /// BSUID.
    pub user_id: String,
    /// Phone digits; absent for a person known only by username.
    pub wa_id: Option<String>,
    /// Profile name.
    pub name: String,
    /// Without @.
    pub username: Option<String>,
    /// Webhooks leave the phone out.
    pub hide_phone: bool,
    /// Behaviour.
    pub persona: Persona,
    /// Raised when the person changes the phone: a new identity hash.
    pub identity: u32,
    /// Position of the talking recipient in its cycle of message types.
    pub turn: u32,
}

impl User {
    /// Hash of the keys of the person's phone.
    pub(crate) fn identity_hash(&self) -> String {
        let digest = Sha256::digest(format!("{}/{}", self.user_id, self.identity));
        hex::encode(digest).chars().take(10).collect()
    }
}

/// An access token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Token {
    /// The token itself.
    pub value: String,
    /// App it belongs to.
    pub app_id: Option<String>,
    /// Ids it may access (accounts, with their numbers and templates); empty = everything.
    pub assets: BTreeSet<String>,
    /// Permissions; empty = all.
    pub scopes: BTreeSet<String>,
    /// Virtual Unix seconds.
    pub expires_at: Option<i64>,
    /// Virtual Unix seconds.
    pub issued_at: i64,
    /// Revoked: 190/460.
    pub revoked: bool,
}

/// A message template in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Template {
    /// Template id.
    pub id: String,
    /// Its account.
    pub waba_id: String,
    /// Name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: String,
    /// APPROVED, PENDING, …
    pub status: String,
    /// POSITIONAL or NAMED.
    pub parameter_format: String,
    /// In Meta's shape.
    pub components: Vec<Value>,
    /// NONE or the reason.
    pub rejected_reason: String,
    /// GREEN, YELLOW, RED, UNKNOWN.
    pub quality: String,
    /// Sends and complaints.
    pub stats: Stats,
    /// Messages accepted so far.
    pub sent: u64,
    /// Pauses for quality so far.
    pub pause_count: u32,
    /// When it was paused last, virtual Unix ms.
    pub paused_at: i64,
    /// The pause came from pacing and ends only manually.
    pub pacing_paused: bool,
    /// Messages of the first cohort that are left; absent before the first one.
    pub cohort_left: Option<u32>,
    /// Pacing is over.
    pub paced: bool,
    /// Category before Meta changed it.
    pub previous_category: Option<String>,
    /// Category that has been announced.
    pub correct_category: Option<String>,
    /// `message_send_ttl_seconds`; -1 = 30 days.
    pub ttl_s: Option<i64>,
    /// Components that can still be sent while an edit is reviewed.
    pub live: Option<Vec<Value>>,
    /// Where it came from.
    pub library_template_name: Option<String>,
    /// Virtual Unix ms of the last change.
    pub updated_at: i64,
}

impl Default for Template {
    fn default() -> Self {
        Self {
            id: String::new(),
            waba_id: String::new(),
            name: String::new(),
            language: "en".into(),
            category: "UTILITY".into(),
            status: "APPROVED".into(),
            parameter_format: "POSITIONAL".into(),
            components: Vec::new(),
            rejected_reason: "NONE".into(),
            quality: "UNKNOWN".into(),
            stats: Stats::default(),
            sent: 0,
            pause_count: 0,
            paused_at: 0,
            pacing_paused: false,
            cohort_left: None,
            paced: false,
            previous_category: None,
            correct_category: None,
            ttl_s: None,
            live: None,
            library_template_name: None,
            updated_at: 0,
        }
    }
}

//! The tenant's WhatsApp Business phone numbers.

use contracts::channels::{ChannelId, Stop};
use kernel::TenantId;
use sea_orm::{ActiveValue, entity::prelude::*};
use sentences::{Sentence, Sentences, Term};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channels_channels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChannelId,
    pub name: String,
    pub kind: Kind,
    pub phone_number_id: String,
    pub waba_id: String,
    /// The business portfolio, which gives BSUIDs their meaning.
    pub portfolio_id: Option<String>,
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    pub quality_rating: Option<String>,
    /// None when the number is the tenant's: its connection test has passed, and no other tenant's later.
    pub claim: Option<Claim>,
    pub status: Status,
    /// `status_terms` in English; see [`Told`].
    #[sea_orm(column_type = "Text", nullable)]
    pub status_reason: Option<String>,
    /// [`Sentences`]: what is wrong.
    #[sea_orm(column_type = "Text", nullable)]
    pub status_terms: Option<String>,
    /// Sealed.
    #[sea_orm(column_type = "Text")]
    pub access_token: String,
    /// Sealed; empty text inside when there is none.
    #[sea_orm(column_type = "Text")]
    pub app_secret: String,
    /// Sealed.
    #[sea_orm(column_type = "Text")]
    pub verify_token: String,
    /// Messages a second that WhatsApp takes from this number.
    pub throughput: i32,
    /// `held_terms` in English; none while it may send.
    #[sea_orm(column_type = "Text", nullable)]
    pub held_reason: Option<String>,
    /// [`Sentences`]: why nothing is sent from it.
    #[sea_orm(column_type = "Text", nullable)]
    pub held_terms: Option<String>,
    /// When it may send again by itself; none means that somebody has to do something first.
    pub held_until: Option<DateTimeUtc>,
    /// `restricted_terms` in English; none while it may write to people first.
    #[sea_orm(column_type = "Text", nullable)]
    pub restricted_reason: Option<String>,
    /// [`Sentences`]: why it may not write to people first. Answers still leave.
    #[sea_orm(column_type = "Text", nullable)]
    pub restricted_terms: Option<String>,
    /// When it may again by itself; none means when WhatsApp says so.
    pub restricted_until: Option<DateTimeUtc>,
    /// People of the portfolio who may be written to first in 24 hours; -1 without limit, none while unknown
    /// (Cloud API: messaging limit).
    pub messaging_limit: Option<i32>,
    /// WhatsApp's word for the number's state: CONNECTED, RESTRICTED, BANNED, … (Cloud API: phone number node).
    pub phone_status: Option<String>,
    /// WhatsApp's word for its name's state: APPROVED, DECLINED, PENDING_REVIEW, …
    pub name_status: Option<String>,
    /// When it was last let go: what is told of the time before holds it no more.
    pub released_at: Option<DateTimeUtc>,
    /// Until when edits or revokes wait for messages of it that nobody has seen yet.
    pub amendments_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(ChannelId, "channel");

/// Where a number lives.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// In the simulator.
    Simulated,
    /// At WhatsApp.
    CloudApi,
}

/// Why a number is not the tenant's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Claim {
    /// No connection test has passed for it yet.
    Unproven,
    /// Another tenant's connection test has passed later.
    Lost,
}

/// What was last found out about a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Status {
    /// Nothing: no connection test has ended.
    Untested,
    /// It works.
    Connected,
    /// Something is wrong; `status_terms` says what.
    Attention,
}

/// Sentences as two columns: the terms, which count, and their English. The English is written for processes of the previous version
/// only, and is read only where rows of earlier versions have no terms; the next release drops it.
pub struct Told {
    /// For `…_reason`.
    pub english: ActiveValue<Option<String>>,
    /// For `…_terms`.
    pub terms: ActiveValue<Option<String>>,
}

impl Told {
    /// As columns; none clears them.
    pub fn of(why: Option<&Sentences>) -> Self {
        Self {
            english: ActiveValue::Set(why.map(ToString::to_string)),
            terms: ActiveValue::Set(why.and_then(Sentences::kept)),
        }
    }

    fn read(english: Option<&str>, terms: Option<&str>) -> Option<Sentences> {
        let kept = Sentences::read(terms);
        if kept.is_empty() {
            return english.map(|said| Sentence::new(Term::Said).text("said", said).into());
        }
        Some(kept)
    }
}

impl ActiveModel {
    /// Sets the status and what is wrong.
    pub fn set_status(&mut self, status: Status, why: Option<&Sentences>) {
        let told = Told::of(why);
        self.status = ActiveValue::Set(status);
        (self.status_reason, self.status_terms) = (told.english, told.terms);
    }

    /// Sets what holds it, and until when; none lets it send.
    pub fn set_held(&mut self, why: Option<&Sentences>, until: Option<DateTimeUtc>) {
        let told = Told::of(why);
        (self.held_reason, self.held_terms) = (told.english, told.terms);
        self.held_until = ActiveValue::Set(until);
    }

    /// Sets what restricts it, and until when; none lifts it.
    pub fn set_restricted(&mut self, why: Option<&Sentences>, until: Option<DateTimeUtc>) {
        let told = Told::of(why);
        (self.restricted_reason, self.restricted_terms) = (told.english, told.terms);
        self.restricted_until = ActiveValue::Set(until);
    }
}

impl Model {
    /// Whether it lives in the simulator.
    pub fn is_simulated(&self) -> bool {
        self.kind == Kind::Simulated
    }

    /// Whether the number is the tenant's.
    pub fn is_owned(&self) -> bool {
        self.claim.is_none()
    }

    /// Whether it was the tenant's and is another's now.
    pub fn is_lost(&self) -> bool {
        self.claim == Some(Claim::Lost)
    }

    /// What holds it, whether or not that is over by now.
    pub fn hold_reason(&self) -> Option<Sentences> {
        Told::read(self.held_reason.as_deref(), self.held_terms.as_deref())
    }

    fn restriction_reason(&self) -> Option<Sentences> {
        Told::read(
            self.restricted_reason.as_deref(),
            self.restricted_terms.as_deref(),
        )
    }

    /// What its status says is wrong.
    pub fn status_reason(&self) -> Option<Sentences> {
        Told::read(self.status_reason.as_deref(), self.status_terms.as_deref())
    }

    /// Why nothing may leave by this number at `now`; none if it may send.
    pub fn held(&self, now: DateTimeUtc) -> Option<Stop> {
        stop(self.hold_reason(), self.held_until, now)
    }

    /// Why it may not write to people first at `now`: no templates and no campaigns leave by it. None if it may.
    pub fn restricted(&self, now: DateTimeUtc) -> Option<Stop> {
        stop(self.restriction_reason(), self.restricted_until, now)
    }

    /// What is wrong with it at `now`; none if nothing is. The reason of a hold or restriction that is over by now no longer counts.
    pub fn trouble(&self, now: DateTimeUtc) -> Option<Sentences> {
        let (held, restricted) = (self.held(now), self.restricted(now));
        let told = self.status_reason();
        let over = |reason: Option<Sentences>, stop: &Option<Stop>| {
            reason.is_some() && stop.is_none() && told == reason
        };
        let past = over(self.hold_reason(), &held) || over(self.restriction_reason(), &restricted);
        let stops = held.or(restricted).map(|stop| stop.why);
        told.filter(|_| !past).or(stops)
    }
}

fn stop(why: Option<Sentences>, until: Option<DateTimeUtc>, now: DateTimeUtc) -> Option<Stop> {
    let over = until.is_some_and(|until| until <= now);
    why.filter(|_| !over).map(|why| Stop { why, until })
}

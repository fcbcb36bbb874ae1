//! The tenant's WhatsApp Business phone numbers.

use contracts::channels::ChannelId;
use kernel::TenantId;
use sea_orm::entity::prelude::*;
use sentences::{Sentence, Sentences, Term};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channels_channels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChannelId,
    pub name: String,
    /// `simulated` or `cloud_api`.
    pub kind: String,
    pub phone_number_id: String,
    pub waba_id: String,
    /// The business portfolio, which gives BSUIDs their meaning.
    pub portfolio_id: Option<String>,
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    pub quality_rating: Option<String>,
    /// [`UNPROVEN`] or [`LOST`]; none when the number is the tenant's: its connection test has passed, and no other tenant's
    /// later.
    pub claim: Option<String>,
    /// `untested`, `connected` or `attention`.
    pub status: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub status_reason: Option<String>,
    /// [`Sentences`] of `status_reason`.
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
    /// Why nothing is sent from it, in a sentence for people; none while it may send.
    #[sea_orm(column_type = "Text", nullable)]
    pub held_reason: Option<String>,
    /// [`Sentences`] of `held_reason`.
    #[sea_orm(column_type = "Text", nullable)]
    pub held_terms: Option<String>,
    /// When it may send again by itself; none means that somebody has to do something first.
    pub held_until: Option<DateTimeUtc>,
    /// Why it may not write to people first, in a sentence for people; none while it may. Answers still leave.
    #[sea_orm(column_type = "Text", nullable)]
    pub restricted_reason: Option<String>,
    /// [`Sentences`] of `restricted_reason`.
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

/// The claim of a number that no connection test has passed for yet.
pub const UNPROVEN: &str = "unproven";
/// The claim of a number for which another tenant's connection test has passed later.
pub const LOST: &str = "lost";

/// What stops a number, wholly or from writing first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop<'a> {
    /// Why and what to do, in English.
    pub reason: &'a str,
    /// [`Sentences`] of it, as kept.
    terms: Option<&'a str>,
    /// When it ends by itself; none means that somebody, or WhatsApp, has to do something first.
    pub until: Option<DateTimeUtc>,
}

impl Stop<'_> {
    /// Why and what to do; in one sentence of somebody's where it was not kept in sentences.
    pub fn sentences(&self) -> Sentences {
        let kept = Sentences::read(self.terms);
        if kept.is_empty() {
            return Sentence::new(Term::Said).text("said", self.reason).into();
        }
        kept
    }
}

impl Model {
    /// Whether it lives in the simulator.
    pub fn is_simulated(&self) -> bool {
        self.kind == "simulated"
    }

    /// Whether the number is the tenant's.
    pub fn is_owned(&self) -> bool {
        self.claim.is_none()
    }

    /// Whether it was the tenant's and is another's now.
    pub fn is_lost(&self) -> bool {
        self.claim.as_deref() == Some(LOST)
    }

    /// Why nothing may leave by this number at `now`; none if it may send.
    pub fn held(&self, now: DateTimeUtc) -> Option<Stop<'_>> {
        stop(&self.held_reason, &self.held_terms, self.held_until, now)
    }

    /// Why it may not write to people first at `now`: no templates and no campaigns leave by it. None if it may.
    pub fn restricted(&self, now: DateTimeUtc) -> Option<Stop<'_>> {
        stop(
            &self.restricted_reason,
            &self.restricted_terms,
            self.restricted_until,
            now,
        )
    }

    /// What is wrong with it at `now`, in words; none if nothing is. The reason of a hold or restriction that is over by now
    /// is wrong no more.
    pub fn trouble(&self, now: DateTimeUtc) -> Option<Stop<'_>> {
        let (held, restricted) = (self.held(now), self.restricted(now));
        let told = self.status_reason.as_deref();
        let over = |reason: &Option<String>, stands: Option<Stop<'_>>| {
            reason.is_some() && stands.is_none() && told == reason.as_deref()
        };
        let past = over(&self.held_reason, held) || over(&self.restricted_reason, restricted);
        let told = stop(&self.status_reason, &self.status_terms, None, now);
        told.filter(|_| !past).or(held).or(restricted)
    }
}

fn stop<'a>(
    reason: &'a Option<String>,
    terms: &'a Option<String>,
    until: Option<DateTimeUtc>,
    now: DateTimeUtc,
) -> Option<Stop<'a>> {
    let over = until.is_some_and(|until| until <= now);
    Some(Stop {
        reason: reason.as_deref().filter(|_| !over)?,
        terms: terms.as_deref(),
        until,
    })
}

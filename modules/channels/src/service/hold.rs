//! Numbers that may not send: held with a reason a person can read, until a time or until somebody acts. And numbers that may
//! only answer: nothing is held then, but templates and campaigns do not leave.

use chrono::{DateTime, Utc};
use cloud_api::codes::{BLOCKED, Class};
use contracts::channels::ChannelId;
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};
use sentences::Sentences;

use super::{Service, changed::publish};
use crate::{
    entity::channel::{ActiveModel, Column, Entity, LOST},
    error::ChannelError,
};

/// Stops a number's sending. What is queued waits; `until` none means that somebody has to act. A number that may only answer
/// is not held because a template of it was blocked: its answers leave.
pub(super) async fn hold(
    tx: &mut TenantTx,
    id: ChannelId,
    why: &Sentences,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    let (reason, terms) = (why.to_string(), why.kept());
    let row = ActiveModel {
        held_reason: Set(Some(reason.clone())),
        held_terms: Set(terms.clone()),
        held_until: Set(until),
        status: Set("attention".to_owned()),
        status_reason: Set(Some(reason.clone())),
        status_terms: Set(terms),
        updated_at: Set(tx.clock().now()),
        ..ActiveModel::default()
    };
    let now = tx.clock().now();
    let mut this = Condition::all().add(Column::Id.eq(id)).add(not_lost());
    if code_in(&reason) == Some(BLOCKED) {
        let may_write_first = Condition::any()
            .add(Column::RestrictedReason.is_null())
            .add(Column::RestrictedUntil.lte(now));
        this = this.add(may_write_first);
    }
    tx.update::<Entity>().filter(this).set(row).exec().await?;
    publish(tx, id)
}

fn not_lost() -> Condition {
    Condition::any()
        .add(Column::Claim.is_null())
        .add(Column::Claim.ne(LOST))
}

/// Lets a number send again.
pub(super) async fn release(tx: &mut TenantTx, id: ChannelId) -> Result<()> {
    let row = ActiveModel {
        held_reason: Set(None),
        held_terms: Set(None),
        held_until: Set(None),
        released_at: Set(Some(tx.clock().now())),
        status: Set("connected".to_owned()),
        status_reason: Set(None),
        status_terms: Set(None),
        updated_at: Set(tx.clock().now()),
        ..ActiveModel::default()
    };
    // A number that is not held keeps its state. One that is another tenant's now is let go by its next passed test only.
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .filter(Column::HeldReason.is_not_null())
        .filter(not_lost())
        .set(row)
        .exec()
        .await?;
    publish(tx, id)
}

/// Why a number may not write to people first, and until when; `until` none means until WhatsApp says so. None lifts it. What
/// held it because a template was blocked is explained by that, and goes.
pub(super) async fn restrict(
    tx: &mut TenantTx,
    id: ChannelId,
    restriction: Option<(Sentences, Option<DateTime<Utc>>)>,
) -> Result<()> {
    let (why, until) = restriction.map_or((None, None), |(why, until)| (Some(why), until));
    let restricts = why.is_some();
    let row = ActiveModel {
        restricted_reason: Set(why.as_ref().map(ToString::to_string)),
        restricted_terms: Set(why.as_ref().and_then(Sentences::kept)),
        restricted_until: Set(until),
        updated_at: Set(tx.clock().now()),
        ..ActiveModel::default()
    };
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .set(row)
        .exec()
        .await?;
    let held: Vec<Option<String>> = tx
        .find::<Entity>()
        .filter(Column::Id.eq(id))
        .columns(&[Column::HeldReason])
        .await?;
    let blocked = held
        .iter()
        .flatten()
        .any(|reason| code_in(reason) == Some(BLOCKED));
    if restricts && blocked {
        release(tx, id).await?;
    }
    publish(tx, id)
}

impl Service {
    /// A person lets a number send again: what waits leaves within half a minute.
    pub async fn resume_channel(&self, db: &TenantDb, id: ChannelId) -> Result<()> {
        let channel = self.channel(db, id).await?;
        if channel.is_lost() {
            return Err(ChannelError::NumberLost.into());
        }
        let mut tx = db.begin().await?;
        release(&mut tx, id).await?;
        if channel.restricted_reason.is_some() {
            restrict(&mut tx, id, None).await?;
        }
        tx.commit().await
    }
}

/// Whether a token that WhatsApp would not take was the reason of a hold: another token ends it.
pub(super) fn made_by_token(reason: &str) -> bool {
    code_in(reason)
        .and_then(cloud_api::codes::find)
        .is_some_and(|known| known.class == Class::Token)
}

/// Whether a passed connection test proves that the reason of a hold is over: the token works, or the number is connected. What
/// WhatsApp told of the account (a ban, a violation, a refusal), and locks, unpaid bills and blocks that a send was refused with,
/// no test can see: those end by WhatsApp's own news, by their time or by a person's word.
pub(super) fn over_by_test(reason: &str, connected: bool) -> bool {
    /// The number is not registered (Cloud API: error codes of registration).
    const NOT_REGISTERED: [i64; 2] = [131_045, 133_010];
    made_by_token(reason) || (connected && code_in(reason).is_some_and(|code| NOT_REGISTERED.contains(&code)))
}

/// The error code that a reason ends with; none for what WhatsApp told of an account.
fn code_in(reason: &str) -> Option<i64> {
    let (_, rest) = reason.rsplit_once("code ")?;
    rest.trim_end_matches([')', '.']).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_by_a_token_is_known_by_its_code() {
        assert!(made_by_token(
            "Make a new token. (WhatsApp said: Session has expired, code 190)"
        ));
        assert!(!made_by_token("Pay the bill. (code 131042)"));
        assert!(!made_by_token("WhatsApp disabled the account."));
    }

    #[test]
    fn a_test_ends_only_what_it_has_seen() {
        for (reason, connected, over) in [
            (
                "Make a new token. (WhatsApp said: Session has expired, code 190)",
                false,
                true,
            ),
            (
                "Register it. (WhatsApp said: Phone number not registered, code 133010)",
                true,
                true,
            ),
            (
                "Register it. (WhatsApp said: Phone number not registered, code 133010)",
                false,
                false,
            ),
            ("Pay the bill. (code 131042)", true, false),
            ("It is locked. (code 131031)", true, false),
            ("Wait until the block ends. (code 368)", true, false),
            ("WhatsApp disabled the account. Ask for a review.", true, false),
        ] {
            assert_eq!(over_by_test(reason, connected), over, "{reason}");
        }
    }
}

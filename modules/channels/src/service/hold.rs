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
    entity::channel::{ActiveModel, Claim, Column, Entity, Status},
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
    let now = tx.clock().now();
    let mut row = ActiveModel {
        updated_at: Set(now),
        ..ActiveModel::default()
    };
    row.set_held(Some(why), until);
    row.set_status(Status::Attention, Some(why));
    let mut this = Condition::all().add(Column::Id.eq(id)).add(not_lost());
    if why.code() == Some(BLOCKED) {
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
        .add(Column::Claim.ne(Claim::Lost))
}

/// Lets a number send again.
pub(super) async fn release(tx: &mut TenantTx, id: ChannelId) -> Result<()> {
    let now = tx.clock().now();
    let mut row = ActiveModel {
        released_at: Set(Some(now)),
        updated_at: Set(now),
        ..ActiveModel::default()
    };
    row.set_held(None, None);
    row.set_status(Status::Connected, None);
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
    let mut row = ActiveModel {
        updated_at: Set(tx.clock().now()),
        ..ActiveModel::default()
    };
    row.set_restricted(why.as_ref(), until);
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .set(row)
        .exec()
        .await?;
    if restricts {
        let held = tx.find::<Entity>().with_id(id).one().await?;
        let held = held.and_then(|row| row.hold_reason());
        if held.is_some_and(|why| why.code() == Some(BLOCKED)) {
            release(tx, id).await?;
        }
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
pub(super) fn made_by_token(why: &Sentences) -> bool {
    why.code()
        .and_then(cloud_api::codes::find)
        .is_some_and(|known| known.class == Class::Token)
}

/// Whether a passed connection test proves that the reason of a hold is over: the token works, or the number is connected. What
/// WhatsApp told of the account (a ban, a violation, a refusal), and locks, unpaid bills and blocks that a send was refused with,
/// no test can see: those end by WhatsApp's own news, by their time or by a person's word.
pub(super) fn over_by_test(why: &Sentences, connected: bool) -> bool {
    /// The number is not registered (Cloud API: error codes of registration).
    const NOT_REGISTERED: [i64; 2] = [131_045, 133_010];
    made_by_token(why) || (connected && why.code().is_some_and(|code| NOT_REGISTERED.contains(&code)))
}

#[cfg(test)]
mod tests {
    use sentences::{Sentence, Term};

    use super::*;

    #[test]
    fn a_hold_by_a_token_is_known_by_its_code() {
        assert!(made_by_token(&Sentence::code(190).into()));
        assert!(!made_by_token(&Sentence::code(131_042).into()));
        assert!(!made_by_token(&Term::HeldDisabled.into()));
        // Words of WhatsApp's, or of earlier versions, are never searched for a code.
        let said = Sentence::new(Term::Said).text("said", "Session has expired, code 190");
        assert!(!made_by_token(&said.into()));
    }

    #[test]
    fn a_test_ends_only_what_it_has_seen() {
        for (code, connected, over) in [
            (190, false, true),
            (133_010, true, true),
            (133_010, false, false),
            (131_042, true, false),
            (131_031, true, false),
            (368, true, false),
        ] {
            assert_eq!(
                over_by_test(&Sentence::code(code).into(), connected),
                over,
                "{code}"
            );
        }
        assert!(!over_by_test(&Term::HeldDisabled.into(), true));
    }
}

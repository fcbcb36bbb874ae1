//! Numbers that may not send: held with a reason a person can read, until a time or until somebody acts.

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::codes::Class;
use contracts::messaging::ChannelId;
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{Service, channels::publish};
use crate::entity::channel::{ActiveModel, Column, Entity};

/// Stops a number's sending. What is queued waits; `until` none means that somebody has to act.
pub(super) async fn hold(
    tx: &mut TenantTx,
    id: ChannelId,
    reason: &str,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    let row = ActiveModel {
        held_reason: Set(Some(reason.to_owned())),
        held_until: Set(until),
        status: Set("attention".to_owned()),
        status_reason: Set(Some(reason.to_owned())),
        updated_at: Set(tx.clock().now()),
        ..ActiveModel::default()
    };
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .set(row)
        .exec()
        .await?;
    publish(tx, id)
}

/// Lets a number send again.
pub(super) async fn release(tx: &mut TenantTx, id: ChannelId) -> Result<()> {
    let row = ActiveModel {
        held_reason: Set(None),
        held_until: Set(None),
        released_at: Set(Some(tx.clock().now())),
        status: Set("connected".to_owned()),
        status_reason: Set(None),
        updated_at: Set(tx.clock().now()),
        ..ActiveModel::default()
    };
    // A number that is not held keeps its state.
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .filter(Column::HeldReason.is_not_null())
        .set(row)
        .exec()
        .await?;
    publish(tx, id)
}

impl Service {
    /// A person lets a number send again: what waits leaves within half a minute.
    pub async fn resume_channel(&self, db: &TenantDb, id: ChannelId) -> Result<()> {
        self.channel(db, id).await?;
        let mut tx = db.begin().await?;
        release(&mut tx, id).await?;
        tx.commit().await
    }
}

/// Whether a token that WhatsApp would not take was the reason of a hold: another token ends it.
pub(super) fn made_by_token(reason: &str) -> bool {
    let code = reason
        .rsplit_once("code ")
        .map(|(_, rest)| rest.trim_end_matches([')', '.']));
    let known = code
        .and_then(|code| code.parse().ok())
        .and_then(cloud_api::codes::find);
    known.is_some_and(|known| known.class == Class::Token)
}

/// Whether an error means that its number may not send, why, and for how long; none for how long when somebody has to do
/// something first (Cloud API: error code table). `explained` is the reason when the table knows nothing better.
pub(super) fn hold_of(
    code: i64,
    class: Class,
    explained: impl FnOnce() -> String,
) -> Option<(String, Option<TimeDelta>)> {
    let length = match code {
        // One recipient's country, calls, a template that is not there yet: the number itself is fine.
        130_497 | 131_044 | 131_049 | 134_101 => return None,
        // Throughput is being raised, or the account moved: a minute or two.
        131_057 => Some(TimeDelta::minutes(2)),
        // Too much was reported as spam, or the messaging limit is used up.
        131_048 | 368 => Some(TimeDelta::hours(1)),
        131_064 => Some(TimeDelta::hours(24)),
        _ if matches!(class, Class::Token | Class::Account) => None,
        _ => return None,
    };
    Some((explained(), length))
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
    fn only_what_concerns_the_number_holds_it() {
        let held = |code: i64| {
            let class = cloud_api::codes::find(code).unwrap().class;
            hold_of(code, class, || "because".to_owned()).map(|(_, length)| length)
        };
        for code in [190, 131_031, 131_042, 131_045] {
            assert_eq!(held(code), Some(None), "{code}: somebody has to act");
        }
        for code in [131_048, 368, 131_057, 131_064] {
            assert!(
                held(code).is_some_and(|length| length.is_some()),
                "{code} ends by itself"
            );
        }
        for code in [
            100, 130_429, 130_497, 131_026, 131_047, 131_049, 131_050, 131_056, 132_001, 132_015,
        ] {
            assert_eq!(
                held(code),
                None,
                "{code} is about a message, a person or a template"
            );
        }
    }
}

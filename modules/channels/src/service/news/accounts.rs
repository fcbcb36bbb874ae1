//! What became of accounts: one that may not send has its numbers held, with a reason that a person can read, and one that
//! may again has them released. One that may only not write first is restricted to answers instead. The timeline decides, thought through in WhatsApp's order with the news and without them: a
//! hold changes only when the verdict does, so that any order of telling ends alike, and holds made for other reasons stay.

use chrono::{DateTime, Utc};
use cloud_api::webhook::{
    AccountEvent, AccountUpdate, BanState, Decision, Restriction, RestrictionKind, Update,
};
use kernel::{Result, TenantTx, clock::instant};
use sentences::{Sentences, Term};

use super::{
    recorded::Recorded,
    told::{accounts_of, digests, told},
    topics::STANDING,
    words::{ban_state, restricted},
};
use crate::{
    entity::channel::{Entity, Model},
    service::hold::{hold, release, restrict},
};

/// Whether a number may send, by what is told of its account.
#[derive(Clone, Debug, Default)]
struct Standing {
    deleted: bool,
    disabled: bool,
    refused: bool,
    offboarded: bool,
    restrictions: Vec<Restriction>,
}

/// Why a number may not send, and until when; none for when if somebody has to act.
type Verdict = Option<(Sentences, Option<DateTime<Utc>>)>;

impl Standing {
    fn hear(&mut self, update: &Update) {
        match update {
            Update::Account(update) => self.hear_account(update),
            Update::Review(Decision::Rejected) => self.refused = true,
            Update::Review(Decision::Approved) => self.refused = false,
            _ => {}
        }
    }

    fn hear_account(&mut self, update: &AccountUpdate) {
        match &update.event {
            AccountEvent::Deleted => self.deleted = true,
            AccountEvent::Restriction => self.restrictions.clone_from(&update.restrictions),
            AccountEvent::Offboarded => self.offboarded = true,
            AccountEvent::Reconnected => self.offboarded = false,
            AccountEvent::DisabledUpdate => match ban_state(update) {
                Some(BanState::Disable) => self.disabled = true,
                Some(BanState::Reinstate) => {
                    self.disabled = false;
                    self.restrictions.clear();
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn verdict(&self, now: DateTime<Utc>) -> Verdict {
        let act = |why: Term| Some((why.into(), None));
        if self.deleted {
            return act(Term::HeldDeleted);
        }
        if self.disabled {
            return act(Term::HeldDisabled);
        }
        if self.refused {
            return act(Term::HeldRefused);
        }
        if self.offboarded {
            return act(Term::HeldDisconnected);
        }
        let (standing, until) = self.restricted_to(&RestrictionKind::CustomerInitiated, now)?;
        Some((
            Sentences::from(Term::RestrictedNow).and(restricted(&standing)),
            until,
        ))
    }

    /// Whether it may not write to people first. Those it may answer it may answer still.
    fn may_only_answer(&self, now: DateTime<Utc>) -> Verdict {
        let (standing, until) = self.restricted_to(&RestrictionKind::BusinessInitiated, now)?;
        Some((
            Sentences::from(Term::RestrictedNow)
                .and(restricted(&standing))
                .and(Term::ManagerSaysWhy),
            until,
        ))
    }

    /// The restrictions of a kind that stand at `now`, and when the last of them ends; none for when if one has no end.
    fn restricted_to(
        &self,
        kind: &RestrictionKind,
        now: DateTime<Utc>,
    ) -> Option<(Vec<Restriction>, Option<DateTime<Utc>>)> {
        let end = |one: &Restriction| one.expiration.and_then(instant);
        let standing: Vec<Restriction> = self
            .restrictions
            .iter()
            .filter(|one| one.kind == *kind && end(one).is_none_or(|until| until > now))
            .cloned()
            .collect();
        // One without an end has the last word.
        let until = standing.iter().map(end).reduce(|a, b| Some(a?.max(b?)))?;
        Some((standing, until))
    }
}

/// Whether an update is about an account.
pub(super) fn concerns(update: &Update) -> bool {
    matches!(update, Update::Account(_) | Update::Review(_))
}

/// Applies what the news tell of accounts.
pub(super) async fn apply(tx: &mut TenantTx, channels: &[Model], news: &[Recorded]) -> Result<()> {
    let accounts = accounts_of(news, concerns);
    let new = digests(news);
    let now = tx.clock().now();
    for waba_id in accounts {
        let events = told(tx, waba_id, &[STANDING]).await?;
        if !events.iter().any(|(row, _)| new.contains(row.digest.as_str())) {
            continue;
        }
        for channel in channels.iter().filter(|channel| channel.waba_id == waba_id) {
            let (mut before, mut after) = (Standing::default(), Standing::default());
            for (row, update) in &events {
                if row.channel_id.is_some_and(|id| id != channel.id) {
                    continue;
                }
                after.hear(update);
                if !new.contains(row.digest.as_str()) {
                    before.hear(update);
                }
            }
            let (held_before, held_after) = (before.verdict(now), after.verdict(now));
            if held_before != held_after {
                settle(tx, channel, held_before, held_after).await?;
            }
            let may_only_answer = after.may_only_answer(now);
            if before.may_only_answer(now) != may_only_answer {
                restrict(tx, channel.id, may_only_answer).await?;
            }
        }
    }
    Ok(())
}

/// Holds or releases a number; a hold for another reason that somebody has to act on stays.
async fn settle(tx: &mut TenantTx, channel: &Model, before: Verdict, after: Verdict) -> Result<()> {
    let row = tx.find::<Entity>().with_id(channel.id).for_update().one().await?;
    let Some(row) = row else { return Ok(()) };
    let held = row.hold_reason();
    let ours = held.is_some() && held == before.map(|(why, _)| why);
    let others = held.is_some() && row.held_until.is_none() && !ours;
    match after {
        Some((reason, until)) if !others => hold(tx, channel.id, &reason, until).await,
        None if ours => release(tx, channel.id).await,
        _ => Ok(()),
    }
}

//! Statuses that blame the number or its account, and not the message.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cloud_api::codes::{self, Stop};
use contracts::channels::{ChannelId, NumberFailure};
use kernel::{Result, TenantTx};
use sentences::{ParamKind, Sentence, Sentences, Term};

use crate::{entity::channel::Model, service::hold::hold};

/// A failure that means that its number may not send.
pub(super) struct Blaming {
    failure: NumberFailure,
    stop: Stop,
}

/// Those of the failures that blame their number: hardly ever any.
pub(super) fn blaming(failures: Vec<NumberFailure>) -> Vec<Blaming> {
    let blames = |failure: NumberFailure| {
        let known = codes::find(failure.code)?;
        let stop = codes::stop_of(failure.code, known.class)?;
        Some(Blaming { failure, stop })
    };
    failures.into_iter().filter_map(blames).collect()
}

/// When a status blamed the number, by which code, why, and until when it may not send.
type Blame = (DateTime<Utc>, i64, Sentences, Option<DateTime<Utc>>);

/// Holds numbers of which statuses tell that they may not send. What was told of the time before a number was last let go is
/// past, and so is a hold that would be over by now.
pub(super) async fn apply(tx: &mut TenantTx, channels: &[Model], failures: Vec<Blaming>) -> Result<()> {
    let now = tx.clock().now();
    let mut last: BTreeMap<ChannelId, Blame> = BTreeMap::new();
    for Blaming { failure, stop } in failures {
        let named = Sentence::new(Term::NamedCode).with("code", ParamKind::Code, failure.code);
        let reason = Sentences::from(Sentence::code(failure.code)).and(named);
        let until = stop.length().map(|length| failure.at + length);
        let channel = channels.iter().find(|channel| channel.id == failure.channel_id);
        let past = channel.is_none_or(|it| it.released_at.is_some_and(|released| released >= failure.at));
        if past || until.is_some_and(|until| until <= now) {
            continue;
        }
        let told = (failure.at, failure.code, reason, until);
        let entry = last.entry(failure.channel_id).or_insert_with(|| told.clone());
        if (entry.0, entry.1) < (told.0, told.1) {
            *entry = told;
        }
    }
    for (id, (_, _, reason, until)) in last {
        let Some(channel) = channels.iter().find(|channel| channel.id == id) else {
            continue;
        };
        let held = channel.held(now).is_some();
        // A hold that somebody has to end, or that ends later, stays.
        let weaker = match (channel.held_until, until) {
            (None, _) => true,
            (Some(known), Some(until)) => known >= until,
            (Some(_), None) => false,
        };
        if !(held && weaker) {
            hold(tx, id, &reason, until).await?;
        }
    }
    Ok(())
}

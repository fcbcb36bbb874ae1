//! What WhatsApp tells besides messages: written into the timeline, and done to the numbers it is about.

mod accounts;
mod failures;
mod numbers;
mod recorded;
mod timeline;
mod told;
mod topics;
mod words;

use contracts::channels::{AccountNews, NumberFailure, Told};
use kernel::{Result, TenantTx};

use super::read::CHANNELS;
use crate::entity::channel::Entity;
use recorded::Recorded;

/// Takes news and failures in the caller's transaction. Answers the news that were not known before, oldest first.
pub(super) async fn take(
    tx: &mut TenantTx,
    news: Vec<AccountNews>,
    failures: Vec<NumberFailure>,
) -> Result<Vec<AccountNews>> {
    let new = timeline::record(tx, news).await?;
    let blaming = failures::blaming(failures);
    if !blaming.is_empty() || new.iter().any(changes_numbers) {
        let channels = tx.find::<Entity>().limit(CHANNELS).all().await?;
        numbers::apply(tx, &channels, &new).await?;
        accounts::apply(tx, &channels, &new).await?;
        failures::apply(tx, &channels, blaming).await?;
    }
    Ok(new.into_iter().map(|one| one.news).collect())
}

fn changes_numbers(one: &Recorded) -> bool {
    match &one.news.told {
        Told::Update(update) => numbers::concerns(update) || accounts::concerns(update),
        Told::History { .. } | Told::Errors(_) => false,
    }
}

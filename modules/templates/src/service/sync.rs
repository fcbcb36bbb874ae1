//! Bringing the copy of an account up to date: page by page, each page in a transaction that also keeps where to go on.
//!
//! An account has one sync at a time. Several jobs may be at it; the one whose page is not the next any more stops.

mod page;

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use cloud_api::{
    codes::Class,
    error::{Error as GraphError, GraphError as Refused},
    template::{Page, Template},
};
use kernel::{Error, JobContext, JobError, JobOutcome, Result, TenantDb, TenantTx, job::backoff, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait, sea_query::OnConflict};
use sentences::{Sentence, Sentences, Term, explain};

use super::{Service, news::whole_seconds, store, sweep};
use crate::{
    entity::account,
    job::{SyncAccount, SyncAll},
};

/// Pages of one job.
const PAGES: usize = 10;
/// Tries of one page before the sync is given up until the next one.
const TRIES: u32 = 12;
/// In the place of a cursor: the list was read to its end, and what it lacks is looked at. No cursor has a blank.
const END: &str = "end of list";
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// Where a sync is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// When it was begun.
    started: DateTime<Utc>,
    /// Behind which cursor it goes on.
    after: Option<String>,
}

/// What a step of a sync came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nobody has asked for a sync.
    Idle,
    /// More is left to do.
    More,
    /// Somebody else has done this step, and goes on.
    Overtaken,
    /// The account was read to its end.
    Done,
}

/// Why a step failed.
#[derive(Debug)]
pub(super) enum Failed {
    /// WhatsApp refused or did not answer.
    WhatsApp {
        error: GraphError,
        /// Whether the same question may be answered later.
        passing: bool,
    },
    /// The account has no number to ask with.
    NoNumber,
    /// Nothing can be asked with its number.
    Unusable(Error),
    /// The database's, and what else is ours.
    Own(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

impl Service {
    /// Asks for a sync of an account and has it begin; one that is under way is followed by another.
    pub(super) async fn want_sync(&self, tx: &mut TenantTx, waba_id: &str) -> Result<()> {
        want(tx, waba_id).await?;
        tx.enqueue(&SyncAccount::of(waba_id.to_owned()))
    }

    /// The same for a person, who does not wait for the next try of a sync that failed.
    pub(super) async fn want_sync_now(&self, tx: &mut TenantTx, waba_id: &str) -> Result<()> {
        want(tx, waba_id).await?;
        tx.enqueue(&SyncAccount::urgent(waba_id.to_owned()))
    }

    /// Reads some pages of an account's templates into the copy.
    pub async fn sync_account(&self, context: JobContext, job: SyncAccount) -> JobOutcome {
        let db = &context.db;
        if job.anew {
            retrying(|| async {
                let mut tx = db.begin().await?;
                self.want_sync(&mut tx, &job.waba_id).await?;
                tx.commit().await
            })
            .await?;
            return Ok(());
        }
        for _ in 0..PAGES {
            if context.stop.is_cancelled() {
                return Err(JobError::later(Duration::ZERO, "the process is asked to end"));
            }
            match self.sync_step(db, &job.waba_id, context.attempt).await {
                Ok(Step::More) => {}
                Ok(Step::Done | Step::Idle | Step::Overtaken) => return Ok(()),
                Err(failed) => return self.failed(&context, &job, failed).await,
            }
        }
        let mut tx = db.begin().await?;
        tx.enqueue(&SyncAccount::of(job.waba_id))?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether and when a step that failed is tried again. What is not tried again waits for the next sync.
    async fn failed(&self, context: &JobContext, job: &SyncAccount, failed: Failed) -> JobOutcome {
        let (error, passing) = match failed {
            Failed::Own(error) => return Err(error.into()),
            Failed::NoNumber | Failed::Unusable(_) => {
                return Ok(self.end_sync(&context.db, &job.waba_id).await?);
            }
            Failed::WhatsApp { error, passing } => (error, passing),
        };
        if context.attempt >= TRIES || !passing {
            return Ok(self.end_sync(&context.db, &job.waba_id).await?);
        }
        let least = match error.class() {
            Class::RateLimited | Class::Later => Duration::from_secs(60),
            _ => Duration::ZERO,
        };
        let wait = backoff(context.attempt).max(error.retry_after().unwrap_or(least));
        let wait = wait.min(LONGEST_WAIT);
        if job.urgent {
            // The next person is not to wait for this try.
            let mut tx = context.db.begin().await?;
            tx.enqueue_at(&SyncAccount::of(job.waba_id.clone()), context.clock.now() + wait)?;
            return Ok(tx.commit().await?);
        }
        Err(JobError::Retry {
            after: Some(wait),
            error: Error::unavailable("WhatsApp did not answer a question about templates").because(error),
            counts: true,
        })
    }

    /// Ends a sync that goes nowhere. What is wrong stays on record.
    async fn end_sync(&self, db: &TenantDb, waba_id: &str) -> Result<()> {
        retrying(|| async {
            let tx = db.begin().await?;
            let ended = account::ActiveModel {
                wanted_at: Set(None),
                sync_started_at: Set(None),
                sync_after: Set(None),
                ..account::ActiveModel::default()
            };
            set(&tx, waba_id, ended).await?;
            tx.commit().await
        })
        .await
    }

    /// Reads the next page, if a sync is under way or wanted.
    pub(super) async fn sync_step(&self, db: &TenantDb, waba_id: &str, attempt: u32) -> Result<Step, Failed> {
        let Some(place) = retrying(|| begin(db, waba_id)).await? else {
            return Ok(Step::Idle);
        };
        if place.after.as_deref() == Some(END) {
            return Ok(retrying(|| finish(db, waba_id, &place)).await?);
        }
        let channel = self
            .number_for(db, waba_id, attempt)
            .await?
            .ok_or(Failed::NoNumber)?;
        let client = match self.channels.client(&channel) {
            Ok(client) => client,
            Err(error) => {
                let said = Sentence::new(Term::OwnError).text("error", error.detail());
                retrying(|| record(db, waba_id, said.clone().into(), &place, false)).await?;
                return Err(Failed::Unusable(error));
            }
        };
        let asked = whole_seconds(db.clock().now());
        match page::read(&client, waba_id, place.after.as_deref()).await {
            Ok(page) => Ok(retrying(|| self.take(db, waba_id, &place, asked, &page)).await?),
            Err(error) => {
                // A cursor may end before the list does: the sync begins again.
                let stale = place.after.is_some() && error.graph().is_some_and(|graph| graph.code == 100);
                let passing = stale || is_passing(&error);
                let then = if passing {
                    Term::TriedAgain
                } else {
                    Term::TryAgainWhenMended
                };
                let why = explain(&error).and(then);
                retrying(|| record(db, waba_id, why.clone(), &place, stale)).await?;
                Err(Failed::WhatsApp { error, passing })
            }
        }
    }

    /// Writes a page and where to go on.
    async fn take(
        &self,
        db: &TenantDb,
        waba_id: &str,
        place: &Place,
        asked: DateTime<Utc>,
        listed: &Page<Template>,
    ) -> Result<Step> {
        let mut tx = db.begin().await?;
        if locked(&tx, waba_id).await?.and_then(place_of).as_ref() != Some(place) {
            return Ok(Step::Overtaken);
        }
        let held = page::merge(&tx, waba_id, asked, &listed.items).await?;
        page::save_seen(&tx, &held, asked).await?;
        store::save(&mut tx, held).await?;
        if listed.unreadable > 0 {
            tracing::warn!(
                waba_id,
                rows = listed.unreadable,
                "templates without id, name or language are left out"
            );
        }
        // A cursor that comes again would be followed for ever.
        let after = listed
            .after
            .clone()
            .filter(|after| place.after.as_ref() != Some(after));
        let further = account::ActiveModel {
            sync_after: Set(Some(after.unwrap_or_else(|| END.to_owned()))),
            ..account::ActiveModel::default()
        };
        set(&tx, waba_id, further).await?;
        tx.commit().await?;
        Ok(Step::More)
    }

    /// Asks for a sync of every account, removes what is long gone, and comes back.
    pub async fn sync_all(&self, context: JobContext) -> JobOutcome {
        let db = &context.db;
        let some = retrying(|| async {
            let mut tx = db.begin().await?;
            let accounts = self.own_accounts(&tx).await?;
            for waba_id in &accounts {
                self.want_sync(&mut tx, waba_id).await?;
            }
            tx.commit().await?;
            Ok(!accounts.is_empty())
        })
        .await?;
        sweep::forget_accounts(self, db).await?;
        sweep::remove_gone(db).await?;
        match some {
            true => Err(JobError::later(next_round(db), "the next sync of all accounts")),
            // The next number that is connected starts it again.
            false => Ok(()),
        }
    }

    /// Starts the recurring sync of a tenant of an earlier version.
    pub async fn start(&self, context: JobContext) -> JobOutcome {
        let mut tx = context.db.begin().await?;
        tx.enqueue(&SyncAll {})?;
        Ok(tx.commit().await?)
    }

    /// The accounts of the tenant's numbers.
    pub(super) async fn own_accounts(&self, tx: &TenantTx) -> Result<BTreeSet<String>> {
        let channels = self.channels.all(tx).await?;
        let theirs = channels.into_iter().filter(|channel| !channel.lost);
        Ok(theirs.map(|channel| channel.waba_id).collect())
    }
}

/// Six hours, less up to half an hour that depends on the tenant: not all ask at once.
fn next_round(db: &TenantDb) -> Duration {
    use kernel::id::Id;
    let spread = db.tenant().uuid().as_u128() % 1_800;
    Duration::from_secs(6 * 3_600 - u64::try_from(spread).unwrap_or_default())
}

/// Whether the same question may be answered later.
fn is_passing(error: &GraphError) -> bool {
    let proxy = error.graph().is_some_and(|graph| graph.code == Refused::NO_CODE);
    proxy || matches!(error.class(), Class::Retry | Class::RateLimited | Class::Later)
}

/// Keeps that a sync is wanted.
async fn want(tx: &mut TenantTx, waba_id: &str) -> Result<()> {
    let now = tx.clock().now();
    let row = account::ActiveModel {
        waba_id: Set(waba_id.to_owned()),
        wanted_at: Set(Some(now)),
        ..account::ActiveModel::default()
    };
    let key = [account::Column::TenantId, account::Column::WabaId];
    let wanted = OnConflict::columns(key)
        .update_column(account::Column::WantedAt)
        .to_owned();
    tx.upsert::<account::Entity>(vec![row], wanted).await
}

async fn locked(tx: &TenantTx, waba_id: &str) -> Result<Option<account::Model>> {
    tx.find::<account::Entity>()
        .filter(account::Column::WabaId.eq(waba_id))
        .for_update()
        .one()
        .await
}

async fn set(tx: &TenantTx, waba_id: &str, row: account::ActiveModel) -> Result<()> {
    let this = account::Column::WabaId.eq(waba_id);
    tx.update::<account::Entity>()
        .filter(this)
        .set(row)
        .exec()
        .await?;
    Ok(())
}

fn place_of(row: account::Model) -> Option<Place> {
    Some(Place {
        started: row.sync_started_at?,
        after: row.sync_after,
    })
}

/// Where the sync of an account is, after beginning it if one is wanted; none if none is.
async fn begin(db: &TenantDb, waba_id: &str) -> Result<Option<Place>> {
    let tx = db.begin().await?;
    let Some(row) = locked(&tx, waba_id).await? else {
        return Ok(None);
    };
    let wanted = row.wanted_at.is_some();
    let place = match place_of(row) {
        Some(place) => Some(place),
        None if wanted => {
            let place = Place {
                started: whole_seconds(tx.clock().now()),
                after: None,
            };
            let begun = account::ActiveModel {
                wanted_at: Set(None),
                sync_started_at: Set(Some(place.started)),
                sync_after: Set(None),
                ..account::ActiveModel::default()
            };
            set(&tx, waba_id, begun).await?;
            Some(place)
        }
        None => None,
    };
    tx.commit().await?;
    Ok(place)
}

/// Keeps why a page could not be read, for people. `from_start` has the sync begin again.
async fn record(db: &TenantDb, waba_id: &str, why: Sentences, place: &Place, from_start: bool) -> Result<()> {
    let tx = db.begin().await?;
    let problem = Sentences::from(Term::TemplatesNotRead).and(why);
    let failed = account::ActiveModel {
        failed_at: Set(Some(tx.clock().now())),
        problem: Set(problem.kept()),
        ..account::ActiveModel::default()
    };
    set(&tx, waba_id, failed).await?;
    if from_start && locked(&tx, waba_id).await?.and_then(place_of).as_ref() == Some(place) {
        let again = account::ActiveModel {
            sync_after: Set(None),
            ..account::ActiveModel::default()
        };
        set(&tx, waba_id, again).await?;
    }
    tx.commit().await
}

/// Looks at what the list lacked, some at a time; then ends the sync, and begins another where that was wished for.
async fn finish(db: &TenantDb, waba_id: &str, place: &Place) -> Result<Step> {
    let mut tx = db.begin().await?;
    let row = locked(&tx, waba_id).await?;
    let wanted = row.as_ref().is_some_and(|row| row.wanted_at.is_some());
    if row.and_then(place_of).as_ref() != Some(place) {
        return Ok(Step::Overtaken);
    }
    if sweep::mark_missing_gone(&mut tx, waba_id, place.started).await? {
        tx.commit().await?;
        return Ok(Step::More);
    }
    let again = sweep::mark_missing(&tx, waba_id, place.started).await? || wanted;
    let ended = account::ActiveModel {
        wanted_at: Set(again.then(|| tx.clock().now())),
        sync_started_at: Set(None),
        sync_after: Set(None),
        synced_at: Set(Some(place.started)),
        failed_at: Set(None),
        problem: Set(None),
        ..account::ActiveModel::default()
    };
    set(&tx, waba_id, ended).await?;
    if again {
        tx.enqueue(&SyncAccount::of(waba_id.to_owned()))?;
    }
    tx.commit().await?;
    Ok(Step::Done)
}

//! Rows with a fence: a number that each taker raises, so that the previous holder can tell that it has lost the row.

use crate::{Result, retrying};

/// What became of taking a row.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<R> {
    /// It is ours. As it was read, which may have been just before it was taken or after.
    Ours(R),
    /// It was ours, and somebody newer has it by now, or it is gone.
    Lost,
    /// There was nothing to take: no such row with this fence.
    NotThere,
}

/// Takes the row whose fence is `before` and reads it, both at once: of the two waits only the longer one counts.
///
/// `take` raises the fence by one and answers whether there was such a row. `read` gives the row whatever its fence: by
/// `fence` is told whether it was read before it was taken or after. Nothing but the fence, and what `take` changes along with
/// it, may differ between the two.
///
/// # Errors
/// Those of `take`; those of `read` when it fails once more after the row was taken.
pub async fn take_and_read<R, F, Fut>(
    before: i64,
    take: impl Future<Output = Result<bool>>,
    read: F,
    fence: impl Fn(&R) -> i64,
) -> Result<Taken<R>>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<Option<R>>>,
{
    let (taken, row) = tokio::join!(take, read());
    if !taken? {
        return Ok(Taken::NotThere);
    }
    let row = match row {
        Ok(Some(row)) => Some(row),
        // The row is there, or was: reading it alone may have failed, or have met an old state of it.
        _ => retrying(read).await?,
    };
    Ok(match row {
        Some(row) if (before..=before + 1).contains(&fence(&row)) => Taken::Ours(row),
        _ => Taken::Lost,
    })
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;
    use crate::Error;

    /// Takes fence 7 with `reads` (a row is its fence here) to be had one after the other; answers how many were asked for, too.
    async fn with(taken: Result<bool>, reads: Vec<Result<Option<i64>>>) -> (Result<Taken<i64>>, usize) {
        let (reads, asked) = (RefCell::new(reads.into_iter()), Cell::new(0));
        let read = || {
            asked.set(asked.get() + 1);
            std::future::ready(reads.borrow_mut().next().expect("a read too many"))
        };
        let outcome = take_and_read(7, std::future::ready(taken), read, |fence| *fence).await;
        (outcome, asked.get())
    }

    #[tokio::test]
    async fn read_before_or_after_it_was_taken_the_row_is_ours() {
        for fence in [7, 8] {
            let (outcome, asked) = with(Ok(true), vec![Ok(Some(fence))]).await;
            assert_eq!((outcome.unwrap(), asked), (Taken::Ours(fence), 1));
        }
    }

    #[tokio::test]
    async fn what_was_not_seen_at_first_is_read_again() {
        for first in [Ok(None), Err(Error::internal("the connection broke"))] {
            let (outcome, asked) = with(Ok(true), vec![first, Ok(Some(8))]).await;
            assert_eq!((outcome.unwrap(), asked), (Taken::Ours(8), 2));
        }
        let broken = || Err(Error::internal("the connection broke"));
        let (outcome, asked) = with(Ok(true), vec![broken(), broken()]).await;
        assert!(outcome.is_err());
        assert_eq!(asked, 2);
    }

    #[tokio::test]
    async fn a_newer_taker_wins_and_a_row_that_is_gone_is_lost() {
        let (outcome, _) = with(Ok(true), vec![Ok(Some(9))]).await;
        assert_eq!(outcome.unwrap(), Taken::Lost);
        let (outcome, _) = with(Ok(true), vec![Ok(None), Ok(None)]).await;
        assert_eq!(outcome.unwrap(), Taken::Lost);
    }

    #[tokio::test]
    async fn what_was_not_taken_is_nobodys_business() {
        let (outcome, asked) = with(Ok(false), vec![Ok(Some(7))]).await;
        assert_eq!((outcome.unwrap(), asked), (Taken::NotThere, 1));
        let (outcome, _) = with(Err(Error::contention()), vec![Ok(Some(7))]).await;
        assert!(outcome.unwrap_err().is_contention());
    }
}

//! What WhatsApp allows by time: how often a template may be changed, and how long a deleted name stays locked (Cloud API:
//! templates, name, language, limits).

use chrono::{DateTime, TimeDelta, Utc};
use contracts::templates::TemplateId;
use kernel::{Result, TenantDb};
use sea_orm::{ColumnTrait, Order};
use sentences::{ParamKind, Sentence, Sentences, Term};

use super::Service;
use crate::entity::{
    enums::{Status, SubmissionKind, SubmissionState},
    event,
    submission::{self, Model as Submission},
    template::Model,
};

/// Changes of an approved template in [`MONTH`].
pub(crate) const EDITS_A_MONTH: usize = 10;
/// The shorter window of changes: one in it.
const DAY: TimeDelta = TimeDelta::hours(24);
/// The longer window.
const MONTH: TimeDelta = TimeDelta::days(30);
/// How long the name of a deleted template that had been approved is locked.
pub(crate) const NAME_LOCK: TimeDelta = TimeDelta::days(30);
/// Kind of the event of the timeline that counts as a change of an approved template. Changes of rejected and paused ones have
/// another, [`RESUBMITTED`], because they are not limited.
pub(crate) const EDITED: &str = "edited";
/// As [`EDITED`], of a rejected or paused template.
pub(crate) const RESUBMITTED: &str = "resubmitted";

/// Why a template cannot be changed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// Its submission has no answer yet.
    BeingSubmitted,
    /// WhatsApp reviews it.
    InReview,
    /// WhatsApp takes changes in other states only.
    State,
    /// It was changed within 24 hours.
    Day,
    /// It was changed ten times within 30 days.
    Month,
}

/// Whether a template can be changed now, and how often.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Editing {
    /// What stands in the way; none if it can be changed.
    pub hindrance: Option<Hindrance>,
    /// Changes that are left in 24 hours; none where WhatsApp does not count them.
    pub today_left: Option<i32>,
    /// Changes that are left in 30 days; none where WhatsApp does not count them.
    pub month_left: Option<i32>,
    /// When the next change is possible, if only time stands in the way.
    pub next_at: Option<DateTime<Utc>>,
}

impl Editing {
    /// Of a template in this state; `edits` are its changes of the last 30 days, newest first.
    pub(crate) fn of(
        status: Status,
        handed_in: Option<&Submission>,
        edits: &[DateTime<Utc>],
        now: DateTime<Utc>,
    ) -> Self {
        let refused = |it: &Submission| it.state == SubmissionState::Refused;
        if handed_in.is_some_and(|it| !refused(it)) {
            return Self::never(Hindrance::BeingSubmitted);
        }
        match status {
            // A creation that was refused is changed and handed in again.
            Status::Submitting if handed_in.is_some_and(|it| it.kind == SubmissionKind::Create) => {
                Self::default()
            }
            Status::Submitting => Self::never(Hindrance::BeingSubmitted),
            Status::Rejected | Status::Paused => Self::default(),
            Status::Pending | Status::InAppeal => Self::never(Hindrance::InReview),
            Status::Approved => Self::counted(edits, now),
            _ => Self::never(Hindrance::State),
        }
    }

    fn never(hindrance: Hindrance) -> Self {
        Self {
            hindrance: Some(hindrance),
            ..Self::default()
        }
    }

    fn counted(edits: &[DateTime<Utc>], now: DateTime<Utc>) -> Self {
        let within = |window: TimeDelta| edits.iter().filter(move |at| **at + window > now).count();
        let (today, month) = (within(DAY), within(MONTH));
        let day_over = edits.first().filter(|_| today >= 1).map(|at| *at + DAY);
        let month_over = edits
            .get(EDITS_A_MONTH - 1)
            .filter(|_| month >= EDITS_A_MONTH)
            .map(|at| *at + MONTH);
        let left = |most: usize, used: usize| i32::try_from(most.saturating_sub(used)).ok();
        Self {
            hindrance: match (month_over, day_over) {
                (Some(month), day) if day.is_none_or(|day| day <= month) => Some(Hindrance::Month),
                (_, Some(_)) => Some(Hindrance::Day),
                _ => None,
            },
            today_left: left(1, today),
            month_left: left(EDITS_A_MONTH, month),
            next_at: day_over.max(month_over),
        }
    }

    /// Why it cannot be changed, for people; nothing if it can.
    pub fn why(&self) -> Sentences {
        let at = self.next_at.unwrap_or_default();
        let said = match self.hindrance {
            None => return Sentences::default(),
            Some(Hindrance::BeingSubmitted) => Sentence::new(Term::TemplateBeingSubmitted),
            Some(Hindrance::InReview) => Sentence::new(Term::TemplateInReview),
            Some(Hindrance::State) => Sentence::new(Term::TemplateNotEditable),
            Some(Hindrance::Day) => Sentence::new(Term::TemplateEditedToday).with("at", ParamKind::Time, at),
            Some(Hindrance::Month) => {
                let limit = i64::try_from(EDITS_A_MONTH).unwrap_or_default();
                Sentence::new(Term::TemplateEditedOften)
                    .with("limit", ParamKind::Number, limit)
                    .with("at", ParamKind::Time, at)
            }
        };
        said.into()
    }
}

impl Service {
    /// Whether a template can be changed now, and how often.
    pub async fn editing(&self, db: &TenantDb, row: &Model) -> Result<Editing> {
        let handed_in = self.submission(db, row.id).await?;
        let now = db.clock().now();
        let edits = match row.status {
            Status::Approved => edits(db, row.id, now).await?,
            _ => Vec::new(),
        };
        Ok(Editing::of(row.status, handed_in.as_ref(), &edits, now))
    }

    /// What was handed in of a template and has no answer yet, or was refused.
    pub async fn submission(&self, db: &TenantDb, id: TemplateId) -> Result<Option<Submission>> {
        let this = submission::Column::TemplateId.eq(id);
        db.find::<submission::Entity>().filter(this).one().await
    }
}

/// When an approved template was changed in the last 30 days, newest first.
async fn edits(db: &TenantDb, id: TemplateId, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>> {
    use event::Column;
    db.find::<event::Entity>()
        .filter(Column::TemplateId.eq(id))
        .filter(Column::At.gt(now - MONTH))
        .filter(Column::Kind.eq(EDITED))
        .order_by(Column::At, Order::Desc)
        .limit(EDITS_A_MONTH as u64)
        .columns(&[Column::At])
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn ago(hours: i64) -> DateTime<Utc> {
        now() - TimeDelta::hours(hours)
    }

    fn approved(edits: &[DateTime<Utc>]) -> Editing {
        Editing::of(Status::Approved, None, edits, now())
    }

    #[test]
    fn an_approved_template_is_changed_once_a_day_and_ten_times_a_month() {
        let fresh = approved(&[]);
        assert_eq!(
            (fresh.hindrance, fresh.today_left, fresh.month_left),
            (None, Some(1), Some(10))
        );
        let today = approved(&[ago(23)]);
        assert_eq!(today.hindrance, Some(Hindrance::Day));
        assert_eq!((today.today_left, today.month_left), (Some(0), Some(9)));
        assert_eq!(today.next_at, Some(ago(-1)));
        assert_eq!(approved(&[ago(24)]).hindrance, None);

        let ten: Vec<_> = (1..=10).map(|n| ago(n * 48)).collect();
        let often = approved(&ten);
        assert_eq!(
            (often.hindrance, often.month_left),
            (Some(Hindrance::Month), Some(0))
        );
        assert_eq!(often.next_at, Some(ago(480 - 720)));
        assert!(often.why().contain(Term::TemplateEditedOften));
        // Both at once: the later end counts.
        let mut both = ten;
        both[0] = ago(1);
        assert_eq!(approved(&both).next_at, Some(ago(480 - 720)));
    }

    #[test]
    fn states_decide_otherwise() {
        for (status, hindrance) in [
            (Status::Rejected, None),
            (Status::Paused, None),
            (Status::Pending, Some(Hindrance::InReview)),
            (Status::InAppeal, Some(Hindrance::InReview)),
            (Status::Submitting, Some(Hindrance::BeingSubmitted)),
            (Status::Disabled, Some(Hindrance::State)),
            (Status::Deleted, Some(Hindrance::State)),
            (Status::Unknown, Some(Hindrance::State)),
        ] {
            let editing = Editing::of(status, None, &[ago(1)], now());
            assert_eq!(editing.hindrance, hindrance, "{status:?}");
            assert_eq!(editing.why().is_empty(), hindrance.is_none());
        }
    }
}

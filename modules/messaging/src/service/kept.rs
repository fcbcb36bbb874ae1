//! What webhooks brought and nothing has a home for, counted.

use kernel::{Result, TenantDb};
use sea_orm::ColumnTrait;

use super::Service;
use crate::entity::webhook_event;

/// Rows of the count at most.
const COUNTS: usize = 200;

/// How many webhook events of one field are kept for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCount {
    /// WhatsApp's field.
    pub field: String,
    /// Why they are kept.
    pub reason: String,
    /// How many.
    pub count: i64,
}

impl Service {
    /// What is kept raw: how much in all, and by field and reason, most first.
    pub async fn count_webhook_events(&self, db: &TenantDb) -> Result<(i64, Vec<KeptCount>)> {
        use webhook_event::{Column, Entity};
        let reasons: Vec<(String, i64)> = db.find::<Entity>().count_by(Column::Reason).await?;
        let mut counts = Vec::new();
        // There are a handful of reasons.
        for (reason, _) in &reasons {
            let of_reason: Vec<(String, i64)> = db
                .find::<Entity>()
                .filter(Column::Reason.eq(reason.clone()))
                .count_by(Column::Field)
                .await?;
            counts.extend(of_reason.into_iter().map(|(field, count)| KeptCount {
                field,
                reason: reason.clone(),
                count,
            }));
        }
        let total = reasons.iter().map(|(_, count)| count).sum();
        counts.sort_by(|a, b| (b.count, &a.field, &a.reason).cmp(&(a.count, &b.field, &b.reason)));
        counts.truncate(COUNTS);
        Ok((total, counts))
    }
}

//! The words in the tables' columns.

use contracts::templates;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};

/// As [`templates::TemplateStatus`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, poem_openapi::Enum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(24))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[oai(rename = "TemplateStatus", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Handed in here; WhatsApp has not answered yet.
    Submitting,
    /// In review.
    Pending,
    /// Can be sent.
    Approved,
    /// Refused in review.
    Rejected,
    /// Stopped for a while because of bad feedback.
    Paused,
    /// Stopped for good.
    Disabled,
    /// Its rejection is being looked at again.
    InAppeal,
    /// Deleted; what was sent before still arrives.
    PendingDeletion,
    /// Deleted, or no longer in the account.
    Deleted,
    /// The account has too many templates.
    LimitExceeded,
    /// Put away by WhatsApp after a year without use.
    Archived,
    /// Locked by WhatsApp.
    Locked,
    /// A word of WhatsApp that this version does not know: not sendable.
    Unknown,
}

impl From<Status> for templates::TemplateStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Submitting => Self::Submitting,
            Status::Pending => Self::Pending,
            Status::Approved => Self::Approved,
            Status::Rejected => Self::Rejected,
            Status::Paused => Self::Paused,
            Status::Disabled => Self::Disabled,
            Status::InAppeal => Self::InAppeal,
            Status::PendingDeletion => Self::PendingDeletion,
            Status::Deleted => Self::Deleted,
            Status::LimitExceeded => Self::LimitExceeded,
            Status::Archived => Self::Archived,
            Status::Locked => Self::Locked,
            Status::Unknown => Self::Unknown,
        }
    }
}

impl Status {
    /// Reads WhatsApp's word in any case. What it has no word for, a status of our own included, is unknown.
    pub fn of(word: &str) -> Self {
        use sea_orm::ActiveEnum;
        Self::try_from_value(&word.trim().to_ascii_uppercase()).unwrap_or(Self::Unknown)
    }

    /// The same, for a word of the account's list.
    pub fn listed(word: Option<&str>) -> Self {
        match word.map(Self::of) {
            Some(Self::Submitting) | None => Self::Unknown,
            Some(status) => status,
        }
    }
}

/// As [`templates::Category`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, poem_openapi::Enum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "SCREAMING_SNAKE_CASE"
)]
#[oai(rename = "TemplateCategory", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// Offers and news.
    Marketing,
    /// About something the person did or asked for.
    Utility,
    /// One-time passwords.
    Authentication,
}

impl Category {
    /// Reads WhatsApp's word in any case; none for another word.
    pub fn of(word: &str) -> Option<Self> {
        templates::Category::parse(word).map(Into::into)
    }
}

impl From<Category> for templates::Category {
    fn from(category: Category) -> Self {
        match category {
            Category::Marketing => Self::Marketing,
            Category::Utility => Self::Utility,
            Category::Authentication => Self::Authentication,
        }
    }
}

impl From<templates::Category> for Category {
    fn from(category: templates::Category) -> Self {
        match category {
            templates::Category::Marketing => Self::Marketing,
            templates::Category::Utility => Self::Utility,
            templates::Category::Authentication => Self::Authentication,
        }
    }
}

/// How much an entry of a timeline matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, poem_openapi::Enum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
#[oai(rename = "TemplateEventSeverity", rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look at it.
    Warning,
    /// The template can no longer be sent; somebody must act.
    Critical,
}

/// What was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, poem_openapi::Enum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
#[oai(rename = "TemplateSubmissionKind", rename_all = "snake_case")]
pub enum SubmissionKind {
    /// A new template.
    Create,
    /// New content for one.
    Edit,
    /// Its deletion.
    Delete,
}

/// What became of what was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, poem_openapi::Enum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
#[oai(rename = "TemplateSubmissionState", rename_all = "snake_case")]
pub enum SubmissionState {
    /// It waits for its turn.
    Waiting,
    /// It was sent; the answer has not come, or was lost.
    Sent,
    /// WhatsApp refused it.
    Refused,
}

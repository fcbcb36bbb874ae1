//! The copy of the accounts' templates.

use contracts::templates::TemplateId;
use kernel::TenantId;
use sea_orm::entity::prelude::*;

use super::enums::{Category, Status};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "templates_templates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TemplateId,
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// WhatsApp's id; none until WhatsApp has answered the submission.
    pub whatsapp_id: Option<String>,
    pub name: String,
    /// With an underscore: `en_US`.
    pub language: String,
    pub status: Status,
    /// None while only news without it have come.
    pub category: Option<Category>,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub quality: String,
    /// Whether its variables have names.
    pub named: bool,
    /// JSON: a list, in WhatsApp's own form.
    #[sea_orm(column_type = "Text")]
    pub components: String,
    /// JSON: [`Live`](crate::service::Live): what WhatsApp sends while a change is in review; none otherwise.
    #[sea_orm(column_type = "Text", nullable)]
    pub live: Option<String>,
    /// Digest of body and footer (`content_digest` in `service/check.rs`): no two templates of an account may share them. None where
    /// nobody has reckoned it yet.
    #[sea_orm(column_name = "words")]
    pub content_digest: Option<String>,
    /// How long WhatsApp tries to deliver it.
    pub ttl_seconds: Option<i32>,
    /// Why it was rejected, paused or disabled, in WhatsApp's word; `FLAGGED` for an approved one that is about to be.
    pub reason: Option<String>,
    /// The same in WhatsApp's sentence.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason_text: Option<String>,
    /// What WhatsApp recommends to change.
    #[sea_orm(column_type = "Text", nullable)]
    pub recommendation: Option<String>,
    pub previous_category: Option<Category>,
    /// What WhatsApp has announced, or holds to be right.
    pub pending_category: Option<Category>,
    pub pending_category_at: Option<DateTimeUtc>,
    /// JSON: what its slots are filled with.
    #[sea_orm(column_type = "Text")]
    pub mapping: String,
    /// When WhatsApp told the newest status, of all that came.
    pub status_at: Option<DateTimeUtc>,
    pub quality_at: Option<DateTimeUtc>,
    pub category_at: Option<DateTimeUtc>,
    pub components_at: Option<DateTimeUtc>,
    /// When it was or will be disabled.
    pub disabled_at: Option<DateTimeUtc>,
    /// Name and texts as they are compared, for the search.
    pub search_key: Option<String>,
    /// When the list that it was last in was asked for: all parts are at least as new.
    pub seen_at: Option<DateTimeUtc>,
    /// When it was first missing there. A list that changes while it is read may leave one out, so it is gone when the next one
    /// lacks it too.
    pub missed_at: Option<DateTimeUtc>,
    /// When it was found gone, or deleted.
    pub gone_at: Option<DateTimeUtc>,
    /// Until when its name cannot be used again; none where that is not known, or it is not deleted.
    pub locked_until: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(TemplateId, "template");

//! Drafts of templates.

use chrono::{DateTime, Utc};
use contracts::{channels::ChannelId, templates::TemplateId};
use kernel::{Can, Created, NoContent, Page, PageQuery, Result};
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::{Any, Example},
};
use serde_json::Value;

use super::{Tag, writing};
use crate::{
    entity::draft::{DraftId, Model},
    permission::WriteTemplates,
    service::{Service, Written},
};

/// A draft to keep.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
pub struct TemplateDraftIn {
    /// For which number's account, if that is chosen already.
    pub channel_id: Option<ChannelId>,
    /// The template that it changes; absent for a new one.
    pub template_id: Option<TemplateId>,
    /// WhatsApp's body of a creation as far as it is written: any object, at most 64 KB.
    pub template: Any<Value>,
    /// What its slots will be filled with.
    pub mapping: Option<Any<Value>>,
}

impl Example for TemplateDraftIn {
    fn example() -> Self {
        Self {
            channel_id: None,
            template_id: None,
            template: Any(writing::example()),
            mapping: None,
        }
    }
}

/// A draft to save over the version that was read.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
pub struct TemplateDraftSaveIn {
    /// The version that was read. If somebody has saved a newer one, the answer is 409 `draft_changed`, and the field `version` in
    /// `errors` has the newest as its `value`.
    #[oai(validator(minimum(value = "1")))]
    pub version: i32,
    /// For which number's account, if that is chosen already.
    pub channel_id: Option<ChannelId>,
    /// The template that it changes; absent for a new one.
    pub template_id: Option<TemplateId>,
    /// WhatsApp's body of a creation as far as it is written: any object, at most 64 KB.
    pub template: Any<Value>,
    /// What its slots will be filled with.
    pub mapping: Option<Any<Value>>,
}

impl Example for TemplateDraftSaveIn {
    fn example() -> Self {
        Self {
            version: 1,
            channel_id: None,
            template_id: None,
            template: Any(writing::example()),
            mapping: None,
        }
    }
}

/// A template that somebody is writing.
#[derive(Debug, Object)]
#[oai(rename = "TemplateDraft", skip_serializing_if_is_none)]
pub struct DraftOut {
    /// Which.
    pub id: DraftId,
    /// For which number's account.
    pub channel_id: Option<ChannelId>,
    /// The template that it changes; absent for a new one.
    pub template_id: Option<TemplateId>,
    /// The name so far; may be empty.
    pub name: String,
    /// The language so far; may be empty.
    pub language: String,
    /// WhatsApp's body of a creation as far as it is written.
    pub template: Any<Value>,
    /// What its slots will be filled with.
    pub mapping: Any<Value>,
    /// Counts the saves.
    pub version: i32,
    /// Who saved it last.
    pub saved_by: Option<String>,
    /// When it was first saved.
    pub created_at: DateTime<Utc>,
    /// When it was last saved.
    pub updated_at: DateTime<Utc>,
}

fn shape(row: Model) -> Result<DraftOut> {
    Ok(DraftOut {
        template: Any(serde_json::from_str(&row.body)?),
        mapping: Any(serde_json::from_str(&row.mapping)?),
        id: row.id,
        channel_id: row.channel_id,
        template_id: row.template_id,
        name: row.name,
        language: row.language,
        version: row.version,
        saved_by: row.saved_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

pub struct DraftsApi {
    pub service: Service,
}

#[OpenApi(tag = "Tag::Templates")]
impl DraftsApi {
    /// List drafts of templates
    ///
    /// Newest first. A page may have fewer than `limit` drafts although more follow, because their contents are bounded together.
    #[oai(
        path = "/template-drafts",
        method = "get",
        operation_id = "list_template_drafts"
    )]
    async fn list_template_drafts(
        &self,
        can: Can<WriteTemplates>,
        /// Drafts wanted, 1 to 200; 50 if absent.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<DraftOut>>> {
        let query = PageQuery::new("template_drafts", limit.0, after.0)?;
        let (rows, next) = self.service.drafts(can.db(), &query).await?;
        let items = rows.into_iter().map(shape).collect::<Result<_>>()?;
        Ok(Json(Page { items, next }))
    }

    /// Save a new draft
    ///
    /// A half-written template is a valid draft. A business has at most 200; one more is 409 `drafts_full`.
    #[oai(
        path = "/template-drafts",
        method = "post",
        operation_id = "create_template_draft"
    )]
    async fn create_template_draft(
        &self,
        can: Can<WriteTemplates>,
        body: Json<TemplateDraftIn>,
    ) -> Result<Created<DraftOut>> {
        let TemplateDraftIn {
            channel_id,
            template_id,
            template: Any(template),
            mapping,
        } = body.0;
        let written = Written {
            channel_id,
            template_id,
            template,
            mapping: writing::bare(mapping),
        };
        let row = self.service.add_draft(can.db(), can.actor(), written).await?;
        Ok(Created::new(shape(row)?))
    }

    /// Get a draft
    #[oai(
        path = "/template-drafts/:draft_id",
        method = "get",
        operation_id = "get_template_draft"
    )]
    async fn get_template_draft(
        &self,
        can: Can<WriteTemplates>,
        draft_id: Path<DraftId>,
    ) -> Result<Json<DraftOut>> {
        Ok(Json(shape(self.service.draft(can.db(), draft_id.0).await?)?))
    }

    /// Save a draft
    ///
    /// It is replaced as a whole, if `version` is the newest.
    #[oai(
        path = "/template-drafts/:draft_id",
        method = "put",
        operation_id = "save_template_draft"
    )]
    async fn save_template_draft(
        &self,
        can: Can<WriteTemplates>,
        draft_id: Path<DraftId>,
        body: Json<TemplateDraftSaveIn>,
    ) -> Result<Json<DraftOut>> {
        let TemplateDraftSaveIn {
            version,
            channel_id,
            template_id,
            template: Any(template),
            mapping,
        } = body.0;
        let written = Written {
            channel_id,
            template_id,
            template,
            mapping: writing::bare(mapping),
        };
        let row = self
            .service
            .save_draft(can.db(), can.actor(), draft_id.0, version, written)
            .await?;
        Ok(Json(shape(row)?))
    }

    /// Delete a draft
    #[oai(
        path = "/template-drafts/:draft_id",
        method = "delete",
        operation_id = "delete_template_draft"
    )]
    async fn delete_template_draft(
        &self,
        can: Can<WriteTemplates>,
        draft_id: Path<DraftId>,
    ) -> Result<NoContent> {
        self.service.delete_draft(can.db(), draft_id.0).await?;
        Ok(NoContent::Done)
    }
}

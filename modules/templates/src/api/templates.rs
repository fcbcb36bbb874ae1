//! The copy of the templates.

use chrono::{DateTime, Utc};
use contracts::{channels::ChannelId, templates::TemplateId};
use kernel::{Can, Error, Page, PageQuery, Result, TenantDb};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::Any,
};
use sentences::Sentence;

use super::{
    Tag,
    events::TemplateEventOut,
    mapping::{MappingBody, mapping_out},
    state::{EditingOut, SubmissionOut},
};
use crate::{
    entity::{
        enums::{Category, Status},
        submission, template,
    },
    permission::ReadTemplates,
    service::{self, Live, Service, TemplateFilter},
};

/// How people react to a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "TemplateQuality", rename_all = "UPPERCASE")]
pub enum Quality {
    /// Well.
    Green,
    /// Some block or report it.
    Yellow,
    /// Many do: it is about to be paused.
    Red,
    /// Not rated yet.
    Unknown,
}

impl Quality {
    fn as_str(self) -> &'static str {
        match self {
            Self::Green => "GREEN",
            Self::Yellow => "YELLOW",
            Self::Red => "RED",
            Self::Unknown => "UNKNOWN",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "GREEN" => Self::Green,
            "YELLOW" => Self::Yellow,
            "RED" => Self::Red,
            _ => Self::Unknown,
        }
    }
}

/// The version of a template that WhatsApp sends while another is in review.
#[derive(Debug, Object)]
#[oai(rename = "TemplateLiveVersion")]
pub struct LiveOut {
    /// Whether its variables have names.
    pub named: bool,
    /// Header, body, footer and buttons, in WhatsApp's own form.
    pub components: Vec<Any<serde_json::Value>>,
}

impl From<Live> for LiveOut {
    fn from(live: Live) -> Self {
        Self {
            named: live.named,
            components: live.components.into_iter().map(Any).collect(),
        }
    }
}

/// A message template of one account in one language, as WhatsApp has it.
#[derive(Debug, Object)]
#[oai(rename = "Template", skip_serializing_if_is_none)]
pub struct TemplateOut {
    /// Which.
    pub id: TemplateId,
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// WhatsApp's id; absent until WhatsApp has answered its submission.
    pub whatsapp_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its language code, for example `en_US`.
    pub language: String,
    /// APPROVED templates can be sent, and PENDING ones with `live`: while a change is in review, WhatsApp takes the version before.
    pub status: Status,
    /// What it is filed under; absent while that is not known.
    pub category: Option<Category>,
    /// How people react to it.
    pub quality: Quality,
    /// Whether its variables have names.
    pub named: bool,
    /// Header, body, footer and buttons, in WhatsApp's own form. Empty while only its name is known.
    pub components: Vec<Any<serde_json::Value>>,
    /// What WhatsApp sends while a change is in review: the version before, with which the template is filled until then. Absent
    /// where `components` is what is sent.
    pub live: Option<LiveOut>,
    /// How long WhatsApp tries to deliver it, in seconds; absent for WhatsApp's own choice.
    pub ttl_seconds: Option<i32>,
    /// Why it was rejected, paused or disabled, in WhatsApp's word; `FLAGGED` for an approved one that WhatsApp is about to disable.
    pub reason: Option<String>,
    /// The same in plain words, to be said in any language.
    #[oai(default, skip_serializing_if_is_empty)]
    pub reason_terms: Vec<Sentence>,
    /// What WhatsApp recommends to change.
    pub recommendation: Option<String>,
    /// When it was disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// What it was filed under before WhatsApp changed that.
    pub previous_category: Option<Category>,
    /// What WhatsApp has announced to file it under, or holds to be right.
    pub pending_category: Option<Category>,
    /// From when, where WhatsApp has announced it.
    pub pending_category_at: Option<DateTime<Utc>>,
    /// What its slots are filled with: what was chosen, and defaults.
    pub mapping: MappingBody,
    /// What was handed in and has no answer yet, or was refused.
    pub submission: Option<SubmissionOut>,
    /// Whether it can be changed now; only where one template is asked for.
    pub editing: Option<EditingOut>,
    /// When it was found gone from the account, or deleted.
    pub gone_at: Option<DateTime<Utc>>,
    /// When it was first seen here.
    pub created_at: DateTime<Utc>,
    /// When something of it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A template as the API shows it.
fn shape(row: template::Model, submission: Option<submission::Model>) -> Result<TemplateOut> {
    let mapping = mapping_out(Service::mapping_of(&row)?);
    let components: Vec<serde_json::Value> =
        serde_json::from_str(&row.components).map_err(Error::internal)?;
    let live = Live::read(&row)?;
    let reason = service::reason(&row);
    Ok(TemplateOut {
        id: row.id,
        waba_id: row.waba_id,
        whatsapp_id: row.whatsapp_id,
        name: row.name,
        language: row.language,
        status: row.status,
        category: row.category,
        quality: Quality::of(&row.quality),
        named: row.named,
        components: components.into_iter().map(Any).collect(),
        live: live.map(Into::into),
        ttl_seconds: row.ttl_seconds,
        reason: row.reason,
        reason_terms: reason.0,
        recommendation: row.recommendation,
        disabled_at: row.disabled_at,
        previous_category: row.previous_category,
        pending_category: row.pending_category,
        pending_category_at: row.pending_category_at,
        mapping,
        submission: submission.map(Into::into),
        editing: None,
        gone_at: row.gone_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// A template with what stands beside it.
pub(super) async fn shaped(service: &Service, db: &TenantDb, row: template::Model) -> Result<TemplateOut> {
    let submission = service.submission(db, row.id).await?;
    let editing = service.editing(db, &row).await?;
    Ok(TemplateOut {
        editing: Some(editing.into()),
        ..shape(row, submission)?
    })
}

pub struct TemplatesApi {
    pub service: Service,
}

#[OpenApi(tag = "Tag::Templates")]
impl TemplatesApi {
    /// List templates
    ///
    /// Newest first, from the platform's own copy. Templates that are gone are left out, unless `status` is DELETED. A page ends early
    /// where the content of its templates is large.
    #[oai(path = "/templates", method = "get", operation_id = "list_templates")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the query")]
    async fn list_templates(
        &self,
        can: Can<ReadTemplates>,
        /// Only of the account of this number.
        channel_id: Query<Option<ChannelId>>,
        /// Only of this WhatsApp Business Account.
        #[oai(validator(max_length = 32))]
        waba_id: Query<Option<String>>,
        /// Only with this status.
        status: Query<Option<Status>>,
        /// Only filed under this.
        category: Query<Option<Category>>,
        /// Only in this language, for example `en_US`.
        #[oai(validator(max_length = 16))]
        language: Query<Option<String>>,
        /// Only with this quality.
        quality: Query<Option<Quality>>,
        /// Only with exactly this name.
        #[oai(validator(max_length = 512))]
        name: Query<Option<String>>,
        /// Only with this in the name, or in the first few hundred characters of header, body and footer; letter case and accents
        /// do not matter.
        #[oai(validator(max_length = 200))]
        search: Query<Option<String>>,
        /// Templates wanted, 1 to 200; 50 if absent.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<TemplateOut>>> {
        let filter = TemplateFilter {
            channel_id: channel_id.0,
            waba_id: waba_id.0,
            status: status.0,
            category: category.0,
            language: language.0,
            quality: quality.0.map(Quality::as_str),
            name: name.0,
            search: search.0,
        };
        let query = PageQuery::new("templates", limit.0, after.0)?;
        let (rows, next) = self.service.templates(can.db(), filter, &query).await?;
        let ids = rows.iter().map(|row| row.id);
        let mut submissions = self.service.submissions(can.db(), ids).await?;
        let shape = |row: template::Model| {
            let submission = submissions.remove(&row.id);
            shape(row, submission)
        };
        let items = rows.into_iter().map(shape).collect::<Result<_>>()?;
        Ok(Json(Page { items, next }))
    }

    /// Get a template
    #[oai(
        path = "/templates/:template_id",
        method = "get",
        operation_id = "get_template"
    )]
    async fn get_template(
        &self,
        can: Can<ReadTemplates>,
        template_id: Path<TemplateId>,
    ) -> Result<Json<TemplateOut>> {
        let row = self.service.template(can.db(), template_id.0).await?;
        Ok(Json(shaped(&self.service, can.db(), row).await?))
    }

    /// List what happened to a template
    ///
    /// What WhatsApp told and what people here did, newest first, in plain words.
    #[oai(
        path = "/templates/:template_id/events",
        method = "get",
        operation_id = "list_template_events"
    )]
    async fn list_template_events(
        &self,
        can: Can<ReadTemplates>,
        template_id: Path<TemplateId>,
        /// Events wanted, 1 to 200; 50 if absent.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<TemplateEventOut>>> {
        let query = PageQuery::new("template_events", limit.0, after.0)?;
        let rows = self.service.timeline(can.db(), template_id.0, &query).await?;
        Ok(Json(Page::of(rows, Into::into)))
    }
}

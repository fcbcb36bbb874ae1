//! Checking, creating, changing and deleting templates.

use cloud_api::template::lint::{self, Severity};
use contracts::{channels::ChannelId, templates::TemplateId};
use kernel::{Can, Created, NoContent, Result, TenantDb};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::{Any, Example},
};
use serde_json::{Value, json};

use super::{
    Tag,
    mapping::{MappingBody, mapping_in},
    templates::{TemplateOut, shaped},
};
use crate::{
    entity::{draft::DraftId, template},
    permission::{ReadTemplates, SubmitTemplates, WriteTemplates},
    service::{Service, UseKind, Wanted},
};

/// A template as an example.
pub(super) fn example() -> Value {
    json!({
        "name": "order_shipped",
        "language": "en",
        "category": "UTILITY",
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{1}}, your order {{2}} has left our warehouse and will be with you soon.",
                "example": {"body_text": [["Ana", "A-77"]]}
            },
            {"type": "FOOTER", "text": "Thank you for your order"}
        ]
    })
}

/// A template to check.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
pub struct TemplateCheckIn {
    /// For which number's account; may be left out while all connected numbers are of one account.
    pub channel_id: Option<ChannelId>,
    /// WhatsApp's body of a creation: `name`, `language`, `category`, `components` and, if wanted, `parameter_format` and
    /// `message_send_ttl_seconds`. At most 64 KB.
    pub template: Any<Value>,
    /// The template that it changes. Name, language and category are this one's where `template` has none.
    pub template_id: Option<TemplateId>,
}

impl Example for TemplateCheckIn {
    fn example() -> Self {
        Self {
            channel_id: None,
            template: Any(example()),
            template_id: None,
        }
    }
}

/// How sure it is that WhatsApp refuses what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "TemplateFindingSeverity", rename_all = "snake_case")]
pub enum FindingSeverity {
    /// WhatsApp refuses the template; it cannot be submitted.
    Refused,
    /// WhatsApp refuses it in most cases.
    LikelyRefused,
    /// WhatsApp takes it; something better is known.
    Advice,
}

/// One thing that is wrong with a template, or could be better.
#[derive(Debug, Object)]
#[oai(rename = "TemplateFinding")]
pub struct FindingOut {
    /// The rule: small letters and `_`, never changed.
    pub code: String,
    /// Where, as a path from the template's root: `components[1].buttons[0].url`; `template` for the template as a whole.
    pub path: String,
    /// How sure it is that WhatsApp refuses it.
    pub severity: FindingSeverity,
    /// The texts and numbers of `message`, by their names.
    pub parameters: Any<Value>,
    /// What is wrong, in English.
    pub message: String,
}

impl From<lint::Finding> for FindingOut {
    fn from(finding: lint::Finding) -> Self {
        Self {
            code: finding.rule.code().to_owned(),
            severity: match finding.severity {
                Severity::Refused => FindingSeverity::Refused,
                Severity::LikelyRefused => FindingSeverity::LikelyRefused,
                Severity::Advice => FindingSeverity::Advice,
            },
            message: finding.english(),
            path: finding.path,
            parameters: Any(Value::Object(finding.parameters)),
        }
    }
}

/// What was found.
#[derive(Debug, Object)]
#[oai(rename = "TemplateCheck")]
pub struct CheckOut {
    /// It can be submitted: nothing is `refused`.
    pub acceptable: bool,
    /// What was found, in the order of the template.
    pub findings: Vec<FindingOut>,
}

/// A template to create.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
pub struct TemplateCreateIn {
    /// For which number's account; may be left out while all connected numbers are of one account.
    pub channel_id: Option<ChannelId>,
    /// WhatsApp's body of a creation: `name`, `language`, `category`, `components` and, if wanted, `parameter_format` and
    /// `message_send_ttl_seconds`. At most 64 KB.
    pub template: Any<Value>,
    /// What its slots are filled with.
    pub mapping: Option<MappingBody>,
    /// The draft that it was written as; it is deleted.
    pub draft_id: Option<DraftId>,
}

impl Example for TemplateCreateIn {
    fn example() -> Self {
        Self {
            channel_id: None,
            template: Any(example()),
            mapping: None,
            draft_id: None,
        }
    }
}

/// New content for a template.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
pub struct TemplateEditIn {
    /// WhatsApp's body of a creation, whole: the components replace the old ones. `name`, `language` and `category` may be left out;
    /// name and language cannot be changed, the category not while the template is approved.
    pub template: Any<Value>,
    /// What its slots are filled with, once WhatsApp has taken the change; stays if absent.
    pub mapping: Option<MappingBody>,
    /// The draft that it was written as; it is deleted.
    pub draft_id: Option<DraftId>,
}

impl Example for TemplateEditIn {
    fn example() -> Self {
        Self {
            template: Any(example()),
            mapping: None,
            draft_id: None,
        }
    }
}

/// What uses a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "TemplateUseKind", rename_all = "snake_case")]
pub enum UseKindOut {
    /// A draft changes it.
    Draft,
    /// Its slots are filled by a mapping.
    DefaultMapping,
}

/// One thing that uses a template.
#[derive(Debug, Object)]
#[oai(rename = "TemplateUse")]
pub struct UseOut {
    /// What it is; there may be more kinds one day.
    pub kind: UseKindOut,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Everything that uses a template, at most 200 of each kind.
#[derive(Debug, Object)]
#[oai(rename = "TemplateUses")]
pub struct UsesOut {
    /// Each.
    pub items: Vec<UseOut>,
}

pub struct WritingApi {
    pub service: Service,
}

impl WritingApi {
    async fn shown(&self, db: &TenantDb, row: template::Model) -> Result<Json<TemplateOut>> {
        Ok(Json(shaped(&self.service, db, row).await?))
    }
}

pub(super) fn bare(value: Option<Any<Value>>) -> Option<Value> {
    value.map(|Any(value)| value).filter(|value| !value.is_null())
}

#[OpenApi(tag = "Tag::Templates")]
impl WritingApi {
    /// Check a template
    ///
    /// What WhatsApp would refuse, and what could be better: WhatsApp's rules, and what the platform's copy knows of the account.
    /// WhatsApp is not asked.
    #[oai(path = "/templates/check", method = "post", operation_id = "check_template")]
    async fn check_template(
        &self,
        can: Can<WriteTemplates>,
        body: Json<TemplateCheckIn>,
    ) -> Result<Json<CheckOut>> {
        let TemplateCheckIn {
            channel_id,
            template: Any(template),
            template_id,
        } = body.0;
        let findings = self
            .service
            .check(can.db(), channel_id, &template, template_id)
            .await?;
        Ok(Json(CheckOut {
            acceptable: lint::is_acceptable(&findings),
            findings: findings.into_iter().map(FindingOut::from).collect(),
        }))
    }

    /// Create a template
    ///
    /// It is kept as SUBMITTING and submitted to WhatsApp at once in the background; `submission` says how that goes. What
    /// WhatsApp would refuse is 422 `template_refused`, with a field for each finding; a name that exists in this language is 409
    /// `template_exists`.
    #[oai(path = "/templates", method = "post", operation_id = "create_template")]
    async fn create_template(
        &self,
        can: Can<SubmitTemplates>,
        body: Json<TemplateCreateIn>,
    ) -> Result<Created<TemplateOut>> {
        let TemplateCreateIn {
            channel_id,
            template: Any(template),
            mapping,
            draft_id,
        } = body.0;
        let wanted = Wanted {
            template,
            mapping: mapping.map(mapping_in).transpose()?,
            draft: draft_id,
        };
        let row = self
            .service
            .create(can.db(), can.actor(), channel_id, wanted)
            .await?;
        Ok(Created::new(shaped(&self.service, can.db(), row).await?))
    }

    /// Change a template
    ///
    /// The new content is submitted in the background; the old content can be sent until WhatsApp has taken the new one. A template
    /// that cannot be changed now is 409 `not_editable` with the reason; `editing` of the template says so beforehand.
    #[oai(
        path = "/templates/:template_id/edit",
        method = "post",
        operation_id = "edit_template"
    )]
    async fn edit_template(
        &self,
        can: Can<SubmitTemplates>,
        template_id: Path<TemplateId>,
        body: Json<TemplateEditIn>,
    ) -> Result<Json<TemplateOut>> {
        let TemplateEditIn {
            template: Any(template),
            mapping,
            draft_id,
        } = body.0;
        let wanted = Wanted {
            template,
            mapping: mapping.map(mapping_in).transpose()?,
            draft: draft_id,
        };
        let row = self
            .service
            .edit(can.db(), can.actor(), template_id.0, wanted)
            .await?;
        self.shown(can.db(), row).await
    }

    /// Delete a template
    ///
    /// At WhatsApp, in the background. The name of a template that was approved cannot be used for 30 days. Ask first what uses it
    /// (`GET /templates/{template_id}/uses`).
    #[oai(
        path = "/templates/:template_id",
        method = "delete",
        operation_id = "delete_template"
    )]
    async fn delete_template(
        &self,
        can: Can<SubmitTemplates>,
        template_id: Path<TemplateId>,
        /// All languages of its name, instead of this one only.
        all_languages: Query<Option<bool>>,
    ) -> Result<Json<TemplateOut>> {
        let all = all_languages.0.unwrap_or_default();
        let row = self
            .service
            .delete(can.db(), can.actor(), template_id.0, all)
            .await?;
        self.shown(can.db(), row).await
    }

    /// List what uses a template
    #[oai(
        path = "/templates/:template_id/uses",
        method = "get",
        operation_id = "list_template_uses"
    )]
    async fn list_template_uses(
        &self,
        can: Can<ReadTemplates>,
        template_id: Path<TemplateId>,
    ) -> Result<Json<UsesOut>> {
        let uses = self.service.uses(can.db(), template_id.0).await?;
        let items = uses.into_iter().map(|it| UseOut {
            kind: match it.kind {
                UseKind::Draft => UseKindOut::Draft,
                UseKind::DefaultMapping => UseKindOut::DefaultMapping,
            },
            id: it.id,
            name: it.name,
        });
        Ok(Json(UsesOut {
            items: items.collect(),
        }))
    }

    /// End a template's pause
    ///
    /// WhatsApp allows it for pauses of pacing, five minutes after they began; otherwise the answer is 409 `unpause_refused` with
    /// WhatsApp's reason.
    #[oai(
        path = "/templates/:template_id/unpause",
        method = "post",
        operation_id = "unpause_template"
    )]
    async fn unpause_template(
        &self,
        can: Can<SubmitTemplates>,
        template_id: Path<TemplateId>,
    ) -> Result<Json<TemplateOut>> {
        let row = self.service.unpause(can.db(), can.actor(), template_id.0).await?;
        self.shown(can.db(), row).await
    }

    /// Retry a refused submission
    ///
    /// As it was. Whether WhatsApp has it already is looked up first, so nothing is submitted twice.
    #[oai(
        path = "/templates/:template_id/submission/retry",
        method = "post",
        operation_id = "retry_template_submission"
    )]
    async fn retry_template_submission(
        &self,
        can: Can<SubmitTemplates>,
        template_id: Path<TemplateId>,
    ) -> Result<Json<TemplateOut>> {
        let row = self.service.retry(can.db(), can.actor(), template_id.0).await?;
        self.shown(can.db(), row).await
    }

    /// Give a refused submission up
    ///
    /// What was written becomes a draft. A template that was never created is gone then.
    #[oai(
        path = "/templates/:template_id/submission",
        method = "delete",
        operation_id = "give_up_template_submission"
    )]
    async fn give_up_template_submission(
        &self,
        can: Can<SubmitTemplates>,
        template_id: Path<TemplateId>,
    ) -> Result<NoContent> {
        self.service.give_up(can.db(), can.actor(), template_id.0).await?;
        Ok(NoContent::Done)
    }
}

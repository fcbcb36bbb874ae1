//! What templates are filled with, and how they look then.

use std::collections::BTreeMap;

use cloud_api::template::render::Problem;
use contracts::{
    contacts::ContactId,
    templates::{ShownTemplate, TemplateId, Values},
};
use kernel::{Can, Error, FieldError, Result, retrying};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::Path,
    payload::Json,
    types::{Any, Example},
};
use serde_json::{Value, json};

use super::{
    Tag,
    mapping::{MappingBody, MappingIn, SLOTS, mapping_in},
    templates::{TemplateOut, shaped},
};
use crate::{
    permission::{ReadTemplates, WriteTemplates},
    service::{Filled, FilledSlot, From, Previewed, Service},
};

/// The right that a preview for a contact needs besides.
const READ_CONTACTS: &str = "contacts:read";
/// Who and what a preview is for.
#[derive(Debug, Object)]
#[oai(
    rename = "TemplatePreviewIn",
    deny_unknown_fields,
    skip_serializing_if_is_none,
    example
)]
pub struct PreviewIn {
    /// By the slot's key: a text, or an object for files and places. It goes before the template's mapping.
    pub values: Option<BTreeMap<String, Any<Value>>>,
    /// Whose fields the mapping reads; needs `contacts:read`.
    pub contact_id: Option<ContactId>,
}

impl Example for PreviewIn {
    fn example() -> Self {
        Self {
            values: Some(BTreeMap::from([("body_1".to_owned(), Any(json!("Ana")))])),
            contact_id: None,
        }
    }
}

/// A template that is not submitted yet, and who and what its preview is for.
#[derive(Debug, Object)]
#[oai(
    rename = "TemplateDraftPreviewIn",
    deny_unknown_fields,
    skip_serializing_if_is_none,
    example
)]
pub struct DraftPreviewIn {
    /// WhatsApp's own body of a creation, of which `components`, `category` and `parameter_format` count. At most 64 kB.
    pub template: Any<Value>,
    /// By the slot's key: a text, or an object for files and places.
    pub values: Option<BTreeMap<String, Any<Value>>>,
    /// What its slots are filled with otherwise.
    pub mapping: Option<MappingBody>,
    /// Whose fields the mapping reads; needs `contacts:read`.
    pub contact_id: Option<ContactId>,
}

impl Example for DraftPreviewIn {
    fn example() -> Self {
        Self {
            template: Any(
                json!({"name": "order_update", "language": "en", "category": "UTILITY", "components": [
                {"type": "BODY", "text": "Hi {{1}}, your order {{2}} is on its way."}]}),
            ),
            values: Some(BTreeMap::from([
                ("body_1".to_owned(), Any(json!("Ana"))),
                ("body_2".to_owned(), Any(json!("A-77"))),
            ])),
            mapping: None,
            contact_id: None,
        }
    }
}

/// Where a value of a preview came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "TemplateValueFrom", rename_all = "snake_case")]
pub enum ValueFrom {
    /// It was said for this send.
    Values,
    /// A field of the contact.
    Contact,
    /// The mapping's text, file or place.
    Mapping,
    /// The mapping's fallback.
    Fallback,
}

/// What a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "TemplateSlotKind", rename_all = "snake_case")]
pub enum SlotKind {
    /// A line of text.
    Text,
    /// A picture: `{"id": …}`, `{"link": …}` or `{"media_id": …}`.
    Image,
    /// A video, likewise.
    Video,
    /// A document, likewise, perhaps with a `filename`.
    Document,
    /// A place: `{"latitude": …, "longitude": …, "name": …, "address": …}`.
    Location,
    /// A product: `{"product_retailer_id": …, "catalog_id": …}`.
    Product,
    /// The rest of a link button's address.
    Suffix,
    /// A coupon code.
    Code,
    /// A one-time password.
    Password,
    /// The end of an offer, in milliseconds since 1970.
    End,
    /// The products of a list: `{"thumbnail_product_retailer_id": …, "sections": […]}`.
    Products,
}

/// Something that a template has to be filled with.
#[derive(Debug, Object)]
#[oai(rename = "TemplateSlot", skip_serializing_if_is_none)]
pub struct SlotOut {
    /// Its key: `header_media`, `header_1`, `body_first_name`, `button_0`, `offer_until`, `otp`; of a card `card0_body_1`.
    pub key: String,
    /// What it takes.
    pub kind: SlotKind,
    /// The variable's name, if it is one of a text: `1`, `first_name`.
    pub variable: Option<String>,
    /// The button's label, if it belongs to one.
    pub label: Option<String>,
    /// The card, from 0.
    pub card: Option<u32>,
    /// The template's own sample, if it is text.
    pub example: Option<String>,
    /// What it was filled with; absent if it was not.
    pub value: Option<Any<Value>>,
    /// Where the value came from.
    pub from: Option<ValueFrom>,
}

/// Something that is missing or does not fit.
#[derive(Debug, Object)]
#[oai(rename = "TemplateProblem", skip_serializing_if_is_none)]
pub struct ProblemOut {
    /// Where: `header`, `body`, `body.first_name`, `buttons[0]`, `cards[1].body`.
    pub path: String,
    /// The slot, if it is about one.
    pub slot: Option<String>,
    /// What: `param_missing`, `param_whitespace`, `body_too_long`, …
    pub code: String,
    /// `given` and `wanted`, where the code counts something; `why` with `value_invalid`.
    pub parameters: BTreeMap<String, Any<Value>>,
    /// The same in English.
    pub message: String,
}

/// A template as the phone would show it, and what it would be sent with.
#[derive(Debug, Object)]
#[oai(rename = "TemplatePreview")]
pub struct PreviewOut {
    /// What the phone shows; what is missing shows its braces.
    pub shown: ShownTemplate,
    /// The `components` of the send, as far as there are values.
    pub components: Vec<Any<Value>>,
    /// What has to be said, in the order of the phone, with what it was filled with.
    pub slots: Vec<SlotOut>,
    /// What is missing or does not fit; nothing if it can be sent so.
    pub missing: Vec<ProblemOut>,
}

fn values_in(values: Option<BTreeMap<String, Any<Value>>>) -> Result<Values> {
    let values = values.unwrap_or_default();
    if values.len() > SLOTS {
        return Err(Error::invalid_fields(vec![
            FieldError::new("values", "has more slots than a template can have").with_limit(SLOTS as u64),
        ]));
    }
    Ok(values.into_iter().map(|(key, value)| (key, value.0)).collect())
}

fn problem_out(problem: Problem) -> ProblemOut {
    let number = |name: &str, number: Option<usize>| Some((name.to_owned(), Any(json!(number?))));
    let message = problem.english();
    let why = problem.why.map(|why| ("why".to_owned(), Any(json!(why))));
    let parameters = [
        number("given", problem.given),
        number("wanted", problem.wanted),
        why,
    ];
    ProblemOut {
        path: problem.at,
        slot: problem.slot,
        code: problem.rule.code().to_owned(),
        parameters: parameters.into_iter().flatten().collect(),
        message,
    }
}

fn slot_out(one: FilledSlot) -> SlotOut {
    use cloud_api::template::render::{Slot, SlotKind as Kind};
    let FilledSlot { slot, value } = one;
    let Slot {
        key,
        kind,
        variable,
        label,
        card,
        example,
    } = slot;
    let from = value.as_ref().map(|(_, from)| match from {
        From::Said => ValueFrom::Values,
        From::Contact => ValueFrom::Contact,
        From::Mapping => ValueFrom::Mapping,
        From::Fallback => ValueFrom::Fallback,
    });
    SlotOut {
        key,
        kind: match kind {
            Kind::Text => SlotKind::Text,
            Kind::Image => SlotKind::Image,
            Kind::Video => SlotKind::Video,
            Kind::Document => SlotKind::Document,
            Kind::Location => SlotKind::Location,
            Kind::Product => SlotKind::Product,
            Kind::Suffix => SlotKind::Suffix,
            Kind::Code => SlotKind::Code,
            Kind::Password => SlotKind::Password,
            Kind::End => SlotKind::End,
            Kind::Products => SlotKind::Products,
        },
        variable,
        label,
        card: card.and_then(|card| u32::try_from(card).ok()),
        example,
        value: value.map(|(value, _)| Any(value)),
        from,
    }
}

fn preview_out(filled: Filled) -> PreviewOut {
    let Filled { slots, attempt } = filled;
    PreviewOut {
        shown: attempt.shown.into(),
        components: attempt.components.into_iter().map(Any).collect(),
        slots: slots.into_iter().map(slot_out).collect(),
        missing: attempt.problems.into_iter().map(problem_out).collect(),
    }
}

fn may_read<P>(can: &Can<P>, contact: Option<ContactId>) -> Result<()> {
    if contact.is_none() || can.caller().permissions.contains(READ_CONTACTS) {
        return Ok(());
    }
    let detail = format!("A preview for a contact needs the permission `{READ_CONTACTS}`.");
    Err(Error::forbidden("permission_denied", detail))
}

pub struct FillingApi {
    pub service: Service,
}

#[OpenApi(tag = "Tag::Templates")]
impl FillingApi {
    /// Choose what a template is filled with
    ///
    /// Replaces the whole mapping. It stays when the template is edited, as far as its slots still exist. A slot that is left out is
    /// asked for; one that plainly takes a first name gets the contact's, unless the mapping says `ask`.
    #[oai(
        path = "/templates/:template_id/mapping",
        method = "put",
        operation_id = "set_template_mapping"
    )]
    async fn set_template_mapping(
        &self,
        can: Can<WriteTemplates>,
        template_id: Path<TemplateId>,
        body: Json<MappingIn>,
    ) -> Result<Json<TemplateOut>> {
        let mapping = mapping_in(body.0.mapping)?;
        let set = || self.service.set_mapping(can.db(), template_id.0, mapping.clone());
        let row = retrying(set).await?;
        Ok(Json(shaped(&self.service, can.db(), row).await?))
    }

    /// Preview a template
    ///
    /// As the phone would show it with these values, for this contact, and what is missing before it can be sent.
    #[oai(
        path = "/templates/:template_id/preview",
        method = "post",
        operation_id = "preview_template"
    )]
    async fn preview_template(
        &self,
        can: Can<ReadTemplates>,
        template_id: Path<TemplateId>,
        body: Json<PreviewIn>,
    ) -> Result<Json<PreviewOut>> {
        let PreviewIn { values, contact_id } = body.0;
        may_read(&can, contact_id)?;
        let wanted = Previewed {
            values: values_in(values)?,
            contact: contact_id,
        };
        let filled = self.service.preview(can.db(), template_id.0, wanted).await?;
        Ok(Json(preview_out(filled)))
    }

    /// Preview a template that is being written
    ///
    /// Nothing is stored. Entries of the mapping for slots that there are not are ignored.
    #[oai(
        path = "/templates/preview",
        method = "post",
        operation_id = "preview_draft_template"
    )]
    async fn preview_draft_template(
        &self,
        can: Can<ReadTemplates>,
        body: Json<DraftPreviewIn>,
    ) -> Result<Json<PreviewOut>> {
        let DraftPreviewIn {
            template,
            values,
            mapping,
            contact_id,
        } = body.0;
        may_read(&can, contact_id)?;
        let wanted = Previewed {
            values: values_in(values)?,
            contact: contact_id,
        };
        let mapping = mapping_in(mapping.unwrap_or_default())?;
        let filled = self
            .service
            .preview_draft(can.db(), &template.0, mapping, wanted)
            .await?;
        Ok(Json(preview_out(filled)))
    }
}
